# SPDX-License-Identifier: GPL-2.0-or-later
"""What a dossier's entries name: layers and tables, and the sector plans made of them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterable, Mapping

from .errors import InputError
from .schema import MENDS

_CONNECTION = re.compile(r"^([A-Za-z][A-Za-z0-9+.\-]+:|/vsi)")  # two letters up: not a drive
_PASS = re.compile(r"(://[^:/@]*:)[^@]*(@)|((?:password|passwd|pwd)=)\S+", re.IGNORECASE)


@dataclass(frozen=True)
class Source:
    """One layer or table that the dossier names: `path` is absolute or a connection string.

    What the file does not say, or says wrongly, the dossier may: `encoding`, `crs`, `axes` ("yx":
    the northing stands first), `shift` ("gcj02": the coordinates bear that shift), `dialect` (of
    boundary points as text).
    """

    path: str
    layer: str = ""
    filter: str = ""
    codes: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    crs: str = ""
    axes: str = ""
    shift: str = ""
    dialect: str = ""

    @property
    def is_connection(self) -> bool:
        """Tell whether the path is a connection string rather than a file."""
        return bool(_CONNECTION.match(self.path))

    @property
    def label(self) -> str:
        """Name file and layer as the user knows them; never a password."""
        path = _PASS.sub(r"\1\3***\2", self.path)
        name = path if self.is_connection else Path(path).name
        return f"{name}/{self.layer}" if self.layer else name


@dataclass(frozen=True)
class SectorSource:
    """One sector plan as the dossier names it.

    `width_m` is metres, the name of the field that holds them, or None; `colour` is "#rrggbb", ""
    where the dossier leaves it to the palette; `unit` is the unit of the areas in the project list,
    "" where the list itself says.
    """

    id: str
    name: str = ""
    department: str = ""
    colour: str = ""
    layout: Source | None = None
    projects: Source | None = None
    width_m: float | str | None = None
    unit: str = ""

    @property
    def sources(self) -> tuple[Source, ...]:
        """List the sources the plan is read from."""
        return tuple(one for one in (self.layout, self.projects) if one)


def source_of(entry: Mapping[str, Any] | None, base: Path, file: str, place: str) -> Source | None:
    """Make a source of its entry; `place` is where it stands. None for an empty entry."""
    if not entry:
        return None
    if not entry.get("path"):
        raise InputError("layers.key_missing", file=file, entry=f"{place}.path")
    names = {key: value for key, value in entry.get("fields", {}).items() if value}
    return Source(
        path=resolve(entry["path"], base),
        layer=entry.get("layer", ""),
        filter=entry.get("filter", ""),
        codes=entry.get("codes", ""),
        fields=names,
        **{key: entry.get(key, "") for key in MENDS},
    )


def sector_sources(
    entries: Iterable[tuple[str, Mapping[str, Any]]], base: Path, file: str
) -> tuple[SectorSource, ...]:
    """Check what sector plans need to be told apart; entries are (place in the file, mapping)."""
    seen: set[str] = set()
    out = []
    for place, entry in entries:
        name = entry.get("id", "")
        if not name:
            raise InputError("layers.key_missing", file=file, entry=f"{place}.id")
        if name in seen:
            raise InputError("layers.sector_twice", file=file, id=name)
        seen.add(name)
        layout, projects = (
            source_of(entry.get(part), base, file, f"{place}.{part}")
            for part in ("layout", "projects")
        )
        texts = {key: entry.get(key, "") for key in ("name", "department", "colour")}
        width = (entry.get("layout") or {}).get("width_m")
        width = None if width == "" else width
        unit = (entry.get("projects") or {}).get("unit", "")
        out.append(SectorSource(
            id=name, layout=layout, projects=projects, width_m=width, unit=unit, **texts
        ))  # fmt: skip
    return tuple(out)


def resolve(path: str, base: Path) -> str:
    """Make a path absolute from `base`; connection strings and /vsi paths stay as they are."""
    if _CONNECTION.match(path):
        return path
    file = Path(path).expanduser()
    if not file.is_absolute():
        file = base / file
    if not file.exists() and "\\" in path:  # written on Windows, read elsewhere
        other = base / path.replace("\\", "/")
        file = other if other.exists() else file
    return os.path.normpath(file)


def relative(path: str, base: Path) -> str:
    """Write a path relative to `base`, with slashes; on another drive it stays absolute."""
    if _CONNECTION.match(path):
        return path
    try:
        return Path(os.path.relpath(path, base)).as_posix()
    except ValueError:
        return path


def source_entry(source: Source, base: Path) -> dict[str, Any]:
    """Give a source as the mapping the dossier holds, its path relative to `base`."""
    entry: dict[str, Any] = {"path": relative(source.path, base)}
    entry.update(
        {
            key: getattr(source, key)
            for key in ("layer", "filter", "codes", *MENDS)
            if getattr(source, key)
        }
    )
    if source.fields:
        entry["fields"] = dict(source.fields)
    return entry


def sector_entry(sector: SectorSource, base: Path) -> dict[str, Any]:
    """Give a sector plan as the mapping the dossier holds, paths relative to `base`."""
    texts = {key: getattr(sector, key) for key in ("id", "name", "department", "colour")}
    out: dict[str, Any] = {key: text for key, text in texts.items() if text}
    if sector.layout:
        out["layout"] = source_entry(sector.layout, base)
        if sector.width_m is not None:
            out["layout"]["width_m"] = sector.width_m
    if sector.projects:
        out["projects"] = source_entry(sector.projects, base)
        if sector.unit:
            out["projects"]["unit"] = sector.unit
    return out
