# SPDX-License-Identifier: GPL-2.0-or-later
"""Make the engine's private Python: `PYTHON -I setup.py --home DIR [--wheels FOLDER] [--json]`.

The libraries come from the network as pip is configured, or from a folder of wheels. A new
environment is built beside the one in use and takes its place only when it has proved itself, so
a failed or cancelled setup leaves the former one whole. Run as a program by QGIS and `make`.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import os
import shutil
import subprocess  # nosec B404
import sys
from pathlib import Path
from types import ModuleType
from typing import Sequence

PREFIX = "env-"
OPTIONAL = "requirements-optional.txt"
TOTAL_STEPS = 40
TEXTS = {
    "venv": ("建立独立的 Python 环境", "Make a Python environment"),
    "install": ("安装计算库", "Install the libraries"),
    "verify": ("检验", "Verify"),
    "no_venv": (
        "此 Python（{python}）不能建立虚拟环境；"
        "Debian/Ubuntu 请先安装 python3-venv，或另选 Python。",
        "This Python ({python}) can't make environments; on Debian or Ubuntu install python3-venv,"
        " or choose another Python.",
    ),
    "no_wheels": ("wheels 文件夹里没有 .whl 文件：{folder}", "No .whl files in {folder}"),
    "pip": (
        "pip 未能装齐计算库；无网络时请给出 wheels 文件夹。末行：{line}",
        "pip could not install the libraries; without a network give a folder of wheels."
        " Last line: {line}",
    ),
    "optional": (
        "可选库未能装上，数据库中的冲突台账不可用，其余功能不受影响。末行：{line}",
        "The optional libraries could not be installed; registers in a database can't be used, all"
        " else can. Last line: {line}",
    ),
    "lacks": ("新环境仍缺：{lack}", "The new environment still lacks: {lack}"),
    "done": ("计算引擎已就绪：{python}", "The engine is ready: {python}"),
}


class SetupError(Exception):
    """The setup can't go on; the text is for the user."""


class Setup:
    """One making of a private engine in `home`, told in JSON lines or plain text."""

    def __init__(self, home: Path, job_id: str, language: str, as_json: bool) -> None:
        self.home = home
        self.folder = home / f"{PREFIX}{job_id}"
        self.english = language == "en"
        self.as_json = as_json
        self.engine = _sibling("engine")
        self.stage = "venv"

    def text(self, name: str, **values: object) -> str:
        """Give a sentence in the user's language."""
        return TEXTS[name][self.english].format(**values)

    def tell(self, kind: str, text: str, **values: object) -> None:
        """Send one message."""
        line = json.dumps({"type": kind, "text": text, **values}, ensure_ascii=False)
        sys.stdout.write((line if self.as_json else text) + "\n")
        sys.stdout.flush()

    def progress(self, stage: str, percent: float) -> None:
        """Tell how far we are."""
        self.stage = stage
        title = self.text(stage)
        self.tell("progress", title, stage=stage, title=title, percent=percent)

    def run(self, wheels: str) -> Path:
        """Build, verify and put in use; give the interpreter."""
        try:
            self.progress("venv", 0)
            if wheels and not any(Path(wheels).glob("*.whl")):
                raise SetupError(self.text("no_wheels", folder=wheels))
            self.make_environment()
            self.progress("install", 10)
            self.install(wheels)
            self.progress("verify", 90)
            python = self.engine.venv_python(self.folder)
            lack = self.engine.probe(str(python), load=True)
            if lack:
                raise SetupError(self.text("lacks", lack=lack))
            self.put_in_use(python)
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        return python

    def make_environment(self) -> None:
        """Make an empty environment with pip."""
        if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
            raise SetupError(self.text("no_venv", python=sys.executable))
        self.home.mkdir(parents=True, exist_ok=True)
        done = self._call([sys.executable, "-I", "-m", "venv", str(self.folder)])
        if done:
            raise SetupError(self.text("no_venv", python=sys.executable) + " " + done)

    def install(self, wheels: str) -> None:
        """Install the requirements from the network or from a folder of wheels.

        What the engine can do without is left out, with a message, where it can't be had.
        """
        needed = self.engine.REQUIREMENTS
        failed = self._pip(wheels, needed, counted=True)
        if failed:
            raise SetupError(self.text("pip", line=failed))
        optional = needed.with_name(OPTIONAL)
        failed = self._pip(wheels, optional) if optional.is_file() else ""
        if failed:
            self.tell("message", self.text("optional", line=failed), level="warning")

    def _pip(self, wheels: str, requirements: Path, counted: bool = False) -> str:
        """Install what a file lists; "" where that succeeded, else pip's last line."""
        source = ["--no-index", "--find-links", wheels] if wheels else []
        python = self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        return self._call([
            str(python), "-I", "-m", "pip", "install", "--disable-pip-version-check",
            "--no-input", "--progress-bar", "off", "--only-binary", ":all:", *source,
            "-r", str(requirements),
        ], counted)  # fmt: skip

    def _call(self, command: Sequence[str], counted: bool = False) -> str:
        """Run a program and pass its lines on; "" where it succeeded, else its last line."""
        last = ""
        with subprocess.Popen(  # nosec B603
            list(command),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            errors="replace",
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        ) as process:
            for count, line in enumerate(process.stdout or ()):
                last = line.strip() or last
                self.tell("message", last, level="info")
                if counted:
                    self.progress("install", 10 + 80 * min(count / TOTAL_STEPS, 1))
        return "" if process.returncode == 0 else last or f"exit {process.returncode}"

    def put_in_use(self, python: Path) -> None:
        """Point to the new environment in one step and remove the others."""
        pointer = self.home / self.engine.POINTER
        fresh = pointer.with_suffix(".new")
        fresh.write_text(json.dumps({"python": str(python)}), encoding="utf-8")
        fresh.replace(pointer)
        for other in self.home.glob(PREFIX + "*"):
            if other != self.folder:
                shutil.rmtree(other, ignore_errors=True)


def _sibling(name: str) -> ModuleType:
    """Load a module of this folder by its file: run as a program we are in no package."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the private engine; exit status 0, or 2 with one line."""
    parser = argparse.ArgumentParser(description="Make the engine's private Python.")
    parser.add_argument("--home", required=True, help="folder that holds the environment")
    parser.add_argument("--wheels", default="", help="folder of wheels, for use without network")
    parser.add_argument("--language", choices=("zh", "en"), default="zh")
    parser.add_argument("--job-id", default="00000000")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    for name in ("PYTHONHOME", "PYTHONPATH"):
        os.environ.pop(name, None)
    if options.json and hasattr(os, "setpgid"):
        os.setpgid(0, 0)  # whoever cancels ends pip with us
    setup = Setup(Path(options.home), options.job_id, options.language, options.json)
    if options.json:
        setup.tell("started", "", pid=os.getpid())
    try:
        python = setup.run(options.wheels)
    except SetupError as error:
        setup.tell("error", str(error), stage=setup.stage)
        return 2
    except KeyboardInterrupt:
        return 3
    with contextlib.suppress(OSError):
        setup.tell("result", setup.text("done", python=python), python=str(python))
    return 0


if __name__ == "__main__":
    sys.exit(main())
