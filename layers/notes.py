# SPDX-License-Identifier: GPL-2.0-or-later
"""What reading finds, collected as findings: rule, severity, the feature, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence

import geopandas as gpd
import numpy as np

from . import findings
from .dossier import Dossier
from .errors import InputError
from .model import Layer
from .words import pick

if TYPE_CHECKING:
    from .standard import Standard
    from .units import Trouble


class Notes:
    """The findings of one reading; `tables` holds them as they come."""

    def __init__(self, dossier: Dossier, standard: Standard, crs: Any) -> None:
        self.dossier = dossier
        self.standard = standard
        self.crs = crs
        self.tables: list[gpd.GeoDataFrame] = []

    def many(
        self, rule: str, severity: str, geometry: Sequence[Any] | np.ndarray, **columns: Any
    ) -> None:
        """Add a finding for each geometry; columns are arrays or one value for all."""
        if not len(geometry):
            return
        values = {
            "rule": rule,
            "severity": severity,
            "level": "county",
            "unit": self.dossier.code,
            "unit_name": self.dossier.name,
            "remedy": self._remedy(rule),
            **columns,
        }
        self.tables.append(findings.make(values, geometry, self.crs))

    def add(self, rule: str, severity: str, role: str, message: str, **columns: Any) -> None:
        """Add one finding about a layer or table as a whole."""
        self.many(rule, severity, [None], subject_layer=role, message=message, **columns)

    def troubles(self, troubles: Sequence[Trouble], units: Layer) -> None:
        """Add what the units' attributes contradict themselves in, on the units' first shape."""
        for one in troubles:
            column = "code" if one.level == "village" else one.level
            rows = np.flatnonzero((units.data[column] == one.unit).to_numpy())
            first = units.data.iloc[rows[0]]
            name = first["name" if one.level == "village" else f"{one.level}_name"]
            self.many(
                "data.units", one.severity, [units.geometry[rows[0]]], level=one.level,
                unit=one.unit, unit_name=name, cluster=first["cluster"], subject_layer="units",
                subject_id=one.unit, subject_label=name, message=one.message,
            )  # fmt: skip

    def _remedy(self, rule: str) -> str:
        try:
            found = self.standard.rule(rule)
        except (KeyError, InputError):
            return ""
        return pick(found.remedy_zh, found.remedy_en)
