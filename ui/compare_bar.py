# SPDX-License-Identifier: GPL-2.0-or-later
"""Two plans against each other: blink shows them in turn, swipe parts the map between them."""

from __future__ import annotations

from qgis.gui import QgsMapTool
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from ..jobs.words import tr
from .conflict_map import ConflictMap
from .labels import chip
from .sector_records import Results
from .swipe import SwipeLine, SwipeTool

BLINK_MS = 700


class CompareBar(QWidget):
    """Chooses two plans and shows them blinking or parted by a line."""

    def __init__(self, map_: ConflictMap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.map = map_
        self.first, self.second = _combo(tr("First plan")), _combo(tr("Second plan"))
        self.blink = _button(tr("Blink"), tr("Show the two plans in turn"))
        self.swipe = _button(tr("Swipe"), tr("Part the map between the two plans by a line"))
        self._timer = QTimer(self)
        self._timer.setInterval(BLINK_MS)
        self._timer.timeout.connect(self._turn)
        self._turned = False
        self._line: SwipeLine | None = None
        self._tool: SwipeTool | None = None
        self._former: QgsMapTool | None = None
        self._lay_out()
        self.blink.toggled.connect(self._toggle_blink)
        self.swipe.toggled.connect(self._toggle_swipe)
        for combo in (self.first, self.second):
            combo.currentIndexChanged.connect(self._changed)
        map_.canvas.mapToolSet.connect(self._tool_changed)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(QLabel(tr("Compare")))
        row.addWidget(self.first, 1)
        row.addWidget(QLabel("↔"))
        row.addWidget(self.second, 1)
        row.addWidget(self.blink)
        row.addWidget(self.swipe)

    def load(self, results: Results) -> None:
        """Offer another dossier's plans."""
        self.stop()
        for place, combo in enumerate((self.first, self.second)):
            combo.blockSignals(True)
            combo.clear()
            for plan in results.plans:
                combo.addItem(chip(plan.colour), plan.short, plan.sector)
            combo.setCurrentIndex(min(place, combo.count() - 1))
            combo.blockSignals(False)
        self.setEnabled(len(results.plans) > 1)

    def choose(self, first: str, second: str) -> None:
        """Take two plans; what is no plan or twice the same is passed over."""
        places = [combo.findData(sector) for combo, sector in
                  ((self.first, first), (self.second, second))]  # fmt: skip
        if first != second and min(places) >= 0:
            self.first.setCurrentIndex(places[0])
            self.second.setCurrentIndex(places[1])

    def pair(self) -> tuple[str, str]:
        """Give the two plans."""
        return str(self.first.currentData() or ""), str(self.second.currentData() or "")

    def stop(self) -> None:
        """End blinking and swiping."""
        self.blink.setChecked(False)
        self.swipe.setChecked(False)

    def close_down(self) -> None:
        """Let go of the canvas: before the dock goes."""
        self.stop()
        if not sip.isdeleted(self.map.canvas):
            self.map.canvas.mapToolSet.disconnect(self._tool_changed)

    def _changed(self) -> None:
        if self.blink.isChecked():
            self._turn()
        if self.swipe.isChecked():
            self.swipe.setChecked(False)
            self.swipe.setChecked(True)

    def _toggle_blink(self, on: bool) -> None:
        if on:
            self.swipe.setChecked(False)
            self._turned = True
            self._turn()
            self._timer.start()
        else:
            self._timer.stop()
            self.map.show_only(None)

    def _turn(self) -> None:
        self._turned = not self._turned
        self.map.show_only([self.pair()[self._turned]])

    def _toggle_swipe(self, on: bool) -> None:
        if on:
            self.blink.setChecked(False)
            self._start_swipe()
        elif self._line is not None:
            self._end_swipe()

    def _start_swipe(self) -> None:
        canvas = self.map.canvas
        first, second = self.pair()
        plans = [self.map.results.plan(sector) for sector in (first, second)]
        if first == second or None in plans:
            self.swipe.setChecked(False)
            return
        self._line = SwipeLine(
            canvas, tuple(plan.name for plan in plans), tuple(plan.colour for plan in plans)
        )
        self.map.show_only([first, second])
        self._tool = SwipeTool(canvas, self._part, lambda: self.swipe.setChecked(False))
        self._former = canvas.mapTool()
        canvas.setMapTool(self._tool)
        self._part(0.5)
        canvas.setFocus()

    def _part(self, place: float) -> None:
        if self._line is not None:
            self._line.move(place)
            first, second = self.pair()
            self.map.set_clip(first, (0.0, place))
            self.map.set_clip(second, (place, 1.0))

    def _end_swipe(self) -> None:
        line, tool, former = self._line, self._tool, self._former
        self._line = self._tool = self._former = None
        if line is not None and not sip.isdeleted(line) and line.scene() is not None:
            line.scene().removeItem(line)
        for sector in self.map.sheets:
            self.map.set_clip(sector, None)
        self.map.show_only(None)
        canvas = self.map.canvas
        if tool is not None and not sip.isdeleted(canvas) and canvas.mapTool() is tool:
            canvas.unsetMapTool(tool)
            if former is not None and not sip.isdeleted(former):
                canvas.setMapTool(former)

    def _tool_changed(self, new: QgsMapTool | None, old: QgsMapTool | None = None) -> None:
        """End swiping where the user took another tool."""
        if self._tool is not None and new is not self._tool:
            self.swipe.setChecked(False)


def _combo(name: str) -> QComboBox:
    combo = QComboBox()
    combo.setAccessibleName(name)
    combo.setToolTip(name)
    combo.setMinimumContentsLength(6)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return combo


def _button(text: str, hint: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(hint)
    button.setCheckable(True)
    return button
