# SPDX-License-Identifier: GPL-2.0-or-later
"""The CRS of a new dossier and of each layer: tags held against coordinates, mends written down.

What the numbers leave no doubt of is written as a key; what is only likely, as a comment.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Mapping, Sequence

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from .crs import check_coordinates
from .crs_doctor import Diagnosis, Tagged, candidates, guess_crs, look_at
from .crs_doctor_layers import DOUBTS, diagnose
from .crs_zones import utm_zone
from .errors import InputError
from .finding_layers import Found, points_of
from .formats.gdal_source import GDAL_ERRORS
from .words import say

_ROUNDS = 3  # a layer may lie on its side and bear the wrong tag
_INSIDE = 0.98  # share of a layer's points on the units' ground that proves where it lies
_AROUND_M = 1.0
_REACH_M = 200_000.0  # no county's layers lie further apart
_ZONED = "EPSG:4544"  # stands for any zone where only the axes are asked for
_DEGREES = 3
_FIRST_MERIDIAN, _FIRST_CODE, _ZONES = 75, 4534, 20  # CGCS2000, 3 degrees, no number in front


@dataclass
class Case:
    """A role's layer: as it lies after what was mended, and what is written about it.

    `keys` are written into the dossier, `offered` behind #; `told` are sentences on the layer,
    `why` those above a key.
    """

    now: Tagged
    shapes: np.ndarray
    keys: dict[str, str] = field(default_factory=dict)
    offered: dict[str, str] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    why: dict[str, list[str]] = field(default_factory=dict)

    def mend(self, found: Diagnosis, sure: bool) -> None:
        """Write a mend down, as a key where it is sure, and go on as if it held."""
        for key, value in found.mend.items():
            (self.keys if sure else self.offered)[key] = value
            self.why.setdefault(key, []).append(found.message)
        if not found.mend:
            self.told += filter(None, (found.message, found.advice))

    def apply(self, mend: Mapping[str, str]) -> None:
        """Take the layer for what a mend says."""
        if mend.get("axes") == "yx":
            self.now = replace(self.now, points=self.now.points[:, ::-1])
            self.shapes = shapely.transform(self.shapes, lambda points: points[:, ::-1])
        if "crs" in mend:
            self.now = replace(self.now, crs=CRS.from_user_input(mend["crs"]))


@dataclass(frozen=True)
class Settled:
    """The dossier's CRS, why, and each role's case."""

    crs: str
    remarks: tuple[str, ...]
    cases: Mapping[str, Case]


def settle(layers: Mapping[str, Found], given: str = "") -> Settled | None:
    """Settle the CRS of a dossier (`given` wins) and of its layers, the units first among them.

    None where no layer tells of any CRS.
    """
    cases: dict[str, Case] = {}
    for role, found in layers.items():
        try:
            cases[role] = Case(*points_of(found, role))
        except GDAL_ERRORS:  # a layer that can't be read is told of when it is used
            continue
    crs, remarks = (given, ()) if given else _target(layers, cases)
    target = _parsed(crs)
    if target is None:
        return Settled(crs, remarks, {}) if crs else None
    units = cases.get("units")
    for case in cases.values():
        _examine(case, target, alone=units is None)
    if units is None:
        return Settled(crs, remarks, cases)
    others = {role: case for role, case in cases.items() if role != "units"}
    land = _land(units, target)
    _confirm(units, others, land, target)
    right = _units_astray(units, list(others.values()), land, target)
    if right is not None:
        _put_right(units, right)
        if not given:
            crs, target = name_of(right), right
            remarks = (say("newdossier.crs_others", crs=right.name),)
        land = _land(units, target)
    _compare(units, others, land, target)
    return Settled(crs, remarks, cases)


def _parsed(text: str) -> CRS | None:
    try:
        return CRS.from_user_input(text) if text else None
    except CRSError:
        return None


def _target(layers: Mapping[str, Found], cases: Mapping[str, Case]) -> tuple[str, tuple[str, ...]]:
    """Take the CRS of the units, else of another role's layer; of degrees, the zone they lie in."""
    likely = {role: _own(case.now) for role, case in cases.items()}
    flat = {role: crs for role, (crs, _) in likely.items() if crs is not None and crs.is_projected}
    if flat:
        role = min(flat, key=lambda one: utm_zone(flat[one]) is not None)  # UTM only where no other
        words = {"source": layers[role].label, "crs": flat[role].name}
        return name_of(flat[role]), (say("newdossier.crs_of", **words),)
    for role, (own, middle) in likely.items():
        if own is not None and -180 <= middle <= 180:
            zone = min(max(round((middle - _FIRST_MERIDIAN) / _DEGREES), 0), _ZONES)
            place = {"longitude": f"{middle:.2f}", "source": layers[role].label}
            return f"EPSG:{_FIRST_CODE + zone}", (say("newdossier.crs_zone", **place),)
    return "", ()


def _own(layer: Tagged) -> tuple[CRS | None, float]:
    """Tell the CRS a layer is in, as its tag says or its numbers, and its middle's first number."""
    for _ in range(_ROUNDS):
        found = look_at(layer, layer.crs or CRS(_ZONED)) or _unsuited(layer)
        if found is None or found.severity != "error" or not found.mend:
            break
        points = layer.points[:, ::-1] if "axes" in found.mend else layer.points
        crs = CRS.from_user_input(found.mend["crs"]) if "crs" in found.mend else layer.crs
        layer = replace(layer, points=points, crs=crs)
    x, y = layer.middle
    return layer.crs or _parsed(guess_crs(x, y)), x


def _unsuited(layer: Tagged) -> Diagnosis | None:
    """Hold a layer against a tag that is no zone of ours (MapInfo writes WGS 84 for CGCS2000)."""
    x, y = layer.middle
    try:
        if layer.crs is not None:
            check_coordinates(layer.crs, np.array([x, y, x, y]), layer.label)
    except InputError as error:
        crs = guess_crs(x, y)
        mend = {"crs": crs} if crs else {}
        return Diagnosis("prefix", "error", layer.role, layer.label, str(error), mend)
    return None


def name_of(crs: CRS) -> str:
    """Give a CRS as a dossier writes it."""
    for confidence in (70, 25):
        authority = crs.to_authority(min_confidence=confidence)
        if authority:
            return ":".join(authority)
    return crs.to_wkt()


def _examine(case: Case, target: CRS, alone: bool) -> None:
    """Hold a layer against its tag until nothing contradicts it; what was mended is written.

    A doubt that other layers may settle is left to them, unless it is `alone`.
    """
    for _ in range(_ROUNDS):
        found = look_at(case.now, target) or _unsuited(case.now)
        if found is None or (found.kind in DOUBTS and not alone):
            return
        settled = found.severity == "error" or found.kind == "untagged"
        # What the numbers say by themselves is sure; that they would suit the dossier's CRS is not.
        borrowed = found.mend.get("crs") == name_of(target) and (
            found.kind == "metres" or found.severity == "info"
        )
        case.mend(found, sure=settled and bool(found.mend) and not borrowed)
        if not settled or not found.mend:
            return
        case.apply(found.mend)


def _confirm(units: Case, others: Mapping[str, Case], land: shapely.Geometry, target: CRS) -> None:
    """Make sure of what was only likely, where the layer then lies on the units' ground."""
    meet = [case for case in others.values() if _share(case.now, land, target) >= _INSIDE]

    def likely(case: Case) -> bool:
        return case.now.crs == target and case.offered.get("crs") == name_of(target)

    if likely(units):
        if any(not case.offered for case in meet):
            units.keys["crs"] = units.offered.pop("crs")
        return
    for case in filter(likely, meet):
        case.keys["crs"] = case.offered.pop("crs")


def _land(units: Case, target: CRS) -> shapely.Geometry:
    """Give the units' ground in the dossier's CRS, and a metre around it."""
    shapes = shapely.make_valid(_carried_shapes(units.shapes, units.now.crs or target, target))
    land = shapely.buffer(shapely.union_all(shapes), _AROUND_M)
    shapely.prepare(land)
    return land


def _carried_shapes(shapes: np.ndarray, own: CRS, target: CRS) -> np.ndarray:
    moved = shapely.transform(shapes, lambda points: _carried(points, own, target))
    return moved[np.isfinite(shapely.bounds(moved)).all(axis=1)]


def _carried(points: np.ndarray, own: CRS, target: CRS) -> np.ndarray:
    """Bring points over; those without an image become infinite."""
    if own == target:
        return points
    try:
        way = Transformer.from_crs(own, target, always_xy=True)
    except ProjError:
        return np.full_like(points, np.inf)
    return np.column_stack(way.transform(points[:, 0], points[:, 1]))


def _share(layer: Tagged, land: shapely.Geometry, target: CRS, crs: CRS | None = None) -> float:
    """Give the share of a layer's points on the units' ground."""
    points = _carried(layer.points, crs or layer.crs or target, target)
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return 0.0
    return float(shapely.intersects_xy(land, points[:, 0], points[:, 1]).mean())


def _compare(units: Case, others: Mapping[str, Case], land: shapely.Geometry, target: CRS) -> None:
    """Hold layers against the units: apart, in another zone, shifted like a web map."""
    # Of two layers that lie apart either may err: a third one must side with the units.
    witnessed = any(_share(case.now, land, target) >= _INSIDE for case in others.values())
    for found in diagnose([units.now, *(case.now for case in others.values())], target, land):
        if found.kind not in ("zone", "apart", "abroad", "gcj02", "shifted", *DOUBTS):
            continue  # told of before
        case, crs = others.get(found.role, units), _parsed(found.mend.get("crs", ""))
        lies = crs is not None and _share(case.now, land, target, crs) >= _INSIDE
        case.mend(found, sure=lies and witnessed)


def _units_astray(
    units: Case, cases: Sequence[Case], land: shapely.Geometry, target: CRS
) -> CRS | None:
    """Give the CRS the units must be read in, where all the others show that their tag errs.

    That is so where there are several others, none of which meets the units as they are tagged,
    and all of which lie on the units' ground once these are read in one other zone.
    """
    others = [case for case in cases if len(case.now.points)]
    if len(others) < 2:
        return None
    if any(_share(one.now, land, target) > 0 for one in others):
        return None
    places = [_middle(one.now, one.now.crs or target, target) for one in others]
    known = [one.now.crs for one in others if one.now.crs is not None and one.now.crs.is_projected]
    for crs in [*known[:1], *(crs for _, _, crs in candidates(units.now.crs, target))]:
        here = _middle(units.now, crs, target)
        if not all(np.hypot(*(here - place)) < _REACH_M for place in places):
            continue
        land = _land(replace(units, now=replace(units.now, crs=crs)), target)
        if all(_share(one.now, land, target) >= _INSIDE for one in others):
            return crs
    return None


def _middle(layer: Tagged, own: CRS, target: CRS) -> np.ndarray:
    return _carried(np.array([layer.middle]), own, target)[0]


def _put_right(units: Case, crs: CRS) -> None:
    """Write that the units are to be read in another CRS than they bear."""
    tag = units.now.crs.name if units.now.crs is not None else "-"
    words = {"source": units.now.label, "tag": tag, "crs": f"{name_of(crs)} {crs.name}"}
    message = say("newdossier.units_astray", **words)
    mend = {"crs": name_of(crs)}
    units.mend(Diagnosis("zone", "error", "units", units.now.label, message, mend), sure=True)
    units.apply(mend)


def entry_keys(case: Case) -> dict[str, str]:
    """List the keys of a layer's entry, those that are offered with them."""
    return {**case.offered, **case.keys}


def remarks_on(place: str, case: Case) -> dict[str, Sequence[str]]:
    """Give the sentences above each key, by its place in the dossier."""
    return {
        f"{place}.{key}": [
            *why,
            say("newdossier.mend_sure" if key in case.keys else "newdossier.mend_offered"),
        ]
        for key, why in case.why.items()
    }
