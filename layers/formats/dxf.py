# SPDX-License-Identifier: GPL-2.0-or-later
"""Drawings (DXF) read as areas: closed polylines and hatches, blocks put where they stand."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import shapely

from ..errors import InputError
from ..repair import from_wkb
from ..schema import listed, nearest_first
from ..words import say
from .encodings import guess, words_of
from .gdal_source import GDAL_ERRORS, quiet, reason
from .held import Held, texts

_OPTIONS = {"CLOSED_LINE_AS_POLYGON": "YES", "INLINE_BLOCKS": "YES", "MERGE_BLOCK_GEOMETRIES": "NO"}
_KEPT = {"Layer": "Layer", "EntityHandle": "EntityHandle", "SubClasses": "SubClasses",
         "Linetype": "Linetype", "Text": "Text"}  # fmt: skip
_SAMPLE = 8_000_000
_POLYGONS = (3, 6)
_LEAST = 4  # points of a line that comes back to where it began


def read_dxf(path: Path, layer: str = "", encoding: str = "") -> Held:
    """Read a drawing's areas, with the name of the CAD layer in the field Layer.

    `layer` may name one CAD layer. What is no area (open lines, points, texts) is counted in the
    notes; InputError where the drawing can't be read.
    """
    told = encoding or _encoding(path)
    try:
        with quiet():
            meta, _, wkb, data = pyogrio.raw.read(
                path, layer="entities", force_2d=True, encoding=None, **_OPTIONS,
                **({"ENCODING": told} if told else {}),
            )  # fmt: skip
    except GDAL_ERRORS as error:
        raise InputError("layers.read_failed", source=path.name, reason=reason(error)) from None
    shapes = areas_of(from_wkb(wkb))
    columns = dict(zip(meta["fields"], data))
    names = texts([str(one) if one is not None else "" for one in columns["Layer"]])
    if layer and layer != "entities":
        names, shapes, columns = _one_layer(path, layer, names, shapes, columns)
    area = np.isin(shapely.get_type_id(shapes), _POLYGONS)
    held = Held(
        layer or "entities", "DXF",
        {ours: texts(columns[name])[area] for name, ours in _KEPT.items() if name in columns},
        shapes[area], encoding=told or "UTF-8",
    )  # fmt: skip
    held.columns["Layer"] = names[area]
    for severity, message in _left_out(path, names[~area], shapes[~area]):
        held.notes.append(("data.text", severity, message))
    return held


def areas_of(shapes: np.ndarray) -> np.ndarray:
    """Make polygons of lines that end where they began, and of collections what is polygon."""
    out = shapes.copy()
    kinds = shapely.get_type_id(shapes)
    for row in np.flatnonzero(kinds == 1):
        points = shapely.get_coordinates(shapes[row])
        if len(points) >= _LEAST and (points[0] == points[-1]).all():
            out[row] = shapely.Polygon(points)
    for row in np.flatnonzero(kinds == 7):
        parts = [one for one in shapely.get_parts(areas_of(shapely.get_parts(shapes[row])))
                 if one.geom_type == "Polygon"]  # fmt: skip
        if parts:
            out[row] = parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
    return out


def _one_layer(
    path: Path, layer: str, names: np.ndarray, shapes: np.ndarray, columns: dict[str, Any]
) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
    known = list(dict.fromkeys(names))
    wanted = next((one for one in known if one.lower() == layer.lower()), None)
    if wanted is None:
        near = listed(nearest_first(layer, known))
        raise InputError("layers.no_layer", file=path.name, layer=layer, layers=near)
    keep = names == wanted
    return names[keep], shapes[keep], {name: one[keep] for name, one in columns.items()}


def _encoding(path: Path) -> str:
    """Tell the encoding of a drawing that states none or a wrong one; "" where GDAL's will do.

    From AutoCAD 2007 on (AC1021) drawings are UTF-8; older ones are in the page they state.
    """
    with path.open("rb") as stream:
        raw = stream.read(_SAMPLE)
    words = words_of(raw)
    if not words:
        return ""
    at = raw.find(b"$DWGCODEPAGE")
    page = raw[at : at + 80].split()[2:3] if at >= 0 else []
    told = guess(words, page[0].decode("ascii", "replace") if page else "")
    return told.encoding


def _left_out(path: Path, names: np.ndarray, shapes: np.ndarray) -> list[tuple[str, str]]:
    """Say what was no area: open lines (which may have been meant as one) by their CAD layer."""
    kinds = shapely.get_type_id(shapes)
    lines = np.isin(kinds, (1, 5))
    out = []
    if lines.any():
        counts = Counter(names[lines].tolist())
        words = listed(f"{name} ({count})" for name, count in counts.most_common())
        first = shapely.get_coordinates(shapes[lines][0])[0]
        message = say("formats.dxf_open", source=path.name, count=int(lines.sum()), layers=words,
                      x=first[0], y=first[1])  # fmt: skip
        out.append(("warning", message))
    other = int((~lines).sum())
    if other:
        out.append(("info", say("formats.dxf_other", source=path.name, count=other)))
    return out
