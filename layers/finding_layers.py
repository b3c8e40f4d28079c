# SPDX-License-Identifier: GPL-2.0-or-later
"""Look through a folder or a container for layers and tables, without reading their features."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterator, Sequence

import pyogrio
import pyogrio.raw
from pyogrio.errors import DataLayerError, DataSourceError

from ..jobs.aliases import LayerFacts, Vocabulary
from .texts import clean_text, dbf_encoding

CONTAINERS = (".gpkg", ".gdb", ".sqlite", ".db")
LAYERS = (".shp", ".geojson", ".json", ".fgb", ".tab", ".mif", ".gml", ".kml")
SHEETS = (".xlsx", ".xlsm", ".csv")
MOST_FILES = 2000
_MOST_DEPTH = 6
_SAMPLE = 5000
_SHAPES = (("Polygon", "polygon"), ("Surface", "polygon"), ("Line", "line"), ("Point", "point"))


@dataclass(frozen=True)
class Found:
    """A layer or table there is; `facts` is what it is recognised by."""

    path: Path
    layer: str
    facts: LayerFacts
    crs: str = ""
    features: int = -1
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Name it as the user knows it."""
        return f"{self.path.name}/{self.layer}" if self.layer else self.path.name


def files_in(place: Path) -> tuple[list[Path], list[Path]]:
    """List what may hold layers and what may hold tables, in order of name.

    A place that is a file, or a file geodatabase, is all there is. Results of ours, hidden files
    and what spreadsheets leave behind are passed over.
    """
    if place.is_file() or place.suffix.lower() == ".gdb":
        is_sheet = place.suffix.lower() in SHEETS
        return ([], [place]) if is_sheet else ([place], [])
    layers: list[Path] = []
    sheets: list[Path] = []
    for path in _walk(place, 0):
        suffix = path.suffix.lower()
        if suffix in (*CONTAINERS, *LAYERS):
            layers.append(path)
        elif suffix in SHEETS:
            sheets.append(path)
        if len(layers) + len(sheets) >= MOST_FILES:
            break
    return layers, sheets


def _walk(folder: Path, depth: int) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError:  # a folder that is not ours to read
        return
    if any(path.name == "run.json" for path in entries):  # results of a run
        return
    for path in entries:
        if path.name.startswith((".", "~")):
            continue
        if path.is_dir() and path.suffix.lower() != ".gdb":
            if depth < _MOST_DEPTH:
                yield from _walk(path, depth + 1)
        else:
            yield path


def look_into(
    path: Path, root: Path, words: Vocabulary, unreadable: list[tuple[str, str]]
) -> list[Found]:
    """Describe the layers of a file or container; what can't be read is added to `unreadable`."""
    options: dict[str, Any] = {}
    if path.suffix.lower() == ".shp":
        encoding = dbf_encoding(path)
        options = {"ENCODING": encoding} if encoding else {}
    try:
        listed = pyogrio.list_layers(path)
    except (DataSourceError, DataLayerError, OSError, ValueError) as error:
        unreadable.append((path.name, " ".join(str(error).split())))
        return []
    found = []
    for name, kind in listed:
        try:
            found.append(_describe(path, root, str(name), kind, len(listed), words, options))
        except (DataSourceError, DataLayerError, OSError, ValueError) as error:
            unreadable.append((f"{path.name}/{name}", " ".join(str(error).split())))
    return found


def _describe(
    path: Path, root: Path, layer: str, kind: str | None, many: int, words: Vocabulary,
    options: dict[str, Any],
) -> Found:  # fmt: skip
    info = pyogrio.read_info(path, layer=layer, **options)
    fields = tuple(str(name) for name in info["fields"])
    shape = shape_of(kind)
    named = _title(info)
    names = [layer, *([named] if named else []), *([path.stem] if many == 1 else [])]
    try:
        above = list(path.parent.relative_to(root).parts)
    except ValueError:
        above = []
    facts = LayerFacts(
        key=f"{path}|{layer}",
        names=tuple(dict.fromkeys(names)),
        fields=fields,
        shape=shape,
        context=(*above[-2:], *([path.stem] if many > 1 else [])),
        samples=_samples(path, layer, words.code_fields(fields), options)
        if shape in ("polygon", "")
        else {},
    )
    alone = many == 1 and path.suffix.lower() not in CONTAINERS
    count = info.get("features")
    return Found(
        path, "" if alone else layer, facts, str(info.get("crs") or ""),
        int(count) if count is not None else -1, options,
    )  # fmt: skip


def shape_of(kind: str | None) -> str:
    """Give the plain kind of a geometry type: polygon, line, point, table, "" for any."""
    if kind is None:
        return "table"
    return next((word for part, word in _SHAPES if part in str(kind)), "")


def _title(info: dict[str, Any]) -> str:
    """Give the title that a layer bears beside its name."""
    meta = info.get("layer_metadata") or {}
    return str(meta.get("IDENTIFIER") or meta.get("DESCRIPTION") or "")


def _samples(
    path: Path, layer: str, wanted: dict[str, str], options: dict[str, Any]
) -> dict[str, list[tuple[str, str]]]:
    """Read the first rows of the fields that hold codes, with the names beside them."""
    columns = list(dict.fromkeys(name for pair in wanted.items() for name in pair if name))
    if not columns:
        return {}
    meta, _, _, data = pyogrio.raw.read(
        path, layer=layer, columns=columns, read_geometry=False, max_features=_SAMPLE, **options
    )
    cells = dict(zip(meta["fields"], data))
    return {code: _pairs(cells[code], cells.get(name)) for code, name in wanted.items()}


def _pairs(codes: Sequence[Any], names: Sequence[Any] | None) -> list[tuple[str, str]]:
    beside = [""] * len(codes) if names is None else names
    pairs = {(clean_text(code), clean_text(name)) for code, name in zip(codes, beside)}
    return sorted(pair for pair in pairs if pair[0])


def column_values(found: Found, column: str) -> list[str]:
    """Read the different values of a field."""
    _, _, _, data = pyogrio.raw.read(
        found.path, layer=found.layer or None, columns=[column], read_geometry=False,
        **found.options,
    )  # fmt: skip
    return sorted({clean_text(value) for value in data[0]} - {""})


def longitude(found: Found) -> float | None:
    """Give the middle longitude of a layer whose coordinates are degrees; None without extent."""
    info = pyogrio.read_info(
        found.path, layer=found.layer or None, force_total_bounds=True, **found.options
    )
    box = info.get("total_bounds")
    return None if box is None else (float(box[0]) + float(box[2])) / 2
