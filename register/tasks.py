# SPDX-License-Identifier: GPL-2.0-or-later
"""What the engine's command line does with a register: update it, decide, copy it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Collection, Sequence

import geopandas as gpd
import pandas as pd
import pyogrio

from ..jobs.sector_rules import SECTOR_RULES
from ..layers.errors import InputError
from ..layers.schema import listed
from ..layers.words import say
from .model import Gap, Outcome, decision_of, plain
from .places import FILE, open_register

if TYPE_CHECKING:
    from ..jobs.schema import Job
    from ..voice import Voice
    from .model import Decision
    from .store import Register

SNAPSHOT = "register_snapshot.gpkg"
RESULTS = "results.gpkg"
ID_LENGTH = 16  # characters of a finding's id
_STATED = ("finished", "standard", "clusters", "code", "name", "looked")
_FINDING = ("rule", "severity", "subject_layer", "subject_id", "subject_label")


def update(job: Job, voice: Voice) -> dict[str, Any]:
    """Merge the conflicts of a run's results into the register.

    `job.results` is the folder of results or its results.gpkg, `job.register` the place (default:
    register.gpkg beside the results), `job.out` a folder that also gets a copy to look at. Gives
    new, gone, unchanged, reopened, open, `register` (without a password) and `snapshot`.
    """
    voice.progress("register", 0.0)
    path = results_file(job.results)
    conflicts, run = read_conflicts(path), read_look(path)
    voice.progress("register", 0.3)
    register = open_register(job.register or path.with_name(FILE))
    counts = register.merge(conflicts, run)
    copy = ""
    if job.out:
        voice.progress("register", 0.8)
        copy = str(Path(job.out).absolute() / SNAPSHOT)
        register.snapshot(Path(copy))
    voice.progress("register", 1.0)
    return {**counts, "register": register.label, "snapshot": copy}


def decide(job: Job) -> dict[str, Any]:
    """Write decisions into the register; `decided` are rows, `refused` say why and the row.

    A row is a mapping of the register's columns without geometry. A refused one has `id`, `why` (a
    word), `text` (a sentence) and `row` as it stands now ({} for an unknown id). `history` are the
    lines of the history that were written. The first characters of an id suffice where no other
    conflict's begins so; where several do, the decision is refused.
    """
    decisions = [decision_of(values) for values in job.decisions]
    outcomes: list[Outcome] = []
    if decisions:
        register = open_register(job.register)
        whole, outcomes = _in_full(register, decisions)
        outcomes += register.decide(whole) if whole else []
    return {
        "decided": [_row(one) for one in outcomes if one.decided],
        "refused": [
            {"id": one.id, "why": one.why, "text": one.text, "row": _row(one)}
            for one in outcomes
            if not one.decided
        ],
        "history": [one.step for one in outcomes if one.decided],
    }


def _in_full(
    register: Register, decisions: Sequence[Decision]
) -> tuple[list[Decision], list[Outcome]]:
    """Complete the ids that are cut short; give what can be decided, and what is refused."""
    if all(len(one.id) >= ID_LENGTH for one in decisions):
        return list(decisions), []
    known = register.read()["id"].tolist()
    whole, refused = [], []
    for one in decisions:
        found = [id_ for id_ in known if id_.startswith(one.id.lower())] if one.id else []
        if one.id in known or len(found) < 2:
            whole.append(one if one.id in known or not found else replace(one, id=found[0]))
            continue
        text = say("register.refused.several", id=one.id, count=len(found), ids=listed(found, 5))
        refused.append(Outcome(one.id, False, why="several", text=text))
    return whole, refused


def snapshot(job: Job) -> dict[str, Any]:
    """Copy the register to the GeoPackage `job.out`; gives `snapshot` and `register`."""
    register = open_register(job.register)
    path = Path(job.out).absolute()
    register.snapshot(path)
    return {"snapshot": str(path), "register": register.label}


def _row(outcome: Outcome) -> dict[str, Any]:
    """Give a row as JSON bears it: NaN is null."""
    return {name: None if pd.isna(value) else value for name, value in outcome.row.items()}


def results_file(given: str) -> Path:
    """Find results.gpkg in a folder, or take the file itself; InputError where it is not there."""
    path = Path(given).absolute()
    path = path / RESULTS if path.is_dir() else path
    if not given or not path.is_file() or not path.with_name("run.json").is_file():
        raise InputError("register.results.none", path=given)
    return path


def read_conflicts(path: Path) -> gpd.GeoDataFrame:
    """Read the layer `conflicts` of results; InputError where the run did not look for any."""
    return _layer(path, "conflicts", True)


def read_look(path: Path) -> dict[str, Any]:
    """Say what the run beside results.gpkg looked at, as `Register.merge` takes it."""
    run = _run_of(path)
    gaps = set(run.get("unchecked_sectors") or ())  # rules, and ids of plans
    plans = gaps - {*SECTOR_RULES}
    unread = plans & {*run["unread_sectors"]} if "unread_sectors" in run else plans
    demand = _layer(path, "sector_demand", False)
    return {
        **{name: run.get(name) for name in _STATED},
        "rules": run.get("sector_rules"),
        "plans": run.get("sector_plans"),
        "unchecked": sorted(gaps & {*SECTOR_RULES}),
        "unread": sorted(unread),
        "gaps": _gaps(path, plans - unread),
        "unmeasured": list(demand["unit"][demand["outcome"] == "not_checked"]),
    }


def _gaps(path: Path, plans: Collection[str]) -> list[Gap]:
    """List the projects that were not seen whole, of plans that were read but for these.

    What was not understood is a finding about the data; a plan without one is a gap as a whole.
    """
    if not plans:
        return []
    found = plain(_layer(path, "findings", False), _FINDING)
    mine = found["subject_layer"].isin(plans) & found["rule"].str.startswith("data.")
    mine &= found["severity"] == "error"
    rows = found[mine].itertuples(index=False)
    gaps = {
        Gap(row.subject_layer, row.subject_id, row.subject_label, row.rule == "data.code")
        for row in rows
    }
    gaps |= {Gap(plan) for plan in set(plans) - {gap.plan for gap in gaps}}
    return sorted(gaps, key=lambda gap: (gap.plan, gap.project, gap.label, gap.uses))


def _run_of(path: Path) -> dict[str, Any]:
    file = path.with_name("run.json")
    try:
        run = json.loads(file.read_text(encoding="utf-8"))
        asked = run.get("checks") or []
    except (OSError, ValueError, AttributeError) as error:
        raise InputError("register.results.unreadable", path=file, reason=str(error)) from error
    if "sectors" not in asked:
        raise InputError("register.results.unchecked", path=path)
    return dict(run)


def _layer(path: Path, name: str, geometry: bool) -> Any:
    try:
        if name not in set(pyogrio.list_layers(path)[:, 0]):
            raise InputError("register.results.unchecked", path=path)
        return pyogrio.read_dataframe(path, layer=name, read_geometry=geometry)
    except (RuntimeError, OSError, ValueError) as error:  # all that pyogrio raises for bad files
        reason = " ".join(str(error).split())
        raise InputError("register.results.unreadable", path=path, reason=reason) from error
