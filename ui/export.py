# SPDX-License-Identifier: GPL-2.0-or-later
"""Write or copy what the list shows, with the filters that it was shown by."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Iterable, Sequence, Union

from qgis.core import (
    QgsCoordinateTransformContext,
    QgsFeature,
    QgsField,
    QgsVectorFileWriter,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QMetaType
from qgis.PyQt.QtWidgets import QFileDialog, QWidget

from ..jobs.words import tr
from .conflict_model import COLUMNS, Column
from .labels import OBJECTS, word
from .sector_records import Conflict, Side

Cell = tuple[str, Callable[[Any], Union[str, float, None]]]
DRIVERS = {".csv": "CSV", ".xlsx": "XLSX"}
_DECIMALS = 2


class ExportError(Exception):
    """The file could not be written; the text says why."""


def _ends(title: str, give: Callable[[Side], str | float | None]) -> list[tuple]:
    first, second = tr("{fact} (project)"), tr("{fact} (against)")
    return [
        (first.format(fact=title), lambda one: give(one.subject)),
        (second.format(fact=title), lambda one: give(one.object)),
    ]


def _columns() -> list[Cell]:
    """Give titles and values of what is written: all that is known, in the user's words."""
    listed = [
        (column.title(), column.text)
        for column in COLUMNS
        if column.key not in ("subject", "object", "measure", "years")
    ]
    return [
        ("ID", lambda one: one.id),
        *listed,
        *_ends(tr("Plan"), lambda side: side.name or word(OBJECTS, side.layer)),
        *_ends(tr("Department"), lambda side: side.department),
        *_ends(tr("Number"), lambda side: side.id),
        *_ends(tr("Name"), lambda side: side.label),
        *_ends(tr("Use"), lambda side: side.use),
        *_ends(tr("First year"), lambda side: side.start),
        *_ends(tr("Last year"), lambda side: side.end),
        *_ends(tr("Area, m²"), lambda side: side.area_m2),
        *_ends(tr("Demand, m²"), lambda side: side.demand_m2),
        *_ends(tr("Left if cut off, m²"), lambda side: side.remain_m2),
        (tr("Conflict, m²"), lambda one: one.area_m2),
        (tr("Value"), lambda one: one.value),
        (tr("Limit"), lambda one: one.limit),
        (tr("Unit"), lambda one: one.unit_of_measure),
        (tr("Message"), lambda one: one.message),
        (tr("Way out"), lambda one: one.remedy),
    ]


def ask(parent: QWidget) -> Path | None:
    """Have the user name the file; None where the user would rather not."""
    path, kind = QFileDialog.getSaveFileName(
        parent, tr("Export what is shown"), "", "Excel (*.xlsx);;CSV (*.csv)"
    )
    place = Path(path)
    if path and not place.suffix:
        place = place.with_suffix(".csv" if "csv" in kind else ".xlsx")
    return place if path else None


def write(path: Path, conflicts: Sequence[Conflict], filters: str) -> None:
    """Write conflicts to a .csv (UTF-8 with a mark that Excel knows) or .xlsx file.

    The filters stand in a sheet of their own, or in a last column of the CSV. ExportError says
    why nothing could be written.
    """
    write_table(path, driver_of(path), tr("Conflicts"), _columns(), conflicts, filters)


def write_table(
    path: Path,
    driver: str,
    title: str,
    columns: list[Cell],
    records: Sequence[Any],
    filters: str,
) -> None:
    """Write records by columns of title and value; ExportError says why nothing was written."""
    if driver == "CSV":
        columns = [*columns, (tr("Filters"), lambda one: filters)]
    rows = [[_as_shown(value(one)) for _, value in columns] for one in records]
    _write(path, driver, title, [head for head, _ in columns], rows, False)
    if driver == "XLSX":
        facts = [[tr("Filters"), filters], [title, str(len(records))]]
        _write(path, driver, tr("Filters"), [tr("Fact"), tr("Value")], facts, True)


def _as_shown(value: str | float | None) -> str | float | None:
    """Round a figure as the lists and reports do; more decimals would claim what is not known."""
    return round(value, _DECIMALS) if isinstance(value, float) else value


def driver_of(path: Path) -> str:
    """Give the driver of a file's ending; ExportError where there is none."""
    driver = DRIVERS.get(path.suffix.lower())
    if driver is None:
        raise ExportError(tr("Choose a name that ends in .csv or .xlsx."))
    return driver


def _write(
    path: Path, driver: str, sheet: str, titles: list[str], rows: list[list], add: bool
) -> None:
    """Write a table through QGIS; `add` puts it into a file that is there."""
    layer = QgsVectorLayer("None", sheet, "memory")
    figures = [
        bool(rows) and any(isinstance(row[place], float) for row in rows)
        for place in range(len(titles))
    ]
    kinds = [QMetaType.Type.Double if figure else QMetaType.Type.QString for figure in figures]
    layer.dataProvider().addAttributes(
        [QgsField(title, kind) for title, kind in zip(titles, kinds)]
    )
    layer.updateFields()
    features = []
    for row in rows:
        feature = QgsFeature(layer.fields())
        feature.setAttributes(row)
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = driver
    options.fileEncoding = "UTF-8"
    options.layerName = sheet
    options.layerOptions = ["WRITE_BOM=YES"] if driver == "CSV" else []
    if add:
        options.actionOnExistingFile = (
            QgsVectorFileWriter.ActionOnExistingFile.CreateOrOverwriteLayer
        )
    done = QgsVectorFileWriter.writeAsVectorFormatV3(
        layer, str(path), QgsCoordinateTransformContext(), options
    )
    if done[0] != QgsVectorFileWriter.WriterError.NoError:
        raise ExportError(done[1] or str(path))


def as_text(conflicts: Iterable[Any], columns: Sequence[Column]) -> str:
    """Give rows for the clipboard: titles, then a line a record, tabs between."""
    lines = ["\t".join(["ID", *(column.title() for column in columns)])]
    for one in conflicts:
        cells = [one.id, *(column.text(one) for column in columns)]
        lines.append("\t".join(" ".join(cell.split()) for cell in cells))
    return "\n".join(lines)
