# SPDX-License-Identifier: GPL-2.0-or-later
"""A QGIS window without a screen, in a fresh profile of a language, that runs a script."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any, Mapping

ROOT = Path(__file__).resolve().parents[2]
ENGINE = ROOT / "build" / "engine" / "bin" / "python"
LOCALES = {"en": "en_US", "zh": "zh-Hans"}
# No news, no welcome, no tips, no look for updates: the window is there for its pictures.
SETTINGS = """[locale]
overrideFlag=true
userLocale={locale}

[app]
projectTemplatesOnStartup=1

[qgis]
checkVersion=false
newsFeed=false
showTips=false
iconSize=20

[core]
NewsFeed\\httpsfeedqgisorg\\disabled=true

[plugin-manager]
allow-experimental=false
automatically-check-for-updates=false
"""


def missing() -> str:
    """Name the program that is missing for a desktop, "" where all are there."""
    return next((name for name in ("xvfb-run", "qgis") if not shutil.which(name)), "")


def profile(folder: Path, language: str) -> Path:
    """Make the profile of a QGIS that speaks a language; give the folder that QGIS is told."""
    place = folder / "profiles" / "default" / "QGIS"
    place.mkdir(parents=True, exist_ok=True)
    text = SETTINGS.format(locale=LOCALES[language])
    (place / "QGIS3.ini").write_text(text, encoding="utf-8")
    return folder


def environment(folder: Path, plugins: Path | None, **more: str) -> dict[str, str]:
    """Give the variables of a QGIS that knows the plugins of a folder and no other profile."""
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
    given = {
        **os.environ, "QT_QPA_PLATFORM": "xcb", "XDG_RUNTIME_DIR": str(runtime),
        "XDG_DATA_HOME": str(folder / "data"), "PIANQU_ENGINE_PYTHON": str(ENGINE),
        "PIANQU_ENGINE_HOME": str(folder / "home"), **more,
    }  # fmt: skip
    for name in ("QGIS_CUSTOM_CONFIG_PATH", "QGIS_OPTIONS_PATH", "PYTHONPATH", "QGIS_PLUGINPATH"):
        given.pop(name, None)
    if plugins is not None:
        given["QGIS_PLUGINPATH"] = str(plugins)
    return given


def run(
    script: Path,
    task: Mapping[str, Any],
    folder: Path,
    language: str,
    plugins: Path | None = ROOT / "build" / "path",
    size: tuple[int, int] = (1600, 1000),
    seconds: int = 240,
    **more: str,
) -> dict[str, Any]:
    """Run a script in QGIS; give what it told, and with it `status` and `stderr`.

    The script finds its task as JSON in the variable PIANQU_TASK and writes JSON to the file
    `told` of its task. A QGIS that takes longer than `seconds` is a TimeoutExpired.
    `more` are variables for QGIS.
    """
    folder.mkdir(parents=True, exist_ok=True)
    told = folder / "told.json"
    order = json.dumps({**task, "told": str(told), "size": size, "language": language})
    process = subprocess.Popen(
        ["xvfb-run", "-a", "-s", f"-screen 0 {size[0]}x{size[1]}x24", "qgis", "--nologo",
         "--noversioncheck", "--profiles-path", str(profile(folder, language)),
         "--code", str(script)],
        env=environment(folder, plugins, PIANQU_TASK=order, **more), start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        _, errors = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # the window and its screen too
        process.communicate()
        raise
    facts = json.loads(told.read_text(encoding="utf-8")) if told.is_file() else {}
    return {**facts, "status": process.returncode, "stderr": errors}
