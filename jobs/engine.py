# SPDX-License-Identifier: GPL-2.0-or-later
"""Find the engine's Python and say how to start the engine with it. Standard library only."""

from __future__ import annotations

import json
import os
import subprocess  # nosec B404
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

PLUGIN = Path(__file__).resolve().parent.parent
REQUIREMENTS = PLUGIN / "requirements-engine.txt"
LAUNCH = PLUGIN / "jobs" / "launch.py"
PROBE = PLUGIN / "jobs" / "probe.py"
POINTER = "engine.json"
PROBE_SECONDS = 60

_found: dict[str, Engine] = {}


class EngineMissingError(Exception):
    """No Python with the engine's libraries; `tried` pairs each place with what it lacks."""

    def __init__(self, tried: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{place}: {lack}" for place, lack in tried))
        self.tried = tried


@dataclass(frozen=True)
class Engine:
    """A Python that can run the engine; `host` where it is the one QGIS itself runs on."""

    python: str
    origin: str
    host: bool = False

    def command(self, arguments: list[str]) -> list[str]:
        """Give the arguments for `python` that start the engine's command line."""
        as_host = ["--as-host"] if self.host else []
        return ["-I", "-X", "utf8", str(LAUNCH), *as_host, *arguments]


def engine_home() -> Path:
    """Give the folder of the user's data that holds the private engine and its logs."""
    own = os.environ.get("PIANQU_ENGINE_HOME")
    if own:
        return Path(own)
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return Path(local or Path.home() / "AppData" / "Local") / "pianqu"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "pianqu"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "pianqu"


def venv_python(folder: Path) -> Path:
    """Give a virtual environment's interpreter; on Windows the one that opens no console."""
    if sys.platform == "win32":
        return without_console(folder / "Scripts" / "python.exe")
    return folder / "bin" / "python"


def without_console(python: Path) -> Path:
    """Give `pythonw.exe` beside a `python.exe` where there is one."""
    quiet = python.with_name("pythonw.exe")
    return quiet if python.name.lower() == "python.exe" and quiet.is_file() else python


def host_python() -> Path | None:
    """Give the interpreter of the Python that runs here; within QGIS sys.executable is QGIS."""
    if sys.platform == "win32":
        names = [Path(sys.exec_prefix) / "python.exe", Path(sys.base_exec_prefix) / "python.exe"]
        return next((without_console(path) for path in names if path.is_file()), None)
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    folders = [Path(sys.exec_prefix) / "bin", Path(sys.executable or "/").parent / "bin"]
    names = [folder / name for folder in folders for name in (version, "python3")]
    return next((path for path in names if path.is_file()), None)


def private_python(home: Path | None = None) -> Path | None:
    """Give the interpreter of the private engine that `setupengine` made, if there is one."""
    pointer = (home or engine_home()) / POINTER
    try:
        python = Path(json.loads(pointer.read_text(encoding="utf-8"))["python"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return python if python.is_file() else None


def candidates(setting: str = "") -> Iterator[Engine]:
    """List the Pythons that may run the engine, the user's own choice first."""
    named = (("setting", setting), ("PIANQU_ENGINE_PYTHON", os.environ.get("PIANQU_ENGINE_PYTHON")))
    for origin, path in named:
        if path:
            yield Engine(str(without_console(Path(path))), origin)
    build = venv_python(PLUGIN / "build" / "engine")
    if build.is_file():
        yield Engine(str(build), "build/engine")
    private = private_python()
    if private:
        yield Engine(str(private), "setupengine")
    host = host_python()
    if host:
        yield Engine(str(host), "QGIS", host=True)


def probe(python: str, load: bool = False) -> str:
    """Ask a Python what it lacks: "" where it can run the engine, else one line."""
    command = [python, "-I", "-X", "utf8", str(PROBE), str(REQUIREMENTS)]
    if load:
        command.append("--import")
    try:
        done = subprocess.run(  # nosec B603
            command,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=PROBE_SECONDS,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            check=False,
        )
        lacks = json.loads(done.stdout.decode("utf-8"))["missing"]
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    except (ValueError, KeyError):
        return f"exit {done.returncode}"
    return ", ".join(lacks)


def find_engine(setting: str = "") -> Engine:
    """Find the first Python that can run the engine; the answer holds for the session.

    A Python that the user named (setting or variable) is not passed over: where it lacks
    something, EngineMissingError says so.
    """
    known = _found.get(setting)
    if known and Path(known.python).is_file():
        return known
    tried: list[tuple[str, str]] = []
    for engine in candidates(setting):
        lack = probe(engine.python, load=engine.host)
        if not lack:
            _found[setting] = engine
            return engine
        tried.append((f"{engine.origin} ({engine.python})", lack))
        if engine.origin in ("setting", "PIANQU_ENGINE_PYTHON"):
            break
    raise EngineMissingError(tried)


def forget() -> None:
    """Look for the engine anew at the next call: after a setup or a change of the setting."""
    _found.clear()
