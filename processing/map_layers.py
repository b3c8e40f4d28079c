# SPDX-License-Identifier: GPL-2.0-or-later
"""A county's layers, each with its style: what the layer group and the map sheets are made of."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Mapping

from qgis.core import QgsVectorLayer

from . import map_styles
from .map_sources import open_layer
from .map_standard import Look, Looks, read_looks

ZONES = ("boundary", "redline", "farmland", "reserve")
LAND = ("plan", "landuse")
LINE_ONLY = "pianqu/line_only"  # a layer of polygons of which only the border is drawn
UNITS = ("county", "cluster", "town", "village")


class CountyLayers:
    """Opens the layers that the engine's description of a dossier names, in their styles.

    A layer that the dossier lacks, or that QGIS can't open, is None; `troubles` says why.
    """

    def __init__(self, county: Mapping[str, Any], language: str) -> None:
        self.county, self.language = county, language
        self.looks: Looks = read_looks(county["standard"]["folder"])
        self.troubles: dict[str, str] = dict(county.get("missing") or {})

    def word(self, key: str) -> str:
        """Give a word of the description, in its language."""
        return str(self.county["words"].get(key, key))

    def zones(self) -> list[str]:
        """List the control lines there are, topmost first."""
        return self._ordered([role for role in ZONES if role in self.county["layers"]])

    def _ordered(self, roles: list[str]) -> list[str]:
        return sorted(roles, key=lambda role: self._look(role).order)

    def _look(self, role: str) -> Look:
        return self.looks.lines.get(role) or Look(role, line="#1d2329", width=0.3)

    def land(self, role: str, present: bool = False) -> QgsVectorLayer | None:
        """Open `plan` or `landuse`; `present` leaves out kinds of land that it has none of."""
        source = self.county["layers"].get(role)
        layer = self._open(role, self.word(f"layer.{role}"))
        if layer is None:
            return None
        field = source["fields"].get("code", "")
        table = source.get("codes") or next(iter(self.looks.tables), "")
        layer.setRenderer(
            map_styles.land_renderer(
                self.looks, table, layer, field, self.language, self.word("word.other")
            )
        )
        if present:
            map_styles.keep_present(layer)
        return layer

    def zone(self, role: str, filled: bool = True) -> QgsVectorLayer | None:
        """Open a control line."""
        look = self._look(role)
        layer = self._open(role, look.name(self.language))
        if layer is not None:
            self.refill(layer, role, filled)
        return layer

    def refill(self, layer: QgsVectorLayer, role: str, filled: bool) -> None:
        """Draw a control line with or without its fill."""
        look = self._look(role)
        layer.setRenderer(map_styles.zone_renderer(look, filled))
        layer.setCustomProperty(LINE_ONLY, not look.fill and not look.pattern)

    def units(self, level: str) -> QgsVectorLayer | None:
        """Open the units of a level: villages from their own layer, others united by the engine."""
        look = self._look(level)
        if level == "village":
            layer = self._open("units", look.name(self.language))
            fields = self.county["layers"].get("units", {}).get("fields", {})
            field = fields.get("name") or fields.get("code", "")
        else:
            layer = self._borders(level, look.name(self.language))
            field = "unit_name"
        if layer is not None:
            map_styles.set_unit_style(layer, look, level, field)
            layer.setCustomProperty(LINE_ONLY, True)
        return layer

    def _borders(self, level: str, name: str) -> QgsVectorLayer | None:
        """Open one level of the engine's file; None where the county has no such level."""
        path = str(self.county.get("borders") or "")
        if not path or not Path(path).is_file():
            return None
        source = {"path": path, "layer": "units", "filter": f"\"level\" = '{level}'"}
        layer = open_layer(source, name, self.county["crs"])
        return layer if layer.isValid() and layer.featureCount() else None

    def sector(self, plan: Mapping[str, Any]) -> QgsVectorLayer | None:
        """Open the layout of a sector plan."""
        role = f"sector:{plan['id']}"
        layer = self._made(role, plan, plan["name"])
        if layer is not None:
            map_styles.set_plan_style(layer, plan["colour"], plan.get("width_m"))
        return layer

    def _open(self, role: str, name: str) -> QgsVectorLayer | None:
        source = self.county["layers"].get(role)
        return self._made(role, source, name) if source else None

    def _made(self, role: str, source: Mapping[str, Any], name: str) -> QgsVectorLayer | None:
        layer = open_layer(source, name, self.county["crs"])
        if layer.isValid():
            return layer
        summary = layer.error().summary() if layer.error() else ""
        self.troubles[role] = summary or str(source.get("path", ""))
        return None
