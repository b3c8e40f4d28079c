# SPDX-License-Identifier: GPL-2.0-or-later
"""One role in the panel: its layer, how sure that is, its fields and code table, its problems."""

from __future__ import annotations

from html import escape
from typing import Sequence

from qgis.core import Qgis, QgsVectorLayer
from qgis.gui import QgsFieldComboBox, QgsMapLayerComboBox
from qgis.PyQt.QtCore import Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QFont
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..jobs.aliases import Match, Vocabulary
from ..jobs.words import now, tr
from .roles_choice import CODED, NEEDED, ROLE_FIELDS, Problem, RoleChoice
from .roles_label import Line
from .roles_sure import SureBar
from .roles_words import FIELD_TITLES, ROLE_TITLES, table_title

MARKS = {"error": "✖", "warning": "▲", "info": "●"}
COLOURS = {"error": "#b3261e", "warning": "#9a5b00", "info": "#44607f"}


class RoleRow(QWidget):
    """The widgets of a role; `changed` when the user, or a recognition, changed anything."""

    changed = pyqtSignal()

    def __init__(self, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.role = role
        self.by_hand = False
        self._quiet = False
        self._words: Vocabulary | None = None
        self._chosen: dict[str, str] = {}
        self._mend = QTimer(self)
        self._mend.setSingleShot(True)
        self._mend.setInterval(0)
        self.title = Line(now(ROLE_TITLES[role]))
        self.sure = SureBar()
        self.layer = QgsMapLayerComboBox()
        self.fold = QToolButton()
        self.summary = Line(quiet=True)
        self.fields = {ours: QgsFieldComboBox() for ours in ROLE_FIELDS[role]}
        self.codes = QComboBox()
        self.details = QWidget()
        self.troubles = QLabel()
        self._dress()
        self._lay_out()
        self._connect()
        self._fold(False)
        self._describe()

    def _dress(self) -> None:
        font = QFont(self.title.font())
        font.setBold(True)
        self.title.setFont(font)
        self.title.setToolTip(self.title.text())
        self.layer.setAllowEmptyLayer(True, tr("(no layer)"))
        self.layer.setFilters(Qgis.LayerFilter.HasGeometry)
        self.layer.setObjectName(f"pianqu_role_{self.role}")
        self.layer.setAccessibleName(now(ROLE_TITLES[self.role]))
        self.layer.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.layer.setMinimumWidth(120)
        self.layer.setLayer(None)
        for ours, combo in self.fields.items():
            combo.setAllowEmptyFieldName(ours not in NEEDED.get(self.role, ()))
            combo.setAccessibleName(now(FIELD_TITLES[ours]))
            combo.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.fold.setAutoRaise(True)
        self.fold.setCheckable(True)
        self.fold.setToolTip(tr("Fields and code table"))
        self.fold.setAccessibleName(tr("Fields and code table"))
        self.summary.setIndent(8)
        self.troubles.setWordWrap(True)
        self.troubles.setTextFormat(Qt.TextFormat.RichText)
        self.troubles.hide()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.sure)
        line = QHBoxLayout()
        line.setSpacing(2)
        line.addWidget(self.layer, 1)
        line.addWidget(self.fold)
        form = QFormLayout(self.details)
        form.setContentsMargins(18, 0, 24, 2)
        form.setVerticalSpacing(2)
        for ours, combo in self.fields.items():
            form.addRow(now(FIELD_TITLES[ours]), combo)
        if self.role in CODED:
            form.addRow(tr("code table"), self.codes)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 3, 0, 3)
        column.setSpacing(1)
        column.addLayout(head)
        column.addLayout(line)
        for widget in (self.summary, self.details, self.troubles):
            column.addWidget(widget)

    def _connect(self) -> None:
        self.layer.layerChanged.connect(self._layer_changed)
        self.fold.toggled.connect(self._fold)
        for ours, combo in self.fields.items():
            combo.fieldChanged.connect(lambda name, ours=ours: self._field_changed(ours, name))
            combo.activated.connect(lambda _, ours=ours: self._field_picked(ours))
        self.codes.currentIndexChanged.connect(self._codes_changed)
        self._mend.timeout.connect(self._show_fields)

    # What the panel sets

    def set_words(self, words: Vocabulary) -> None:
        """Offer a standard's code tables; fields are recognised by its names."""
        self._words = words
        kept = self.codes.currentData()
        self._quiet = True
        self.codes.clear()
        for name in words.order(self.role) if self.role in CODED else ():
            self.codes.addItem(table_title(name), name)
        self._set_codes(kept)
        self._quiet = False
        self._describe()

    def show_match(self, match: Match | None, layer: QgsVectorLayer | None) -> None:
        """Take what was recognised; None where nothing was."""
        self.by_hand = False
        self._quiet = True
        self.layer.setLayer(layer)
        self._set_fields(layer, match.fields if match else {})
        if match and match.codes.table:
            self._set_codes(match.codes.table)
        self._quiet = False
        if match is None or layer is None:
            self.sure.show_nothing()
        else:
            self.sure.show_match(match)
        self._describe()

    def show_choice(self, one: RoleChoice) -> None:
        """Take what was saved."""
        layer = one.map_layer()
        self._quiet = True
        self.layer.setLayer(layer)
        self._set_fields(layer, one.fields)
        if one.codes:
            self._set_codes(one.codes)
        self._quiet = False
        self.by_hand = layer is not None
        self.sure.show_hand() if layer else self.sure.show_nothing()
        self._describe()

    def show_problems(self, found: Sequence[Problem]) -> None:
        """Show what is wrong; fields that are lacking are laid open."""
        self.troubles.setText("<br>".join(_coloured(one) for one in found))
        self.troubles.setVisible(bool(found))
        if any(one.level == "error" for one in found) and self.layer.currentLayer():
            self.fold.setChecked(True)

    def choice(self) -> RoleChoice:
        """Give what is chosen."""
        layer = self.layer.currentLayer()
        if layer is None:
            return RoleChoice()
        fields = {ours: self._chosen[ours] for ours in self.fields if self._chosen.get(ours)}
        return RoleChoice(layer.id(), fields, str(self.codes.currentData() or ""))

    # What the user does

    def _layer_changed(self, layer: QgsVectorLayer | None) -> None:
        """Recognise the fields of a layer that the user chose."""
        if self._quiet:
            return
        self.by_hand = True
        self._quiet = True
        known = isinstance(layer, QgsVectorLayer) and self._words is not None
        found = self._words.fields_of(self.role, layer.fields().names()) if known else {}
        self._set_fields(layer, {ours: name for ours, (name, _) in found.items()})
        self._quiet = False
        self.sure.show_hand() if layer else self.sure.show_nothing()
        self._tell()

    def _field_changed(self, ours: str, name: str) -> None:
        """Take another field; a combo box that lost its own gets it back.

        QGIS empties the box whenever the layer's fields are read anew, as when a filter is set.
        """
        if self._quiet or name == self._chosen.get(ours, ""):
            return
        if not name:
            self._mend.start()
            return
        self._chosen[ours] = name
        self.by_hand = True
        self._tell()

    def _field_picked(self, ours: str) -> None:
        """Take what the user picked, no field included."""
        if self._chosen.get(ours, "") != self.fields[ours].currentField():
            self._chosen[ours] = self.fields[ours].currentField()
            self.by_hand = True
            self._tell()

    def _codes_changed(self, *_: object) -> None:
        if not self._quiet:
            self.by_hand = True
            self._tell()

    def _set_fields(self, layer: QgsVectorLayer | None, fields: dict[str, str]) -> None:
        self._chosen = {ours: fields.get(ours, "") for ours in self.fields}
        for combo in self.fields.values():
            combo.setLayer(layer)
        self._show_fields()

    def _show_fields(self) -> None:
        """Show the fields that are chosen; one that the layer has no more is shown as none."""
        before, self._quiet = self._quiet, True
        for ours, combo in self.fields.items():
            combo.setField(self._chosen.get(ours, ""))
        self._quiet = before

    def _set_codes(self, name: str | None) -> None:
        """Choose a code table; one that the standard does not have is passed over."""
        place = self.codes.findData(name)
        if place >= 0:
            self.codes.setCurrentIndex(place)

    def _tell(self) -> None:
        self._describe()
        self.changed.emit()

    def _fold(self, open_: bool) -> None:
        self.fold.setArrowType(Qt.ArrowType.DownArrow if open_ else Qt.ArrowType.RightArrow)
        self.details.setVisible(open_)
        self._describe()

    def _describe(self) -> None:
        """Say in one line, while folded, which fields are taken."""
        one = self.choice()
        parts = [f"{now(FIELD_TITLES[ours])} {name}" for ours, name in one.fields.items()]
        parts += [table_title(one.codes)] if one.codes else []
        self.summary.setText("  " + " · ".join(parts))
        self.summary.setToolTip("\n".join(parts))
        self.summary.setVisible(bool(parts) and not self.fold.isChecked())


def _coloured(one: Problem) -> str:
    """Give a problem with its mark, which tells its level without colours too."""
    return f'<span style="color:{COLOURS[one.level]}">{MARKS[one.level]} {escape(one.text)}</span>'
