# SPDX-License-Identifier: GPL-2.0-or-later
"""The private engine is made from a folder of wheels, whole or not at all."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile

import pytest
from pianqu.jobs import engine
from places import ROOT

SETUP = ROOT / "jobs" / "setup.py"
RUNNER = """
import runpy, sys
sys.argv = sys.argv[1:]
spec = __import__("importlib.util").util.spec_from_file_location("setup", sys.argv[0])
module = __import__("importlib.util").util.module_from_spec(spec)
spec.loader.exec_module(module)
sibling = module._sibling
def with_own_requirements(name):
    found = sibling(name)
    found.REQUIREMENTS = __import__("pathlib").Path(sys.argv[1])
    return found
module._sibling = with_own_requirements
sys.exit(module.main(sys.argv[2:]))
"""


def wheel(folder, name, version):
    """Write the smallest wheel there is: one module."""
    folder.mkdir(exist_ok=True)
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as file:
        file.writestr(f"{name}.py", "")
        file.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        file.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr(f"{info}/RECORD", "")
    return folder


def run(tmp_path, wheels, requirement, job_id):
    """Run the setup as QGIS does, with other requirements; give exit status and messages."""
    needs = tmp_path / "requirements.txt"
    needs.write_text(requirement + "\n")
    command = [sys.executable, "-I", "-X", "utf8", "-c", RUNNER, str(SETUP), str(needs)]
    command += ["--json", "--home", str(tmp_path / "home"), "--wheels", str(wheels)]
    command += ["--job-id", job_id]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == "" or done.returncode, done.stderr
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("setup")
    wheels = wheel(folder / "wheels", "pianqutiny", "1.5")
    return folder, wheels, *run(folder, wheels, "pianqutiny>=1.2", "aaaaaaaa")


def test_a_folder_of_wheels_makes_an_engine_that_is_found(made, monkeypatch):
    folder, _, code, messages = made
    assert code == 0, messages[-3:]
    python = messages[-1]["python"]
    assert messages[-1]["type"] == "result"
    assert engine.private_python(folder / "home") == engine.Path(python)
    assert subprocess.run([python, "-I", "-c", "import pianqutiny"], check=False).returncode == 0


def test_progress_goes_up_and_names_its_stages(made):
    progress = [one for one in made[3] if one["type"] == "progress"]
    percents = [one["percent"] for one in progress]
    assert percents == sorted(percents)
    assert {one["stage"] for one in progress} == {"venv", "install", "verify"}


def test_a_setup_that_fails_leaves_the_former_engine_in_use(made):
    folder, wheels, _, messages = made
    code, told = run(folder, wheels, "pianqutiny>=9", "bbbbbbbb")
    assert code == 2
    assert told[-1]["type"] == "error"
    assert "wheels" in told[-1]["text"]
    assert not (folder / "home" / "env-bbbbbbbb").exists()
    assert str(engine.private_python(folder / "home")) == messages[-1]["python"]


def test_a_folder_without_wheels_is_named(tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    code, told = run(tmp_path, empty, "pianqutiny>=1", "cccccccc")
    assert code == 2
    assert str(empty) in told[-1]["text"]
    assert engine.private_python(tmp_path / "home") is None


def test_an_optional_library_that_can_not_be_had_is_told_and_left_out(tmp_path):
    wheels = wheel(tmp_path / "wheels", "pianqutiny", "1.5")
    (tmp_path / "requirements-optional.txt").write_text("pianquextra>=1\n")
    code, told = run(tmp_path, wheels, "pianqutiny>=1", "dddddddd")
    assert code == 0 and told[-1]["type"] == "result"
    warned = [one["text"] for one in told if one.get("level") == "warning"]
    assert len(warned) == 1 and "pianquextra" in warned[0]


def test_an_optional_library_among_the_wheels_is_installed(tmp_path):
    wheels = wheel(tmp_path / "wheels", "pianqutiny", "1.5")
    wheel(wheels, "pianquextra", "2.0")
    (tmp_path / "requirements-optional.txt").write_text("pianquextra>=1\n")
    code, told = run(tmp_path, wheels, "pianqutiny>=1", "eeeeeeee")
    assert code == 0 and not [one for one in told if one.get("level") == "warning"]
    python = told[-1]["python"]
    assert subprocess.run([python, "-I", "-c", "import pianquextra"], check=False).returncode == 0
