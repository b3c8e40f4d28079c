# SPDX-License-Identifier: GPL-2.0-or-later
"""A dossier read into memory: layers, units, quotas, and what reading them found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from .crs import project_crs
from .crs_doctor_layers import examine
from .crs_zones import far_off
from .dossier import Dossier, Source, Tolerance
from .errors import InputError
from .features import clean_layer, clean_units
from .findings import join
from .model import County, Layer, UnitTree
from .notes import Notes
from .opening import file_facts, open_source
from .progress import Progress, silent
from .quotas import empty_quotas, read_quotas
from .reading import read_features
from .schema import ROLES, TOLERANCES
from .sectors import read_plans
from .spared import Spared
from .units import build_tree, pick_clusters, units_of
from .words import say

if TYPE_CHECKING:
    from .sector_model import Plans
    from .standard import Standard


def load_county(
    dossier: Dossier,
    standard: Standard,
    clusters: Sequence[str] = (),
    progress: Progress = silent,
    sparing: bool = False,
) -> County:
    """Read all that a dossier names; with `clusters` only the land of these.

    What can't be read at all is an InputError; what is wrong with single features or rows is a
    finding, and a role the dossier does not give stands in `missing` with the reason. With
    `sparing` so does a layer, or the quotas, that can't be read, and a finding tells of it: an
    InputError is left where the units, or all layers, are lost.
    """
    crs = project_crs(dossier.crs, dossier.file)
    dossier = with_tolerance(dossier, standard)
    dossier = with_tables(dossier, standard)
    notes = Notes(dossier, standard, crs)
    spared = Spared(dossier, notes, sparing)
    _look_first(dossier, spared)
    inputs: list[dict[str, Any]] = []
    steps = ["units", "quotas", *(role for role in dossier.layers if role != "units")]
    progress("read", 0.0, "units")
    units, whole = _units(dossier, crs, notes, inputs)
    _look_at_meridian(units, crs, notes)
    units, tree = _choose(units, whole, clusters)
    progress("read", 1 / len(steps), "quotas")
    with spared.role("quotas"):
        quotas = _quotas(dossier, whole, standard, notes, inputs)
    if "quotas" in spared.lost:
        quotas = empty_quotas()
    quotas = _of_tree(quotas, tree)
    plans = read_plans(dossier, standard, crs, notes, inputs) if dossier.sectors else None
    near = _near(units, tree, plans) if clusters else None
    layers: dict[str, Layer] = {}
    for number, role in enumerate(steps[2:], 2):
        progress("read", number / len(steps), role)
        if role not in spared.lost:
            with spared.role(role):
                layers[role] = _layer(dossier, role, standard, crs, near, notes, inputs)
    spared.settle([*layers, *(one.id for one in dossier.sectors)])
    progress("read", 1.0, "")
    missing = {**_missing(dossier), **spared.reasons}
    findings: gpd.GeoDataFrame = join([], crs)
    county = County(
        dossier, standard, units, tree, layers, quotas, findings, missing, inputs, plans
    )
    for found in examine(county):
        more = {"remedy": found.remedy} if found.remedy else {}
        notes.add("data.crs", found.severity, found.role, found.message, **more)
        if found.severity == "error" and found.role in layers:  # land that lies elsewhere
            layers[found.role].unread.append(found.message)
    county.findings = join(notes.tables, crs)
    return county


def _look_at_meridian(units: Layer, crs: CRS, notes: Notes) -> None:
    """Warn where the county lies far off the meridian of the CRS that it is checked in."""
    boxes = shapely.bounds(units.geometry)
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(boxes):
        return
    west, south, east, north = np.median(boxes, axis=0)  # a stray unit is no reason
    found = far_off(crs, (west + east) / 2, (south + north) / 2)
    if found is not None:
        off, nearer = found
        text = say("layers.crs_far", source=units.source, crs=_name(crs), off=off,
                   nearer=nearer.name, meridian=nearer.meridian)  # fmt: skip
        notes.add("data.crs", "warning", "units", text)


def _name(crs: CRS) -> str:
    return ":".join(crs.to_authority() or (crs.name,))


def _near(units: Layer, tree: UnitTree, plans: Plans | None) -> np.ndarray:
    """Give the land that a run over some clusters looks at.

    The ground of a project that reaches into them is looked at whole: its conflicts are those of a
    run over the whole county.
    """
    own = units.geometry[tree.feature_unit >= 0]
    if plans is None:
        return own
    ground = plans.ground[~shapely.is_missing(plans.ground)]
    reach = np.unique(shapely.STRtree(own).query(ground, predicate="intersects")[0])
    return np.concatenate([own, ground[reach]])


def with_tolerance(dossier: Dossier, standard: Standard) -> Dossier:
    """Fill the tolerances the dossier does not give with the standard's."""
    own = dossier.tolerance
    values = {
        name: getattr(own, name) if name in own.given else float(standard.tolerance(name))
        for name in TOLERANCES
    }
    return replace(dossier, tolerance=Tolerance(given=own.given, **values))


def with_tables(dossier: Dossier, standard: Standard) -> Dossier:
    """Make sure each coded layer names a code table that the standard has."""
    layers = dict(dossier.layers)
    for role, source in layers.items():
        if role == "units" or not source.fields.get("code"):
            continue
        codes = source.codes or (next(iter(standard.tables)) if len(standard.tables) == 1 else "")
        if not codes and role in ("landuse", "plan"):
            raise InputError(
                "layers.no_codes", file=dossier.file, role=role, tables=", ".join(standard.tables)
            )
        if codes:
            standard.code_table(codes)
        layers[role] = replace(source, codes=codes)
    return replace(dossier, layers=layers)


def _look_first(dossier: Dossier, spared: Spared) -> None:
    """Open every source before reading any: a misspelt field is told at once, not after minutes."""
    for role, source in dossier.layers.items():
        with spared.role(role):
            open_source(source, dossier.file)
    opened = [role for role in dossier.layers if role not in spared.lost and role != "units"]
    spared.settle([*opened, *(one.id for one in dossier.sectors)])


def _units(
    dossier: Dossier,
    crs: CRS,
    notes: Notes,
    inputs: list[dict[str, Any]],
) -> tuple[Layer, UnitTree]:
    source = dossier.layers["units"]
    read = read_features(source, "units", crs, dossier.file, dossier.base)
    layer = clean_units(read, source, notes)
    inputs.append(read.provenance)
    if not len(layer) or all(shape is None for shape in layer.geometry):
        raise InputError("layers.no_units", source=source.label)
    tree, troubles = build_tree(layer.data, dossier.code, dossier.name, source.fields)
    notes.troubles(troubles, layer)
    read.provenance["used"] = len(layer)
    return layer, tree


def _choose(units: Layer, tree: UnitTree, clusters: Sequence[str]) -> tuple[Layer, UnitTree]:
    """Keep the features and units of the clusters wanted; all where none is named.

    Features of neighbouring units stay too, without a unit in the tree: where units overlap, the
    ground must go to the same one as in a run over the whole county.
    """
    if not clusters:
        return units, tree
    chosen = pick_clusters(tree, clusters)
    keep = chosen.feature_unit >= 0
    shapes = shapely.STRtree(units.geometry[keep])
    keep[np.unique(shapes.query(units.geometry, predicate="intersects")[0])] = True
    return _rows(units, keep), replace(chosen, feature_unit=chosen.feature_unit[keep])


def _quotas(
    dossier: Dossier,
    tree: UnitTree,
    standard: Standard,
    notes: Notes,
    inputs: list[dict[str, Any]],
) -> pd.DataFrame:
    source = dossier.quotas
    if source is None:
        return empty_quotas()
    quotas = read_quotas(source, tree, standard, notes, dossier.file)
    facts = file_facts(source, dossier.base)
    inputs.append({"role": "quotas", **facts, "layer": source.layer, "used": len(quotas)})
    return quotas


def _of_tree(quotas: pd.DataFrame, tree: UnitTree) -> pd.DataFrame:
    """Keep the quotas of units that the tree has."""
    known = pd.MultiIndex.from_tuples(
        [(level, unit) for level in tree.levels for unit in units_of(tree, level)["unit"]]
    )
    keep = pd.MultiIndex.from_frame(quotas[["level", "unit"]]).isin(known)
    return quotas[keep].reset_index(drop=True)


def _layer(
    dossier: Dossier,
    role: str,
    standard: Standard,
    crs: CRS,
    near: np.ndarray | None,
    notes: Notes,
    inputs: list[dict[str, Any]],
) -> Layer:
    source: Source = dossier.layers[role]
    read = read_features(source, role, crs, dossier.file, dossier.base, near)
    layer = clean_layer(read, role, source, standard, notes)
    if not read.provenance["read"]:  # nothing to check is not the same as nothing wrong
        notes.add("data.empty", "warning", role, say("layers.empty", source=source.label))
        layer.unread.append(say("layers.empty_unread", source=source.label))
    inputs.append(read.provenance)
    return layer


def _rows(layer: Layer, keep: np.ndarray) -> Layer:
    data = layer.data[keep].reset_index(drop=True)
    return replace(layer, geometry=layer.geometry[keep], data=data)


def _missing(dossier: Dossier) -> dict[str, str]:
    """Say for each role the dossier leaves out that it does."""
    out = {
        role: say("layers.not_given", role=say(f"layers.role_{role}"), entry=f"layers.{role}")
        for role in ROLES
        if role not in dossier.layers
    }
    if dossier.quotas is None:
        out["quotas"] = say("layers.not_given", role=say("layers.role_quotas"), entry="quotas")
    return out
