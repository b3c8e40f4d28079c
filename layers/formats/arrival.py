# SPDX-License-Identifier: GPL-2.0-or-later
"""One reader interface: whatever a dossier names is given as a reader with `info` and `read`."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Callable, Mapping, Protocol, Sequence

import pyogrio

from ..errors import InputError
from ..schema import listed, nearest_first
from ..sources import Source
from ..words import say
from .boundary_points import is_boundary_text, read_boundary_points
from .dbf import table_encoding
from .dxf import read_dxf
from .encodings import Guess, canonical
from .gdal_source import GdalReader, layer_name, layers_in
from .held import Held, Note, Table
from .kinds import MAPINFO, PARQUET, SHAPEFILES, TEXTS, ZIPPED, is_geodatabase, refuse_foreign
from .parquet import read_parquet
from .postgis import PostgisReader, available, is_postgres
from .relabel import as_utf8, mapinfo
from .scratch import stamp_of
from .vct import read_vct, vct_layers
from .zipped import sources_in, unpacked

_WKT = {"GEOM_POSSIBLE_NAMES": "WKT,wkt,Wkt,geom,GEOM,geometry,GEOMETRY,the_geom,shape,SHAPE,图形",
        "KEEP_GEOM_COLUMNS": "NO"}  # fmt: skip


class Reader(Protocol):
    """A layer that can be read: described by `info`, as pyogrio does, and read in bulk."""

    @property
    def info(self) -> Mapping[str, Any]:
        """Describe the layer: fields, dtypes, crs, geometry_type, features, driver, encoding."""

    def read(
        self, columns: Sequence[str] | None, where: str = "", spatial: bool = True,
        most: int | None = None,
    ) -> Table:  # fmt: skip
        """Read columns (all of None): meta, fids, WKB, data."""


@dataclass
class Arrived:
    """A source found: its reader, the layer's true name, what was assumed, the encoding."""

    reader: Reader
    layer: str
    notes: list[Note] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)
    guess: Guess | None = None


def arrive(source: Source, spatial: bool = True) -> Arrived:
    """Find the reader of a source that exists.

    InputError where its format can't be read here (and how to convert it), its layer is not there,
    or it is damaged.
    """
    encoding = given_encoding(source)
    if source.is_connection:
        return _connection(source, spatial)
    path = Path(source.path)
    refuse_foreign(path, source.label)
    suffix = path.suffix.lower()
    if suffix in ZIPPED:
        return _archive(source, path, spatial)
    for suffixes, way in _WAYS:
        if suffix in suffixes:
            return way(source, path, encoding, spatial)
    if suffix == ".txt" and spatial and _is_boundary_text(str(path), stamp_of(path)):
        return _of(_held(read_boundary_points, path, encoding, source.dialect))
    if is_geodatabase(path) and suffix != ".gdb":
        raise InputError("formats.gdb_name", source=source.label)
    return _gdal(source, str(path), spatial)


def given_encoding(source: Source) -> str:
    """Give the encoding the dossier states, in our spelling; InputError for an unknown one."""
    if not source.encoding:
        return ""
    name = canonical(source.encoding)
    if not name:
        known = "UTF-8, GBK, GB18030, Big5"
        raise InputError("formats.no_encoding", name=source.encoding, known=known)
    return name


def _connection(source: Source, spatial: bool) -> Arrived:
    if is_postgres(source.path):  # several times as fast as GDAL's driver, where there is one
        if available():
            return Arrived(PostgisReader(source.path, source.layer, source.label), source.layer)
        if "PostgreSQL" not in pyogrio.list_drivers():
            raise InputError("layers.no_postgres", source=source.label)
    return _gdal(source, source.path, spatial)


def _gdal(
    source: Source, place: str, spatial: bool, options: dict[str, Any] | None = None,
    guess: Guess | None = None,
) -> Arrived:  # fmt: skip
    stamp = () if source.is_connection else stamp_of(Path(place))
    layer = layer_name(source, place, stamp or _now(), spatial)
    reader = GdalReader(place, layer, source.label, options or {})
    notes = _told(source, guess) if guess else []
    return Arrived(reader, layer, notes, options or {}, guess)


def _now() -> tuple[int, ...]:
    return (time.monotonic_ns(),)  # a database may have changed since a moment ago


def _shapefile(source: Source, path: Path, encoding: str, spatial: bool) -> Arrived:
    guess = Guess(encoding, "given", encoding) if encoding else table_encoding(path)
    wanted = {"ENCODING": guess.encoding} if guess.encoding and guess.why != "ascii" else {}
    if guess.why == "stated" and guess.encoding == canonical("utf-8"):
        wanted = {}  # GDAL reads what the .cpg says
    return _gdal(source, str(path), spatial, wanted, guess)


def _mapinfo(source: Source, path: Path, encoding: str, spatial: bool) -> Arrived:
    copy, guess = mapinfo(path, encoding)
    return _gdal(_renamed(source, path), str(copy), spatial, guess=guess)


def _renamed(source: Source, path: Path) -> Source:
    """Give the source without a layer's name that is only the file's, which GDAL may spell anew."""
    same = source.layer.lower() == path.stem.lower()
    return replace(source, layer="") if same else source


def _text(source: Source, path: Path, encoding: str, spatial: bool) -> Arrived:
    copy, guess = as_utf8(path, encoding)
    if path.suffix.lower() in (".csv", ".tsv"):  # shapes show only when the options are in force
        return _gdal(source, str(copy), False, dict(_WKT), guess)
    return _gdal(source, str(copy), spatial, guess=guess)


def _parquet(source: Source, path: Path, encoding: str, spatial: bool) -> Arrived:
    if "Parquet" in pyogrio.list_drivers():
        return _gdal(source, str(path), spatial)
    return _of(_held(_plain_parquet, path, encoding, ""))


def _plain_parquet(path: Path, encoding: str, extra: str) -> Held:
    return read_parquet(path)


def _drawing(source: Source, path: Path, encoding: str, spatial: bool) -> Arrived:
    return _of(_held(_plain_drawing, path, encoding, source.layer))


def _plain_drawing(path: Path, encoding: str, layer: str) -> Held:
    return read_dxf(path, layer, encoding)


def _exchange(source: Source, path: Path, encoding: str, spatial: bool) -> Arrived:
    return _of(_held(_plain_exchange, path, encoding, source.layer))


def _plain_exchange(path: Path, encoding: str, layer: str) -> Held:
    return read_vct(path, layer, encoding)


_Way = Callable[[Source, Path, str, bool], Arrived]
_WAYS: tuple[tuple[tuple[str, ...], _Way], ...] = (
    (SHAPEFILES, _shapefile), (MAPINFO, _mapinfo), (TEXTS, _text), (PARQUET, _parquet),
    ((".dxf",), _drawing), ((".vct",), _exchange),
)  # fmt: skip


def _held(read: Callable[..., Held], path: Path, encoding: str, extra: str) -> Held:
    return _kept(read, str(path), stamp_of(path), encoding, extra)


@lru_cache(maxsize=6)
def _kept(
    read: Callable[..., Held], path: str, stamp: tuple[int, ...], encoding: str, extra: str
) -> Held:
    # A dossier's sources are opened before they are read; what is held in memory is read once.
    return read(Path(path), encoding, extra)


@lru_cache(maxsize=32)
def _is_boundary_text(path: str, stamp: tuple[int, ...]) -> bool:
    with Path(path).open("rb") as stream:
        return is_boundary_text(stream.read(65_536))


def _of(held: Held) -> Arrived:
    return Arrived(held, held.name, list(held.notes))


def _told(source: Source, guess: Guess) -> list[Note]:
    """Say which encoding was taken from the text, and where it contradicts what is stated."""
    if guess.why == "text" and guess.encoding:
        message = say("formats.encoding_guessed", source=source.label, encoding=guess.encoding)
        return [("data.text", "info", message)]
    if guess.why == "against":
        message = say("formats.encoding_against", source=source.label, encoding=guess.encoding,
                      stated=guess.stated)  # fmt: skip
        return [("data.text", "warning", message)]
    return []


def _archive(source: Source, path: Path, spatial: bool) -> Arrived:
    """Look into an archive: its only data set, else the one that bears or holds the layer."""
    folder = unpacked(path)
    inside = sources_in(folder)
    if not inside:
        raise InputError("formats.zip_empty", source=source.label)
    if len(inside) == 1:
        only = inside[0]
        layer = "" if source.layer.lower() == only.stem.lower() else source.layer
        return arrive(replace(source, path=str(only), layer=layer), spatial)
    named = [one for one in inside if source.layer.lower() in (one.stem.lower(), one.name.lower())]
    if len(named) == 1:
        return arrive(replace(source, path=str(named[0]), layer=""), spatial)
    holding = [one for one in inside if source.layer and source.layer.lower() in _names_in(one)]
    if len(holding) == 1:
        return arrive(replace(source, path=str(holding[0])), spatial)
    names = [str(one.relative_to(folder).as_posix()) for one in holding or named or inside]
    known = listed(nearest_first(source.layer, names))
    raise InputError("layers.which_layer", source=source.label, layers=known)


def _names_in(path: Path) -> list[str]:
    if path.suffix.lower() not in (".gdb", ".gpkg", ".sqlite", ".kml", ".kmz", ".vct"):
        return []
    try:
        if path.suffix.lower() == ".vct":
            return [name.lower() for name, _ in vct_layers(path)]
        return [str(name).lower() for name in layers_in(str(path), stamp_of(path), path.name)[:, 0]]
    except InputError:
        return []
