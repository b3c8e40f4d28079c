# SPDX-License-Identifier: GPL-2.0-or-later
"""Make the engine's private Python without making the window wait."""

from __future__ import annotations

import contextlib
from typing import Any

from qgis.PyQt.QtCore import QObject

from ..jobs.engine import Engine, engine_home, forget, host_python
from ..jobs.schema import Job, new_job_id
from ..jobs.setup import PREFIX
from ..jobs.words import tr
from ..processing.base import language
from ..processing.setup_engine import SCRIPT
from .engine_task import EngineTask, _Feedback, _Talk

DOWNLOAD_MB, DISK_MB = 200, 600


class SetupTask(EngineTask):
    """The setup as a task with the same signals as any job of the engine."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.done.connect(self._forget)

    def begin(self, wheels: str = "", base: str = "") -> None:
        """Set the engine up from the network, or from a folder of wheels; `base` is the Python
        to start from, "" the one QGIS runs on."""
        if self.busy:
            return
        python = base or str(host_python() or "")
        if not python:
            self.failed.emit(tr("No Python was found to start from; name one."))
            return
        job_id = new_job_id()
        home = engine_home()
        arguments = ["-I", "-X", "utf8", str(SCRIPT), "--json", "--home", str(home)]
        arguments += ["--job-id", job_id, "--language", language()]
        arguments += ["--wheels", wheels] if wheels else []
        self._job = Job(task="doctor")
        self._cleaning = contextlib.ExitStack()
        self._feedback = _Feedback(self)
        self._feedback.progressChanged.connect(self._feedback.advance)
        self._talk = _Talk(self._feedback, job_id, home / f"{PREFIX}{job_id}")
        self._process = self._made(Engine(python, "setup"), arguments)
        self._talk.log.write(f"{python} {' '.join(arguments)}")
        self.progressed.emit(0.0, tr("Setting up the computing engine"))
        self._process.start()

    def _forget(self, _: dict[str, Any]) -> None:
        """Have the engine looked for anew."""
        forget()
