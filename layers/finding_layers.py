# SPDX-License-Identifier: GPL-2.0-or-later
"""Look through a folder or a container for layers and tables, reading no more than samples."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Sequence

import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from ..jobs.aliases import LayerFacts, Vocabulary
from .crs_doctor import Tagged
from .crs_doctor_layers import tagged
from .errors import InputError
from .finding_parts import Files, Part, files_in, parts_of
from .formats.arrival import Reader, arrive
from .formats.encodings import Guess
from .formats.gdal_source import GDAL_ERRORS, reason
from .repair import from_wkb
from .sources import Source
from .texts import clean_text
from .words import say

__all__ = ["Files", "Found", "column_values", "files_in", "look_into", "points_of", "shape_of"]
_SAMPLE = 5000
_POINTS = 20_000  # features whose corners tell where a layer lies
_FEW = 50  # features that tell a kind of geometry the file does not state
_SHAPES = (("Polygon", "polygon"), ("Surface", "polygon"), ("Line", "line"), ("Point", "point"))


@dataclass(frozen=True)
class Found:
    """A layer or table there is; `facts` is what it is recognised by.

    `guess` is its encoding where that had to be told from the text; `notes` are what its reader
    says of it.
    """

    path: Path
    layer: str
    facts: LayerFacts
    reader: Reader
    crs: str = ""
    features: int = -1
    guess: Guess | None = None
    notes: tuple[tuple[str, str, str], ...] = field(default_factory=tuple)

    @property
    def label(self) -> str:
        """Name it as the user knows it."""
        return f"{self.path.name}/{self.layer}" if self.layer else self.path.name

    @property
    def tag(self) -> CRS | None:
        """Give the CRS the layer claims; None for none, or one that nobody can read."""
        with contextlib.suppress(CRSError):
            return CRS.from_user_input(self.crs) if self.crs else None
        return None


def look_into(path: Path, root: Path, words: Vocabulary, troubles: list[str]) -> list[Found]:
    """Describe the layers of a file or container; of what can't be read `troubles` tells."""
    found: list[Found] = []
    try:
        parts = parts_of(path, words)
    except (InputError, *GDAL_ERRORS) as error:
        troubles.append(_trouble(path.name, error))
        return found
    for part in parts:
        try:
            found.append(_describe(path, root, part, len(parts) == 1, words))
        except (InputError, *GDAL_ERRORS) as error:
            name = f"{path.name}/{part.layer}" if part.layer else path.name
            troubles.append(_trouble(name, error))
    return found


def _trouble(name: str, error: BaseException) -> str:
    """Say why something can't be read; our own errors name it themselves."""
    if isinstance(error, InputError) and name in str(error):
        return str(error)
    return say("newdossier.unreadable", name=name, reason=reason(error))


def _describe(path: Path, root: Path, part: Part, only: bool, words: Vocabulary) -> Found:
    # Only of texts does it matter whether shapes are wanted: else they are read as tables.
    arrived = arrive(Source(str(path), part.layer), spatial=part.file.suffix.lower() == ".txt")
    reader, info = arrived.reader, arrived.reader.info
    fields = tuple(str(name) for name in info["fields"])
    shape = _shape(reader, info.get("geometry_type"))
    names = [part.name or arrived.layer, _title(info), part.file.stem if part.alone else "",
             path.stem if only else ""]  # fmt: skip
    wanted = words.code_fields(fields) if shape in ("polygon", "") else {}
    facts = LayerFacts(
        key=f"{path}|{part.layer}",
        names=tuple(dict.fromkeys(name for name in names if name)),
        fields=fields,
        shape=shape,
        context=_context(path, root, part, only),
        samples=_samples(reader, wanted),
    )
    count = info.get("features")
    return Found(
        path, part.layer, facts, reader, str(info.get("crs") or ""),
        int(count) if count is not None else -1, arrived.guess, tuple(arrived.notes),
    )  # fmt: skip


def _context(path: Path, root: Path, part: Part, only: bool) -> tuple[str, ...]:
    """List the names of what lies around a layer: folders, its container."""
    try:
        above = list(path.parent.relative_to(root).parts)
    except ValueError:
        above = []
    inner = [] if part.file == path else [part.file.parent.name, part.file.stem]
    around = [*above[-2:], *([] if only else [path.stem]), *inner[: 1 if part.alone else 2]]
    return tuple(around)


def shape_of(kind: str | None) -> str:
    """Give the plain kind of a geometry type: polygon, line, point, table, "" for any."""
    if kind is None:
        return "table"
    return next((word for part, word in _SHAPES if part in str(kind)), "")


def _shape(reader: Reader, kind: str | None) -> str:
    """Give the kind of a layer; where its file states none, that of its first features."""
    stated = shape_of(kind)
    if stated:
        return stated
    kinds = {shape_of(one.geom_type) for one in _shapes(reader, _FEW)}
    return kinds.pop() if len(kinds) == 1 else ""


def _shapes(reader: Reader, most: int) -> np.ndarray:
    """Read the shapes of the first features; those without one are left out."""
    wkb = reader.read([], "", True, most)[2]
    if wkb is None:
        return np.empty(0, dtype=object)
    shapes = from_wkb(wkb)
    return shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]


def _title(info: Any) -> str:
    """Give the title that a layer bears beside its name."""
    meta = info.get("layer_metadata") or {}
    return str(meta.get("IDENTIFIER") or meta.get("DESCRIPTION") or "")


def _samples(reader: Reader, wanted: dict[str, str]) -> dict[str, list[tuple[str, str]]]:
    """Read the first rows of the fields that hold codes, with the names beside them."""
    columns = list(dict.fromkeys(name for pair in wanted.items() for name in pair if name))
    if not columns:
        return {}
    meta, _, _, data = reader.read(columns, "", False, _SAMPLE)
    cells = dict(zip(meta["fields"], data))
    return {code: _pairs(cells[code], cells.get(name)) for code, name in wanted.items()}


def _pairs(codes: Sequence[Any], names: Sequence[Any] | None) -> list[tuple[str, str]]:
    beside = [""] * len(codes) if names is None else names
    pairs = {(clean_text(code), clean_text(name)) for code, name in zip(codes, beside)}
    return sorted(pair for pair in pairs if pair[0])


def column_values(found: Found, column: str) -> list[str]:
    """Read the different values of a field."""
    data = found.reader.read([column], "", False)[3]
    return sorted({clean_text(value) for value in data[0]} - {""})


def points_of(found: Found, role: str) -> tuple[Tagged, np.ndarray]:
    """Describe a layer for the CRS doctor by the corners of its features, and give these."""
    shapes = _shapes(found.reader, _POINTS)
    return tagged(role, found.label, found.tag, shapes), shapes
