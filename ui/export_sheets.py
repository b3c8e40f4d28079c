# SPDX-License-Identifier: GPL-2.0-or-later
"""Sheets of a table file, written by QGIS's own writer, row by row, in any thread.

Nothing here holds a layer: to take down one of 40,000 rows stops the window for a tenth of a
second.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Union

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransformContext,
    QgsFeature,
    QgsFeatureSink,
    QgsField,
    QgsFields,
    QgsVectorFileWriter,
)
from qgis.PyQt.QtCore import QMetaType

from ..jobs.words import tr
from .courtesy import politely

DRIVERS = {".csv": "CSV", ".xlsx": "XLSX"}
Value = Union[str, float, None]
Row = tuple[Value, ...]
Stopped = Callable[[], bool]


class ExportError(Exception):
    """The file could not be written; the text says why."""


@dataclass
class Sheet:
    """A sheet's rows; a column with any figure (`figures`) holds figures, others text."""

    name: str
    titles: list[str]
    figures: list[bool]
    rows: list[Row]


def driver_of(path: Path) -> str:
    """Give the driver of a file's ending; ExportError where there is none."""
    driver = DRIVERS.get(path.suffix.lower())
    if driver is None:
        raise ExportError(tr("Choose a name that ends in .csv or .xlsx."))
    return driver


def write(path: Path, driver: str, sheets: list[Sheet], stopped: Stopped) -> None:
    """Write the sheets one after the other; ExportError says why that could not be.

    Once `stopped` tells so no more is written, and what is there is taken away.
    """
    for place, sheet in enumerate(sheets):
        _write(path, sheet, _options(driver, sheet.name, bool(place)), stopped)
    if stopped():
        with suppress(OSError):
            path.unlink()


def _write(
    path: Path, sheet: Sheet, options: QgsVectorFileWriter.SaveVectorOptions, stopped: Stopped
) -> None:
    fields = QgsFields()
    for title, figure in zip(sheet.titles, sheet.figures):
        kind = QMetaType.Type.Double if figure else QMetaType.Type.QString
        fields.append(QgsField(title, kind))
    writer = QgsVectorFileWriter.create(
        str(path), fields, Qgis.WkbType.NoGeometry, QgsCoordinateReferenceSystem(),
        QgsCoordinateTransformContext(), options,
    )  # fmt: skip
    trouble = _fill(writer, fields, sheet, stopped)
    # Closes the file: a workbook is written only then. And before anything is raised, whose trace
    # would keep the writer until Python ends, when GDAL has ended and QGIS falls over it.
    del writer
    if trouble is not None or not (path.is_file() or stopped()):
        raise ExportError(trouble or str(path))


def _fill(
    writer: QgsVectorFileWriter, fields: QgsFields, sheet: Sheet, stopped: Stopped
) -> str | None:
    """Write the rows; gives what went wrong, None if nothing did or no more was wanted."""
    if writer.hasError() == QgsVectorFileWriter.WriterError.NoError:
        for row in politely(sheet.rows):
            if stopped():
                return None
            feature = QgsFeature(fields)
            feature.setAttributes(list(row))
            if not writer.addFeature(feature, QgsFeatureSink.Flag.FastInsert):
                return writer.errorMessage()
    failed = writer.hasError() != QgsVectorFileWriter.WriterError.NoError
    return writer.errorMessage() if failed else None


def _options(driver: str, sheet: str, add: bool) -> QgsVectorFileWriter.SaveVectorOptions:
    """Give how a sheet is written; `add` puts it into a file that is there."""
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = driver
    options.fileEncoding = "UTF-8"
    options.layerName = sheet
    options.layerOptions = ["WRITE_BOM=YES"] if driver == "CSV" else []
    if add:
        options.actionOnExistingFile = (
            QgsVectorFileWriter.ActionOnExistingFile.CreateOrOverwriteLayer
        )
    return options
