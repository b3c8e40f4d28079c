# SPDX-License-Identifier: GPL-2.0-or-later
"""`make run` hands over the paths as they were given, whatever characters they hold."""

from __future__ import annotations

import json
import os
import shutil
import subprocess

import pytest
from places import ROOT

FAKE = """#!/usr/bin/env python3
import json, os, sys
with open(os.environ["TOLD"], "a", encoding="utf-8") as file:
    file.write(json.dumps(sys.argv[1:]) + "\\n")
"""


@pytest.fixture()
def checkout(tmp_path):
    """Give a checkout, itself in a folder with a space, whose qgis_process only listens."""
    folder = tmp_path / "我的 插件"
    (folder / "tools").mkdir(parents=True)
    for name in ("Makefile", "metadata.txt", "tools/qgis.sh"):
        shutil.copy(ROOT / name, folder / name)
    fake = tmp_path / "bin" / "qgis_process"
    fake.parent.mkdir()
    fake.write_text(FAKE, encoding="utf-8")
    fake.chmod(0o755)
    return folder


def make(checkout, *arguments):
    """Run make without its setup; give the process and what qgis_process was told last."""
    told = checkout.parent / "told"
    environment = {**os.environ, "TOLD": str(told)}
    environment["PATH"] = f"{checkout.parent / 'bin'}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        ["make", "-o", "setup", *arguments],
        cwd=checkout, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    calls = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    return done, [json.loads(line) for line in calls]


@pytest.mark.parametrize("name", ["县.yaml", "我的 数据/县.yaml", 'it\'s/$HOME `x` "y" #1.yaml'])
def test_relative_paths_start_here_and_stay_whole(checkout, name):
    done, calls = make(checkout, "run", f"DOSSIER={name}", "OUT=成果 一/../成果 2")
    assert done.returncode == 0, done.stderr
    assert calls[-1] == [
        "run", "pianqu:rundossier", f"--DOSSIER={checkout / name}", "--LANGUAGE=zh",
        f"--OUTPUT={checkout / '成果 2'}",
    ]  # fmt: skip


def test_whole_paths_stay_as_they_are_and_nothing_is_made_beside(checkout, tmp_path):
    dossier, out = tmp_path / "我的 数据" / "县.yaml", tmp_path / "我的 成果"
    before = set(tmp_path.iterdir()) | set(checkout.iterdir())
    done, calls = make(checkout, "run", f"DOSSIER={dossier}", f"OUT={out}", "LANGUAGE=en")
    assert done.returncode == 0, done.stderr
    assert {f"--DOSSIER={dossier}", f"--OUTPUT={out}", "--LANGUAGE=en"} <= set(calls[-1])
    made = (set(tmp_path.iterdir()) | set(checkout.iterdir())) - before
    assert made == {tmp_path / "told", checkout / "build"}


@pytest.mark.parametrize("given", [[], ["DOSSIER=县.yaml"], ["OUT=成果"]])
def test_without_both_paths_make_says_what_it_needs(checkout, given):
    done, calls = make(checkout, "run", *given)
    assert done.returncode != 0
    assert "DOSSIER=county.yaml OUT=folder" in done.stderr
    assert not calls


@pytest.mark.parametrize(
    ("given", "locale", "language"),
    [
        ((), {"LANG": "zh_CN.UTF-8"}, "zh"),
        ((), {"LANG": "C.UTF-8"}, "zh"),
        ((), {"LANG": "en_GB.UTF-8"}, "en"),
        ((), {"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ((), {"LANG": "zh_CN.UTF-8", "LANGUAGE": "zh_CN:en"}, "zh"),
        (("LANGUAGE=en",), {"LANG": "zh_CN.UTF-8"}, "en"),
    ],
)
def test_the_demo_speaks_one_language_that_of_the_locale(
    checkout, monkeypatch, given, locale, language
):
    for name in ("LANG", "LC_ALL", "LC_MESSAGES", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in locale.items():
        monkeypatch.setenv(name, value)
    done, _ = make(checkout, "-n", "demo", *given)
    assert done.returncode == 0, done.stderr
    calls = [line for line in done.stdout.splitlines() if "tools/qgis.sh" in line]
    tongue = {"zh": "zh_CN", "en": "en_US"}[language]
    assert len(calls) == 2
    assert all(f"LANG={tongue}.UTF-8 " in line and "-u LC_ALL" in line for line in calls)
    assert f"--LANGUAGE={language} " in calls[1]
    assert ("示例县：" in done.stdout) == (language == "zh")
    assert ("The results:" in done.stdout) == (language == "en")
