# SPDX-License-Identifier: GPL-2.0-or-later
"""Shapes: invalid rings with their spots, doubles, overlaps, gaps, vertices, land outside."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from ...layers.findings import Batch
from ...layers.standard_quality import QualityCheck
from ...layers.words import say
from .. import overlay, parallel
from ..data import gap_findings, outside_batch, overlap_batch
from .case import Case, NotApplicableError, NotCheckedError, role_words
from .ground import united, unshared
from .spots import as_points, fault_spots

_BATCH = 500


def mended_rows(case: Case, role: str) -> np.ndarray:
    """List the features whose shape was mended in reading, in their order."""
    layer, raw = case.layer(role), case.arrived(role).shapes
    return np.array([row for row, (a, b) in enumerate(zip(layer.geometry, raw))
                     if a is not None and a is not b and b is not None and not _same(a, b)],
                    dtype=int)  # fmt: skip


def _same(mended: shapely.Geometry, raw: shapely.Geometry) -> bool:
    """Tell whether only empty rings were taken out: that is no mending worth telling."""
    return bool(shapely.is_valid(raw) and shapely.area(mended) == shapely.area(raw))


def spots_of(case: Case, role: str, rows: np.ndarray) -> list[shapely.Geometry | None]:
    """Give the places where the rings of features are at fault."""
    raw = case.arrived(role).shapes
    return [as_points(fault_spots(raw[row])) for row in rows]


def duplicate(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Tell of shapes that are drawn twice."""
    layer = case.layer(role)
    rows, first = doubles(layer.geometry)
    ids = layer.data["id"].to_numpy(dtype=object)
    messages = [
        say("quality.duplicate", source=layer.source, id=ids[row], other=ids[other])
        for row, other in zip(rows, first)
    ]
    area = case.scene.measure(layer.geometry[rows]) if len(rows) else np.empty(0)
    return [case.tell(check, role, rows, messages, object_layer=role, object_id=ids[first],
                      area_m2=area, unit_of_measure="m2")]  # fmt: skip


def doubles(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find shapes that an earlier one equals, wherever their rings begin: rows, and the earlier."""
    rows = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    boxes = shapely.bounds(shapes[rows])
    key = pd.DataFrame(boxes).assign(n=shapely.get_num_coordinates(shapes[rows]))
    group = key.groupby(list(key.columns), sort=False).ngroup().to_numpy()
    alike = np.flatnonzero(np.bincount(group, minlength=1)[group] > 1) if len(rows) else rows
    plain = {row: shapely.normalize(shapes[rows[row]]) for row in alike}
    seen: dict[tuple[int, bytes], int] = {}
    out = []
    for row in alike:
        name = (int(group[row]), shapely.to_wkb(plain[row]))
        if name in seen:
            out.append((rows[row], rows[seen[name]]))
        else:
            seen[name] = int(row)
    found = np.array(out, dtype=int).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def overlap(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Tell of pairs of features that cover the same ground."""
    ground = case.ground(role)
    table = pd.DataFrame({"feature": ground.second, "other": ground.first})
    table["area_m2"] = case.scene.measure(ground.shapes) if len(ground) else np.empty(0)
    table["geometry"] = ground.shapes
    case.scene.overlaps[role] = table
    return [overlap_batch(case.county, case.scene, role, case.noise)]


def gap(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Tell for each unit of the land that a layer leaves uncovered."""
    case.need_units()
    ours, whole = case.ground(role).covered, case.ground("units").covered
    if ours is None or whole is None:
        raise NotCheckedError(say("quality.no_ground", role=role_words(role)))
    holes = polygons(_less(whole, ours))
    unit, shapes = _by_unit(case, holes)
    area = case.scene.measure(shapes) if len(shapes) else np.empty(0)
    kept = case.noise.keep("data.gap", shapes, area) if len(shapes) else np.empty(0, bool)
    return [gap_findings(case.county, role, unit[kept], area[kept], shapes[kept])]


def _less(whole: shapely.Geometry, part: shapely.Geometry) -> shapely.Geometry:
    one, other = np.array([whole], dtype=object), np.array([part], dtype=object)
    return parallel.safe(shapely.difference, one, other)[0]


def polygons(shape: shapely.Geometry) -> np.ndarray:
    """Give the polygons of a shape that are land and not rounding."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    parts = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    return parts[shapely.area(parts) > overlay.CRUMB]


def _by_unit(case: Case, shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Part shapes by the finest units they lie in: rows of units, and a shape for each."""
    tree = case.county.tree
    units = case.county.units.geometry
    at, feature = shapely.STRtree(units).query(shapes, predicate="intersects")
    cut = parallel.safe(shapely.intersection, shapes[at], units[feature])
    land = shapely.area(cut) > overlay.CRUMB
    owner, cut = tree.feature_unit[feature[land]], cut[land]
    rows = np.unique(owner[owner >= 0])
    out = np.empty(len(rows), dtype=object)
    out[:] = [shapely.union_all(cut[owner == row]) for row in rows]
    return rows, out


def vertex(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Tell of pairs of neighbours of which one lacks vertices of the other on the common border.

    What an overlap told of brings with it is not told again.
    """
    ground = case.ground(role)
    one, other, spots = unshared(ground.edges, check.absolute)
    if len(one) and len(ground):
        clash = shapely.STRtree(ground.shapes).query(
            shapely.points(spots), predicate="dwithin", distance=check.absolute
        )[0]
        free = ~np.isin(np.arange(len(one)), clash)
        one, other, spots = one[free], other[free], spots[free]
    layer = case.layer(role)
    ids = layer.data["id"].to_numpy(dtype=object)
    table = pd.DataFrame({"one": one, "other": other})
    groups = list(table.groupby(["one", "other"], sort=True).indices.items())
    rows = np.array([pair[0] for pair, _ in groups], dtype=int)
    others = np.array([pair[1] for pair, _ in groups], dtype=int)
    count = np.array([len(places) for _, places in groups], dtype=float)
    messages = [
        say("quality.vertex", source=layer.source, id=ids[a], other=ids[b], count=int(many),
            x=spots[places[0]][0], y=spots[places[0]][1])
        for a, b, many, (_, places) in zip(rows, others, count, groups)
    ]  # fmt: skip
    marks = [as_points(spots[places]) for _, places in groups]
    case.mark(check.rule, role, ids[rows], ids[others], marks)
    return [case.tell(check, role, rows, messages, object_layer=role, object_id=ids[others],
                      value=count)]  # fmt: skip


def outside(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Tell of land that lies in no unit and so is counted nowhere."""
    case.need_units()
    whole = case.ground("units").covered
    if whole is None:
        raise NotCheckedError(say("quality.no_ground", role=role_words("units")))
    shapes = case.layer(role).geometry
    over = _beyond(shapes, whole, case.covered(role))
    beyond = parallel.run(
        lambda part: parallel.safe(shapely.difference, shapes[over[part]], np.full(
            len(over[part]), whole, dtype=object)),
        parallel.batches(len(over), _BATCH),
    )  # fmt: skip
    rest = np.concatenate(beyond) if beyond else np.empty(0, dtype=object)
    land = shapely.area(rest) > overlay.CRUMB
    table = pd.DataFrame({"feature": over[land]})
    table["area_m2"] = case.scene.measure(rest[land]) if land.any() else np.empty(0)
    table["geometry"] = rest[land]
    case.scene.outside[role] = table
    return [outside_batch(case.county, case.scene, role, case.noise)]


def _beyond(
    shapes: np.ndarray, whole: shapely.Geometry, ours: shapely.Geometry | None
) -> np.ndarray:
    """List the features beyond the units' ground; by what the layer covers, where that is known."""
    if ours is not None:
        land = polygons(_less(ours, whole))
        return np.unique(shapely.STRtree(shapes).query(land, predicate="intersects")[1])
    present = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    shapely.prepare(whole)
    return present[~shapely.covers(whole, shapes[present])]


def uncovered(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Tell of holes between the units: land of the county that no unit has."""
    case.need_units()
    whole = case.ground(role).covered
    if whole is None:
        raise NotCheckedError(say("quality.no_ground", role=role_words(role)))
    rings = shapely.get_rings(shapely.get_parts(whole))
    filled = shapely.union_all(shapely.polygons(rings)) if len(rings) else whole
    holes = polygons(_less(filled, whole))
    area = case.scene.measure(holes) if len(holes) else np.empty(0)
    kept = case.noise.keep(check.rule, holes, area) if len(holes) else np.empty(0, bool)
    source = case.layer(role).source
    return [
        Batch({**case.whole(check, role, say("quality.uncovered", source=source, area=much)).values,
               "area_m2": much, "value": much, "excess": much, "limit": 0.0,
               "unit_of_measure": "m2"}, [hole], np.array([-1]))
        for hole, much in zip(holes[kept], area[kept])
    ]  # fmt: skip


def delivered(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Tell where a control line, or the county's outline, differs from the one delivered."""
    if role not in case.arrivals.delivered:
        raise NotApplicableError(say("quality.not_delivered", role=role_words(role),
                                  entry=f"delivered.{role}"))  # fmt: skip
    other = case.arrivals.delivered[role]
    if other.layer is None:
        raise NotCheckedError(other.reason)
    ours, theirs = (united(one) for one in (case.layer(role).geometry, other.layer.geometry))
    out = []
    for side, land in (("more", _less(ours, theirs)), ("less", _less(theirs, ours))):
        parts = polygons(land)
        area = case.scene.measure(parts) if len(parts) else np.empty(0)
        kept = case.noise.keep(check.rule, parts, area) if len(parts) else np.empty(0, bool)
        for part, much in zip(parts[kept], area[kept]):
            text = say(f"quality.delivered_{side}", source=case.layer(role).source,
                       other=other.label, area=much)  # fmt: skip
            values = {
                **case.whole(check, role, text).values, "object_layer": "delivered",
                "object_id": side, "area_m2": much, "value": much, "excess": much, "limit": 0.0,
                "unit_of_measure": "m2",
            }  # fmt: skip
            out.append(Batch(values, [part], np.array([-1])))
    if other.layer.unread:  # part of what was delivered can't be compared
        raise NotCheckedError("; ".join(other.layer.unread), out)
    return out
