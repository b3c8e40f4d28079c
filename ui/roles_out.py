# SPDX-License-Identifier: GPL-2.0-or-later
"""What the roles panel gives out: a dossier in a file, a check of the layers as they stand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QFileDialog

from ..jobs.schema import Job
from ..jobs.words import tr
from .beside import Task
from .roles_dossier import Plan, plan_of
from .settings_store import results_language, work_place
from .start_recent import remember_dossier

if TYPE_CHECKING:
    from .roles_panel import RolesPanel

DOSSIER, RESULTS = "dossier.yaml", "results"


class RolesOut(QObject):
    """Hands layers over, writes dossiers, has them checked."""

    def __init__(self, panel: RolesPanel) -> None:
        super().__init__(panel)
        self.panel = panel

    def ask_and_save(self) -> None:
        """Ask for a file and write the dossier there."""
        start = Path(QgsProject.instance().absolutePath() or Path.home()) / DOSSIER
        name, _ = QFileDialog.getSaveFileName(
            self.panel, tr("Save as dossier"), str(start), "YAML (*.yaml *.yml)"
        )
        if name:
            path = Path(name)
            self.save(path if path.suffix else path.with_suffix(".yaml"))

    def save(self, file: Path) -> None:
        """Write the dossier; layers that are no plain files are copied beside it."""
        plan = plan_of(self.panel.choice())

        def written(path: str) -> None:
            self.panel.run.drop()
            remember_dossier(path)
            said = tr("Dossier written: {path}").format(path=path)
            if plan.copies:
                said += " " + tr("Layers without a file of their own were copied beside it.")
            self.panel.bar.say(said, "success")

        self.panel.run.work(_Writing(plan, file), written)

    def check(self) -> None:
        """Check the layers as they stand; first the engine is looked for."""
        if not self.panel.errors() and not self.panel.run.busy:
            self.panel.run.with_engine(self._hand_over)

    def _hand_over(self) -> None:
        place = work_place()
        plan = plan_of(self.panel.choice())
        self.panel.run.progressed.emit(0.0, tr("Handing over the layers"))
        self.panel.run.work(_Writing(plan, place / DOSSIER), self._start)

    def _start(self, dossier: str) -> None:
        out = str(Path(dossier).parent / RESULTS)
        job = Job(task="run", dossier=dossier, out=out, language=results_language())
        self.panel.run.start(job, lambda result: self._show(dossier, out, result))

    def _show(self, dossier: str, out: str, result: dict[str, Any]) -> None:
        remember_dossier(dossier)
        said = tr("Checked: {findings} findings. Results: {folder}").format(
            findings=result.get("findings", 0), folder=out
        )
        self.panel.bar.say(said, "success")
        self.panel.resultsReady.emit(dossier, out)


class _Writing:
    """The writing of a dossier as a task beside the window."""

    def __init__(self, plan: Plan, file: Path) -> None:
        self._plan, self._file = plan, file

    def __call__(self, task: Task) -> str:
        return str(self._plan.write(self._file, task))
