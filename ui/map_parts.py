# SPDX-License-Identifier: GPL-2.0-or-later
"""What a dossier's group holds, topmost first: results, units, control lines, plans, land."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Callable, Mapping

from qgis.core import QgsMapLayer, QgsMapLayerStyle, QgsSingleSymbolRenderer, QgsVectorLayer

from ..jobs.words import tr
from ..processing.map_layers import UNITS, CountyLayers
from ..processing.map_results import FILE
from ..processing.map_standard import Look
from ..processing.map_symbols import PALE, zone

COLOUR, LIGHT, FILLED, OVER = "colour", "pale", "filled", "lines"
_HIDDEN = ("joint_use", "sites")
_LOOKS = {
    "joint_use": Look("joint_use", fill="#2b8cbe", opacity=0.2, line="#2b8cbe", width=0.3,
                      pattern="cross", pattern_colour="#2b8cbe"),
    "sites": Look("sites", fill="#ffffff", opacity=0.6, line="#1b5e20", width=0.4,
                  pattern="dots", pattern_colour="#1b5e20"),
}  # fmt: skip
_RESULTS = ("findings", "joint_use", "sites", "indicators", "land_balance", "transfers")


Mark = Callable[[QgsMapLayer], None]


@dataclass(frozen=True)
class Part:
    """A layer of the group: where it stands, and how it is made.

    `open` tells whether its subgroup shows what it holds; `source` is given where the file may
    become another one later.
    """

    role: str
    make: Callable[[], QgsVectorLayer | None]
    rank: float
    group: str = ""
    group_rank: float = 0.0
    shown: bool = True
    open: bool = True
    source: str = ""


def parts_of(
    maker: CountyLayers, county: Mapping[str, Any], results: str, mark: Mark
) -> list[Part]:
    """List the parts of a dossier's group; each layer is marked before it gets more styles."""
    parts = _results(results)
    units, lines = tr("Units"), tr("Control lines")
    parts += [
        Part(f"units:{level}", partial(maker.units, level), rank, units, 2.0)
        for rank, level in enumerate(UNITS)
    ]
    parts += [
        Part(role, partial(_zone, maker, role, mark), rank, lines, 3.0)
        for rank, role in enumerate(maker.zones())
    ]
    parts += [
        Part(f"sector:{plan['id']}", partial(maker.sector, plan), rank, tr("Sector plans"), 4.0,
             shown=False, open=False)
        for rank, plan in enumerate(county["sectors"])
    ]  # fmt: skip
    land = [role for role in ("plan", "landuse") if role in county["layers"]]
    parts += [
        Part(role, partial(_land, maker, role, mark), 5.0 + rank, shown=rank == 0)
        for rank, role in enumerate(land)
    ]
    return parts


def _results(results: str) -> list[Part]:
    """List what of a run's results belongs on the map."""
    place = Path(results) if results else None
    file = place / FILE if place is not None and place.suffix != ".gpkg" else place
    if file is None or not file.is_file():
        return []
    titles = {
        "findings": tr("Findings"), "joint_use": tr("Joint use"), "sites": tr("Suggested sites"),
        "indicators": tr("Indicators"), "land_balance": tr("Land balance"),
        "transfers": tr("Transfers"),
    }  # fmt: skip
    sources = {name: f"{file}|layername={name}" for name in _RESULTS}
    return [
        Part(f"results:{name}", partial(_stored, sources[name], titles[name]), rank,
             tr("Results"), 1.0, name not in _HIDDEN, False, sources[name])
        for rank, name in enumerate(_RESULTS)
    ]  # fmt: skip


def _stored(source: str, title: str) -> QgsVectorLayer | None:
    """Open a layer of results in the style that the engine left with it; empty ones are no use."""
    layer = QgsVectorLayer(source, title, "ogr")
    if not layer.isValid() or not layer.featureCount():
        return None
    look = _LOOKS.get(source.rpartition("=")[2])
    if look is not None:
        layer.setRenderer(QgsSingleSymbolRenderer(zone(look)))
    return layer


def _zone(maker: CountyLayers, role: str, mark: Mark) -> QgsVectorLayer | None:
    """Open a control line with two styles: over land in colour, and filled."""
    layer = maker.zone(role, filled=True)
    if layer is None:
        return None
    mark(layer)
    _keep_style(layer, FILLED, OVER)
    maker.refill(layer, role, filled=False)
    return layer


def _land(maker: CountyLayers, role: str, mark: Mark) -> QgsVectorLayer | None:
    """Open land use with two styles: in colour, and pale under what is looked at."""
    layer = maker.land(role)
    if layer is None:
        return None
    mark(layer)
    layer.setOpacity(PALE)
    _keep_style(layer, LIGHT, COLOUR)
    layer.setOpacity(1.0)
    return layer


def _keep_style(layer: QgsVectorLayer, name: str, current: str) -> None:
    """Keep a layer's look as a style of its own; what it wears becomes another one.

    To turn to a style and back would write and read hundreds of symbols each time.
    """
    style, styles = QgsMapLayerStyle(), layer.styleManager()
    style.readFromLayer(layer)
    styles.renameStyle(styles.currentStyle(), current)
    styles.addStyle(name, style)
