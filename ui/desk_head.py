# SPDX-License-Identifier: GPL-2.0-or-later
"""The head of the dock "Cluster check": places, run, progress, and the verdict in a line."""

from __future__ import annotations

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QMenu, QWidget

from ..jobs.words import tr
from .desk_records import Desk
from .desk_words import CHECK_WORDS
from .labels import word
from .source_bar import SourceBar, name_of

# What a run does by itself; the data are checked with each of them.
RUNS = {"quota": "quotas", "control": "controllines", "sector": "sectors"}


class DeskHead(SourceBar):
    """Dossier and results; a run of all checks or of one. The register is kept, but not shown."""

    PAGE = "clustercheck"

    check_wanted = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        form = self.places.layout()
        form.labelForField(self.register).hide()
        self.register.hide()
        self.run.setToolTip(tr("Do all checks that the dossier allows"))
        self.more.setToolTip(tr("Do only one check again, or read the files again"))
        self.fold.setToolTip(tr("Dossier and results"))

    def fill_menu(self, menu: QMenu) -> None:
        """List what can be done again."""
        menu.clear()
        for check in RUNS:
            said = tr("Again: {check}").format(check=word(CHECK_WORDS, check))
            menu.addAction(said, lambda check=check: self.check_wanted.emit(check))
        menu.addSeparator()
        menu.addAction(tr("Read the files again"), self.reload_wanted.emit)

    def show_desk(self, desk: Desk, dossier: str, count: int) -> None:
        """Say in a line what is shown: the county, how many quotas fail, how many findings."""
        if desk.empty:
            chosen = bool(self.given().dossier and self.given().results)
            said = tr("Press Run.") if chosen else tr("Choose a dossier and a folder of results.")
        else:
            name = str(desk.run.get("name") or "") or name_of(dossier) or tr("Results")
            failed = sum(one.outcome == "failed" for one in desk.indicators)
            form = tr("{name}: {failed} quotas fail, {count} findings")
            said = form.format(name=name, failed=failed, count=f"{count:,}")
        self.title.setText(said)
        self.title.setToolTip("\n".join(filter(None, (dossier, str(desk.run.get("finished", ""))))))
        self._judge()
