# SPDX-License-Identifier: GPL-2.0-or-later
"""Which keys a dossier may have, and the check that names the nearest known one."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Iterable, Mapping

from .errors import InputError
from .measures import HECTARES
from .words import catalogue, say

ROLES = ("units", "landuse", "plan", "farmland", "redline", "boundary", "reserve")
DELIVERED = ("units", "farmland", "redline", "boundary")
TOLERANCES = ("min_area_m2", "min_width_m", "warn_margin")
AREAS = ("ellipsoidal", "planar")
VERSION = "1"
MENDS = ("encoding", "crs", "axes", "shift", "dialect")  # what a file does not say, or says wrongly

Schema = Mapping[str, Any]
"""A key's value is a kind (`text`, `number`, `year`, `size`, `colour`, `area unit`), a nested
schema, or a list of one, or Either of two."""


@dataclass(frozen=True)
class Either:
    """A key that may hold a mapping or a list."""

    mapping: Schema
    sequence: list[Schema]


_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")

UNIT_FIELDS = ("code", "name", "town", "town_name", "cluster", "cluster_name")
LAYER_FIELDS = ("id", "code", "name", "deduction", "settlement")
QUOTA_FIELDS = ("unit", "indicator", "quota_ha", "reserve_ha", "level")
LAYOUT_FIELDS = ("project", "name", "use", "start", "end")
PROJECT_FIELDS = ("project", "name", "content", "standard", "area_ha", "start", "end", "use")


def _source(fields: Iterable[str], **more: Any) -> Schema:
    return {
        "path": "text",
        "layer": "text",
        "filter": "text",
        "fields": dict.fromkeys(fields, "text"),
        **dict.fromkeys(MENDS, "text"),
        **more,
    }


SECTOR: Schema = {
    "id": "text",
    "name": "text",
    "department": "text",
    "colour": "colour",
    "layout": _source(LAYOUT_FIELDS, width_m="size"),
    "projects": _source(PROJECT_FIELDS, unit="area unit"),
}
SCHEMA: Schema = {
    "dossier": "text",
    "name": "text",
    "code": "text",
    "crs": "text",
    "base_year": "year",
    "target_year": "year",
    "standard": "text",
    "area": "text",
    "tolerance": dict.fromkeys(TOLERANCES, "number"),
    "layers": {
        "units": _source(UNIT_FIELDS),
        **{role: _source(LAYER_FIELDS, codes="text") for role in ROLES[1:-1]},
        "reserve": _source((*LAYER_FIELDS, "allowed"), codes="text"),
    },
    # the lines as they were handed down, and the county's outline (units), to compare with
    "delivered": {role: _source(("id",)) for role in DELIVERED},
    "quotas": _source(QUOTA_FIELDS),
    "sectors": Either({"path": "text", "layer": "text"}, [SECTOR]),
}


def nearest_first(word: str, known: Iterable[str]) -> list[str]:
    """Order words by likeness to `word`, the rest as they come."""
    names = [str(name) for name in known]
    folded = {name: name.lower() for name in names}
    close = get_close_matches(word.lower(), list(folded.values()), n=3, cutoff=0.4)
    front = [name for match in close for name in names if folded[name] == match]
    return list(dict.fromkeys(front + names))


def listed(words: Iterable[str], limit: int = 20) -> str:
    """Put words in one line for a message, the long tail left off."""
    names = list(words)
    text = say("layers.separator").join(names[:limit])
    return text + " …" if len(names) > limit else text or say("layers.nothing")


def checked(value: Any, schema: Any, file: str, place: str = "") -> Any:
    """Check a value against its schema and give it with numbers, years and texts made so.

    Keys without a value count as not given. Anything else that does not fit is an InputError
    naming the file, the place inside it (`layers.plan.fields`) and what would fit.
    """
    if isinstance(schema, Either):
        schema = schema.mapping if isinstance(value, Mapping) else schema.sequence
    if isinstance(schema, Mapping):
        return _mapping(value, schema, file, place)
    if isinstance(schema, list):
        if not isinstance(value, (list, tuple)):
            raise InputError("layers.not_a_list", file=file, place=place)
        return [checked(one, schema[0], file, f"{place}[{i}]") for i, one in enumerate(value, 1)]
    return _scalar(value, schema, file, place)


def _mapping(value: Any, schema: Schema, file: str, place: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise InputError("layers.not_a_mapping", file=file, place=place, keys=listed(schema))
    out: dict[str, Any] = {}
    for key, inner in value.items():
        where = f"{place}.{key}" if place else str(key)
        if str(key) not in schema:
            near = _near(str(key), schema)
            raise InputError(
                "layers.unknown_key", file=file, entry=where, near=near[0], keys=listed(near)
            )
        if inner is not None:
            out[str(key)] = checked(inner, schema[str(key)], file, where)
    return out


def _near(key: str, schema: Schema) -> list[str]:
    """Order the known keys by likeness; a role may have been written by its name."""
    names = {role: f"layers.role_{role}" for role in schema}
    called = [role for role, name in names.items() if key in catalogue().get(name, {}).values()]
    return list(dict.fromkeys([*called, *nearest_first(key, schema)]))


def _scalar(value: Any, kind: str, file: str, place: str) -> Any:
    if isinstance(value, (Mapping, list, tuple)):
        raise InputError("layers.not_a_scalar", file=file, place=place)
    text = str(value).strip()
    if kind == "text":
        return text
    if kind == "area unit":
        if text and text.lower() not in HECTARES:
            known = listed(nearest_first(text, HECTARES))
            raise InputError("layers.bad_choice", file=file, entry=place, value=text, known=known)
        return text
    if kind == "colour":
        if text and not _COLOUR.fullmatch(text):
            raise InputError("layers.not_a_colour", file=file, place=place, value=text)
        return text.lower()
    try:
        number = int(text) if kind == "year" else float(text)
    except ValueError:
        if kind == "size":  # a width may be a number or the name of a field
            return text
        raise InputError("layers.not_a_number", file=file, place=place, value=text) from None
    if not 0 <= number < math.inf:
        raise InputError("layers.out_of_range", file=file, place=place, value=text)
    return number
