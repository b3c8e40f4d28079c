# SPDX-License-Identifier: GPL-2.0-or-later
"""`convertcodes`: land-use codes of the survey or of 2020 into those of the guide of 2023."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingParameterFile, QgsProcessingParameterString

from ..jobs.words import later, tr
from .base import Count, static_enum
from .conversion import REMARKS, ConversionAlgorithm
from .sinks import Sink

FROM = ["auto", "sandiao", "landuse-2020"]
MODES = ["main", "open", "level1", "all_level1"]


class ConvertCodes(ConversionAlgorithm):
    """Convert land-use codes."""

    ID = "convertcodes"
    TITLE = later("Convert land-use codes")
    SUMMARY = later("Turns codes of the third survey or the 2020 guide into those of 2023.")
    TAGS = "land use code convert survey 2023 地类 用地用海 三调 转换 基数转换 待细分"
    FIELDS = {"CODE": "code", "NAME": "name", "ID": "id"}
    SINKS = (Sink("CONVERSIONS", "conversions", later("Table of conversions")), REMARKS)
    NUMBERS = (
        Count("CONVERTED", "converted", later("Converted")),
        Count("AMBIGUOUS", "ambiguous", later("Ambiguous")),
        Count("LEFT", "left", later("Left without a code")),
        Count("CLASS_CHANGED", "class_changed", later("Changed class")),
    )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Declare parameters and outputs."""
        self.add_input()
        self.add_field("CODE", tr("Field of codes"), tr("Empty: found by its name, DLBM say."))
        self.add(
            static_enum("FROM", tr("Codes are of"), FROM, "auto"),
            tr("auto: told by the codes and names; where they tell nothing you are asked."),
        )
        self.add(
            static_enum("MODE", tr("Codes with several targets"), MODES, "main"),
            tr(
                "main: the most usual target; open: left empty and listed; level1: their "
                "first-level class; all_level1: every code becomes its first-level class."
            ),
        )
        self.add(
            QgsProcessingParameterFile("TABLE", tr("Your own table"), optional=True),
            tr(
                "csv or xlsx with columns from and to; columns named like fields of the layer are "
                "conditions. Goes before everything else."
            ),
        )
        self.add_field(
            "NAME", tr("Field of names"), tr("Helps to tell the edition; empty: found."), rare=True
        )
        self.add_id()
        for name, title in (("NEW_CODE", tr("New field of codes")),
                            ("NEW_NAME", tr("New field of names"))):  # fmt: skip
            self.add(
                QgsProcessingParameterString(name, title, optional=True),
                tr("Empty: YDYHFLDM, YDYHFLMC; with the year where these are taken."),
                rare=True,
            )
        self.add_standard()
        self.add_results(tr("Converted layer"))

    def options(
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> dict[str, Any]:  # fmt: skip
        """Give what the engine is told."""
        table = self.parameterAsString(parameters, "TABLE", context)
        return {
            "from": self.parameterAsEnumString(parameters, "FROM", context),
            "mode": self.parameterAsEnumString(parameters, "MODE", context),
            "table": str(Path(table).resolve()) if table else "",
            "code_field": self.parameterAsString(parameters, "NEW_CODE", context),
            "name_field": self.parameterAsString(parameters, "NEW_NAME", context),
        }
