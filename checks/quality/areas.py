# SPDX-License-Identifier: GPL-2.0-or-later
"""Areas: coefficients and ridges, the area field, control areas, minimum sizes, slivers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from ...layers.findings import Batch
from ...layers.standard_quality import QualityCheck
from ...layers.words import say
from ..data import deduction_batch, looks_percent
from ..noise import wide_enough
from ..places import Places
from .case import Case, NotCheckedError
from .codes import codes_of

# What a field's number means where it is not m2, and what tells it: the middle ratio to the area.
UNITS = {"ha": 10_000.0, "mu": 2000 / 3, "km2": 1e6, "wanmu": 2e7 / 3}
_LIKE = 0.02
_SOME = 3


def coefficient(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Tell of coefficients of deduction that can't be."""
    layer = case.layer(role)
    field = case.field(role, "coefficient")
    if "deduction" not in case.arrived(role).mapped:  # the dossier need not name it to be judged
        layer.data["deduction"] = case.arrived(role).numbers(field)
    return [deduction_batch(case.county, case.scene, role, looks_percent(layer))]


def ridges(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Tell of ridges that are deducted where there are none, and of sums that do not add up."""
    found = case.arrived(role)
    kept = {name: found.meaning(case.standard, name)[:1] for name in
            ("coefficient", "deducted", "deducted_code", "area", "net")}  # fmt: skip
    if not kept["deducted"] or "deduction" in found.lost:
        case.field(role, "coefficient")
    numbers = {name: found.numbers(fields[0]) for name, fields in kept.items()
               if fields and name != "deducted_code"}  # fmt: skip
    count = len(found.shapes)
    share = numbers.get("coefficient", np.full(count, np.nan))
    sound = np.isnan(share) | ((share >= 0) & (share < 1))  # else told by the coefficient's check
    out = [_not_cultivated(case, check, role, numbers, sound)]
    if kept["deducted_code"]:
        out.append(_deducted_code(case, check, role, kept["deducted_code"][0], share, sound))
    out += _sums(case, check, role, numbers, sound)
    return out


def _not_cultivated(
    case: Case, check: QualityCheck, role: str, numbers: dict[str, np.ndarray], sound: np.ndarray
) -> Batch:
    """Tell of deductions on land that is known and not cultivated."""
    codes, table = codes_of(case, role)
    farmed = np.asarray(table.in_group(check.group, codes), dtype=bool)
    known = np.asarray(table.known(codes), dtype=bool)
    taken = np.zeros(len(codes), dtype=bool)
    for name in ("coefficient", "deducted"):
        if name in numbers:
            taken |= np.nan_to_num(numbers[name]) > 0
    rows = np.flatnonzero(taken & known & ~farmed & sound)
    layer = case.layer(role)
    messages = [
        say("quality.ridge_elsewhere", source=layer.source, id=one, code=code)
        for one, code in zip(layer.data["id"].to_numpy()[rows], codes[rows])
    ]
    return case.tell(check, role, rows, messages)


def _deducted_code(
    case: Case, check: QualityCheck, role: str, field: str, share: np.ndarray, sound: np.ndarray
) -> Batch:
    """Tell of deducted codes other than the ridges', and of coefficients without one."""
    texts = case.arrived(role).texts(field)
    right = check.codes.tokens()
    wrong = (texts != "") & ~np.array([text in check.codes for text in texts], dtype=bool)
    wrong |= (texts == "") & (np.nan_to_num(share) > 0)
    rows = np.flatnonzero(wrong & sound)
    layer = case.layer(role)
    messages = [
        say("quality.ridge_code", source=layer.source, id=one, field=field, value=text,
            right=" ".join(right))
        for one, text in zip(layer.data["id"].to_numpy()[rows], texts[rows])
    ]  # fmt: skip
    return case.tell(check, role, rows, messages, object_id=field)


def _sums(
    case: Case, check: QualityCheck, role: str, numbers: dict[str, np.ndarray], sound: np.ndarray
) -> list[Batch]:
    """Compare what is deducted with area times share, and the net area with the difference."""
    area, share = numbers.get("area"), numbers.get("coefficient")
    taken, net = numbers.get("deducted"), numbers.get("net")
    out = []
    if area is not None and share is not None and taken is not None:
        want = np.round(area * np.nan_to_num(share), 2)
        out.append(_differ(case, check, role, "deducted", np.nan_to_num(taken), want,
                           sound & ~np.isnan(area)))  # fmt: skip
    if area is not None and net is not None:
        less = taken
        if less is None and share is not None:
            less = np.round(area * np.nan_to_num(share), 2)
        if less is not None:
            want = np.round(area - np.nan_to_num(less), 2)
            out.append(_differ(case, check, role, "net", net, want, sound & ~np.isnan(area)))
    return out


def _differ(
    case: Case, check: QualityCheck, role: str, meaning: str, have: np.ndarray, want: np.ndarray,
    asked: np.ndarray,
) -> Batch:  # fmt: skip
    field = case.field(role, meaning)
    off = np.abs(have - want)
    wrong = asked & (np.isnan(have) | (off > check.absolute * (1 + 1e-6) + 1e-9))
    rows = np.flatnonzero(wrong)
    layer = case.layer(role)
    messages = [
        say("quality.ridge_sum", source=layer.source, id=one, field=field, have=a, want=b)
        for one, a, b in zip(layer.data["id"].to_numpy()[rows], have[rows], want[rows])
    ]
    return case.tell(
        check, role, rows, messages, object_id=field, value=have[rows], limit=want[rows],
        excess=off[rows], unit_of_measure="m2",
    )  # fmt: skip


def area_field(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Tell of areas that are not the shape's own; once where the whole field is in other units."""
    meaning = "control_area" if role == "units" else "area"
    field = case.field(role, meaning)
    stated, area = case.arrived(role).numbers(field), case.measured(role)
    fit = (area > 0) & ~np.isnan(stated) & (stated > 0)
    label = case.layer(role).source
    if fit.sum() >= _SOME:
        ratio = float(np.median(area[fit] / stated[fit]))
        unit = next((name for name, size in UNITS.items() if abs(ratio / size - 1) < _LIKE), "")
        if unit:
            text = say("quality.area_unit", source=label, field=field,
                       unit=say(f"quality.unit.{unit}"))  # fmt: skip
            return [case.whole(check, role, text, object_id=field, value=ratio, limit=1.0)]
    off = np.abs(stated - area)
    allowed = np.maximum(check.absolute, check.relative * area)
    rows = np.flatnonzero((off > allowed) | (np.isnan(stated) & (area > 0)))
    ids = case.layer(role).data["id"].to_numpy()[rows]
    messages = [
        say("quality.area_field", source=label, id=one, field=field, stated=a, area=b)
        for one, a, b in zip(ids, stated[rows], area[rows])
    ]
    return [case.tell(
        check, role, rows, messages, object_id=field, area_m2=area[rows], value=stated[rows],
        limit=area[rows], excess=off[rows], unit_of_measure="m2",
    )]  # fmt: skip


def control_area(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Compare the sum of the parcels of each unit with the unit's control area."""
    case.need_units()
    control = case.arrived("units").numbers(case.field("units", "control_area"))
    area = case.arrived(role).numbers(case.field(role, "area"))
    field = case.field(role, "unit_code")
    texts = case.arrived(role).texts(field)
    tree = case.county.tree
    codes = tree.finest["code"].to_numpy(dtype=object)
    rows_of = _units_by_code(texts, codes)
    known = (rows_of >= 0) & ~np.isnan(area)
    if not known.any():
        raise NotCheckedError(say("quality.no_unit_codes", source=case.layer(role).source,
                                  field=field))  # fmt: skip
    total = np.bincount(rows_of[known], weights=area[known], minlength=len(codes))
    many = np.bincount(rows_of[known], minlength=len(codes))
    limit = np.zeros(len(codes))
    np.add.at(limit, tree.feature_unit, np.nan_to_num(control))
    empty = np.zeros(len(codes), dtype=bool)
    np.logical_or.at(empty, tree.feature_unit, np.isnan(control))
    off = np.abs(total - limit)
    wrong = np.flatnonzero((off > check.absolute + 0.005 * many) & ~empty & (limit > 0))
    return [_control_findings(case, check, role, wrong, total[wrong], limit[wrong], field)]


def _units_by_code(texts: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Find for each 19-digit code the unit whose code it begins with, the longest; -1 for none."""
    place = {code: row for row, code in enumerate(codes)}
    sizes = sorted({len(code) for code in codes}, reverse=True)
    keys, words = pd.factorize(texts)
    found = [next((place[text[:size]] for size in sizes if text[:size] in place), -1)
             for text in words]  # fmt: skip
    return np.array(found, dtype=int)[keys] if len(words) else np.full(len(texts), -1)


def _control_findings(
    case: Case, check: QualityCheck, role: str, units: np.ndarray, total: np.ndarray,
    limit: np.ndarray, field: str,
) -> Batch:  # fmt: skip
    places = Places.of(case.county, units)
    tree = case.county.tree
    shapes = [shapely.union_all(case.county.units.geometry[tree.feature_unit == unit])
              for unit in units]  # fmt: skip
    messages = [
        say("quality.control_area", source=case.layer(role).source, unit=name, total=a, limit=b,
            field=field)
        for name, a, b in zip(places.names, total, limit)
    ]  # fmt: skip
    values = {
        "rule": check.rule, "severity": check.severity, **places.columns(),
        "subject_layer": "units", "subject_id": places.codes, "subject_label": places.names,
        "object_layer": role, "value": total, "limit": limit, "excess": np.abs(total - limit),
        "unit_of_measure": "m2", "message": np.array(messages, dtype=object),
        "remedy": case.standard.rule(check.rule).remedy,
    }  # fmt: skip
    return Batch(values, shapes, units)


def small(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Tell of parcels below the least size of their kind of land."""
    codes, table = codes_of(case, role)
    kinds = dict.fromkeys(codes)
    others = [one for one in case.standard.quality.checks
              if one.test == "small" and one.id != check.id and role in one.roles
              and one.codes.tokens()]  # fmt: skip
    if check.codes.tokens() or check.codes.everything:
        fit = {code: code in check.codes for code in kinds}
    else:
        held = np.asarray(table.in_group(check.group, np.array([*kinds], dtype=object)), bool)
        fit = {code: bool(has) and not any(code in one.codes for one in others)
               for code, has in zip(kinds, held)}  # fmt: skip
    area = case.measured(role)
    asked = np.array([fit[code] for code in codes], dtype=bool)
    rows = np.flatnonzero(asked & (area < check.absolute))
    layer = case.layer(role)
    messages = [
        say("quality.small", source=layer.source, id=one, code=code, area=much,
            limit=check.absolute)
        for one, code, much in zip(layer.data["id"].to_numpy()[rows], codes[rows], area[rows])
    ]  # fmt: skip
    return [case.tell(
        check, role, rows, messages, area_m2=area[rows], value=area[rows], limit=check.absolute,
        unit_of_measure="m2",
    )]  # fmt: skip


def sliver(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Tell of polygons that are too small or too narrow to be land: parts are judged singly."""
    layer = case.layer(role)
    parts, owner = shapely.get_parts(layer.geometry, return_index=True)
    tiny = shapely.area(parts) < check.absolute
    width = 0.0 if np.isnan(check.relative) else check.relative
    thin = ~tiny
    thin[thin] = ~wide_enough(parts[thin], width)
    picked = np.flatnonzero(tiny | thin)
    rows = owner[picked]
    area = case.scene.measure(parts[picked]) if len(picked) else np.empty(0)
    messages = [
        say("quality.sliver_small" if few else "quality.sliver_thin", source=layer.source, id=one,
            area=much, limit=check.absolute, width=width)
        for one, few, much in zip(layer.data["id"].to_numpy()[rows], tiny[picked], area)
    ]  # fmt: skip
    return [case.tell(
        check, role, rows, messages, parts[picked], area_m2=area, value=area,
        limit=check.absolute, unit_of_measure="m2",
    )]  # fmt: skip
