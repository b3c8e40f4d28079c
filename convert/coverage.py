# SPDX-License-Identifier: GPL-2.0-or-later
"""The task `mendcoverage`: a mended copy of a layer of parcels, and every change in a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from ..checks.noise import wide_enough
from ..layers.errors import InputError
from ..layers.words import say
from .frame import Frame, frame, placed
from .giving import write_copy, write_remarks, write_table
from .measuring import measure_of
from .mending import WHATS, Limits, Measure, Mended, mend
from .taking import Taken

OPTIONS = {"tolerance": None, "sliver_area": 10.0, "sliver_width": 0.0, "within": ""}
_AREA_FIELDS = ("TBMJ", "KCMJ", "TBDLMJ", "MJ", "SHAPE_AREA")


def mendcoverage(job: Any, voice: Any, folder: Path) -> dict[str, Any]:
    """Mend the shapes of a layer on a copy; features merged away are left out of it."""
    work = frame(job, voice, folder, OPTIONS)
    taken = work.layer()
    limits = _limits(work)
    _refuse_degrees(taken)
    taken.find("id", work.standard.aliases)
    taken.find("code", work.standard.aliases)
    if (shapely.has_z(taken.shapes) | shapely.has_m(taken.shapes)).any():
        taken.notes.append(("warning", say("convert.heights", layer=taken.label)))
    measure = _measure(taken)
    mended = mend(
        taken.shapes, limits, measure, _small(limits, measure), _kin(work, taken), work.progress
    )
    rows, totals = _changes(taken, mended), _totals(taken, mended, measure)
    told, shapes = placed(taken, _remarks(taken, mended))
    keep = np.flatnonzero(~mended.gone)
    left = mended.shapes.copy()
    spoiled = list(mended.lost)
    left[spoiled] = _writable(taken.shapes[spoiled])
    table = taken.table.take(pa.array(keep))
    write_copy(taken, table, work.path, left[keep], taken.fids[keep])
    work.progress(0.95)
    write_remarks(told, shapes, taken.crs, work.path)
    write_table(rows, work.path, "changes")
    write_table(totals, work.path, "totals")
    _tell(taken, mended, rows)
    work.tell(taken)
    by_what = {what: int((mended.changes["what"] == what).sum()) for what in WHATS}
    last = totals.set_index("what")
    return {
        "features": len(taken), "kept": len(keep), "changes": len(rows), **by_what,
        "unusable": len(mended.lost), "frozen": int(mended.frozen.sum()),
        "lone": int(mended.lone.sum()), "unmatched": int(mended.unmatched.sum()),
        "before_m2": float(last.loc["total", "before_m2"]),
        "after_m2": float(last.loc["total", "after_m2"]),
        "moved_m2": float(rows["moved_m2"].sum()),
    }  # fmt: skip


def _limits(work: Frame) -> Limits:
    """Read how far and how small; without a tolerance the standard's (cluster_m) holds."""
    tolerance = work.standard.tolerance("cluster_m")
    if work.option("tolerance") not in (None, ""):
        tolerance = work.number("tolerance")
    return Limits(tolerance, work.number("sliver_area"), work.number("sliver_width"))


def _refuse_degrees(taken: Taken) -> None:
    if taken.crs is not None and not taken.crs.is_projected:
        raise InputError("convert.degrees", layer=taken.label, crs=taken.crs.name)
    axes = [] if taken.crs is None else taken.crs.axis_info[:2]
    if any(abs(axis.unit_conversion_factor - 1) > 1e-12 for axis in axes):
        raise InputError("convert.not_metres", layer=taken.label, crs=taken.crs.name)  # type: ignore[union-attr]


def _measure(taken: Taken) -> Measure:
    """Measure on the ellipsoid; in the plane where the layer has no CRS."""
    measure = measure_of(taken)
    if measure is not None:
        return measure
    return lambda shapes: np.nan_to_num(shapely.area(np.asarray(shapes, dtype=object)))


def _small(limits: Limits, measure: Measure) -> Measure:
    def small(shapes: np.ndarray) -> np.ndarray:
        return (measure(shapes) < limits.area) | ~wide_enough(shapes, limits.width)

    return small


def _kin(work: Frame, taken: Taken) -> np.ndarray | None:
    """Number the values of the field that slivers may not leave, None where there is none."""
    name = str(work.option("within") or "")
    if not name:
        return None
    alike = [one for one in taken.fields if one.lower() == name.lower()]
    if not alike:
        raise InputError("convert.field_unknown", layer=taken.label, field=name,
                         fields=", ".join(taken.fields))  # fmt: skip
    taken.named["within"] = alike[0]
    return pd.factorize(taken.texts("within"))[0]


def _changes(taken: Taken, mended: Mended) -> pd.DataFrame:
    """Give the table of changes as the user reads it."""
    rows = mended.changes
    row, other = rows["row"].to_numpy(dtype=int), rows["other"].to_numpy(dtype=int)
    codes = taken.texts("code")
    known = other >= 0
    return pd.DataFrame({
        "feature": taken.ids[row], "source_fid": taken.fids[row], "code": codes[row],
        "what": rows["what"].to_numpy(),
        "what_name": [say(f"convert.mend.{what}") for what in rows["what"]],
        **{name: rows[name].to_numpy(dtype=float)
           for name in ("before_m2", "after_m2", "change_m2", "moved_m2")},
        "count": rows["count"].to_numpy(dtype=int),
        "other": np.where(known, taken.ids[other] if len(taken) else "", ""),
        "other_fid": [int(taken.fids[one]) if one >= 0 else None for one in other],
        "other_code": np.where(known, codes[other] if len(taken) else "", ""),
        "reason": rows["reason"].to_numpy(),
    })  # fmt: skip


def _totals(taken: Taken, mended: Mended, measure: Measure) -> pd.DataFrame:
    """Add the changes up by what was done, and the layer's area before and after."""
    changes = mended.changes
    rows = [
        {"what": what, "what_name": say(f"convert.mend.{what}"), "count": len(some),
         **{name: some[name].sum() for name in
            ("before_m2", "after_m2", "change_m2", "moved_m2")}}
        for what in WHATS
        for some in [changes[changes["what"] == what]]
    ]  # fmt: skip
    after = float(measure(mended.shapes).sum())
    # As taken: sound shapes are measured, of the others what their rings enclose.
    flat = shapely.force_2d(taken.shapes)
    sound = np.flatnonzero(shapely.is_valid(flat) & np.isin(shapely.get_type_id(flat), (3, 6)))
    odd = changes[changes["what"] == "valid"]["before_m2"].sum()
    before = float(measure(flat[sound]).sum() + odd)
    rows.append({"what": "total", "what_name": say("convert.mend.total"),
                 "count": int((~shapely.is_missing(mended.shapes)).sum()),
                 "before_m2": before, "after_m2": after, "change_m2": after - before,
                 "moved_m2": float(changes["moved_m2"].sum())})  # fmt: skip
    return pd.DataFrame(rows)


def _remarks(taken: Taken, mended: Mended) -> pd.DataFrame:
    """List what was left as it was, and why."""
    parts = [(row, "unusable", "error", reason) for row, reason in mended.lost.items()]
    for name in ("frozen", "lone", "unmatched"):
        marks = np.flatnonzero(getattr(mended, name))
        parts += [(int(row), name, "warning", "") for row in marks]
    rows = [
        (row, kind, severity, say(f"convert.left.{kind}", layer=taken.label, id=taken.ids[row],
                                  reason=reason))
        for row, kind, severity, reason in sorted(parts)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["row", "kind", "severity", "message"])


def _writable(shapes: np.ndarray) -> np.ndarray:
    """Give shapes that can't be mended as they were, where a layer of polygons can hold them."""
    out = shapely.force_2d(shapes)
    bad = ~np.isin(shapely.get_type_id(out), (3, 6))
    out[bad] = None
    return out


def _tell(taken: Taken, mended: Mended, rows: pd.DataFrame) -> None:
    """Tell that stated areas are no longer true where shapes changed."""
    there = {name.upper() for name in taken.fields}
    stale = [name for name in _AREA_FIELDS if name in there]
    if stale and len(rows):
        taken.notes.append(("warning", say("convert.stale_areas", layer=taken.label,
                                           fields=", ".join(stale))))  # fmt: skip
    if mended.unmatched.any():
        count = int(mended.unmatched.sum())
        taken.notes.append(("warning", say("convert.unmatched", layer=taken.label, count=count)))
