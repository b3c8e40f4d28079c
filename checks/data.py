# SPDX-License-Identifier: GPL-2.0-or-later
"""Data quality that shows once layers are cut into each other: codes, gaps, overlaps, ridges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Sequence

import numpy as np
import pandas as pd

from ..layers import findings
from ..layers.words import say
from .control import checked_zones, unruled_land
from .net import known, usable
from .noise import Noise, grouped
from .places import Places, labels, noise_of, units_of_features
from .quality.scene import Scene
from .quota_tree import check_quota_sizes, check_quota_tree
from .values import planned_role, role_name

if TYPE_CHECKING:
    import geopandas as gpd

    from ..layers.model import County, Layer
    from ..layers.standard import Zone
    from .fabric import Fabric

USES = ("landuse", "plan")


def check_fabric_data(
    county: County, fabric: Fabric, noise: Noise | None = None
) -> gpd.GeoDataFrame:
    """Run every data check that needs the fabric; `noise` collects what was dropped."""
    noise = noise or noise_of(county)
    crs = county.dossier.crs
    tables = [check_quota_tree(county), check_quota_sizes(county, fabric)]
    found = fabric_batches(county, fabric, noise)
    tables += [batch.frame(crs) for _, batch in found if len(batch)]
    return findings.join(tables, crs)


def fabric_batches(
    county: County, fabric: Fabric, noise: Noise
) -> list[tuple[str, findings.Batch]]:
    """Ask every question about the features of layers; gives each answer with its role."""
    out = [(planned_role(county), batch) for batch in _no_rule(county, fabric)]
    for role in ("units", *county.layers):
        out += [(role, batch) for batch in feature_batches(county, fabric, role, noise)]
        if role in USES and role in fabric.pieces:
            out.append(("units", gap_batch(county, fabric, role, noise)))
    return out


def feature_batches(
    county: County, fabric: Fabric, role: str, noise: Noise
) -> list[findings.Batch]:
    """Ask about the features of one layer: coefficients, overlaps, land outside, codes."""
    out = [
        deduction_batch(county, fabric, role, looks_percent(_layer(county, role))),
        overlap_batch(county, fabric, role, noise),
        outside_batch(county, fabric, role, noise),
    ]
    if role in USES and role in fabric.pieces:
        out.append(code_batch(county, fabric, role))
    return out


def _layer(county: County, role: str) -> Layer:
    return county.units if role == "units" else county.layers[role]


def _units_of(county: County, fabric: Fabric, role: str, rows: np.ndarray) -> np.ndarray:
    """Give features of a role the finest unit they mainly lie in, -1 where that is not known."""
    if role == "units":
        return county.tree.feature_unit[rows]
    if isinstance(fabric, Scene):
        return fabric.units_of(role, rows)
    if role not in fabric.pieces:
        return np.full(len(rows), -1)
    return units_of_features(fabric, role, len(county.layers[role]))[rows]


def feature_findings(
    county: County,
    fabric: Fabric,
    rule: str,
    severity: str,
    role: str,
    rows: np.ndarray,
    geometry: np.ndarray,
    messages: Sequence[str],
    **more: object,
) -> findings.Batch:
    """Make one finding for each of some features of a layer."""
    if len(rows) == 0:
        return findings.NOTHING
    layer = _layer(county, role)
    told = county.standard.rule(rule)
    values = {
        "rule": rule, "severity": severity,
        **Places.of(county, _units_of(county, fabric, role, rows)).columns(),
        "subject_layer": role, "subject_id": layer.data["id"].to_numpy(dtype=object)[rows],
        "subject_label": labels(county, layer, rows),
        "message": np.array(messages, dtype=object),
        "remedy": told.remedy, **more,
    }  # fmt: skip
    return findings.Batch(values, geometry, rows)


def _ids(county: County, role: str, rows: np.ndarray) -> np.ndarray:
    return _layer(county, role).data["id"].to_numpy(dtype=object)[rows]


def code_batch(county: County, fabric: Fabric, role: str) -> findings.Batch:
    """Report every feature whose code the layer's table does not know."""
    layer = county.layers[role]
    rows = np.flatnonzero(~known(county, layer))
    codes = layer.data["code"].to_numpy(dtype=object)[rows]
    words = {"role": role_name(role), "table": layer.table}
    messages = [
        say("checks.code.unknown" if code else "checks.code.empty", id=who, code=code, **words)
        for who, code in zip(_ids(county, role, rows), codes)
    ]
    shapes = layer.geometry[rows]
    area = _measure(fabric, shapes)
    return feature_findings(
        county, fabric, "data.code", "error", role, rows, shapes, messages, area_m2=area
    )


def _measure(fabric: Fabric, shapes: np.ndarray) -> np.ndarray:
    """Measure shapes of which some may be None (then NaN)."""
    out = np.full(len(shapes), np.nan)
    there = np.array([shape is not None for shape in shapes], dtype=bool)
    if there.any():
        out[there] = fabric.measure(shapes[there])
    return out


def looks_percent(layer: Layer) -> bool:
    """Tell if all of a layer's coefficients, but for zeros, lie from 1 to 100."""
    if "deduction" not in layer.data:
        return False
    stated = layer.data["deduction"].to_numpy(dtype=float)
    some = stated[~np.isnan(stated) & (stated != 0)]
    return bool(len(some) and (some >= 1).all() and (some <= 100).all())


def deduction_batch(county: County, fabric: Fabric, role: str, percent: bool) -> findings.Batch:
    """Report coefficients of deduction that can't be: they are not used.

    Where they look like percentages the message says so.
    """
    layer = _layer(county, role)
    if "deduction" not in layer.data:
        return findings.NOTHING
    stated = layer.data["deduction"].to_numpy(dtype=float)
    rows = np.flatnonzero(~np.isnan(stated) & ~usable(stated))
    more = say("checks.deduction.percent") if percent else ""
    messages = [
        say("checks.deduction", role=role_name(role), id=who, value=value) + more
        for who, value in zip(_ids(county, role, rows), stated[rows])
    ]
    return feature_findings(
        county, fabric, "data.deduction", "error", role, rows, layer.geometry[rows], messages,
        value=stated[rows], limit=1.0,
    )  # fmt: skip


def overlap_batch(county: County, fabric: Fabric, role: str, noise: Noise) -> findings.Batch:
    """Report pairs of features of one layer that cover the same land."""
    pairs = fabric.overlaps.get(role)
    if role == "units" and pairs is not None:  # what a neighbour loses is told in its own cluster
        pairs = pairs[county.tree.feature_unit[pairs["feature"].to_numpy(dtype=int)] >= 0]
    if pairs is None or len(pairs) == 0:
        return findings.NOTHING
    shapes = _shapes(pairs)
    kept = noise.keep("data.overlap", shapes, pairs["area_m2"].to_numpy())
    one, other = (pairs[name].to_numpy()[kept] for name in ("feature", "other"))
    area = pairs["area_m2"].to_numpy()[kept]
    other_ids = _ids(county, role, other)
    messages = [
        say("checks.overlap", role=role_name(role), id=a, other=b, area=much)
        for a, b, much in zip(_ids(county, role, one), other_ids, area)
    ]
    return feature_findings(
        county, fabric, "data.overlap", "warning", role, one, shapes[kept], messages,
        object_layer=role, object_id=other_ids, area_m2=area, value=area, limit=0.0, excess=area,
        unit_of_measure="m2",
    )  # fmt: skip


def outside_batch(county: County, fabric: Fabric, role: str, noise: Noise) -> findings.Batch:
    """Report land of a layer that lies in no unit and so is counted nowhere.

    In a run over chosen clusters (no county level) the land beyond them is no fault.
    """
    parts = fabric.outside.get(role)
    if parts is None or len(parts) == 0 or "county" not in county.tree.levels:
        return findings.NOTHING
    shapes = _shapes(parts)
    kept = noise.keep("data.outside", shapes, parts["area_m2"].to_numpy())
    rows, area = parts["feature"].to_numpy()[kept], parts["area_m2"].to_numpy()[kept]
    messages = [
        say("checks.outside", role=role_name(role), id=who, area=much)
        for who, much in zip(_ids(county, role, rows), area)
    ]
    return feature_findings(
        county, fabric, "data.outside", "info", role, rows, shapes[kept], messages,
        object_layer="units", area_m2=area, value=area, unit_of_measure="m2",
    )  # fmt: skip


def _shapes(table: pd.DataFrame) -> np.ndarray:
    out = np.empty(len(table), dtype=object)
    out[:] = list(table["geometry"])
    return out


def gap_batch(county: County, fabric: Fabric, role: str, noise: Noise) -> findings.Batch:
    """Report for each unit the land that a land-use layer leaves uncovered."""
    rows = np.flatnonzero(fabric.pieces[role].to_numpy() < 0)
    if len(rows) == 0:
        return findings.NOTHING
    keys = pd.DataFrame({"unit": fabric.pieces["unit"].to_numpy()[rows]})
    groups = grouped(rows, keys, fabric, noise, "data.gap")
    return gap_findings(county, role, groups.unit, groups.area_m2, groups.shapes)


def gap_findings(
    county: County, role: str, unit: np.ndarray, area_m2: np.ndarray, shapes: np.ndarray
) -> findings.Batch:
    """Make a finding of the land that a role leaves uncovered in each of some finest units."""
    places = Places.of(county, unit)
    rule = county.standard.rule("data.gap")
    messages = [
        say("checks.gap", role=role_name(role), unit=name, area=area)
        for name, area in zip(places.names, area_m2)
    ]
    values = {
        "rule": "data.gap", "severity": "warning", **places.columns(),
        "subject_layer": "units", "subject_id": places.codes, "subject_label": places.names,
        "object_layer": role, "area_m2": area_m2, "value": area_m2, "limit": 0.0,
        "excess": area_m2, "unit_of_measure": "m2",
        "message": np.array(messages, dtype=object),
        "remedy": rule.remedy,
    }  # fmt: skip
    return findings.Batch(values, shapes, unit)


def _no_rule(county: County, fabric: Fabric) -> list[findings.Batch]:
    """Report for each zone the planned codes that none of its rules covers."""
    found = [(zone, unruled_land(county, fabric, zone)) for zone in checked_zones(county)]
    return [no_rule_batch(county, zone, land) for zone, land in found if len(land)]


def no_rule_batch(county: County, zone: Zone, area: pd.Series) -> findings.Batch:
    """Make a finding of each code that no rule of a zone covers; `area` is m2 by code."""
    layer = county.layers[planned_role(county)]
    table = county.standard.code_table(layer.table)
    label = [f"{code} {table.label(code)}".strip() for code in area.index]
    messages = [
        say("checks.no_rule", zone=zone.name, label=one, area=much)
        for one, much in zip(label, area)
    ]
    values = {
        "rule": "data.no_rule", "severity": "warning",
        **Places.of(county, np.full(len(area), -1)).columns(),
        "subject_layer": layer.role, "subject_id": area.index.to_numpy(dtype=object),
        "subject_label": np.array(label, dtype=object),
        "object_layer": zone.role, "object_id": zone.id, "area_m2": area.to_numpy(),
        "unit_of_measure": "m2", "message": np.array(messages, dtype=object),
        "remedy": county.standard.rule("data.no_rule").remedy,
    }  # fmt: skip
    return findings.Batch(values, [None] * len(area), np.full(len(area), -1))
