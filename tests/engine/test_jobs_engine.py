# SPDX-License-Identifier: GPL-2.0-or-later
"""The engine's Python is found in order, examined from outside and started clean."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pianqu.jobs import engine
from places import ROOT

JOBS = ROOT / "jobs"
LACKING = '#!/bin/sh\necho \'{"missing": ["shapely>=2.0.2"]}\'\n'
COMPLETE = "#!/bin/sh\necho '{\"missing\": []}'\n"


@pytest.fixture(autouse=True)
def nothing_found(monkeypatch, tmp_path):
    """Start each test with no engine but those it makes."""
    monkeypatch.setenv("PIANQU_ENGINE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PIANQU_ENGINE_PYTHON", raising=False)
    monkeypatch.setattr(engine, "PLUGIN", tmp_path / "plugin")
    monkeypatch.setattr(engine, "host_python", lambda: None)
    engine.forget()
    yield
    engine.forget()


def python(path, text=COMPLETE):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def private(tmp_path):
    path = python(tmp_path / "home" / "env-00000000" / "bin" / "python")
    (tmp_path / "home" / "engine.json").write_text(json.dumps({"python": str(path)}))
    return path


def test_setting_goes_before_variable_before_build_before_private(tmp_path, monkeypatch):
    private(tmp_path)
    assert engine.find_engine().origin == "setupengine"
    engine.forget()
    python(tmp_path / "plugin" / "build" / "engine" / "bin" / "python")
    assert engine.find_engine().origin == "build/engine"
    engine.forget()
    monkeypatch.setenv("PIANQU_ENGINE_PYTHON", str(python(tmp_path / "own")))
    assert engine.find_engine().origin == "PIANQU_ENGINE_PYTHON"
    assert engine.find_engine(str(python(tmp_path / "set"))).origin == "setting"


def test_a_python_that_lacks_libraries_is_passed_over(tmp_path):
    private(tmp_path)
    python(tmp_path / "plugin" / "build" / "engine" / "bin" / "python", LACKING)
    assert engine.find_engine().origin == "setupengine"


def test_a_python_the_user_named_is_not_passed_over(tmp_path):
    private(tmp_path)
    with pytest.raises(engine.EngineMissingError, match="shapely"):
        engine.find_engine(str(python(tmp_path / "set", LACKING)))


def test_nothing_found_tells_what_was_tried(tmp_path):
    python(tmp_path / "plugin" / "build" / "engine" / "bin" / "python", LACKING)
    with pytest.raises(engine.EngineMissingError) as raised:
        engine.find_engine()
    assert [lack for _, lack in raised.value.tried] == ["shapely>=2.0.2"]


def test_a_private_engine_that_was_removed_is_none(tmp_path):
    private(tmp_path).unlink()
    assert engine.private_python() is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"python": 3}'])
def test_a_spoilt_pointer_is_none(tmp_path, text):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "engine.json").write_text(text)
    assert engine.private_python() is None


def test_this_python_can_run_the_engine():
    assert engine.probe(sys.executable, load=True) == ""


def test_probe_names_what_a_bare_python_lacks(tmp_path):
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(bare)], check=True)
    lack = engine.probe(str(bare / "bin" / "python"))
    assert "shapely>=" in lack
    assert "PyYAML>=6.0" in lack


def test_probe_tells_why_a_program_is_no_python(tmp_path):
    assert "nowhere" in engine.probe(str(tmp_path / "nowhere"))
    assert engine.probe(str(python(tmp_path / "odd", "#!/bin/sh\nexit 5\n"))) == "exit 5"


def test_versions_are_compared_as_numbers():
    sys.path.insert(0, str(JOBS))
    try:
        import probe
    finally:
        sys.path.remove(str(JOBS))
    assert probe.numbers("2.0.10") > probe.numbers("2.0.2")
    assert probe.numbers("3.0.0rc1")[:2] == (3, 0)
    assert probe.lacks("pip>=999", False)
    assert not probe.lacks("pip>=1", False)
    assert probe.lacks("no-such-thing>=1", False)


@pytest.fixture()
def oddly_named(tmp_path):
    """Make a plugin in a folder of another name, whose engine tells its surroundings."""
    plugin = tmp_path / "pianqu-main 片区"
    (plugin / "jobs").mkdir(parents=True)
    shutil.copy(JOBS / "launch.py", plugin / "jobs")
    (plugin / "__init__.py").write_text("")
    (plugin / "processing.py").write_text("raise ImportError('root is on sys.path')")
    (plugin / "facts.py").write_text("NAME = __name__")
    (plugin / "__main__.py").write_text(
        "import json, os, sys, faulthandler\n"
        "from .facts import NAME\n"
        "def main(argv):\n"
        "    print(json.dumps({'argv': argv, 'env': dict(os.environ), 'name': NAME,\n"
        "        'path': sys.path, 'faults': faulthandler.is_enabled(),\n"
        "        'utf8': sys.flags.utf8_mode}))\n"
        "    return 2\n"
    )
    return plugin


def launch(plugin, *arguments):
    foreign = {
        "PYTHONHOME": "/no/where",
        "PYTHONPATH": "/no",
        "GDAL_DATA": "/no",
        "PROJ_LIB": "/no",
    }
    command = [sys.executable, "-I", "-X", "utf8", str(plugin / "jobs" / "launch.py"), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **foreign}, check=False
    )


def test_the_engine_starts_clean_under_any_folder_name(oddly_named):
    done = launch(oddly_named, "run", "县.yaml")
    facts = json.loads(done.stdout)
    assert done.returncode == 2
    assert facts["argv"] == ["run", "县.yaml"]
    assert facts["name"] == "pianqu.facts"
    assert facts["faults"]
    assert facts["utf8"] == 1
    assert str(oddly_named) not in facts["path"]
    assert not {"PYTHONHOME", "PYTHONPATH", "GDAL_DATA", "PROJ_LIB"} & facts["env"].keys()


def test_qgis_own_python_keeps_its_surroundings(oddly_named):
    facts = json.loads(launch(oddly_named, "--as-host", "doctor").stdout)
    assert facts["argv"] == ["doctor"]
    assert facts["env"]["GDAL_DATA"] == "/no"


def test_the_engine_tells_its_id_first(oddly_named):
    first, second = launch(oddly_named, "doctor", "--json").stdout.splitlines()
    assert json.loads(first)["type"] == "started"
    assert json.loads(second)["argv"] == ["doctor", "--json"]


def test_the_engine_dies_with_its_parent():
    code = (
        f"import sys, time; sys.path.insert(0, {str(ROOT / 'build' / 'path')!r})\n"
        "from pianqu.jobs.lifeline import die_with_parent\n"
        "die_with_parent(); print('up', flush=True); time.sleep(60)"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout.readline() == b"up\n"
    assert child.poll() is None
    start = time.monotonic()
    child.stdin.close()
    assert child.wait(10) == 3
    assert time.monotonic() - start < 1
    child.stdout.close()


def test_the_users_folder_follows_the_platform(monkeypatch):
    monkeypatch.delenv("PIANQU_ENGINE_HOME")
    monkeypatch.setenv("LOCALAPPDATA", "/local")
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    for platform, home in (
        ("win32", Path("/local/pianqu")),
        ("linux", Path("/data/pianqu")),
        ("darwin", Path.home() / "Library" / "Application Support" / "pianqu"),
    ):
        monkeypatch.setattr(sys, "platform", platform)
        assert engine.engine_home() == home


def test_windows_opens_no_console(tmp_path):
    console = python(tmp_path / "python.exe")
    assert engine.without_console(console) == console
    quiet = python(tmp_path / "pythonw.exe")
    assert engine.without_console(console) == quiet
