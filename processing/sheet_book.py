# SPDX-License-Identifier: GPL-2.0-or-later
"""The map sheets of a county: a layout whose atlas goes over its clusters and towns."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping, Sequence

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeedback,
    QgsLayoutExporter,
    QgsLayoutItemAttributeTable,
    QgsLayoutItemLegend,
    QgsProcessingException,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSizeF

from ..jobs.words import tr
from .layout_items import Page
from .layout_sheets import MAP, OVERVIEW, Sheets, judge, pdf_settings
from .map_layers import CountyLayers
from .map_results import checked_on, read_indicators, results_file
from .map_sources import open_layer
from .sheet_data import (
    COLUMNS,
    Unit,
    choose,
    is_long,
    quota_layer,
    read_units,
    sheet_layer,
    sheet_words,
)
from .sheet_layers import SheetLayers
from .sheet_page import LEGEND, PAPERS, Legend, SheetPage, drive
from .sheet_scales import round_scale, round_segment

_BAR = 0.115  # half the scale bar of the map's width


@dataclass(frozen=True)
class Wish:
    """What the user wants printed; `results` and `template` are paths or ""."""

    level: str = "both"
    units: Sequence[str] = ()
    theme: str = "plan"
    paper: str = "A3"
    results: str = ""
    template: str = ""
    author: str = ""
    language: str = "zh"


class CountySheets(Sheets):
    """The print layout of one county's clusters and towns.

    `county` is the engine's description of the dossier, with `borders`. QgsProcessingException says
    what of it can't be printed.
    """

    def __init__(self, county: Mapping[str, Any], wish: Wish) -> None:
        super().__init__("mapsheets")
        self.county, self.wish = county, wish
        self.quotas: QgsVectorLayer | None = None
        try:
            self._make()
        except BaseException:
            self.close()
            raise

    def _make(self) -> None:
        """Make data, layers and page."""
        self.project.setCrs(QgsCoordinateReferenceSystem(self.county["crs"]))
        results = results_file(self.wish.results) if self.wish.results else None
        units = self._units()
        checked = checked_on(results) if results else ""
        shared = sheet_words(self.county, self.wish.theme, checked, self.wish.author)
        self.sheets = sheet_layer(units, self.county, shared)
        self.project.addMapLayer(self.sheets, False)
        rows, wrap = self._read_quotas(results, units) if results else (0, False)
        layers = SheetLayers(
            self.project, CountyLayers(self.county, self.wish.language), self.sheets
        )
        layers.make(self.wish.theme, self.copied(results) if results else None)
        self.troubles = layers.county.troubles
        self.maps = {MAP: layers.drawn, OVERVIEW: layers.overview()}
        self.set_atlas(self.sheets, '"number"')
        legend = Legend(layers.keyed, layers.pale, self.county["words"]["word.pale"])
        if self.wish.template:
            self.load(Path(self.wish.template), self.maps)
            self.set_atlas(self.sheets, '"number"')
            self._take_over(legend)
        else:
            self.set_paper(self.wish.paper, PAPERS[self.wish.paper])
            page = SheetPage(Page(self.layout, self.font), self.wish.paper, rows, wrap)
            page.fill(self.maps, legend, self.quotas)
        self._fit()

    def _units(self) -> list[Unit]:
        """Read the units that get a sheet."""
        source = {"path": str(self.county.get("borders") or ""), "layer": "units"}
        borders = open_layer(source, "units", self.county["crs"])
        if not borders.isValid():
            raise QgsProcessingException(tr("The borders of the units can't be read."))
        known = read_units(borders)
        units, lost = choose(known, self.wish.level, self.wish.units)
        if lost or not units:
            names = ", ".join(f"{one.name} ({one.code})" for one in known)
            raise QgsProcessingException(
                tr("There is no unit '{name}' to print; there are: {known}").format(
                    name=lost or self.wish.level, known=names
                )
            )
        return units

    def _read_quotas(self, results: Path, units: Sequence[Unit]) -> tuple[int, bool]:
        """Read these units' quotas; give how many one has at most, and if names are long."""
        wanted = {(one.level, one.code) for one in units}
        rows = [one for one in read_indicators(results) if (one.level, one.unit) in wanted]
        words = self.county["words"]
        self.quotas = quota_layer(rows, words)
        for name in COLUMNS:
            place = self.quotas.fields().indexFromName(name)
            self.quotas.setFieldAlias(place, words[f"word.{name}"])
        self.project.addMapLayer(self.quotas, False)
        counts = [sum((one.level, one.unit) == unit for one in rows) for unit in wanted]
        return max(counts, default=0), is_long(rows)

    def _take_over(self, legend: Legend) -> None:
        """Give a template's map our scales, its legend our layers, its tables our quotas."""
        drive(self.layout.itemById(MAP))
        item = self.layout.itemById(LEGEND)
        if isinstance(item, QgsLayoutItemLegend):
            legend.fill(item)
        for frame in self.layout.multiFrames():
            if isinstance(frame, QgsLayoutItemAttributeTable) and self.quotas is not None:
                columns = frame.columns()
                frame.setVectorLayer(self.quotas)
                frame.setColumns(columns)

    def _fit(self) -> None:
        """Write into each sheet's row the round scale at which its unit fits the map."""
        item = self.layout.itemById(MAP)
        size = QSizeF(item.sizeWithUnits().width(), item.sizeWithUnits().height())
        fields = self.sheets.fields()
        place, bar = (fields.indexFromName(name) for name in ("scale", "segment"))
        scales = {}
        for one in self.sheets.getFeatures():
            box = one.geometry().boundingBox()
            scale = round_scale(box.width(), box.height(), size)
            scales[one.id()] = {place: scale, bar: round_segment(scale, size.width() * _BAR)}
        self.sheets.dataProvider().changeAttributeValues(scales)

    def export_each(self, folder: Path, feedback: QgsFeedback) -> int:
        """Print each sheet into a PDF of its own; give how many, fewer when cancelled."""
        atlas = self.layout.atlas()
        atlas.setFilenameExpression('"file"')
        base = str(folder / "sheet.pdf")
        result, reason = QgsLayoutExporter.exportToPdfs(atlas, base, pdf_settings(), feedback)
        if not feedback.isCanceled():
            judge(result, folder, reason)
        return len(list(folder.glob("*.pdf")))
