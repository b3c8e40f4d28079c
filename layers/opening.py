# SPDX-License-Identifier: GPL-2.0-or-later
"""Sources that a dossier names, opened: the layer's true name, its fields, where it lies."""

from __future__ import annotations

import glob
import time
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any, Mapping

import numpy as np
import pyogrio
from pyogrio.errors import DataSourceError
from pyproj import CRS

from .errors import InputError
from .schema import listed, nearest_first
from .sources import Source, relative
from .texts import dbf_encoding


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


def open_source(source: Source, file: str, spatial: bool = True) -> Opened:
    """Find a source's layer; InputError names the files, layers or drivers there are instead."""
    if ";" in source.filter:  # one condition, never a chain of statements
        raise InputError("layers.filter_semicolon", source=source.label, filter=source.filter)
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


@lru_cache(maxsize=8)
def _layers(path: str, stamp: tuple[int, ...]) -> np.ndarray:
    # A container with the layouts of all sector plans is listed once for each of them; the stamp
    # makes the cache forget a file that was written anew.
    return pyogrio.list_layers(path)


def _stamp(source: Source) -> tuple[int, ...]:
    """Give what changes whenever a source may have: for a database that is the moment."""
    if source.is_connection:
        return (time.monotonic_ns(),)
    path = Path(source.path)
    files = [path, path.with_name(path.name + "-wal")]  # SQLite's newest pages
    files += sorted(path.iterdir()) if path.is_dir() else []
    facts = [one.stat() for one in files if one.exists()]
    return tuple(number for one in facts for number in (one.st_mtime_ns, one.st_size))


def _layer_name(source: Source, spatial: bool) -> str:
    """Give the layer's name; of a container with one layer, that one."""
    try:
        table = _layers(source.path, _stamp(source))
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
