# SPDX-License-Identifier: GPL-2.0-or-later
"""Any OGR source read in bulk: only the columns needed, geometry in the dossier's CRS."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import CRS

from .crs import Box, Bridge, bridge, check_coordinates
from .crs_doctor import Tagged, is_old, look_at
from .crs_doctor_layers import without_gcj02
from .errors import InputError, unreadable
from .formats.gdal_source import GDAL_ERRORS, reason
from .formats.postgis import PostgisReader
from .opening import Opened, file_facts, open_source
from .repair import from_wkb
from .schema import MENDS, ROLES, listed
from .sources import Source
from .words import say

_DOUBTS = {"near": "layers.crs_near", "far": "layers.crs_ballpark"}
POLYGONAL = ("Polygon", "Surface", "Collection", "Unknown")  # parts of OGR's type names
_EXACT = 2**53  # whole numbers above this don't survive as float64


@dataclass
class Features:
    """What a layer holds, as read: shapes in the dossier's CRS, columns under our names.

    `fids` are the driver's feature ids. `notes` are remarks on the reading (rule, severity,
    message) that become findings; `provenance` goes into run.json.
    """

    shapes: np.ndarray
    fids: np.ndarray
    columns: dict[str, np.ndarray]
    notes: list[tuple[str, str, str]]
    provenance: dict[str, Any]

    def __len__(self) -> int:
        return len(self.fids)


def read_columns(
    opened: Opened, spatial: bool = True
) -> tuple[np.ndarray, np.ndarray | None, dict[str, np.ndarray]]:
    """Read feature ids, WKB and the dossier's fields, in order of feature id.

    A database gives its rows in any order, and the first feature on a spot counts: so they are put
    in order here.
    """
    names = {ours: opened.column(ours) for ours in opened.source.fields}
    fid = opened.info.get("fid_column")
    asked = [*names.values(), *_fields_in_filter(opened)]
    wanted = [name for name in dict.fromkeys(asked) if name != fid]
    meta, fids, wkb, data = _read(opened, wanted, spatial)
    by_name = dict(zip(meta["fields"], data))
    for name, values in by_name.items():
        if _lost_digits(opened, name, values):
            by_name[name] = _whole_numbers(opened, name, fids)
    columns = {ours: fids if name == fid else by_name[name] for ours, name in names.items()}
    order = np.argsort(fids, kind="stable")
    columns = {ours: values[order] for ours, values in columns.items()}
    return fids[order], None if wkb is None else wkb[order], columns


def _read(opened: Opened, wanted: list[str], spatial: bool, most: int | None = None) -> Any:
    """Read a layer raw; what is wrong with it or with its filter is an InputError."""
    text = opened.source.filter if most is None else ""
    try:
        return opened.read(wanted, text, spatial, most)
    except GDAL_ERRORS as error:
        if not text:
            raise unreadable(opened.label, error) from None
        _read(opened, wanted, spatial, most=1)  # raises where the filter is not to blame
        raise InputError(
            "layers.bad_filter", source=opened.label, filter=text,
            fields=listed(str(name) for name in opened.info["fields"]), reason=reason(error),
        ) from None  # fmt: skip


def _fields_in_filter(opened: Opened) -> list[str]:
    """List the fields a filter may speak of: one that is not read matches nothing, silently."""
    text = opened.source.filter.lower()
    return [str(name) for name in opened.info["fields"] if text and str(name).lower() in text]


def _lost_digits(opened: Opened, name: str, values: np.ndarray) -> bool:
    """Tell whether a column of long whole numbers came as floats: it does where one is null."""
    kinds = dict(zip(opened.info["fields"], opened.info["dtypes"]))
    if str(kinds.get(name)) != "int64" or values.dtype.kind != "f" or not len(values):
        return False
    return bool(np.nanmax(np.abs(values), initial=0) >= _EXACT)


def _whole_numbers(opened: Opened, name: str, fids: np.ndarray) -> np.ndarray:
    """Read a column of long whole numbers again, without its nulls, so that all digits stay."""
    where = f'"{name}" IS NOT NULL'
    if opened.source.filter:
        where = f"({opened.source.filter}) AND {where}"
    wanted = list(dict.fromkeys([name, *_fields_in_filter(opened)]))
    meta, have, _, data = opened.read(wanted, where, spatial=False)
    out = np.full(len(fids), None, dtype=object)
    order = np.argsort(fids)
    column = data[list(meta["fields"]).index(name)]
    out[order[np.searchsorted(fids, have, sorter=order)]] = column
    return out


def read_features(
    source: Source,
    role: str,
    target: CRS,
    file: str,
    base: Path,
    near: np.ndarray | None = None,
    opened: Opened | None = None,
) -> Features:
    """Read a layer's features in the CRS `target`; of these only what is `near` given shapes.

    Only a layer of polygons is read, unless the caller has opened it, who has then seen to that.

    Of a file all are read in any case: a driver that is asked for a box leaves out the features
    without geometry, which belong to no cluster and to each, and may turn the others' order about.
    """
    if opened is None:
        opened = open_source(source, file)
        kind = opened.info["geometry_type"]
        if not any(part in kind for part in POLYGONAL):
            raise InputError("layers.not_polygons", source=opened.label, kind=kind)
    notes: list[tuple[str, str, str]] = []
    database = None if near is None else _narrow(opened, near, target)
    fids, wkb, columns = read_columns(opened)
    shapes = from_wkb(wkb if wkb is not None else np.full(len(fids), None))
    if source.axes == "yx":
        shapes = shapely.transform(shapes, lambda points: points[:, ::-1])
    stated = opened.crs
    own = _settled(opened, role, stated, target, shapes, notes)
    if source.shift == "gcj02":
        shapes, own = without_gcj02(shapes, own or target)
        notes.append(("data.crs", "info", say("formats.gcj02_taken", source=opened.label)))
    # The header's extent may be absent or stale: the features' own tells which way leads over.
    way = Bridge(None) if own is None else bridge(own, target, _bounds(shapes))
    if way.doubt and not (role in ROLES and is_old(own)):  # of that the CRS doctor tells
        message = say(_DOUBTS[way.doubt], source=opened.label, crs=own.name if own else "")
        notes.append(("data.crs", "warning" if way.doubt == "far" else "info", message))
    notes += opened.notes
    provenance = _provenance(opened, role, base)
    read = len(fids) if database is None else database.count(opened.source.filter)
    provenance.update(crs=_name(own), crs_assumed=stated is None, read=read)
    provenance["transformed"] = way.transformer is not None
    shapes = way.carry(shapes)
    if near is not None:
        keep = _near(shapes, near)
        shapes, fids = shapes[keep], fids[keep]
        columns = {name: values[keep] for name, values in columns.items()}
    return Features(shapes, fids, columns, notes, provenance)


def _narrow(opened: Opened, near: np.ndarray, target: CRS) -> PostgisReader | None:
    """Have a database send only what is near, where its coordinates are as they should be.

    Gives the database, None where all is sent.
    """
    reader, source = opened.reader, opened.source
    if not isinstance(reader, PostgisReader) or not reader.can_narrow:
        return None
    if source.axes or source.shift or opened.crs != target:
        return None
    reader.box = _bounds(near)
    return reader if reader.box else None


def _settled(
    opened: Opened, role: str, own: CRS | None, target: CRS, shapes: np.ndarray,
    notes: list[tuple[str, str, str]],
) -> CRS | None:  # fmt: skip
    """Settle the CRS that coordinates are in; None: the dossier's.

    What was assumed of a layer without a tag is told. InputError where coordinates and tag
    contradict each other, with the mend.
    """
    box = _median_box(shapes)
    middle = (box[:2] + box[2:]) / 2
    seen = Tagged(role, opened.label, own, middle[None] if np.isfinite(middle).all() else
                  np.empty((0, 2)))  # fmt: skip
    found = look_at(seen, target)
    if found is not None and found.severity == "error":
        raise InputError("formats.crs_wrong", message=found.message, remedy=found.remedy)
    if found is not None and found.kind == "untagged" and found.severity == "warning":
        notes.append(("data.crs", "warning", f"{found.message}{found.remedy}"))
        return CRS(found.mend["crs"])
    if own is None:
        message = say("layers.crs_assumed", source=opened.label, crs=target.name)
        notes.append(("data.crs", "info", message))
    check_coordinates(own or target, box, opened.label)
    return own


def _near(shapes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Mask the shapes whose box meets a box of the others, and those that have no box at all."""
    keep = ~np.isfinite(shapely.bounds(shapes)).all(axis=1)
    keep[np.unique(shapely.STRtree(others).query(shapes)[0])] = True
    return keep


def _bounds(shapes: np.ndarray) -> Box | None:
    boxes = shapely.bounds(shapes)
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(boxes):
        return None
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _median_box(shapes: np.ndarray) -> np.ndarray:
    """Give the middle feature's box, so that one stray feature does not decide."""
    boxes = shapely.bounds(shapes[:: max(1, len(shapes) // 1000)])
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    return np.median(boxes, axis=0) if len(boxes) else np.full(4, np.nan)


def _name(crs: CRS | None) -> str:
    if crs is None:
        return ""
    authority = crs.to_authority(min_confidence=70)
    return ":".join(authority) if authority else crs.name


def _provenance(opened: Opened, role: str, base: Path) -> dict[str, Any]:
    """Say where a role's data come from, as run.json holds it."""
    mends = {key: getattr(opened.source, key) for key in MENDS if getattr(opened.source, key)}
    return {
        **mends,
        "role": role,
        **file_facts(opened.source, base),
        "layer": opened.layer,
        "filter": opened.source.filter,
        "driver": opened.info.get("driver", ""),
        "encoding": opened.options.get("ENCODING") or opened.info.get("encoding", ""),
        "fields": dict(opened.source.fields),
    }
