# SPDX-License-Identifier: GPL-2.0-or-later
"""Hold a run's results against the oracle's; each function lists what differs, in sentences."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Mapping

import numpy as np
import shapely
from oracle import Key, Oracle, half_up

HA, M2 = 0.01, 0.01
TINY = 1e-6  # ha: what two exact ways of summing may differ by


def near_tie(value: float) -> bool:
    """Tell if a value is so near to a half of 0.01 that either rounding is right."""
    return abs((value * 100) % 1.0 - 0.5) < TINY * 100


def indicator_faults(results: Any, oracle: Oracle) -> list[str]:
    """Compare values and outcomes of all indicators at all levels."""
    faults = []
    table = results.indicators
    found = {(r.level, r.unit, r.indicator): r for r in table.itertuples()}
    faults += [f"only one side has {key}" for key in found.keys() ^ oracle.indicators.keys()]
    for key in found.keys() & oracle.indicators.keys():
        row, want = found[key], oracle.indicators[key]
        for name in ("plan_ha", "base_ha"):
            got, true = float(getattr(row, name)), want[name]
            if true is None:
                continue
            same = got == half_up(true) or near_tie(true) or (np.isnan(got) and np.isnan(true))
            if not same:
                faults.append(f"{key} {name}: {got}, oracle {true}")
        if row.outcome != want["outcome"] and not near_tie(float(want["plan_ha"])):
            faults.append(f"{key}: {row.outcome}, oracle {want['outcome']}")
    return faults


def control_faults(results: Any, oracle: Oracle) -> list[str]:
    """Compare area, change and verdict of the control findings, a subject a rule at a time."""
    rows = results.findings
    rows = rows[rows["rule"].str.startswith("control.") & (rows["rule"] != "control.crossing")]
    got: dict[Key, float] = defaultdict(float)
    for row in rows.itertuples():
        got[(row.rule, row.subject_id, row.change)] += row.area_m2
    return area_faults(got, oracle.control, oracle)


def crossing_faults(results: Any, oracle: Oracle) -> list[str]:
    """Compare the area of each pair of control polygons that cross."""
    rows = results.findings
    rows = rows[rows["rule"] == "control.crossing"]
    got: dict[Key, float] = defaultdict(float)
    for row in rows.itertuples():
        got[(row.subject_layer, row.subject_id, row.object_layer, row.object_id)] += row.area_m2
    return area_faults(got, oracle.crossings, oracle)


def area_faults(
    got: Mapping[Key, float], want: Mapping[Key, np.ndarray], oracle: Oracle
) -> list[str]:
    """Compare areas to 0.01 m2; what is noise must not be there."""
    keys = list(want)
    each = [oracle.measure(want[key]) for key in keys]
    faults = [f"{key}: {got[key]}, oracle none" for key in got.keys() - set(keys)]
    for key, areas in zip(keys, each):
        true = float(areas.sum())
        kept = is_kept(want[key], true, oracle)
        if kept is None:
            continue
        if kept != (key in got):
            faults.append(f"{key}: {'missing' if kept else 'noise kept'}, oracle {true}")
        elif kept and abs(got[key] - true) > M2:
            faults.append(f"{key}: {got[key]}, oracle {true}")
    return faults


def is_kept(shapes: np.ndarray, area: float, oracle: Oracle) -> bool | None:
    """Tell if the noise policy keeps a finding; None where it is a hair's breadth from that."""
    least, width = oracle.tolerance["min_area_m2"], oracle.tolerance["min_width_m"]
    if abs(area - least) < 1e-3:
        return None
    if area < least:
        return False
    whole = shapely.union_all(shapes)
    wide = [not shapely.buffer(whole, -width / 2 * share).is_empty for share in (0.95, 1.05)]
    return wide[0] if wide[0] == wide[1] else None


def balance_faults(results: Any, oracle: Oracle) -> list[str]:
    """Compare the structure table; balanced rounding may move a value by less than 0.01 ha."""
    faults = []
    for role, name in (("landuse", "base_ha"), ("plan", "plan_ha")):
        table = results.land_balance
        got = {(r[0], r[1], r[2]): r[3] for r in zip(
            table["level"], table["unit"], table["class"], table[name])}  # fmt: skip
        if role not in oracle.layers:
            faults += [f"{name} {key}: {value}" for key, value in got.items() if value == value]
            continue
        faults += cell_faults(got, oracle.structure(role), name)
    return faults


def transfer_faults(results: Any, oracle: Oracle) -> list[str]:
    """Compare the transfer matrix."""
    if {"landuse", "plan"} - oracle.layers.keys():
        return [] if results.transfers.empty else ["transfers without base or plan"]
    got = {
        (r.level, r.unit, r.from_class, r.to_class): r.area_ha
        for r in results.transfers.itertuples()
    }
    return cell_faults(got, oracle.transfers, "transfer")


def cell_faults(got: Mapping[Key, float], want: Mapping[Key, float], what: str) -> list[str]:
    """Compare cells of a table in ha; an absent cell is 0."""
    return [
        f"{what} {key}: {got.get(key, 0.0)}, oracle {want.get(key, 0.0) / 1e4}"
        for key in got.keys() | want.keys()
        if not abs(got.get(key, 0.0) - want.get(key, 0.0) / 1e4) < HA + 1e-9
    ]


def ledger_faults(results: Any, oracle: Oracle) -> list[str]:
    """Compare the ledgers, gross and net of ridges, both ways.

    What books a whole transfer bears its rounded area; a part of one is at most that.
    """
    if {"landuse", "plan"} - oracle.layers.keys():
        return [] if results.ledgers.empty else ["ledgers without base or plan"]
    faults = []
    got = {
        (r.level, r.unit, r.ledger, r.flow, r.from_class, r.to_class): (r.gross_ha, r.net_ha)
        for r in results.ledgers.itertuples()
    }
    moved = {
        (r.level, r.unit, r.from_class, r.to_class): r.area_ha
        for r in results.transfers.itertuples()
    }
    for key in got.keys() | oracle.ledgers.keys():
        want = (oracle.ledgers.get(key, np.zeros(2)) / 1e4).tolist()
        have = got.get(key, (0.0, 0.0))
        pair = (*key[:2], *key[4:])
        cell = moved.get(pair, 0.0)
        whole = abs(oracle.transfers.get(pair, 0.0) / 1e4 - want[0]) < TINY
        most = (cell, have[0])
        wrong = [
            one != min(half_up(true), limit) and not near_tie(true)
            for one, true, limit in zip(have, want, most)
        ]
        if (have[0] != cell if whole else wrong[0]) or wrong[1]:
            faults.append(f"ledger {key}: {have}, oracle {want}")
    return faults


def faults(results: Any, oracle: Oracle) -> list[str]:
    """List all that differs."""
    parts = (
        indicator_faults, control_faults, crossing_faults, balance_faults, transfer_faults,
        ledger_faults,
    )  # fmt: skip
    return [fault for part in parts for fault in part(results, oracle)]
