# SPDX-License-Identifier: GPL-2.0-or-later
"""A sector plan's layout: its features as areas, with project, name, use and years."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from pyproj import CRS

from .dossier import Dossier
from .errors import InputError
from .features import usable_shapes
from .notes import Notes
from .opening import Opened, open_source
from .reading import Features, read_features
from .repair import drawable
from .schema import LAYOUT_FIELDS, listed
from .sector_headers import recognised
from .sector_years import year_columns
from .sources import SectorSource
from .texts import number_column, text_column
from .widening import widen
from .words import say

WIDTH = "width_m"
_METRES = re.compile(r"\s*(米|m)$", re.IGNORECASE)


@dataclass
class Layout:
    """The features of a layout.

    `data` has a row a feature: project, name, use (text, "" none), start, end (floats, NaN
    unknown), kind, fid (text), years (the text of what can't be read, "" else). `shapes` are valid
    polygons in the dossier's CRS, None where a feature can't be used. `lost` says which fields
    asked for are not there, `unread` which features can't be used.
    """

    data: pd.DataFrame
    shapes: np.ndarray
    provenance: dict[str, Any]
    lost: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    @property
    def coded(self) -> bool:
        """Tell whether the layout has a field of project codes."""
        return "project" in self.provenance["fields"]


@dataclass
class RawLayout:
    """A layout's features as they stand in the file; `label` names it, `lost` as in Layout.

    `names` are all fields that the file has.
    """

    read: Features
    label: str
    lost: list[str]
    names: tuple[str, ...] = ()


def open_layout(sector: SectorSource, dossier: Dossier, crs: CRS) -> RawLayout:
    """Read the features of a plan's layout.

    InputError where its file, layer or the field of its codes is absent. A field that the dossier
    does not name is recognised by its usual names.
    """
    if sector.layout is None:
        raise ValueError(f"the plan {sector.id} has no layout")
    opened, lost = _with_fields(sector, dossier.file)
    source, role = opened.source, f"sector:{sector.id}"
    read = read_features(source, role, crs, dossier.file, dossier.base, opened=opened)
    return RawLayout(read, source.label, lost, tuple(str(one) for one in opened.info["fields"]))


def lay_out(sector: SectorSource, raw: RawLayout, notes: Notes) -> Layout:
    """Make areas with project, use and years of a layout's features.

    Features that can't be used or were repaired are findings.
    """
    read = raw.read
    for rule, severity, message in read.notes:
        notes.add(rule, severity, sector.id, message)
    data = _columns(read)
    names = _names(data)
    widths = _widths(sector, read)
    widened = widen(read.shapes, widths)
    data["kind"] = pd.Series(widened.kinds, dtype=object)
    labels = np.where(data["name"] == "", names, data["name"]).astype(object)
    unread = _tell_unusable(raw.label, read.shapes, widened.unusable, data, labels, names,
                            sector.id, notes)  # fmt: skip
    rows = np.setdiff1d(np.arange(len(data)), widened.unusable["row"].to_numpy(dtype=int))
    shapes = np.full(len(data), None, dtype=object)
    part = replace(read, shapes=widened.shapes[rows], fids=read.fids[rows])
    shapes[rows], messages = usable_shapes(
        part, sector.id, raw.label, data["project"].to_numpy(dtype=object)[rows],
        labels[rows], notes, names[rows],
    )  # fmt: skip
    read.provenance["unusable"] += len(widened.unusable)
    read.provenance["used"] = int(sum(shape is not None for shape in shapes))
    return Layout(data, shapes, read.provenance, raw.lost, unread + messages)


def _with_fields(sector: SectorSource, file: str) -> tuple[Opened, list[str]]:
    """Settle which fields are read: those named, else those recognised; tell what is not there.

    Without the field of its codes or widths that the dossier names, a layout can't be read.
    """
    given = sector.layout
    if given is None:
        raise ValueError(sector.id)
    opened = open_source(replace(given, fields={}), file)
    wanted = dict(given.fields)
    if isinstance(sector.width_m, str):
        wanted[WIDTH] = sector.width_m
    fields, lost = {}, []
    for ours, name in wanted.items():
        try:
            one = Opened(replace(given, fields={ours: name}), opened.layer, opened.info)
            fields[ours] = one.column(ours)
        except InputError as error:
            if ours in ("project", WIDTH):
                raise
            lost.append(str(error))
    free = [str(name) for name in opened.info["fields"] if name not in fields.values()]
    blank = [ours for ours in LAYOUT_FIELDS if ours not in wanted]
    fields.update(recognised(free, blank))
    if sector.projects and "project" not in fields:
        lost.append(say("layers.layout_no_code", source=given.label, fields=listed(free)))
    return replace(opened, source=replace(given, fields=fields)), lost


def _columns(read: Features) -> pd.DataFrame:
    blank = np.full(len(read), "", dtype=object)
    texts = {name: text_column(read.columns.get(name, blank)) for name in LAYOUT_FIELDS}
    start, end, bad = year_columns(texts["start"], texts["end"])
    years = [
        " ".join(filter(None, pair)) if wrong else ""
        for pair, wrong in zip(zip(texts["start"], texts["end"]), bad)
    ]
    out = pd.DataFrame(
        {name: pd.Series(texts[name], dtype=object) for name in ("project", "name", "use")}
    )
    out["start"], out["end"] = start, end
    out["fid"] = pd.Series(text_column(read.fids), dtype=object)
    out["years"] = pd.Series(years, dtype=object)
    return out


def _names(data: pd.DataFrame) -> np.ndarray:
    """Call each feature by its project's code and its own number."""
    pairs = zip(data["project"], data["fid"])
    names = [say("layers.feature_of", code=code, fid=fid) if code else fid for code, fid in pairs]
    return np.array(names, dtype=object)


def _widths(sector: SectorSource, read: Features) -> np.ndarray:
    """Give each feature's width in metres, NaN where there is none or it is no number."""
    if WIDTH in read.columns:
        texts = [_METRES.sub("", text) for text in text_column(read.columns[WIDTH])]
        return number_column(np.array(texts, dtype=object))[0]
    width = sector.width_m
    return np.full(len(read), np.nan if width is None or isinstance(width, str) else width)


def _tell_unusable(
    source: str,
    shapes: np.ndarray,
    lost: pd.DataFrame,
    data: pd.DataFrame,
    labels: np.ndarray,
    names: np.ndarray,
    plan: str,
    notes: Notes,
) -> list[str]:
    """Make a finding of each line or point without a width."""
    rows = lost["row"].to_numpy(dtype=int)
    messages = [
        say("layers.unusable", source=source, id=names[row], reason=reason)
        for row, reason in lost.itertuples(index=False)
    ]
    codes = data["project"].to_numpy(dtype=object)[rows]
    notes.many("data.unusable", "error", drawable(shapes[rows]), subject_layer=plan,
               subject_id=codes, subject_label=labels[rows], message=messages,
               remedy=say("layers.width_remedy"))  # fmt: skip
    return messages
