# SPDX-License-Identifier: GPL-2.0-or-later
"""The panel "What if I draw this": area, use, what it would do, and into the plan with it."""

from __future__ import annotations

from typing import Any, Callable, Hashable

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsGeometry,
    QgsMapLayer,
)
from qgis.gui import QgsMapCanvas, QgsMapTool
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QShowEvent
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..jobs.words import tr
from .labels import exact_hectares, sign
from .live_watch import OFF
from .whatif import WhatIf
from .whatif_area import AreaBand
from .whatif_put import PutError, hindrance, put
from .whatif_selection import SelectionTaker
from .whatif_tables import WhatIfTables, verdict
from .whatif_tools import DrawTool, PickTool

_DRAWN = "drawn"
_SIDE = 16


class WhatIfPanel(QWidget):
    """Asks before anything is saved; `active` gives the layer whose selection counts."""

    def __init__(
        self,
        whatif: WhatIf,
        canvas: QgsMapCanvas,
        active: Callable[[], QgsMapLayer | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.whatif = whatif
        self.canvas = canvas
        self._active = active
        self._former: QgsMapTool | None = None
        self._reply: dict[str, Any] | None = None
        self.band = AreaBand(canvas)
        self.draw_tool = DrawTool(canvas, self._drawn)
        self.pick_tool = PickTool(canvas, self._picked)
        self.taker = SelectionTaker(whatif.area, self)
        self._make()
        self._lay_out()
        self._connect()
        self._refresh()

    def _make(self) -> None:
        self.draw = _tool("/mActionCapturePolygon.svg", tr("Draw"), tr("Draw an area on the map"))
        self.pick = _tool("/mActionSelectRectangle.svg", tr("Pick"),
                          tr("Pick polygons of any layer"))  # fmt: skip
        for tool in (self.draw, self.pick):
            tool.setCheckable(True)
        self.selection = _tool("/mIconSelected.svg", tr("Selection"),
                               tr("Take the selected polygons of the active layer"))  # fmt: skip
        self.size = QLabel()
        self.use = QComboBox()
        self.use.setEditable(True)
        self.use.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.use.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.use.setMinimumContentsLength(16)
        self.use.setAccessibleName(tr("Target use"))
        self.use.lineEdit().setPlaceholderText(tr("Target use: code or name"))
        self.sign = QLabel()
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.basis = QLabel()
        self.basis.setWordWrap(True)
        self.tables = WhatIfTables()
        self.put = QPushButton(tr("Put into the plan layer"))
        self.drop = QPushButton(tr("Discard"))

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        for widget in (self.draw, self.pick, self.selection, self.size):
            tools.addWidget(widget, int(widget is self.size))
        words = QHBoxLayout()
        words.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        words.addWidget(self.said, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.put, 1)
        buttons.addWidget(self.drop)
        self.scroll = area = QScrollArea()
        area.setWidget(self.tables)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        for ground in (area.viewport(), self.tables):
            ground.setAutoFillBackground(False)  # else an empty one is a grey field
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addLayout(tools)
        column.addWidget(self.use)
        column.addLayout(words)
        column.addWidget(area, 1)
        column.addWidget(self.basis)
        column.addLayout(buttons)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    def _connect(self) -> None:
        whatif = self.whatif
        self.draw.clicked.connect(lambda on: self._use_tool(self.draw_tool, on))
        self.pick.clicked.connect(lambda on: self._use_tool(self.pick_tool, on))
        self.selection.clicked.connect(self._take_selection)
        self.use.currentIndexChanged.connect(self._chosen)
        self.taker.begun.connect(self._begun)
        self.taker.taken.connect(self._area_changed)
        self.put.clicked.connect(self._put)
        self.drop.clicked.connect(self.discard)
        whatif.codes_came.connect(self._list_codes)
        whatif.answered.connect(self._show)
        whatif.cleared.connect(self._refresh)
        whatif.working.connect(self._working)
        whatif.failed.connect(lambda text: self._say("error", text))
        whatif.watch.state_changed.connect(self._refresh_buttons)
        self.canvas.mapToolSet.connect(self._tool_set)
        self.canvas.destinationCrsChanged.connect(self._draw_area)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """See what can be done now: layers come under the pen while the panel is hidden."""
        super().showEvent(event)
        self._refresh_buttons()

    def close_down(self) -> None:
        """Let go of map, engine and live board."""
        self.discard()
        for tool in (self.draw_tool, self.pick_tool):
            self.canvas.unsetMapTool(tool)
        self.canvas.mapToolSet.disconnect(self._tool_set)
        self.canvas.destinationCrsChanged.disconnect(self._draw_area)
        self.whatif.watch.state_changed.disconnect(self._refresh_buttons)
        self.whatif.close_down()

    # Area and use

    def _use_tool(self, tool: QgsMapTool, on: bool) -> None:
        if not on:
            self._give_back()
            return
        self.whatif.begin()
        if self.canvas.mapTool() not in (self.draw_tool, self.pick_tool):
            self._former = self.canvas.mapTool()
        self.canvas.setMapTool(tool)

    def _give_back(self) -> None:
        """Put the map tool back that was there before."""
        mine = self.canvas.mapTool()
        if mine in (self.draw_tool, self.pick_tool):
            if self._former is not None:
                self.canvas.setMapTool(self._former)
            else:
                self.canvas.unsetMapTool(mine)
        self._former = None

    def _tool_set(self, tool: QgsMapTool | None, former: QgsMapTool | None = None) -> None:
        self.draw.setChecked(tool is self.draw_tool)
        self.pick.setChecked(tool is self.pick_tool)

    def _drawn(self, shape: QgsGeometry, crs: QgsCoordinateReferenceSystem) -> None:
        self.whatif.area.clear()
        self.whatif.area.set(_DRAWN, shape, crs)
        self._area_changed()

    def _picked(self, key: Hashable, shape: QgsGeometry, crs: QgsCoordinateReferenceSystem) -> None:
        self.whatif.area.take(_DRAWN)
        self.whatif.area.toggle(key, shape, crs)
        self._area_changed()

    def _take_selection(self) -> None:
        """Take the selection of the active layer, else of the topmost layer that has one."""
        if self.taker.take((self._active(), *self.canvas.layers())):
            self.whatif.begin()
        else:
            self._say("warning", tr("No polygon is selected."))

    def _begun(self) -> None:
        """Show nothing of the area before while another one is read."""
        self.band.remove()
        self.whatif.area.clear()
        self.whatif.changed()
        self._working(tr("Reading the selection"))

    def _area_changed(self) -> None:
        self.taker.drop()
        self._draw_area()
        self.whatif.changed()

    def _draw_area(self) -> None:
        self.band.show(self.whatif.area)

    def _list_codes(self, codes: list[dict[str, str]]) -> None:
        """Offer the dossier's uses, and keep the one that is chosen."""
        chosen = self.whatif.code
        self.use.blockSignals(True)
        self.use.clear()
        for one in codes:
            code, label = one["code"], one["label"]
            self.use.addItem(label if label.startswith(code) else f"{code} {label}", code)
        self.use.setCurrentIndex(self.use.findData(chosen) if chosen else -1)
        completer = QCompleter(self.use.model(), self.use)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.use.setCompleter(completer)
        self.use.blockSignals(False)
        self._chosen()

    def _chosen(self, *_: int) -> None:
        self.whatif.set_code(str(self.use.currentData() or ""))

    # The answer

    def _refresh(self) -> None:
        """Show nothing that was said of another area or use."""
        self._reply = None
        self.tables.hide()
        self.size.setText("")
        if self.whatif.area.is_empty():
            self._say("", tr("Draw an area, pick polygons or take the selection."))
        elif not self.whatif.code:
            self._say("", tr("Choose the use that the area shall have."))
        else:
            self._say("reopened", tr("Computing"))
        self._refresh_buttons()

    def _working(self, text: str) -> None:
        if text:
            self._say("reopened", text)

    def _show(self, reply: dict[str, Any]) -> None:
        self._say(*verdict(reply))
        self._reply = reply
        self.size.setText(exact_hectares(reply.get("area_m2")))
        self.tables.show_answer(reply)
        self.tables.show()
        self._refresh_buttons()

    def _say(self, mark: str, text: str) -> None:
        self.sign.setPixmap(sign(mark).pixmap(_SIDE, _SIDE))
        self.sign.setVisible(bool(mark))
        self.said.setText(text)

    def _refresh_buttons(self, *_: Any) -> None:
        live = self.whatif.watch.state != OFF
        self.basis.setText(
            tr("Compared with the plan as it is edited.") if live
            else tr("Compared with the plan as it is saved; edits count when Live is on.")
        )  # fmt: skip
        self.drop.setEnabled(not self.whatif.area.is_empty())
        ready = not self.whatif.area.is_empty() and bool(self.whatif.code)
        self.put.setEnabled(ready)
        self.put.setToolTip(tr("Cut the area out of the planned parcels and give it the use"))

    # Into the plan, or away

    def _put(self) -> None:
        whatif = self.whatif
        layers, role = whatif.plan_layers(), whatif.plan
        against = hindrance(layers, role)
        if against or role is None:
            self._say("warning", against)
            return
        try:
            put(layers, role, whatif.area, whatif.code)
        except PutError as error:
            self._say("error", str(error))
            return
        reply = self._reply
        self.discard()
        if reply is not None:  # what it does stays to be read until another area is asked about
            self.tables.show()
        self._say("fixed", tr("It is in the plan layer, not saved yet; Undo takes it back."))

    def discard(self) -> None:
        """Forget area and answer."""
        self._give_back()
        self.draw_tool.clear()
        self.band.remove()
        self.taker.drop()
        self.whatif.area.clear()
        self.whatif.changed()


def _tool(icon: str, text: str, hint: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(QgsApplication.getThemeIcon(icon))
    button.setText(text)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setToolTip(hint)
    button.setAutoRaise(True)
    return button
