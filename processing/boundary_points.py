# SPDX-License-Identifier: GPL-2.0-or-later
"""`boundarypoints`: boundary points as text (界址点 TXT) into a layer, or a layer into them."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterCrs,
    QgsProcessingParameterField,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
)

from ..jobs.words import later, tr
from .base import HERE, Count, static_enum
from .conversion import ConversionAlgorithm
from .county import crs_text

AUTO = "auto"
ENCODINGS = ["GBK", "GB18030", "UTF-8"]
NEWLINES = ["crlf", "lf", "cr"]
TXT = "TXT (*.txt)"


def dialects() -> list[str]:
    """List the dialects of the shipped standard, in their order."""
    path = HERE / "standards" / "base" / "boundary_points.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = sorted(csv.DictReader(stream), key=lambda row: int(row["order"]))
    return [row["dialect"] for row in rows]


class BoundaryPoints(ConversionAlgorithm):
    """Read or write boundary points."""

    ID = "boundarypoints"
    TITLE = later("Boundary points (TXT)")
    SUMMARY = later("Turns boundary-point text into a layer, or a layer into such text.")
    TAGS = "boundary points txt import export 界址点 坐标 报批 勘测定界 导入 导出"
    FIELDS = {"ID": "id", "NAME": "name", "CODE": "code", "USE": "use", "SHEET": "sheet"}
    NUMBERS = (
        Count("WRITTEN", "written", later("Parcels written")),
        Count("DIFFERING", "differing", later("Areas that differ")),
        Count("UNUSABLE", "unusable", later("Without a usable shape")),
    )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Declare parameters and outputs."""
        self.add(
            QgsProcessingParameterFile(
                "TXT", tr("Text to read"), optional=True, fileFilter=TXT
            ),
            tr("Give this for a layer, or a layer for a text: one of the two."),
        )  # fmt: skip
        self.add_input(optional=True)
        self.add(
            static_enum("DIALECT", tr("Dialect"), [AUTO, *dialects()], AUTO),
            tr("auto: recognised when reading; when writing, the standard one."),
        )
        self.add(
            static_enum("ENCODING", tr("Encoding"), [AUTO, *ENCODINGS], AUTO),
            tr("auto: recognised when reading; when writing, GBK."),
            rare=True,
        )
        self.add(
            QgsProcessingParameterCrs("CRS", tr("CRS of the text"), optional=True),
            tr("Empty: what the text says; when writing, the layer's. A zone of Gauss-Krueger."),
        )
        for name, title in (
            ("ID", tr("Field of parcel numbers")), ("NAME", tr("Field of parcel names")),
            ("CODE", tr("Field of codes")), ("USE", tr("Field of uses")),
            ("SHEET", tr("Field of map sheets")),
        ):  # fmt: skip
            self.add_field(name, title, tr("Empty: found by its name."), rare=True)
        self.add(
            QgsProcessingParameterField(
                "AREA", tr("Field of areas to state"), parentLayerParameterName="INPUT",
                optional=True,
            ),
            tr("Hectares; empty: the area measured on the ellipsoid is stated."),
        )  # fmt: skip
        self.add(
            QgsProcessingParameterBoolean("PREFIXED", tr("Eastings bear the zone's number"), True),
            tr("For a text to write: 8 digits before the point with the number, 6 without."),
            rare=True,
        )
        self.add(
            static_enum("NEWLINE", tr("Lines end with"), NEWLINES, "crlf"),
            tr("For a text to write; programs on Windows expect crlf."),
            rare=True,
        )
        self.add_standard()
        self.add_results(tr("Parcels"), optional=True)
        self.add(
            QgsProcessingParameterFileDestination(
                "TEXT", tr("Text to write"), TXT, optional=True, createByDefault=False
            )
        )

    def checkParameterValues(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        """Check that one of text and layer is given, and a place for what it becomes."""
        reading, writing = self.given(parameters, "TXT"), self.given(parameters, "INPUT")
        if reading == writing:
            return False, tr("Give either a text to read (TXT) or a layer to write (INPUT).")
        if reading and not Path(self.parameterAsString(parameters, "TXT", context)).is_file():
            path = self.parameterAsString(parameters, "TXT", context)
            return False, tr("There is no {path}.").format(path=path)
        if writing and not self.given(parameters, "TEXT"):
            return False, tr("Name the text to write (TEXT).")
        return super().checkParameterValues(parameters, context)

    def handed(
        self, parameters: dict[str, Any], context: QgsProcessingContext,
        feedback: QgsProcessingFeedback, folder: Path,
    ) -> dict[str, Any]:  # fmt: skip
        """Name the text, or hand the layer over."""
        if self.given(parameters, "INPUT"):
            return super().handed(parameters, context, feedback, folder)
        text = Path(self.parameterAsString(parameters, "TXT", context)).resolve()
        entry: dict[str, Any] = {"path": str(text)}
        for name, key in (("DIALECT", "dialect"), ("ENCODING", "encoding")):
            value = self.parameterAsEnumString(parameters, name, context)
            if value != AUTO:
                entry[key] = value
        crs = self.parameterAsCrs(parameters, "CRS", context)
        if crs.isValid():
            entry["crs"] = crs_text(crs)
        return entry

    def options(
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> dict[str, Any]:  # fmt: skip
        """Give what the engine is told."""
        dialect = self.parameterAsEnumString(parameters, "DIALECT", context)
        encoding = self.parameterAsEnumString(parameters, "ENCODING", context)
        crs = self.parameterAsCrs(parameters, "CRS", context)
        area = self.parameterAsStrings(parameters, "AREA", context)
        return {
            "dialect": "standard" if dialect == AUTO else dialect,
            "text_encoding": "GBK" if encoding == AUTO else encoding,
            "target_crs": crs_text(crs) if crs.isValid() else "",
            "area_field": area[0] if area else "",
            "prefixed": self.parameterAsBool(parameters, "PREFIXED", context),
            "newline": self.parameterAsEnumString(parameters, "NEWLINE", context),
        }

    def collect(
        self, parameters: dict[str, Any], context: QgsProcessingContext,
        feedback: QgsProcessingFeedback, out: Path,
    ) -> dict[str, Any]:  # fmt: skip
        """Give the layer that was read, or the text that was written; the remarks either way."""
        if self.given(parameters, "TXT"):
            return super().collect(parameters, context, feedback, out)
        text = self.parameterAsFileOutput(parameters, "TEXT", context)
        rest = {name: value for name, value in parameters.items() if name != "OUTPUT"}
        outputs = super().collect(rest, context, feedback, out)
        try:
            Path(text).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(out / f"{self.ID}.txt", text)
        except OSError as error:
            raise QgsProcessingException(
                tr("{path} can't be written: {reason}").format(path=text, reason=error.strerror)
            ) from error
        return {**outputs, "TEXT": text}
