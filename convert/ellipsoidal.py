# SPDX-License-Identifier: GPL-2.0-or-later
"""The task `ellipsoidalarea`: gross, deducted and net area fields by the survey's rounding.

Gross is the area on the ellipsoid, rounded to 0.01 m2; deducted is that rounded gross times the
ridge coefficient, of cultivated land only, rounded; net is what is left. Each rounding is half up,
on decimal digits, so that a calculator gives the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..layers.errors import InputError
from ..layers.rounding import round_half_up
from ..layers.standard import Standard
from ..layers.words import say
from .frame import Frame, frame, placed
from .giving import column, with_columns, write_copy, write_remarks, write_table
from .measuring import square_metres
from .taking import Taken

OPTIONS = {"table": "sandiao", "gross": "TBMJ", "deducted": "KCMJ", "net": "TBDLMJ",
           "ridge": "KCDLBM", "tolerance": 0.01}  # fmt: skip
_RIDGE = "田坎"  # the class that deducted ridges are summed under; its code is the table's
_CENT = Decimal("0.01")
_REMARKS = ["row", "kind", "severity", "code", "stated_m2", "area_m2", "coefficient", "message"]


@dataclass
class Areas:
    """What was measured and what is to be written, all in m2 and as long as the layer.

    `gross`, `deducted`, `net` are rounded, NaN where they can't be told; `exact` is not rounded.
    """

    exact: np.ndarray
    gross: np.ndarray
    deducted: np.ndarray
    net: np.ndarray
    coefficient: np.ndarray
    cultivated: np.ndarray


def ellipsoidalarea(job: Any, voice: Any, folder: Path) -> dict[str, Any]:
    """Write area fields on a copy of a layer, and what they sum to by land-use code."""
    work = frame(job, voice, folder, OPTIONS)
    taken = work.layer()
    if taken.crs is None and len(taken):
        raise InputError("convert.needs_crs", layer=taken.label)
    aliases = work.standard.aliases
    for ours in ("id", "code", "deduction"):
        taken.find(ours, aliases)
    exact, mended, lost = square_metres(taken)
    work.progress(0.5)
    areas, bad = _areas(work, taken, exact)
    rows = _remarks(work, taken, areas, bad, mended, lost)
    told, shapes = placed(taken, rows)
    write_copy(taken, with_columns(taken.table, _columns(work, taken, areas)), work.path)
    work.progress(0.9)
    write_remarks(told, shapes, taken.crs, work.path)
    write_table(_sums(work, taken, areas), work.path, "areas")
    work.tell(taken)
    return {
        "features": len(taken),
        "measured": int(np.isfinite(areas.gross).sum()),
        "unmeasured": int(np.isnan(areas.net).sum()),
        "differing": int((rows["kind"] == "stated").sum()),
        "gross_m2": _total(areas.gross), "deducted_m2": _total(areas.deducted),
        "net_m2": _total(areas.net), "exact_m2": float(np.nansum(areas.exact)),
    }  # fmt: skip


def _total(values: np.ndarray) -> float:
    """Add rounded areas up without binary dust."""
    return float(np.nansum(np.round(values * 100)) / 100)


def _areas(work: Frame, taken: Taken, exact: np.ndarray) -> tuple[Areas, dict[int, str]]:
    """Round the survey's way; also give the coefficients that can't be used, by row."""
    gross = np.where(np.isnan(exact), np.nan, round_half_up(exact))
    coefficient, bad = _coefficients(taken)
    cultivated = _cultivated(work.standard, taken, str(work.option("table")))
    used = np.where(cultivated, np.nan_to_num(coefficient), 0.0)
    deducted = deduct(gross, used)
    wrong = [row for row in bad if cultivated[row]]
    deducted[wrong] = np.nan
    net = round_half_up(gross - deducted)
    return Areas(exact, gross, deducted, net, coefficient, cultivated), bad


def deduct(gross: np.ndarray, coefficient: np.ndarray) -> np.ndarray:
    """Give gross times coefficient, rounded half up to 0.01 as decimal numbers are."""
    out = np.zeros(len(gross))
    out[np.isnan(gross)] = np.nan
    for row in np.flatnonzero((coefficient > 0) & np.isfinite(gross)):
        exact = Decimal(f"{gross[row]:.2f}") * Decimal(repr(float(coefficient[row])))
        out[row] = float(exact.quantize(_CENT, ROUND_HALF_UP))
    return out


def _coefficients(taken: Taken) -> tuple[np.ndarray, dict[int, str]]:
    """Read the ridge coefficients; give what stands where there is none from 0 up to 1."""
    if not taken.named["deduction"]:
        return np.full(len(taken), np.nan), {}
    numbers, bad = taken.numbers("deduction")
    kind = str(taken.table.column(taken.named["deduction"]).type)
    if kind == "float":  # single precision: the number that was meant has few digits
        numbers = np.array([float(str(np.float32(one))) for one in numbers])
    wrong = np.flatnonzero((numbers < 0) | (numbers >= 1))
    texts = taken.texts("deduction")
    return numbers, {int(row): str(texts[row]) for row in {*bad.tolist(), *wrong.tolist()}}


def _cultivated(standard: Standard, taken: Taken, table: str) -> np.ndarray:
    """Tell which features have ridges: cultivated land, and all where no field of codes is told."""
    if not taken.named["code"]:
        return np.ones(len(taken), dtype=bool)
    return standard.code_table(table).in_group("cultivated", taken.texts("code"))


def ridge_code(standard: Standard, table: str) -> str:
    """Give the code of field ridges in a table of codes, "" where it has none."""
    names = standard.code_table(table).codes["name_zh"]
    return next((str(code) for code, name in names.items() if name == _RIDGE), "")


def _columns(work: Frame, taken: Taken, areas: Areas) -> dict[str, Any]:
    """Give the copy's new fields; the class of the deduction only where the layer has its field."""
    out = {
        str(work.option(name)): column(getattr(areas, name), "float")
        for name in ("gross", "deducted", "net")
    }
    if len(out) < 3:
        raise InputError("convert.same_fields", fields=", ".join(out))
    ridge = str(work.option("ridge"))
    there = {name.lower(): name for name in taken.fields}
    if ridge.lower() in there:
        taken.named["ridge"] = there[ridge.lower()]
        given = taken.texts("ridge")
        deducted = np.nan_to_num(areas.deducted) > 0
        code = ridge_code(work.standard, str(work.option("table")))
        values = np.where(deducted & (given == ""), code, given)
        if not deducted.any() and (given == "").all():
            return out
        out[there[ridge.lower()]] = column([text or None for text in values], "text")
    return out


def _remarks(
    work: Frame, taken: Taken, areas: Areas, bad: dict[int, str], mended: dict[int, str],
    lost: dict[int, str],
) -> pd.DataFrame:  # fmt: skip
    """List what could not be measured, what contradicts itself, and what was stated otherwise."""
    parts: list[tuple[int, str, str, str]] = []
    parts += [(row, "unmeasured", "error", reason) for row, reason in lost.items()]
    parts += [(row, "mended", "warning", reason) for row, reason in mended.items()]
    parts += [(row, "coefficient", "error" if areas.cultivated[row] else "warning", text)
              for row, text in bad.items()]  # fmt: skip
    idle = ~areas.cultivated & (np.nan_to_num(areas.coefficient) > 0)
    parts += [(int(row), "idle", "warning", "") for row in np.flatnonzero(idle) if row not in bad]
    stated = _stated(work, taken)
    gap = np.abs(stated - areas.gross) > work.number("tolerance") + 1e-6
    parts += [(int(row), "stated", "warning", "") for row in np.flatnonzero(gap)]
    codes = taken.texts("code")
    rows = []
    for row, kind, severity, text in sorted(parts):
        values = {"stated": stated[row], "area": areas.gross[row],
                  "coefficient": areas.coefficient[row], "code": codes[row],
                  "text": text}  # fmt: skip
        message = say(f"convert.area.{kind}", layer=taken.label, id=taken.ids[row], **values)
        rows.append((row, kind, severity, codes[row], stated[row], areas.gross[row],
                     areas.coefficient[row], message))  # fmt: skip
    return pd.DataFrame(rows, columns=_REMARKS)


def _stated(work: Frame, taken: Taken) -> np.ndarray:
    """Give the gross area that the layer itself states, NaN where it states none."""
    there = {name.lower(): name for name in taken.fields}
    name = there.get(str(work.option("gross")).lower())
    if name is None:
        return np.full(len(taken), np.nan)
    taken.named["gross"] = name
    return taken.numbers("gross")[0]


def _sums(work: Frame, taken: Taken, areas: Areas) -> pd.DataFrame:
    """Add the rounded areas up by code, and the deducted ridges as a class of their own."""
    rows = pd.DataFrame({
        "code": taken.texts("code"), "count": 1, "gross": areas.gross, "deducted": areas.deducted,
        "net": areas.net, "exact": areas.exact,
    })  # fmt: skip
    sums = rows.groupby("code", sort=True).sum().reset_index()
    table = work.standard.code_table(str(work.option("table")))
    ridges = _total(areas.deducted)
    out = pd.DataFrame({
        "code": sums["code"], "name": [table.label(code) for code in sums["code"]],
        "count": sums["count"],
        **{f"{name}_m2": np.round(sums[name].to_numpy(dtype=float), 2)
           for name in ("gross", "deducted", "net")},
        "unrounded_m2": sums["exact"],
    })  # fmt: skip
    out["ridges_m2"] = 0.0
    ridge = ridge_code(work.standard, table.name)
    if not ridges or not ridge or not taken.named["code"]:
        return out
    if not (out["code"] == ridge).any():
        line = {**dict.fromkeys(out.columns, 0.0), "code": ridge, "name": table.label(ridge)}
        out = pd.concat([out, pd.DataFrame([line])], ignore_index=True)
        out = out.sort_values("code", ignore_index=True)
    out.loc[out["code"] == ridge, "ridges_m2"] = ridges
    return out
