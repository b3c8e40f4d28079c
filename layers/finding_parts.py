# SPDX-License-Identifier: GPL-2.0-or-later
"""What lies in a folder, and the layers a file or archive holds, as a dossier would name them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator

from ..jobs.aliases import Vocabulary
from .errors import InputError
from .formats.arrival import arrive
from .formats.boundary_points import is_boundary_text
from .formats.dxf import read_dxf
from .formats.gdal_source import GDAL_ERRORS, layers_in
from .formats.kinds import (
    MAPINFO,
    PARQUET,
    TEXTS,
    ZIPPED,
    is_geodatabase,
    refuse_foreign,
)
from .formats.relabel import as_utf8
from .formats.scratch import stamp_of
from .formats.vct import vct_layers
from .formats.zipped import sources_in, unpacked
from .sources import Source

CONTAINERS = (".gpkg", ".gdb", ".sqlite", ".db")
LAYERS = (
    ".shp", ".fgb", ".kmz", ".dxf", ".vct", *MAPINFO, *PARQUET, *ZIPPED,
    *(one for one in TEXTS if one not in (".csv", ".tsv")),
)  # fmt: skip
SHEETS = (".xlsx", ".xlsm", ".csv")
# What a county hands over and nobody here can read; documents and project files are no data.
CONVERTED = (
    ".dwg", ".mdb", ".accdb", ".rar", ".7z", ".mpk", ".lpk", ".wl", ".wp", ".wt", ".xls", ".et",
)  # fmt: skip
MOST_FILES = 2000
_MOST_DEPTH = 6
_HEAD = 65_536
_MARKUP = (".kml", ".gml")
_SEVERAL = (*CONTAINERS, *_MARKUP, ".kmz")  # formats whose layers GDAL lists


@dataclass
class Files:
    """What a place holds: files of layers, of tables, and what must be converted first."""

    layers: list[Path] = field(default_factory=list)
    sheets: list[Path] = field(default_factory=list)
    foreign: list[Path] = field(default_factory=list)


@dataclass(frozen=True)
class Part:
    """A layer in a file: `file` holds it (inside an archive, an unpacked one), under `name`.

    `layer` is what the dossier writes, "" where the path alone will do; `alone` where its file
    holds nothing else.
    """

    file: Path
    name: str
    layer: str
    alone: bool


def files_in(place: Path) -> Files:
    """List what may hold layers and what may hold tables, in order of name.

    A place that is a file, or a file geodatabase, is all there is. Results of ours, hidden files
    and what spreadsheets leave behind are passed over.
    """
    files = Files()
    single = place.is_file() or place.suffix.lower() == ".gdb"
    for path in [place] if single else _walk(place, 0):
        _sort_in(path, files, single)
        if len(files.layers) + len(files.sheets) >= MOST_FILES:
            break
    return files


def _sort_in(path: Path, files: Files, single: bool) -> None:
    suffix = path.suffix.lower()
    if suffix in CONVERTED or (path.is_dir() and suffix != ".gdb"):
        files.foreign.append(path)
    elif suffix in (".csv", ".tsv"):
        (files.layers if _has_shapes(path) else files.sheets).append(path)
    elif suffix in SHEETS:
        files.sheets.append(path)
    elif single or suffix in (*CONTAINERS, *LAYERS) or _is_points(path):
        files.layers.append(path)


def _walk(folder: Path, depth: int) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError:  # a folder that is not ours to read
        return
    if any(path.name == "run.json" for path in entries):  # results of a run
        return
    for path in entries:
        if path.name.startswith((".", "~")) or path.name.lower() == "thumbs.db":
            continue
        if path.is_dir() and path.suffix.lower() != ".gdb" and not is_geodatabase(path):
            if depth < _MOST_DEPTH:
                yield from _walk(path, depth + 1)
        else:
            yield path


def _is_points(path: Path) -> bool:
    """Tell whether a text holds boundary points; other texts are none of ours."""
    if path.suffix.lower() != ".txt":
        return False
    try:
        with path.open("rb") as stream:
            return is_boundary_text(stream.read(_HEAD))
    except OSError:
        return False


def _has_shapes(path: Path) -> bool:
    """Tell whether a CSV has a column of shapes as WKT: else it is a table."""
    try:
        return bool(arrive(Source(str(path)), spatial=False).reader.info["geometry_type"])
    except (InputError, *GDAL_ERRORS):
        return False


def parts_of(path: Path, words: Vocabulary) -> list[Part]:
    """List the layers of a file or archive; InputError where it can't be read."""
    if path.suffix.lower() in ZIPPED and path.is_file():
        return list(_packed(path, words))
    names = _layer_names(path, words)
    bare = len(names) == 1 and path.suffix.lower() not in CONTAINERS
    return [Part(path, name, "" if bare else name, len(names) == 1 or not name) for name in names]


def _packed(path: Path, words: Vocabulary) -> Iterator[Part]:
    """List what an archive holds: each layer by its own name, a file of one by the file's."""
    inside = sources_in(unpacked(path))
    stems = [one.stem.lower() for one in inside]
    for file in inside:
        if file.suffix.lower() == ".txt" and not _is_points(file):
            continue
        names = _layer_names(file, words)
        if len(inside) > 1 and file.suffix.lower() == ".dxf":
            names = [""]  # a drawing among others is read as a whole
        called = file.stem if stems.count(file.stem.lower()) == 1 else file.name
        for name in names:
            written = (name if len(names) > 1 else "") or (called if len(inside) > 1 else "")
            yield Part(file, name, written, len(names) == 1 or not name)


def _layer_names(path: Path, words: Vocabulary) -> list[str]:
    """List a file's layers, "" for the one that needs no name."""
    refuse_foreign(path, path.name)
    suffix = path.suffix.lower()
    if suffix == ".vct":
        return [name for name, kind in vct_layers(path) if kind in ("polygon", "")]
    if suffix == ".dxf":
        return ["", *_spoken_of(path, words)]
    if suffix in _SEVERAL:
        file = as_utf8(path)[0] if suffix in _MARKUP else path
        return [str(name) for name in layers_in(str(file), stamp_of(file), path.name)[:, 0]]
    return [""]


def _spoken_of(path: Path, words: Vocabulary) -> list[str]:
    """List the CAD layers whose names speak of a role, where a drawing has several."""
    names = dict.fromkeys(str(name) for name in read_dxf(path).columns["Layer"])
    return [name for name in names if len(names) > 1 and words.named(name)]
