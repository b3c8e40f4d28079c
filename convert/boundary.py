# SPDX-License-Identifier: GPL-2.0-or-later
"""The task `boundarypoints`: boundary points as text (界址点 TXT) into a layer, and back.

Either way each parcel's stated area is held against what its points enclose.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from ..layers.area import PlaneMeasure
from ..layers.crs import bridge
from ..layers.crs_zones import CGCS2000, zone, zone_of
from ..layers.errors import InputError
from ..layers.formats.boundary_points import AREA, COLUMNS, COUNT
from ..layers.formats.boundary_write import TextForm, write_boundary_points
from ..layers.repair import usable
from ..layers.rounding import round_half_up
from ..layers.schema import listed, nearest_first
from ..layers.texts import clean_text
from ..layers.words import say
from .frame import Frame, frame, placed
from .giving import column, with_columns, write_copy, write_remarks
from .measuring import square_metres
from .taking import Taken

OPTIONS = {
    "dialect": "standard", "text_encoding": "GBK", "decimals": 4, "prefixed": True,
    "newline": "crlf",
    "target_crs": "", "area_field": "", "tolerance": 0.001, "producer": "", "date": "",
}  # fmt: skip
MEASURED = "CLMJ"  # hectares on the ellipsoid, beside the stated ones
TEXT = "boundarypoints.txt"
_NEWLINES = {"crlf": "\r\n", "lf": "\n", "cr": "\r"}
_USUAL = {
    "id": ("DKBH", "BSM", "TBBH"), "name": ("DKMC", "XMMC", "TBMC"), "sheet": ("TFH",),
    "use": ("DKYT", "YDLB"), "code": ("DLBM", "GHDLBM", "YDYHFLDM", "JQDLBM"),
}  # fmt: skip
_HALF = 0.00005  # of the four decimals that areas are stated with
_COLUMNS = ["row", "kind", "severity", "stated_ha", "area_ha", "plane_ha", "message"]


def boundarypoints(job: Any, voice: Any, folder: Path) -> dict[str, Any]:
    """Turn a text into a layer, or a layer into a text, and compare areas."""
    work = frame(job, voice, folder, OPTIONS)
    path = str(job.source.get("path", ""))
    reading = path.lower().endswith(".txt")
    taken = work.layer()
    return _read(work, taken) if reading else _write(work, taken, folder)


def _read(work: Frame, taken: Taken) -> dict[str, Any]:
    """Bring parcels out of a text into a layer."""
    taken.named.update(id=COLUMNS["id"], area=AREA)
    stated = taken.numbers("area")[0] if AREA in taken.fields else np.full(len(taken), np.nan)
    rows, area = _compared(work, taken, stated)
    told, shapes = placed(taken, rows)
    measured = np.where(np.isnan(area), np.nan, round_half_up(area / 1e4, 4))
    kept = taken.table
    if COUNT in kept.column_names:  # a count is a whole number
        counts = np.array(kept.column(COUNT).to_pylist(), dtype=object)
        whole = [None if one is None or np.isnan(one) else int(one) for one in counts]
        kept = with_columns(kept, {COUNT: pa.array(whole, type=pa.int64())})
    if len(taken) and taken.crs is None:
        taken.notes.append(("warning", say("convert.txt_no_crs", layer=taken.label)))
    write_copy(taken, with_columns(kept, {MEASURED: column(measured, "float")}), work.path,
               _polygons(taken.shapes))  # fmt: skip
    write_remarks(told, shapes, taken.crs, work.path)
    work.tell(taken)
    return _counts(taken, rows, len(taken))


def _polygons(shapes: np.ndarray) -> np.ndarray:
    out = shapely.force_2d(shapes)
    out[~np.isin(shapely.get_type_id(out), (3, 6))] = None
    return out


def _counts(taken: Taken, rows: pd.DataFrame, written: int) -> dict[str, Any]:
    return {
        "features": len(taken), "written": written,
        "differing": int((rows["kind"] == "area").sum()),
        "unusable": int((rows["kind"] == "unusable").sum()),
    }  # fmt: skip


def _compared(work: Frame, taken: Taken, stated: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
    """Hold stated hectares against the ellipsoid's and the plane's, whichever is nearer.

    Also gives the measured m2, NaN where there is nothing to measure or no CRS.
    """
    area, mended, lost = square_metres(taken)
    plane = _plane(taken)
    parts = [(row, "unusable", "error", reason) for row, reason in lost.items()]
    parts += [(row, "mended", "warning", reason) for row, reason in mended.items()]
    gap = np.fmin(np.abs(stated - area / 1e4), np.abs(stated - plane / 1e4))
    most = np.maximum(_HALF * 1.01, work.number("tolerance") * plane / 1e4)
    off = np.flatnonzero((gap > most) & (stated > 0))
    parts += [(int(row), "area", "warning", "") for row in off if int(row) not in lost]
    rows = []
    for row, kind, severity, reason in sorted(parts):
        found = area[row] if np.isfinite(area[row]) else plane[row]
        message = say(f"convert.txt.{kind}", layer=taken.label, id=taken.ids[row], reason=reason,
                      stated=stated[row], found=found / 1e4,
                      hint=_hint(stated[row], found))  # fmt: skip
        rows.append((row, kind, severity, stated[row], area[row] / 1e4, plane[row] / 1e4, message))
    return pd.DataFrame(rows, columns=_COLUMNS), area


def _plane(taken: Taken) -> np.ndarray:
    """Measure in the plane, m2; NaN for degrees and for what has no shape."""
    if taken.crs is not None and not taken.crs.is_projected:
        return np.full(len(taken), np.nan)
    good = usable(shapely.force_2d(taken.shapes)).shapes
    return np.where(shapely.is_missing(good), np.nan, PlaneMeasure(1.0)(good))


def _hint(stated: float, found: float) -> str:
    """Say which unit a stated area may be in."""
    for key, factor in (("m2", 1e4), ("mu", 15.0)):
        if found > 0 and abs(stated / factor - found / 1e4) <= 0.001 * found / 1e4:
            return say(f"formats.unit_{key}")
    return ""


def _write(work: Frame, taken: Taken, folder: Path) -> dict[str, Any]:
    """Write a layer's parcels as a text in the dialect asked for."""
    for ours, usual in _USUAL.items():
        _settle(taken, ours, usual)
    stated = _stated(work, taken)
    target = _target(work, taken)
    rows, area = _compared(work, taken, stated)
    told, shapes = placed(taken, rows)
    mended = usable(shapely.force_2d(taken.shapes)).shapes
    good = np.flatnonzero(~shapely.is_missing(mended))
    own = taken.crs
    if own is not None and len(good):
        mended[good] = bridge(own, target, _box(mended[good])).carry(mended[good])
    shown = np.where(np.isfinite(stated), stated, round_half_up(area / 1e4, 4))
    texts = {ours: taken.texts(ours) for ours in _USUAL}
    values = [
        {**{ours: texts[ours][row] for ours in _USUAL}, "id": taken.ids[row],
         "area_ha": float(shown[row])}
        for row in good
    ]  # fmt: skip
    write_boundary_points(folder / TEXT, mended[good].tolist(), values, target, _form(work))
    write_remarks(told, shapes, taken.crs, work.path)
    work.tell(taken)
    return _counts(taken, rows, len(good))


def _settle(taken: Taken, ours: str, usual: tuple[str, ...]) -> None:
    """Settle a field: the one named, else the first of the usual names that the layer has."""
    there = {name.lower(): name for name in taken.fields}
    if ours not in taken.named:
        taken.named[ours] = next((there[one.lower()] for one in usual if one.lower() in there), "")


def _stated(work: Frame, taken: Taken) -> np.ndarray:
    """Read the hectares to be stated, NaN where they are to be measured."""
    name = str(work.option("area_field"))
    if not name:
        return np.full(len(taken), np.nan)
    alike = [one for one in taken.fields if one.lower() == name.lower()]
    if not alike:
        raise InputError("convert.field_unknown", layer=taken.label, field=name,
                         fields=listed(nearest_first(name, taken.fields)))  # fmt: skip
    taken.named["area"] = alike[0]
    return taken.numbers("area")[0]


def _target(work: Frame, taken: Taken) -> CRS:
    """Give the zone to write in: the one asked for, else the layer's own.

    InputError where that is no zone, with the one that the layer lies in.
    """
    text = str(work.option("target_crs"))
    try:
        target = CRS.from_user_input(text) if text else taken.crs
    except CRSError:
        raise InputError("formats.bad_crs", source=taken.label, crs=text) from None
    if target is None:
        raise InputError("convert.needs_crs", layer=taken.label)
    if zone_of(target) is None:
        raise InputError("convert.txt_zone", layer=taken.label, crs=target.name,
                         near=_likely(taken))  # fmt: skip
    if text and taken.crs is None:
        raise InputError("convert.needs_crs", layer=taken.label)
    return target


def _likely(taken: Taken) -> str:
    """Name the zone of three degrees that a layer in degrees lies in."""
    box = shapely.total_bounds(_polygons(taken.shapes))
    if taken.crs is None or not taken.crs.is_geographic or not np.isfinite(box).all():
        return "EPSG:4534–4554"
    found = zone(CGCS2000, 3, round((box[0] + box[2]) / 2 / 3), False)
    return found.name if found else "EPSG:4534–4554"


def _box(shapes: np.ndarray) -> tuple[float, float, float, float]:
    west, south, east, north = shapely.total_bounds(shapes)
    return float(west), float(south), float(east), float(north)


def _form(work: Frame) -> TextForm:
    newline = str(work.option("newline")).lower()
    if newline not in _NEWLINES:
        raise InputError("convert.newline", value=newline, known=listed(_NEWLINES))
    header = {"数据产生单位": clean_text(work.option("producer")),
              "数据产生日期": clean_text(work.option("date"))}  # fmt: skip
    return TextForm(
        dialect=str(work.option("dialect")), encoding=str(work.option("text_encoding")),
        newline=_NEWLINES[newline], decimals=int(work.number("decimals")),
        prefixed=work.flag("prefixed"), header={k: v for k, v in header.items() if v},
    )  # fmt: skip
