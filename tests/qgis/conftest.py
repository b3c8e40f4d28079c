# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests on the QGIS side share: the plugin's toolbox, engines, a recording feedback."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from places import FAKE_ENGINE, ROOT
from qgis.core import QgsApplication, QgsProcessingFeedback

# `python -m pytest` puts the root there, and our `processing` would hide QGIS's.
sys.path[:] = [entry for entry in sys.path if Path(entry).resolve() != ROOT]
_BUILT = ROOT / "build" / "engine" / "bin" / "python"
ENGINE = _BUILT if _BUILT.is_file() else None


class Recorder(QgsProcessingFeedback):
    """A feedback that keeps what it was told."""

    def __init__(self):
        super().__init__(False)
        self.texts = []
        self.infos = []
        self.warnings = []
        self.errors = []

    def setProgressText(self, text):
        self.texts.append(text)

    def pushInfo(self, text):
        self.infos.append(text)

    def pushWarning(self, text):
        self.warnings.append(text)

    def reportError(self, text, fatalError=False):
        self.errors.append(text)


@pytest.fixture()
def feedback():
    return Recorder()


@pytest.fixture(autouse=True)
def engine_home(tmp_path, monkeypatch):
    """Keep logs and engines of the tests out of the user's folder."""
    from pianqu.jobs.engine import forget

    home = tmp_path / "engine-home"
    monkeypatch.setenv("PIANQU_ENGINE_HOME", str(home))
    forget()
    yield home
    forget()


@pytest.fixture()
def fake_engine(monkeypatch):
    monkeypatch.setenv("PIANQU_ENGINE_PYTHON", str(FAKE_ENGINE))


@pytest.fixture()
def real_engine(monkeypatch):
    if ENGINE is None:
        pytest.skip("no engine: run make setup")
    monkeypatch.setenv("PIANQU_ENGINE_PYTHON", str(ENGINE))
    return ENGINE


@pytest.fixture()
def toolbox(qgis_processing):
    """Load the plugin as qgis_process does, without iface; take it away afterwards."""
    from pianqu.plugin import PianquPlugin

    plugin = PianquPlugin(None)
    plugin.initProcessing()
    yield QgsApplication.processingRegistry()
    plugin.unload()


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    """Make a small county, once."""
    if ENGINE is None:
        pytest.skip("no engine: run make setup")
    folder = tmp_path_factory.mktemp("county")
    command = [str(ENGINE), str(ROOT / "jobs" / "launch.py"), "sample", "--parcels", "400"]
    command += ["--seed", "7", "--out", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return folder


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """Install the zip that `make package` makes in a clean profile; give the environment."""
    if ENGINE is None:
        pytest.skip("no engine: run make setup")
    folder = tmp_path_factory.mktemp("installed")
    packed = folder / "pianqu.zip"
    command = ["git", "-C", str(ROOT), "archive", "--format=zip", "--prefix=pianqu/"]
    subprocess.run([*command, "-o", str(packed), "HEAD"], check=True)
    with zipfile.ZipFile(packed) as file:
        file.extractall(folder / "plugins")
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "QGIS_PLUGINPATH": str(folder / "plugins"),
        "QGIS_CUSTOM_CONFIG_PATH": str(folder / "profile"),
        "XDG_RUNTIME_DIR": str(runtime),
        "PIANQU_ENGINE_PYTHON": str(ENGINE),
        "PIANQU_ENGINE_HOME": str(folder / "home"),
    }
    for name in ("QGIS_OPTIONS_PATH", "PYTHONPATH"):
        environment.pop(name, None)
    command = ["qgis_process", "plugins", "enable", "pianqu"]
    subprocess.run(command, check=True, env=environment, capture_output=True)
    return environment


@pytest.fixture()
def forgotten(tmp_path, monkeypatch):
    """Let no test see what another one had the docks remember."""
    from pianqu.ui import findings_former
    from qgis.core import QgsSettings

    monkeypatch.setattr(findings_former, "folder_of", lambda place: tmp_path / "kept" / "one")
    QgsSettings().remove("pianqu/sectors")
    yield
    QgsSettings().remove("pianqu/sectors")


@pytest.fixture(scope="session")
def heavy(tmp_path_factory):
    """Give a folder with the results of a large county; it is only read."""
    from both_docks import CONFLICTS, FINDINGS
    from heavy_results import write_heavy

    folder = tmp_path_factory.mktemp("heavy")
    write_heavy(folder, FINDINGS, CONFLICTS)
    return folder


@pytest.fixture()
def both(forgotten):
    """Give a window with both docks."""
    from both_docks import Both

    with closing(Both()) as docks:
        yield docks
