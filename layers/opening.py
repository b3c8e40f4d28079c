# SPDX-License-Identifier: GPL-2.0-or-later
"""Sources that a dossier names, opened: the layer's true name, its fields, where it lies."""

from __future__ import annotations

import glob
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Mapping, Sequence

from pyproj import CRS
from pyproj.exceptions import CRSError

from .errors import InputError
from .formats.arrival import Reader, arrive
from .schema import listed, nearest_first
from .sources import Source, relative

AXES = ("xy", "yx")
SHIFTS = ("gcj02",)


@dataclass
class Opened:
    """A source that exists: its layer's true name, field names, CRS, how it is read.

    `notes` (rule, severity, message) tell what was assumed of it; `options` what GDAL was told.
    """

    source: Source
    layer: str
    info: Mapping[str, Any]
    options: dict[str, Any] = field(default_factory=dict)
    reader: Reader | None = None
    notes: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def label(self) -> str:
        """Name file and layer as the user knows them."""
        return self.source.label

    @property
    def crs(self) -> CRS | None:
        """Give the CRS the dossier states for the layer, else what it claims, None for none."""
        text = self.source.crs or self.info.get("crs")
        try:
            return CRS.from_user_input(text) if text else None
        except CRSError:
            if self.source.crs:
                raise InputError("formats.bad_crs", source=self.label, crs=text) from None
            return None  # a tag that nobody can read is none

    def read(
        self, columns: Sequence[str] | None, where: str = "", spatial: bool = True,
        most: int | None = None,
    ) -> Any:  # fmt: skip
        """Read columns (all of None) raw: meta, fids, WKB, data."""
        if self.reader is None:
            raise ValueError(f"{self.label} was described only")
        return self.reader.read(columns, where, spatial, most)

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
    _check_mends(source, file)
    found = arrive(source, spatial)
    info = found.reader.info
    if spatial and not info["geometry_type"]:
        raise InputError("layers.no_geometry", source=source.label)
    opened = Opened(source, found.layer, info, found.options, found.reader, found.notes)
    for ours in source.fields:
        opened.column(ours)
    return opened


def _check_mends(source: Source, file: str) -> None:
    """Refuse what the dossier may not say of a source."""
    for key, known in (("axes", AXES), ("shift", SHIFTS)):
        value = getattr(source, key)
        if value and value not in known:
            raise InputError(
                "layers.bad_choice", file=file, entry=f"{source.label} {key}", value=value,
                known=listed(known),
            )  # fmt: skip


def _check_reachable(source: Source, file: str) -> None:
    if source.is_connection:
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
