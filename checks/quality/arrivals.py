# SPDX-License-Identifier: GPL-2.0-or-later
"""A dossier's layers read one by one: what one of them lacks is told and spoils no other."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from ...layers.county import with_tables, with_tolerance
from ...layers.crs import project_crs
from ...layers.dossier import Dossier, Source
from ...layers.errors import InputError
from ...layers.features import clean_layer, clean_units, usable_shapes
from ...layers.findings import join
from ...layers.formats.gdal_source import GDAL_ERRORS
from ...layers.model import County, Layer, UnitTree
from ...layers.notes import Notes
from ...layers.opening import Opened, file_facts, open_source
from ...layers.progress import Progress, silent
from ...layers.quotas import empty_quotas, read_quotas
from ...layers.reading import POLYGONAL, Features, read_features
from ...layers.sectors import read_plans
from ...layers.standard import Standard
from ...layers.texts import number_column, text_column
from ...layers.units import build_tree
from ...layers.words import say

_RAW = "raw:"  # a field of the file, beside those the dossier maps
MAPPED = {"deduction": "coefficient"}


@dataclass
class Arrived:
    """A role as its source gave it; `layer` is None where it could not be read, for `reason`.

    `shapes` are the shapes before any mending, `columns` the file's fields by their own names,
    `kinds` their types, `mapped` the dossier's fields that are there, `lost` those that are not,
    with the sentence to tell. `failure` is the error itself where there is one.
    """

    role: str
    source: Source
    layer: Layer | None = None
    reason: str = ""
    failure: InputError | None = None
    name: str = ""
    shapes: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=object))
    columns: dict[str, np.ndarray] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    mapped: dict[str, str] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Name file and layer as the user knows them."""
        return self.source.label

    def meaning(self, standard: Standard, meaning: str) -> list[str]:
        """List the fields that bear a meaning: the one the dossier maps, else those of the table.

        A layer that has a name known to the standard may state a thing twice.
        """
        for ours, theirs in self.mapped.items():
            if MAPPED.get(ours, ours) == meaning:
                return [theirs]
        out = []
        for name in self.columns:
            spec = standard.quality.field(self.name, self.role, name)
            if spec is not None and spec.meaning == meaning:
                out.append(name)
        return out

    def texts(self, name: str) -> np.ndarray:
        """Give a field as texts, "" where null."""
        return text_column(self.columns[name])

    def numbers(self, name: str) -> np.ndarray:
        """Give a field as numbers, NaN where null or none."""
        return number_column(self.columns[name])[0]


@dataclass
class Arrivals:
    """All that arrived: a county of the sound part, each role as it came, and the notes taken.

    `whole` tells that the units are there and make a tree; without them the county is one unit
    without a shape. `gaps` maps `quotas` and `sectors` to why they could not be read.
    """

    county: County
    roles: dict[str, Arrived]
    notes: Notes
    whole: bool
    gaps: dict[str, str] = field(default_factory=dict)
    delivered: dict[str, Arrived] = field(default_factory=dict)


def read_arrivals(dossier: Dossier, standard: Standard, progress: Progress = silent) -> Arrivals:
    """Read all that can be read; InputError only where the dossier itself can't be used."""
    crs = project_crs(dossier.crs, dossier.file)
    dossier = with_tables(with_tolerance(dossier, standard), standard)
    notes = Notes(dossier, standard, crs)
    inputs: list[dict[str, Any]] = []
    roles: dict[str, Arrived] = {}
    order = ["units", *(role for role in dossier.layers if role != "units")]
    for number, role in enumerate(order):
        progress("read", number / len(order), role)
        roles[role] = _arrive(dossier, role, dossier.layers[role], crs, standard, notes, inputs)
    gaps: dict[str, str] = {}
    units, tree = _tree(dossier, roles["units"], notes, gaps)
    layers = {role: one.layer for role, one in roles.items() if one.layer and role != "units"}
    quotas = empty_quotas()
    if dossier.quotas is not None:
        if "units" in gaps:
            gaps["quotas"] = gaps["units"]
        else:
            quotas = _quotas(dossier, tree, standard, notes, inputs, gaps)
    county = County(
        dossier, standard, units, tree, layers, quotas, join([], crs), _missing(roles), inputs
    )
    if dossier.sectors or dossier.catalogue:
        county.plans = read_plans(dossier, standard, crs, notes, inputs)
    out = Arrivals(county, roles, notes, "units" not in gaps, gaps)
    quiet = Notes(dossier, standard, crs)
    for role, source in dossier.delivered.items():
        out.delivered[role] = _arrive(dossier, role, source, crs, standard, quiet, inputs)
    progress("read", 1.0, "")
    return out


def _missing(roles: dict[str, Arrived]) -> dict[str, str]:
    return {role: one.reason for role, one in roles.items() if one.layer is None}


def _arrive(
    dossier: Dossier, role: str, source: Source, crs: CRS, standard: Standard, notes: Notes,
    inputs: list[dict[str, Any]],
) -> Arrived:  # fmt: skip
    """Read one role; whatever hinders it stands in the answer."""
    out = Arrived(role, source)
    try:
        opened = open_source(replace(source, fields={}), dossier.file)
        _settle_fields(out, opened, source)
        read = _read(dossier, role, opened, crs)
    except InputError as error:
        out.reason, out.failure = str(error), error
        return out
    except (*GDAL_ERRORS, shapely.GEOSException) as error:
        text = " ".join(str(error).split()) or type(error).__name__
        out.failure = InputError("layers.read_failed", source=source.label, reason=text)
        out.reason = str(out.failure)
        return out
    read.provenance["fields"] = dict(out.mapped)
    inputs.append(read.provenance)
    out.name = opened.layer
    out.shapes = read.shapes
    out.columns = {name[len(_RAW):]: values for name, values in read.columns.items()
                   if name.startswith(_RAW)}  # fmt: skip
    out.layer = _layer(read, role, replace(source, fields=out.mapped), standard, notes)
    if len(out.layer) < len(read):  # units without a code are told of and left out
        kept = text_column(read.columns["code"]) != ""
        out.shapes = out.shapes[kept]
        out.columns = {name: values[kept] for name, values in out.columns.items()}
    return out


def _settle_fields(out: Arrived, opened: Opened, source: Source) -> None:
    """Find the dossier's fields, note those that are not there, and ask for all of the file's."""
    if not any(part in opened.info["geometry_type"] for part in POLYGONAL):
        kind = opened.info["geometry_type"]
        raise InputError("layers.not_polygons", source=opened.label, kind=kind)
    names = [str(name) for name in opened.info["fields"]]
    out.kinds = {name: str(kind) for name, kind in zip(names, opened.info["dtypes"])}
    for ours, theirs in source.fields.items():
        opened.source = replace(source, fields={ours: theirs})
        try:
            out.mapped[ours] = opened.column(ours)
        except InputError as error:
            out.lost[ours] = str(error)
    every = {f"{_RAW}{name}": name for name in names}
    opened.source = replace(source, fields={**out.mapped, **every})


def _read(dossier: Dossier, role: str, opened: Opened, crs: CRS) -> Features:
    return read_features(opened.source, role, crs, dossier.file, dossier.base, opened=opened)


def _layer(read: Features, role: str, source: Source, standard: Standard, notes: Notes) -> Layer:
    if role != "units":
        return clean_layer(read, role, source, standard, notes)
    if "code" in source.fields:
        return clean_units(read, source, notes)
    ids = text_column(read.fids)
    blank = np.full(len(read), "", dtype=object)
    shapes, unread = usable_shapes(read, role, source.label, ids, blank, notes)
    return Layer("units", source.label, shapes, pd.DataFrame({"id": ids}), "", unread)


def _tree(
    dossier: Dossier, units: Arrived, notes: Notes, gaps: dict[str, str]
) -> tuple[Layer, UnitTree]:
    """Build the tree of units; where that can't be, the county is one unit without a shape."""
    layer = units.layer
    if layer is None:
        gaps["units"] = units.reason
    elif "code" not in units.mapped:
        gaps["units"] = units.lost.get("code", "")
    elif all(shape is None for shape in layer.geometry):
        gaps["units"] = say("layers.no_units", source=units.label)
    if layer is not None and "units" not in gaps:
        tree, troubles = build_tree(layer.data, dossier.code, dossier.name, units.mapped)
        notes.troubles(troubles, layer)
        return layer, tree
    empty = Layer("units", units.label, np.empty(0, dtype=object), pd.DataFrame({"id": []}))
    finest = {name: [""] for name in ("code", "name", "town", "town_name", "cluster",
                                      "cluster_name")}  # fmt: skip
    row = {**finest, "county": [dossier.code], "county_name": [dossier.name]}
    return empty, UnitTree(pd.DataFrame(row, dtype=object), np.empty(0, dtype=int), ("county",))


def _quotas(
    dossier: Dossier, tree: UnitTree, standard: Standard, notes: Notes,
    inputs: list[dict[str, Any]], gaps: dict[str, str],
) -> pd.DataFrame:  # fmt: skip
    source = dossier.quotas
    if source is None:
        return empty_quotas()
    try:
        quotas = read_quotas(source, tree, standard, notes, dossier.file)
    except InputError as error:
        gaps["quotas"] = str(error)
        return empty_quotas()
    facts = file_facts(source, dossier.base)
    inputs.append({"role": "quotas", **facts, "layer": source.layer, "used": len(quotas)})
    return quotas
