# SPDX-License-Identifier: GPL-2.0-or-later
"""`mendcoverage`: parcels mended without judgement, on a copy, with every change in a table."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingParameterNumber

from ..jobs.words import later, tr
from .base import Count
from .conversion import REMARKS, ConversionAlgorithm
from .sinks import Sink


class MendCoverage(ConversionAlgorithm):
    """Mend a coverage."""

    ID = "mendcoverage"
    TITLE = later("Mend a coverage")
    SUMMARY = later("Snaps, cleans and merges what needs no judgement; lists every change.")
    TAGS = "topology snap sliver valid repair 拓扑 修复 捕捉 碎片 重复点 缝隙 重叠"
    FIELDS = {"ID": "id"}
    SINKS = (
        Sink("CHANGES", "changes", later("Table of changes")),
        Sink("TOTALS", "totals", later("Totals")),
        REMARKS,
    )
    NUMBERS = (
        Count("CHANGED", "changes", later("Changes")),
        Count("KEPT", "kept", later("Features kept")),
        Count("UNMATCHED", "unmatched", later("Still not matching")),
        Count("MOVED_M2", "moved_m2", later("Area moved, m2")),
    )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Declare parameters and outputs."""
        self.add_input()
        self._add_number(
            "TOLERANCE", tr("Tolerance of snapping, m"), None,
            tr("Vertices and edges nearer than this come together; empty: the standard's, 0.001."),
        )  # fmt: skip
        self._add_number(
            "SLIVER_AREA", tr("Slivers are smaller than, m2"), 10.0,
            tr("They go to the neighbour with the longest shared edge; 0: none are merged."),
        )  # fmt: skip
        self._add_number(
            "SLIVER_WIDTH", tr("Slivers are narrower than, m"), 0.0,
            tr("Narrower ones count as slivers whatever their area: mind roads and ditches."),
            rare=True,
        )  # fmt: skip
        self.add_field(
            "WITHIN", tr("Slivers stay within"),
            tr("Merged only with neighbours that have the same value here, ZLDWDM say."),
        )  # fmt: skip
        self.add_id()
        self.add_standard()
        self.add_results(tr("Mended layer"))

    def _add_number(
        self, name: str, title: str, default: float | None, help_text: str, rare: bool = False
    ) -> None:
        self.add(
            QgsProcessingParameterNumber(
                name, title, QgsProcessingParameterNumber.Type.Double, default,
                optional=default is None, minValue=0,
            ),
            help_text,
            rare,
        )  # fmt: skip

    def options(
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> dict[str, Any]:  # fmt: skip
        """Give what the engine is told."""
        within = self.parameterAsStrings(parameters, "WITHIN", context)
        given = {
            "sliver_area": self.parameterAsDouble(parameters, "SLIVER_AREA", context),
            "sliver_width": self.parameterAsDouble(parameters, "SLIVER_WIDTH", context),
            "within": within[0] if within else "",
        }
        if self.given(parameters, "TOLERANCE"):
            given["tolerance"] = self.parameterAsDouble(parameters, "TOLERANCE", context)
        return given
