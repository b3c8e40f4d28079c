# SPDX-License-Identifier: GPL-2.0-or-later
"""`checkdata`: every check of the standard's table asked of every layer, and what came of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ...layers import findings as record
from ...layers.dossier import read_dossier
from ...layers.findings import Batch
from ...layers.former import carry, no_decisions, read_former
from ...layers.model import County
from ...layers.progress import Progress, silent
from ...layers.schema import ROLES
from ...layers.standard import load_standard
from ...layers.standard_quality import QualityCheck
from ...layers.words import say
from ..fabric import measure_of
from ..places import noise_of
from ..quota_tree import check_quota_tree
from . import areas, codes, shapes, structure
from .arrivals import Arrivals, read_arrivals
from .case import Case, NotApplicableError, NotCheckedError, Outcome, capped, frames
from .scene import scene_of

Test = Callable[[Case, QualityCheck, str], Any]

OUTCOMES = ("failed", "warning", "not_checked", "passed", "not_applicable")
CHECK_COLUMNS = (
    "check", "name", "rule", "role", "role_name", "outcome", "findings", "errors", "reason",
    "basis", "confidence",
)  # fmt: skip
SPOT_COLUMNS = ("finding", "rule", "severity", "subject_layer", "subject_id", "object_id",
                "message")  # fmt: skip
# Asked of a role the dossier does not name, or of one that could not be read.
_OF_ABSENT = ("layer_given", "layer_read")
# What is true of the sound shapes only is no pass of a layer that has others.
_OF_SHAPES = ("overlap", "gap", "outside", "uncovered", "duplicate", "vertex", "area_field",
              "control_area", "small", "sliver", "delivered")  # fmt: skip
_OWN_SEVERITY = ("crs", "text", "unit_tree", "quota_tree", "sector_plans")


def _nothing(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Find nothing beyond what reading noted; a layer that was not read has no such notes."""
    case.arrived(role)
    return []


def _crs(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Tell what the CRS doctor says of a layer against the units."""
    case.layer(role)
    return [
        case.whole(check, role, one.message, severity=one.severity, value=one.value,
                   unit_of_measure="m", **({"remedy": one.remedy} if one.remedy else {}))
        for one in case.diagnoses() if one.role == role
    ]  # fmt: skip


def _geometry(case: Case, check: QualityCheck, role: str) -> list[gpd.GeoDataFrame]:
    """Put what reading mended on the spots where it was at fault."""
    rows = shapes.mended_rows(case, role)
    spots = shapes.spots_of(case, role, rows)
    return case.on_spots("data.geometry", role, rows, spots)


def _quota_tree(case: Case, check: QualityCheck, role: str) -> list[gpd.GeoDataFrame]:
    """Tell of quotas that do not add up."""
    gaps = case.arrivals.gaps
    if "quotas" in gaps:
        raise NotCheckedError(gaps["quotas"], [case.whole(check, "quotas", gaps["quotas"])])
    if case.county.dossier.quotas is None:
        raise NotApplicableError(
            say("layers.not_given", role=say("layers.role_quotas"), entry="quotas")
        )
    case.need_units()
    return [check_quota_tree(case.county)]


def _sector_plans(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Say which sector plans could not be read whole."""
    plans = case.county.plans
    if plans is None:
        raise NotApplicableError(
            say("layers.not_given", role=say("layers.role_sectors"), entry="sectors")
        )
    if plans.missing:
        raise NotCheckedError("; ".join(plans.missing.values()))
    return []


TESTS: dict[str, Test] = {
    "layer_given": structure.layer_given, "layer_read": structure.layer_read,
    "layer_filled": structure.layer_filled, "crs": _crs, "text": _nothing, "unit_tree": _nothing,
    "field_given": structure.field_given, "field_needed": structure.field_needed,
    "field_type": structure.field_type, "field_length": structure.field_length,
    "value_needed": structure.value_needed, "value_known": structure.value_known,
    "id_unique": structure.id_unique, "code_known": codes.code_known,
    "code_name": codes.code_name, "edition": codes.edition, "unit_code": codes.unit_code,
    "coefficient": areas.coefficient, "ridges": areas.ridges, "settlement": codes.settlement,
    "settlement_missing": codes.settlement_missing, "area_field": areas.area_field,
    "control_area": areas.control_area, "small": areas.small, "sliver": areas.sliver,
    "geometry": _geometry, "unusable": _nothing, "duplicate": shapes.duplicate,
    "overlap": shapes.overlap, "gap": shapes.gap, "vertex": shapes.vertex,
    "outside": shapes.outside, "uncovered": shapes.uncovered, "delivered": shapes.delivered,
    "quota_tree": _quota_tree, "sector_plans": _sector_plans,
}  # fmt: skip


@dataclass
class DataResults:
    """What the check of a county's data found; `checks` has CHECK_COLUMNS, a row a check and role.

    `spots` are the exact places (MultiPoint) of the findings that have some, by SPOT_COLUMNS, of
    which `finding` is the finding's id. `run` is the content of run.json.
    """

    county: County
    findings: gpd.GeoDataFrame
    checks: pd.DataFrame
    spots: gpd.GeoDataFrame
    decisions: pd.DataFrame = field(default_factory=no_decisions)
    run: dict[str, Any] = field(default_factory=dict)

    def counts(self) -> dict[str, Any]:
        """Count outcomes and findings: `passed` where no error stands open and all was asked."""
        outcome = self.checks["outcome"].value_counts()
        open_ones = self.findings[~self.findings["status"].isin(("accepted", "fixed"))]
        errors = int((open_ones["severity"] == "error").sum())
        return {
            "passed": not errors and not outcome.get("not_checked", 0),
            "failed": int(outcome.get("failed", 0)),
            "warned": int(outcome.get("warning", 0)),
            "not_checked": int(outcome.get("not_checked", 0)),
            "findings": len(self.findings),
            "errors": errors,
        }


def check_data(
    dossier_path: str | Path, out: Path | None = None, progress: Progress = silent
) -> DataResults:
    """Ask all that the standard asks of a dossier's data.

    What can't be read is a finding, and what hangs on it `not_checked`; InputError only where
    dossier or standard can't be used. `out` is the folder whose former results lend decisions.
    """
    from ..run import Clock, stamp, versions

    clock = Clock()
    with clock.stage("read"):
        former = read_former(out) if out else None
        dossier = read_dossier(dossier_path)
        standard = load_standard(dossier.standard, dossier.base)
        arrivals = read_arrivals(dossier, standard, progress)
    county = arrivals.county
    case = Case(arrivals, scene_of(county, _measure(arrivals)), noise_of(county))
    with clock.stage("data"):
        found, outcomes = ask_all(case, clock, progress)
    unnamed = [role for role, layer in county.layers.items() if layer.ids_are_fids]
    tables = record.join(found, county.dossier.crs, unnamed)
    tables, compared, decisions = carry(tables, former, ("data",))
    results = DataResults(county, tables, _table(outcomes), _spots(case, tables), decisions)
    results.run = {
        "name": dossier.name, "code": dossier.code, "dossier": dossier.file, "checks": ["data"],
        "crs": county.dossier.crs, "area_method": county.dossier.area,
        "standard": {"id": standard.id, "name": standard.name, "version": standard.version,
                     "fingerprint": standard.fingerprint},
        "tolerance": {name: getattr(county.dossier.tolerance, name)
                      for name in ("min_area_m2", "min_width_m", "warn_margin")},
        "inputs": county.inputs, "missing": county.missing, "dropped": case.noise.dropped,
        "counts": {"features": {role: len(one.shapes) for role, one in arrivals.roles.items()}},
        "compared": compared, "versions": versions(), "seconds": clock.seconds,
        "stamp": stamp(county),
        "finished": datetime.now(timezone.utc).isoformat(timespec="seconds"),
    }  # fmt: skip
    results.run["verdict"] = results.counts()
    return results


def _spots(case: Case, tables: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give the spots their findings' ids; of findings that are told in sum only there are none."""
    columns = ("rule", "subject_layer", "subject_id", "object_id")
    left = {key: list(spots) for key, spots in case.spots.items()}
    rows, shapes_ = [], []
    for row, key in enumerate(zip(*(tables[name] for name in columns))):
        if left.get(key):
            rows.append(row)
            shapes_.append(left[key].pop(0))
    table = pd.DataFrame(tables.iloc[rows]).rename(columns={"id": "finding"})
    return gpd.GeoDataFrame(
        table[list(SPOT_COLUMNS)].reset_index(drop=True), geometry=shapes_, crs=tables.crs
    )


def _measure(arrivals: Arrivals) -> Callable[[np.ndarray], np.ndarray]:
    """Give the measure of the county; without units, of the land of all layers there are."""
    county = arrivals.county
    if arrivals.whole:
        return measure_of(county)
    from ...layers.area import area_measure

    drawn = [one.layer.geometry for one in arrivals.roles.values() if one.layer is not None]
    box = shapely.total_bounds(np.concatenate(drawn)) if drawn else np.full(4, np.nan)
    if not np.isfinite(box).all():
        return shapely.area
    try:
        return area_measure(county.dossier.crs, tuple(box.tolist()), county.dossier.area)
    except ValueError:  # land so strewn that no measure holds for all of it
        return shapely.area


def ask_all(
    case: Case, clock: Any, progress: Progress = silent
) -> tuple[list[gpd.GeoDataFrame], list[Outcome]]:
    """Ask every check of every role it is about; gives the findings and what came of each."""
    noted = noted_by_rule(case)
    found: list[gpd.GeoDataFrame] = []
    outcomes: list[Outcome] = []
    asked = [(check, role) for check in case.standard.quality.checks for role in _roles(case,
             check)]  # fmt: skip
    for number, (check, role) in enumerate(asked):
        progress("data_rules", number / len(asked), f"{check.name} {role}")
        with clock.stage(f"{check.id}.{role}"):
            tables, outcome = ask(case, check, role, noted)
        found += tables
        outcomes.append(outcome)
    for (rule, role), tables in noted.items():  # of a rule that no check of the table is about
        found += tables
        outcomes += [Outcome(_of_rule(case, rule), role, *_graded(table)) for table in tables]
    return found, outcomes


def _of_rule(case: Case, rule: str) -> QualityCheck:
    """Give a check that stands for a rule the standard's table says nothing of."""
    from ...layers.prefixes import parse

    told = case.standard.rule(rule)
    return QualityCheck(rule, np.inf, "", rule, "warning", (), np.nan, np.nan, "", parse(""), (),
                        0, told.name_zh, told.name_en, "", "", "")  # fmt: skip


def _roles(case: Case, check: QualityCheck) -> list[str]:
    """List the roles a check is asked of: those it names, of these the ones the dossier has."""
    given = list(case.arrivals.roles)
    if check.test == "layer_given":
        return list(check.roles)
    return [role for role in ROLES if role in given and (not check.roles or role in check.roles)]


def ask(
    case: Case, check: QualityCheck, role: str,
    noted: dict[tuple[str, str], list[gpd.GeoDataFrame]],
) -> tuple[list[gpd.GeoDataFrame], Outcome]:  # fmt: skip
    """Ask one check of one role; what reading noted under its rule goes with the first that asks.

    A test that GEOS fails is not checked; it never counts as passed.
    """
    reason, silent_as = "", "not_checked"
    try:
        answer = TESTS[check.test](case, check, role)
    except NotCheckedError as error:
        answer, reason = error.found, str(error)
        if isinstance(error, NotApplicableError):
            silent_as = "not_applicable"
    except shapely.GEOSException as error:
        text = " ".join(str(error).split())
        answer, reason = [], say("quality.geos", check=check.name, reason=text)
    batches: list[Any] = []
    for one in answer:
        if isinstance(one, Batch) and check.test not in _OWN_SEVERITY and len(one):
            one = Batch({**one.values, "severity": check.severity}, one.geometry, one.rows)
        batches += capped(case, check, role, one) if isinstance(one, Batch) else [one]
    tables = frames(batches, case.county.dossier.crs)
    tables += noted.pop((check.rule, role), [])
    if check.test == "quota_tree":
        tables += noted.pop((check.rule, "quotas"), [])
    if check.test == "sector_plans":
        for key in [key for key in noted if key[0] == check.rule]:
            tables += noted.pop(key)
    if not reason and check.test in _OF_SHAPES:
        reason = _unsound(case, role)
    outcome, count, errors = _graded(*tables)
    if reason and outcome == "passed":
        outcome = silent_as
    return tables, Outcome(check, role, outcome, count, errors, reason)


def _graded(*tables: gpd.GeoDataFrame) -> tuple[str, int, int]:
    """Give the outcome of findings, how many they are and how many of them are errors."""
    severity = np.concatenate([table["severity"].to_numpy(dtype=object) for table in tables] or
                              [np.empty(0, dtype=object)])  # fmt: skip
    errors = int((severity == "error").sum())
    warned = bool((severity == "warning").any())
    outcome = "failed" if errors else "warning" if warned else "passed"
    return outcome, len(severity), errors


def _unsound(case: Case, role: str) -> str:
    """Say that some shapes of a layer, or of the units, took no part; "" where all did."""
    layers = [case.arrivals.roles[one].layer for one in dict.fromkeys((role, "units"))]
    texts = [
        say("quality.unsound", source=one.source, count=len(one.unread), first=one.unread[0])
        for one in layers
        if one is not None and one.unread
    ]
    return "; ".join(texts)


def noted_by_rule(case: Case) -> dict[tuple[str, str], list[gpd.GeoDataFrame]]:
    """Sort what reading noted by rule and role."""
    out: dict[tuple[str, str], list[gpd.GeoDataFrame]] = {}
    for table in case.arrivals.notes.tables:
        for key, part in table.groupby(["rule", "subject_layer"], sort=False):
            rule, role = (str(one) for one in key)
            if rule != "data.geometry" or role not in case.arrivals.roles:
                out.setdefault((rule, role), []).append(part.reset_index(drop=True))
    return out


def _table(outcomes: list[Outcome]) -> pd.DataFrame:
    """Lay out what came of each check, in the table's order."""
    rows = [
        (one.check.id, one.check.name, one.check.rule, one.role,
         say(f"layers.role_{one.role}") if one.role in (*ROLES, "quotas", "sectors") else one.role,
         one.outcome, one.count, one.errors, one.reason, one.check.basis, one.check.confidence)
        for one in outcomes
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(CHECK_COLUMNS))
