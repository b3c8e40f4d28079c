# SPDX-License-Identifier: GPL-2.0-or-later
"""`ellipsoidalarea`: gross, deducted and net area fields by the survey's formula."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingParameterString

from ..jobs.words import later, tr
from .base import Count, static_enum
from .conversion import REMARKS, ConversionAlgorithm
from .roles import TABLES
from .sinks import Sink

_FIELDS = (("GROSS", "gross", "TBMJ"), ("DEDUCTED", "deducted", "KCMJ"), ("NET", "net", "TBDLMJ"))


class EllipsoidalArea(ConversionAlgorithm):
    """Write ellipsoidal areas."""

    ID = "ellipsoidalarea"
    TITLE = later("Ellipsoidal area")
    SUMMARY = later("Writes gross, deducted and net area by the survey's formula and rounding.")
    TAGS = "area ellipsoid survey ridge net 椭球面积 图斑面积 扣除面积 地类面积 TBMJ KCMJ TBDLMJ"
    FIELDS = {"CODE": "code", "DEDUCTION": "deduction", "ID": "id"}
    SINKS = (Sink("AREAS", "areas", later("Areas by land use")), REMARKS)
    NUMBERS = (
        Count("MEASURED", "measured", later("Measured")),
        Count("UNMEASURED", "unmeasured", later("Not measured")),
        Count("DIFFERING", "differing", later("Stated otherwise")),
        Count("GROSS_M2", "gross_m2", later("Gross area, m2")),
        Count("DEDUCTED_M2", "deducted_m2", later("Deducted area, m2")),
        Count("NET_M2", "net_m2", later("Net area, m2")),
    )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Declare parameters and outputs."""
        self.add_input()
        self.add_field(
            "CODE", tr("Field of codes"),
            tr("Ridges are deducted of cultivated land only; empty: found by its name, DLBM say."),
        )  # fmt: skip
        self.add_field(
            "DEDUCTION", tr("Field of ridge coefficients"),
            tr("Empty: found by its name, KCXS say."),
        )  # fmt: skip
        self.add(
            static_enum("CODES", tr("Codes are of"), TABLES, "sandiao"),
            tr("Tells which parcels are cultivated: from these alone ridges are deducted."),
            rare=True,
        )
        self.add_id()
        titles = (tr("Field of gross area"), tr("Field of deducted area"), tr("Field of net area"))
        for (name, _, usual), title in zip(_FIELDS, titles):
            self.add(
                QgsProcessingParameterString(name, title, defaultValue=usual),
                tr("Written over in the copy where the layer has it, else added."),
                rare=True,
            )
        self.add_standard()
        self.add_results(tr("Layer with areas"))

    def options(
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> dict[str, Any]:  # fmt: skip
        """Give what the engine is told."""
        names = {
            ours: self.parameterAsString(parameters, name, context) or usual
            for name, ours, usual in _FIELDS
        }
        return {"table": self.parameterAsEnumString(parameters, "CODES", context), **names}
