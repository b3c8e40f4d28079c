# SPDX-License-Identifier: GPL-2.0-or-later
"""The panel "Layers": which open layer is which, corrected by hand, checked with one click."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QTimer, pyqtSignal
from qgis.PyQt.QtGui import QAction, QShowEvent
from qgis.PyQt.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ..jobs.alias_files import read_vocabulary
from ..jobs.aliases import ROLES, Match
from ..jobs.words import tr
from . import roles_project
from .roles_choice import Choice, Problem, RoleChoice, problems
from .roles_county import CountyForm, code_begun
from .roles_facts import Recogniser
from .roles_out import RolesOut
from .roles_quotas import find_quotas
from .roles_row import RoleRow
from .roles_watch import Watch
from .settings_store import load_settings
from .start_bar import RunBar
from .start_run import EngineRun

_PAUSE_MS = 300
_CROWD = 400  # layers: beyond, a project is no county's


class RolesPanel(QWidget):
    """Assigns roles to the layers of the project; `resultsReady(dossier, folder)` after a check."""

    resultsReady = pyqtSignal(str, str)  # noqa: N815 (as the desk hears it)

    def __init__(self, iface: Any = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pianqu_roles_panel")
        self.iface = iface
        self.county = CountyForm()
        self.rows = {role: RoleRow(role) for role in ROLES}
        self.head = QLabel()
        self.again = QPushButton(tr("Recognise again"))
        self.keep = QAction(tr("Save in the project"), self)
        self.save = QAction(tr("Save as dossier…"), self)
        self.saving = QPushButton(tr("Save"))
        self.check = QPushButton(tr("Check now"))
        self.run = EngineRun(self)
        self.bar = RunBar(self.run)
        self.recogniser = Recogniser(self)
        self.out = RolesOut(self)
        self._stale = True
        self.watch = Watch(self)
        self._errors: list[Problem] = []
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._lay_out()
        self._connect()
        self._set_standard(load_settings().standard or self.county.chosen()["standard"])
        self._follow_project()

    def _lay_out(self) -> None:
        self.head.setWordWrap(True)
        self.check.setDefault(True)
        self.check.setObjectName("pianqu_check_now")
        self.keep.setToolTip(
            tr("Writes the roles into the project; nothing is written there unless you ask.")
        )
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(6, 4, 6, 4)
        column.addWidget(self.head)
        for row in self.rows.values():
            column.addWidget(row)
        rule = QFrame()
        rule.setFrameShape(QFrame.Shape.HLine)
        rule.setFrameShadow(QFrame.Shadow.Sunken)
        column.addWidget(rule)
        column.addWidget(self.county)
        column.addStretch(1)
        self.scroll = QScrollArea()
        self.scroll.setWidgetResizable(True)
        self.scroll.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll.setWidget(inner)
        menu = QMenu(self.saving)
        menu.addActions([self.keep, self.save])
        menu.setToolTipsVisible(True)
        self.saving.setMenu(menu)
        last = QHBoxLayout()
        last.addWidget(self.again)
        last.addWidget(self.saving)
        last.addStretch(1)
        last.addWidget(self.check)
        foot = QVBoxLayout()
        foot.setContentsMargins(6, 0, 6, 6)
        foot.addWidget(self.bar)
        foot.addLayout(last)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.scroll, 1)
        whole.addLayout(foot)

    def _connect(self) -> None:
        for row in self.rows.values():
            row.changed.connect(self.judge)
        self.county.changed.connect(self.judge)
        self.county.standard_changed.connect(self._set_standard)
        self.again.clicked.connect(self.recognise_anew)
        self.keep.triggered.connect(self.save_in_project)
        self.save.triggered.connect(self.out.ask_and_save)
        self.check.clicked.connect(self.out.check)
        self.recogniser.done.connect(self._recognised)
        self.run.busy_changed.connect(lambda _: self._judge_buttons())
        self._pause.timeout.connect(self._look)
        self.watch.changed.connect(self._state_changed)
        project = QgsProject.instance()
        project.layersAdded.connect(self._layers_changed)
        project.layersRemoved.connect(self._layers_gone)
        project.readProject.connect(self._follow_project)
        project.cleared.connect(self._follow_project)

    # What the project holds

    def _follow_project(self, *_: object) -> None:
        """Take what a project keeps of the roles; recognise the rest."""
        self.county.forget()
        for row in self.rows.values():
            row.show_match(None, None)
        kept = roles_project.saved(QgsProject.instance())
        if kept is not None:
            self.show_choice(kept)
        self._layers_changed()

    def show_choice(self, choice: Choice) -> None:
        """Show a choice of roles and county."""
        self.county.show_choice(choice)
        self._set_standard(self.county.chosen()["standard"])
        for role, row in self.rows.items():
            row.show_choice(choice.roles.get(role, RoleChoice()))
        self.judge()

    def _layers_changed(self, *_: object) -> None:
        """Look at the layers again, at once or when the panel is seen again."""
        self._stale = True
        if self.isVisible():
            self._pause.start()

    def _layers_gone(self, ids: list[str]) -> None:
        """Forget layers; others may come under the same id when a project is read again."""
        self.watch.forget(ids)
        self._layers_changed()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Catch up with what happened while hidden."""
        super().showEvent(event)
        if self._stale:
            self._pause.start()
        self.judge()

    def _look(self) -> None:
        self._stale = False
        layers = self.layers()
        self.watch.follow(layers)
        if len(layers) <= _CROWD:
            self.recogniser.start(layers, self.words)
        self.judge()

    def layers(self) -> list[QgsVectorLayer]:
        """List the project's layers of features."""
        found = QgsProject.instance().mapLayers().values()
        return [layer for layer in found if isinstance(layer, QgsVectorLayer)]

    def recognise_anew(self) -> None:
        """Recognise all roles, those chosen by hand too."""
        for row in self.rows.values():
            row.by_hand = False
        self.county.touched -= {"crs", "code", "quotas"}
        self._look()

    def _set_standard(self, standard: str) -> None:
        self.county.set_standard(standard)
        self.words = read_vocabulary(self.county.chosen()["standard"])
        for row in self.rows.values():
            row.set_words(self.words)
        self._layers_changed()

    def _recognised(self, matches: dict[str, Match]) -> None:
        """Fill in what was recognised where the user has not chosen himself."""
        taken = {row.choice().layer for row in self.rows.values() if row.by_hand}
        for role, row in self.rows.items():
            if row.by_hand and row.choice().map_layer() is not None:
                continue
            match = matches.get(role)
            layer = RoleChoice(match.layer).map_layer() if match else None
            free = layer is not None and layer.id() not in taken
            row.show_match(match if free else None, layer if free else None)
        self._fill_county()
        self.judge()

    def _fill_county(self) -> None:
        """Propose code, CRS and quotas from the layers."""
        units = self.rows["units"].choice()
        layer = units.map_layer()
        codes = self.recogniser.samples(units.layer, units.fields.get("code", ""))
        project = QgsProject.instance().crs()
        found = [layer.crs() if layer else QgsCoordinateReferenceSystem(), project]
        fit = next((crs for crs in found if crs.isValid() and not crs.isGeographic()), None)
        self.county.fill(
            code=code_begun(codes),
            name=QgsProject.instance().baseName(),
            crs=fit.authid() or fit.toWkt() if fit else "",
            quotas=find_quotas(self.layers(), layer, self.words),
        )

    # What is chosen, and what is wrong with it

    def choice(self) -> Choice:
        """Give what is chosen."""
        chosen = {role: row.choice() for role, row in self.rows.items()}
        roles = {role: one for role, one in chosen.items() if one.layer}
        return Choice(roles=roles, **self.county.chosen())

    def judge(self) -> None:
        """Show at once what is wrong."""
        found = problems(self.choice())
        for role, row in self.rows.items():
            row.show_problems([one for one in found if one.role == role])
        self.county.show_problems([one for one in found if not one.role])
        self._errors = [one for one in found if one.level == "error"]
        self._say_head()
        self._judge_buttons()

    def _say_head(self) -> None:
        rows = [row for row in self.rows.values() if row.choice().layer]
        doubtful = [row for row in rows if row.sure.word in ("likely", "doubtful", "none")]
        if not self.layers():
            said = tr("No layers are open. Add the county's layers to the map.")
        elif not rows:
            said = tr("None of the open layers was recognised. Choose them below.")
        elif doubtful:
            said = tr("{count} layers recognised; please look at those not marked as sure.")
        else:
            said = tr("{count} layers recognised.")
        self.head.setText(said.format(count=len(rows)))

    def _judge_buttons(self) -> None:
        ready = not self._errors and not self.run.busy
        self.check.setEnabled(ready)
        self.save.setEnabled(ready)
        self.keep.setEnabled(bool(self.choice().roles) and not self.run.busy)
        hint = "\n".join(one.text for one in self._errors)
        self.check.setToolTip(hint or tr("Checks the layers as they stand on the map."))

    def errors(self) -> list[Problem]:
        """List what stands in the way of a check."""
        return list(self._errors)

    def _state_changed(self) -> None:
        if self.isVisible():
            self.judge()

    # What is kept

    def save_in_project(self) -> None:
        """Write the roles into the project."""
        roles_project.save(self.choice(), QgsProject.instance())
        self.bar.say(tr("Kept in the project; save the project to have it on disk."), "success")

    def remove(self) -> None:
        """Let go of project and engine: before the panel goes."""
        self.recogniser.stop()
        self._pause.stop()
        self.bar.stop()
        project = QgsProject.instance()
        project.layersAdded.disconnect(self._layers_changed)
        project.layersRemoved.disconnect(self._layers_gone)
        project.readProject.disconnect(self._follow_project)
        project.cleared.disconnect(self._follow_project)
        self.watch.stop(self.layers())
