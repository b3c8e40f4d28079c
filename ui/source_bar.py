# SPDX-License-Identifier: GPL-2.0-or-later
"""The dock's head: where the data lie, Run, Cancel, how far the engine is."""

from __future__ import annotations

import re
from pathlib import Path

from qgis.gui import QgsFileWidget, QgsFilterLineEdit
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..jobs.words import tr
from .help_button import help_button
from .labels import RULES, word
from .place_memory import Places
from .sector_records import Results

_HEAD = 4000


class SourceBar(QWidget):
    """Three places, a run and its progress; `PAGE` is the dock's page of help."""

    PAGE = "sectorplans"

    changed = pyqtSignal()
    run_wanted = pyqtSignal()
    rule_wanted = pyqtSignal(str)
    plan_wanted = pyqtSignal(str)
    cancel_wanted = pyqtSignal()
    reload_wanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.dossier = _files(tr("Dossier"), QgsFileWidget.StorageMode.GetFile)
        self.dossier.setFilter("YAML (*.yaml *.yml)")
        self.results = _files(tr("Folder of results"), QgsFileWidget.StorageMode.GetDirectory)
        self.register = QgsFilterLineEdit()
        self.register.setPlaceholderText(
            tr("register.gpkg beside the results; or a file, or postgresql://…")
        )
        self.register.setAccessibleName(tr("Register"))
        self.fold = QToolButton()
        self.fold.setArrowType(Qt.ArrowType.RightArrow)
        self.fold.setAutoRaise(True)
        self.fold.setCheckable(True)
        self.fold.setToolTip(tr("Dossier, results, register"))
        self.title = QLabel()
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.run = QPushButton(tr("Run"))
        self.run.setToolTip(tr("Check all sector plans and bring the register up to date"))
        self.more = QToolButton()
        self.more.setText(tr("Again…") + "    ")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setToolTip(tr("Check only one rule or one plan again, or read the files again"))
        self.cancel = QPushButton(tr("Cancel"))
        self.help = help_button(self.PAGE)
        self.progress = QProgressBar()
        self.stage = QLabel()
        self.places = QWidget()
        self._lay_out()
        self._connect()
        self.set_busy(False)
        self.set_folded(True)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        for widget in (self.fold, self.title):
            head.addWidget(widget, int(widget is self.title))
        for widget in (self.run, self.more, self.cancel, self.help):
            head.addWidget(widget)
        form = QFormLayout(self.places)
        form.setContentsMargins(22, 0, 0, 0)
        form.setVerticalSpacing(3)
        form.addRow(tr("Dossier"), self.dossier)
        form.addRow(tr("Results"), self.results)
        form.addRow(tr("Register"), self.register)
        line = QHBoxLayout()
        line.addWidget(self.stage, 1)
        line.addWidget(self.progress, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(head)
        column.addWidget(self.places)
        column.addLayout(line)
        self.progress.setMaximumHeight(14)

    def _connect(self) -> None:
        self.fold.toggled.connect(lambda on: self.set_folded(not on))
        self.run.clicked.connect(self.run_wanted)
        self.cancel.clicked.connect(self.cancel_wanted)
        self.dossier.fileChanged.connect(self._dossier_changed)
        self.results.fileChanged.connect(lambda _: self.changed.emit())
        self.register.editingFinished.connect(self.changed)
        menu = QMenu(self.more)
        menu.aboutToShow.connect(lambda: self.fill_menu(menu))
        self.more.setMenu(menu)
        self._known = Results()

    def fill_menu(self, menu: QMenu) -> None:
        """List what can be checked again."""
        menu.clear()
        rules = menu.addMenu(tr("One rule"))
        for rule in RULES:
            rules.addAction(word(RULES, rule), lambda rule=rule: self.rule_wanted.emit(rule))
        plans = menu.addMenu(tr("One plan"))
        for plan in self._known.plans:
            plans.addAction(plan.name, lambda sector=plan.sector: self.plan_wanted.emit(sector))
        plans.setEnabled(bool(self._known.plans))
        menu.addSeparator()
        menu.addAction(tr("Read the files again"), self.reload_wanted.emit)

    def set_folded(self, folded: bool) -> None:
        """Hide or show the three places."""
        self.places.setVisible(not folded)
        self.fold.setArrowType(Qt.ArrowType.RightArrow if folded else Qt.ArrowType.DownArrow)
        self.fold.blockSignals(True)
        self.fold.setChecked(not folded)
        self.fold.blockSignals(False)

    def given(self) -> Places:
        """Give the three places."""
        return Places(
            self.dossier.filePath().strip(),
            self.results.filePath().strip(),
            self.register.text().strip(),
        )

    def set_places(self, places: Places) -> None:
        """Show three places, without telling."""
        fields = (self.dossier, self.results, self.register)
        for field in fields:
            field.blockSignals(True)
        self.dossier.setFilePath(places.dossier)
        self.results.setFilePath(places.results)
        self.register.setText(places.register)
        for field in fields:
            field.blockSignals(False)
        self.set_folded(bool(places.dossier and places.results))
        self._judge()

    def _dossier_changed(self, path: str) -> None:
        """Propose a folder for the results beside a new dossier."""
        if path and not self.results.filePath().strip():
            self.results.setFilePath(str(Path(path).parent / "results"))
        self._judge()
        self.changed.emit()

    def _judge(self) -> None:
        ready = bool(self.given().dossier and self.given().results)
        self.run.setEnabled(ready and self.cancel.isHidden())
        self.more.setEnabled(self.cancel.isHidden())

    def show_summary(self, results: Results, dossier: str) -> None:
        """Say in the head what is shown."""
        self._known = results
        if results.plans:
            said = tr("{name}: {plans} plans, {conflicts} conflicts").format(
                name=name_of(dossier) or tr("Results"),
                plans=len(results.plans),
                conflicts=f"{len(results.conflicts):,}",
            )
        elif results.problems:  # stays when the message has gone
            said = results.problems[0]
        else:
            said = tr("Choose a dossier and a folder of results.")
        self.title.setText(said)
        self.title.setToolTip(dossier or said)
        self._judge()

    def set_busy(self, busy: bool) -> None:
        """Offer Cancel and show the progress while the engine works."""
        self.cancel.setVisible(busy)
        self.progress.setVisible(busy)
        self.stage.setVisible(busy)
        self.progress.setValue(0)
        self._judge()

    def show_progress(self, percent: float, title: str) -> None:
        """Show how far the engine is."""
        self.progress.setValue(int(percent))
        self.stage.setText(title)


def name_of(dossier: str) -> str:
    """Give the county's name that a dossier states, else its folder's name."""
    path = Path(dossier)
    try:
        text = path.read_text(encoding="utf-8", errors="replace")[:_HEAD]
    except OSError:
        return path.parent.name
    found = re.search(r"^name:[ \t]*[\"']?([^\n\"'#]+)", text, re.MULTILINE)
    return found[1].strip() if found else path.parent.name


def _files(title: str, mode: QgsFileWidget.StorageMode) -> QgsFileWidget:
    widget = QgsFileWidget()
    widget.setStorageMode(mode)
    widget.setDialogTitle(title)
    widget.lineEdit().setAccessibleName(title)
    return widget
