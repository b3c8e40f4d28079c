# SPDX-License-Identifier: GPL-2.0-or-later
"""Any OGR source read in bulk: only the columns needed, geometry in the dossier's CRS."""

from __future__ import annotations

import glob
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Mapping

import numpy as np
import pyogrio
import pyogrio.raw
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS

from .crs import Box, Bridge, bridge, check_coordinates
from .dossier import Source, relative
from .errors import InputError
from .repair import from_wkb
from .schema import listed, nearest_first
from .texts import dbf_encoding
from .words import say

_DOUBTS = {"near": "layers.crs_near", "far": "layers.crs_ballpark"}
_POLYGONAL = ("Polygon", "Surface", "Collection", "Unknown")  # parts of OGR's type names
_EXACT = 2**53  # whole numbers above this don't survive as float64


@dataclass
class Opened:
    """A source that exists: its layer's true name, field names, CRS, and options to read it."""

    source: Source
    layer: str
    info: Mapping[str, Any]
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Name file and layer as the user knows them."""
        return self.source.label

    @property
    def crs(self) -> CRS | None:
        """Give the CRS the layer claims, None where it claims none."""
        text = self.info.get("crs")
        return CRS.from_user_input(text) if text else None

    def column(self, ours: str) -> str:
        """Give the layer's own spelling of the field the dossier names for `ours`."""
        wanted = self.source.fields[ours]
        names = [str(name) for name in self.info["fields"]]
        if self.info.get("fid_column"):
            names.append(self.info["fid_column"])
        if wanted in names:
            return wanted
        alike = [name for name in names if name.lower() == wanted.lower()]
        if len(alike) == 1:
            return alike[0]
        raise InputError(
            "layers.no_field", source=self.label, field=wanted, entry=ours,
            fields=listed(nearest_first(wanted, names)),
        )  # fmt: skip


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


def open_source(source: Source, file: str, spatial: bool = True) -> Opened:
    """Find a source's layer; InputError names the files, layers or drivers there are instead."""
    _check_reachable(source, file)
    options: dict[str, Any] = {}
    if source.path.lower().endswith((".shp", ".dbf")):
        encoding = dbf_encoding(Path(source.path))
        options = {"ENCODING": encoding} if encoding else {}
    layer = _layer_name(source, spatial)
    info = pyogrio.read_info(source.path, layer=layer, **options)
    if spatial and not info["geometry_type"]:
        raise InputError("layers.no_geometry", source=source.label)
    opened = Opened(source, layer, info, options)
    for ours in source.fields:
        opened.column(ours)
    return opened


def _check_reachable(source: Source, file: str) -> None:
    if source.is_connection:
        postgres = source.path.lower().startswith(("postgresql:", "postgres:", "pg:"))
        if postgres and "PostgreSQL" not in pyogrio.list_drivers():
            raise InputError("layers.no_postgres", source=source.label)
        return
    path = Path(source.path)
    if path.exists():
        _check_parts(path, source)
        return
    folder = path.parent
    names = sorted(one.name for one in folder.iterdir()) if folder.is_dir() else []
    alike = [name for name in names if Path(name).suffix.lower() == path.suffix.lower()]
    near = listed(nearest_first(path.name, alike or names))
    raise InputError("layers.no_such_source", file=file, path=source.path, files=near)


def _check_parts(path: Path, source: Source) -> None:
    """Refuse a Shapefile that was copied without the files that belong to it."""
    if path.suffix.lower() != ".shp":
        return
    have = {one.suffix.lower() for one in path.parent.glob(f"{glob.escape(path.stem)}.*")}
    lost = [suffix for suffix in (".shx", ".dbf") if suffix not in have]
    if lost:
        raise InputError("layers.shapefile_part", source=source.label, parts=listed(lost))


def _layer_name(source: Source, spatial: bool) -> str:
    """Give the layer's name; of a container with one layer, that one."""
    try:
        table = pyogrio.list_layers(source.path)
    except DataSourceError:
        raise InputError("layers.not_readable", source=source.label) from None
    names = [str(name) for name in table[:, 0]]
    if not source.layer:
        fit = [str(name) for name, kind in table if kind is not None] if spatial else names
        if len(fit) == 1:
            return fit[0]
        if len(names) == 1:
            raise InputError("layers.no_geometry", source=source.label)
        raise InputError("layers.which_layer", source=source.label, layers=listed(names))
    if source.layer in names:
        return source.layer
    alike = [name for name in names if name.lower() == source.layer.lower()]
    if len(alike) == 1:
        return alike[0]
    if source.is_connection:  # tables may be readable without being listed
        return source.layer
    near = listed(nearest_first(source.layer, names))
    name = Path(source.path).name
    raise InputError("layers.no_layer", file=name, layer=source.layer, layers=near)


def read_columns(
    opened: Opened, box: Box | None = None, spatial: bool = True
) -> tuple[np.ndarray, np.ndarray | None, dict[str, np.ndarray]]:
    """Read feature ids, WKB and the dossier's fields; `box` is in the layer's CRS."""
    names = {ours: opened.column(ours) for ours in opened.source.fields}
    fid = opened.info.get("fid_column")
    asked = [*names.values(), *_fields_in_filter(opened)]
    wanted = [name for name in dict.fromkeys(asked) if name != fid]
    try:
        meta, fids, wkb, data = pyogrio.raw.read(
            opened.source.path, layer=opened.layer, columns=wanted, return_fids=True, bbox=box,
            where=opened.source.filter or None, force_2d=True, read_geometry=spatial,
            **opened.options,
        )  # fmt: skip
    except ValueError as error:
        if not opened.source.filter:
            raise
        raise InputError(
            "layers.bad_filter", source=opened.label, filter=opened.source.filter,
            fields=listed(str(name) for name in opened.info["fields"]), reason=str(error),
        ) from None  # fmt: skip
    except (DataLayerError, DataSourceError) as error:
        raise InputError("layers.read_failed", source=opened.label, reason=str(error)) from None
    by_name = dict(zip(meta["fields"], data))
    for name, values in by_name.items():
        if _lost_digits(opened, name, values):
            by_name[name] = _whole_numbers(opened, name, fids, box)
    columns = {ours: fids if name == fid else by_name[name] for ours, name in names.items()}
    return fids, wkb, columns


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


def _whole_numbers(opened: Opened, name: str, fids: np.ndarray, box: Box | None) -> np.ndarray:
    """Read a column of long whole numbers again, without its nulls, so that all digits stay."""
    where = f'"{name}" IS NOT NULL'
    if opened.source.filter:
        where = f"({opened.source.filter}) AND {where}"
    meta, have, _, data = pyogrio.raw.read(
        opened.source.path, layer=opened.layer, return_fids=True, bbox=box,
        columns=list(dict.fromkeys([name, *_fields_in_filter(opened)])), where=where,
        read_geometry=False, **opened.options,
    )  # fmt: skip
    out = np.full(len(fids), None, dtype=object)
    order = np.argsort(fids)
    column = data[list(meta["fields"]).index(name)]
    out[order[np.searchsorted(fids, have, sorter=order)]] = column
    return out


def read_features(
    source: Source, role: str, target: CRS, file: str, base: Path, box: Box | None = None
) -> Features:
    """Read a layer's features in the CRS `target`; `box` in that CRS limits what is read."""
    opened = open_source(source, file)
    kind = opened.info["geometry_type"]
    if not any(part in kind for part in _POLYGONAL):
        raise InputError("layers.not_polygons", source=opened.label, kind=kind)
    notes: list[tuple[str, str, str]] = []
    own = opened.crs
    if own is None:
        message = say("layers.crs_assumed", source=opened.label, crs=target.name)
        notes.append(("data.crs", "info", message))
    way = _way(opened, own or target, target, box)
    fids, wkb, columns = read_columns(opened, way.back(box) if box else None)
    shapes = from_wkb(wkb if wkb is not None else np.full(len(fids), None))
    check_coordinates(own or target, _median_box(shapes), opened.label)
    if not box and own is not None:  # the header's extent may be absent or stale
        way = bridge(own, target, _bounds(shapes))
    if way.doubt:
        message = say(_DOUBTS[way.doubt], source=opened.label, crs=own.name if own else "")
        notes.append(("data.crs", "warning" if way.doubt == "far" else "info", message))
    provenance = _provenance(opened, role, base)
    provenance.update(crs=_name(own), crs_assumed=own is None, read=len(fids))
    provenance["transformed"] = way.transformer is not None
    return Features(way.carry(shapes), fids, columns, notes, provenance)


def _way(opened: Opened, own: CRS, target: CRS, box: Box | None) -> Bridge:
    """Find the way needed before anything is read: only where a box has to be carried back."""
    if box is None:
        return Bridge(None)
    first = bridge(own, target, None)
    return bridge(own, target, first.back(box)) if first.transformer is not None else first


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
    return {
        "role": role,
        **file_facts(opened.source, base),
        "layer": opened.layer,
        "filter": opened.source.filter,
        "driver": opened.info.get("driver", ""),
        "encoding": opened.options.get("ENCODING") or opened.info.get("encoding", ""),
        "fields": dict(opened.source.fields),
    }


def file_facts(source: Source, base: Path) -> dict[str, Any]:
    """Give a source's file as the dossier writes it, its size and the time of its last change."""
    if source.is_connection or not Path(source.path).exists():
        return {"file": Source(source.path).label, "bytes": None, "modified": ""}
    path = Path(source.path)
    files = [one for one in path.rglob("*") if one.is_file()] if path.is_dir() else [path]
    facts = [one.stat() for one in files] or [path.stat()]
    changed = datetime.fromtimestamp(max(one.st_mtime for one in facts), tz=timezone.utc)
    return {
        "file": relative(source.path, base),
        "bytes": sum(one.st_size for one in facts),
        "modified": changed.isoformat(timespec="seconds"),
    }
