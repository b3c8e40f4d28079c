# SPDX-License-Identifier: GPL-2.0-or-later
"""The dock's drawing on the map canvas: plans, conflicts, the chosen conflict; zoom and flash."""

from __future__ import annotations

from typing import Iterable

from qgis.core import QgsGeometry
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtGui import QColor

from .canvas_map import BATCH, LEAST_SIDE_M, CanvasMap
from .labels import COLOURS
from .plan_item import SHEETS_Z, Sheet, fill
from .sector_records import Conflict, Results, Side
from .slices import Job

_LARGER = 4.0
_SITE = "#1f8a55"
_WHOLE_UNITS = ("sector.demand",)


class ConflictMap(CanvasMap):
    """All that the dock draws; nothing of it belongs to the project."""

    def __init__(self, canvas: QgsMapCanvas, parent: QObject | None = None) -> None:
        self.results = Results()
        self.sheets: dict[str, Sheet] = {}
        self._conflicts: dict[str, Sheet] = {}
        self._shown: dict[str, bool] = {}
        self._opacity: dict[str, float] = {}
        self._only: frozenset[str] | None = None
        super().__init__(canvas, parent)

    def all_sheets(self) -> list[Sheet]:
        """List the sheets, the conflicts' last."""
        return [*self.sheets.values(), *self._conflicts.values()]

    def load(self, results: Results) -> None:
        """Draw another dossier's plans, by and by."""
        self.clear()
        self.results, self.crs = results, results.crs
        self.begin("plans", self._plans(results))

    def _plans(self, results: Results) -> Job:
        """Make the sheets of plans and conflicts and put the plans' shapes on theirs."""
        for severity in ("info", "warning", "error"):
            symbol = fill(COLOURS[severity], opacity=0.45)
            self._conflicts[severity] = Sheet(self.canvas, results.crs, symbol)
            self._conflicts[severity].setZValue(SHEETS_Z + 1)
            yield
        for plan in reversed(results.plans):  # the first plan lies on top
            sheet = Sheet(self.canvas, results.crs, fill(plan.colour))
            sheet.setOpacity(self._opacity.get(plan.sector, 1.0))
            self.sheets[plan.sector] = sheet
            yield
        shapes: dict[str, list[QgsGeometry]] = {sector: [] for sector in self.sheets}
        for project in (*results.projects.values(), *results.unnamed):
            shapes.setdefault(project.sector, []).append(project.geometry)
        self.apply()
        yield
        for sector, sheet in self.sheets.items():
            yield from _put(sheet, shapes[sector])

    def clear(self) -> None:
        """Take everything off the canvas."""
        super().clear()
        self.sheets, self._conflicts = {}, {}
        self.results = Results()

    def set_shown(self, sector: str, shown: bool) -> None:
        """Show or hide a plan."""
        self._shown[sector] = shown
        self.apply()

    def is_shown(self, sector: str) -> bool:
        """Tell whether the user wants to see a plan."""
        return self._shown.get(sector, True)

    def set_opacity(self, sector: str, opacity: float) -> None:
        """Make a plan more or less transparent (0..1)."""
        self._opacity[sector] = opacity
        if sector in self.sheets:
            self.sheets[sector].setOpacity(opacity)

    def opacity(self, sector: str) -> float:
        """Give a plan's opacity."""
        return self._opacity.get(sector, 1.0)

    def show_only(self, sectors: Iterable[str] | None) -> None:
        """Show only some plans for a while, whatever the tree says; None: as the tree says."""
        self._only = None if sectors is None else frozenset(sectors)
        self.apply()

    def set_clip(self, sector: str, part: tuple[float, float] | None) -> None:
        """Show a plan only between two shares of the window's width."""
        if sector in self.sheets:
            self.sheets[sector].set_clip(part)

    def show_conflicts(self, conflicts: Iterable[Conflict]) -> None:
        """Draw the conflicts that the list shows, by and by."""
        self.begin("conflicts", self._fill(list(conflicts)))

    def _fill(self, conflicts: list[Conflict]) -> Job:
        """Put the conflicts' shapes on their sheets; those of whole counties would cover all."""
        shapes: dict[str, list[QgsGeometry]] = {severity: [] for severity in self._conflicts}
        for conflict in conflicts:
            if conflict.severity in shapes and conflict.rule not in _WHOLE_UNITS:
                shapes[conflict.severity].append(conflict.geometry)
        yield
        for severity, sheet in self._conflicts.items():
            sheet.clear()
            yield from _put(sheet, shapes[severity])

    def apply(self) -> None:
        """Show what tree and conflict ask for."""
        for sector, sheet in self.sheets.items():
            wanted = sector in self._only if self._only is not None else self.is_shown(sector)
            sheet.setVisible(self._awake and wanted)
        for sheet in self._conflicts.values():
            sheet.setVisible(self._awake)
        self.later()

    def select(self, conflict: Conflict, zoom: bool = True, flash: bool = True) -> None:
        """Outline a conflict and both its projects; zoom to it and flash them if wanted."""
        self.deselect()
        shapes = [
            (self.results.shape(conflict.subject), self._colour(conflict.subject), "solid"),
            (self.results.shape(conflict.object), self._colour(conflict.object), "dash"),
            (conflict.geometry, QColor(COLOURS.get(conflict.severity, "#b3261e")), "hatch"),
        ]
        for shape, colour, look in shapes:
            if not shape.isEmpty():
                self._bands.append(self.band(shape, colour, look))
        if zoom:
            self.zoom_to(_in_view(conflict.geometry, [shape for shape, _, _ in shapes[:2]]))
        if flash:
            for shape, colour, _ in shapes[:2] if not shapes[0][0].isEmpty() else shapes[2:]:
                self.flash(shape, colour)

    def _colour(self, side: Side) -> QColor:
        plan = self.results.plan(side.layer)
        return QColor(plan.colour if plan else COLOURS["waived"])

    def show_site(self, shape: QgsGeometry) -> None:
        """Outline a site that is suggested, zoom to it and flash it."""
        self._bands.append(self.band(shape, QColor(_SITE), "solid"))
        self.zoom_to([shape])
        self.flash(shape, QColor(_SITE))

    def zoom_to_plan(self, sector: str) -> None:
        """Show all of a plan."""
        if sector in self.sheets and not self.sheets[sector].extent().isEmpty():
            self.zoom(self.sheets[sector].extent().scaled(1.1))


def _put(sheet: Sheet, shapes: list[QgsGeometry]) -> Job:
    """Put shapes on a sheet, a batch a step."""
    for start in range(0, len(shapes), BATCH):
        sheet.add_shapes(shapes[start : start + BATCH])
        yield


def _in_view(conflict: QgsGeometry, projects: list[QgsGeometry]) -> list[QgsGeometry]:
    """Choose what the map shows whole: the conflict, and projects that are not much larger."""
    if conflict.isEmpty():
        return projects
    most = max(_size(conflict) * _LARGER, LEAST_SIDE_M * _LARGER)
    return [conflict, *(shape for shape in projects if _size(shape) <= most)]


def _size(shape: QgsGeometry) -> float:
    """Give the longer side of a shape's rectangle, 0 for an empty one."""
    box = shape.boundingBox()
    return 0.0 if shape.isEmpty() else max(box.width(), box.height())
