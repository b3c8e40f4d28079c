# SPDX-License-Identifier: GPL-2.0-or-later
"""All sector plans of a dossier read into memory, each layout joined to its project list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, TypeVar

import numpy as np
import pandas as pd
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS

from .dossier import Dossier
from .errors import InputError
from .notes import Notes
from .opening import file_facts
from .progress import Progress, silent
from .schema import listed
from .sector_codes import align_codes, restore_uses, tell_unknown_uses
from .sector_layout import Layout, read_layout
from .sector_lists import ProjectList, read_list
from .sector_model import PLOT_COLUMNS, PROJECT_COLUMNS, SECTOR_COLUMNS, Plans
from .sector_palette import colour_of
from .sector_projects import Joined, join_projects
from .sources import SectorSource
from .words import say

if TYPE_CHECKING:
    from .standard import Standard

_T = TypeVar("_T")
_TEXTS = ("project", "name", "content", "standard", "use", "kind", "label")
_BOOLS = ("in_list", "in_layout")


def read_plans(
    dossier: Dossier,
    standard: Standard,
    crs: CRS,
    notes: Notes,
    inputs: list[dict[str, Any]],
    progress: Progress = silent,
) -> Plans:
    """Read all sector plans of a dossier in the CRS of its checks.

    A file, layer or field of one plan that can't be read is a finding and a reason in `missing`;
    all else is read. `inputs` gets a provenance entry for each source, with the role
    `sector:<id>`.
    """
    if dossier.catalogue:
        facts = file_facts(dossier.catalogue, dossier.base)
        used = {"layer": dossier.catalogue.layer, "used": len(dossier.sectors)}
        inputs.append({"role": "sectors", **facts, **used})
    sectors, parts = [], []
    missing: dict[str, str] = {}
    unread: set[str] = set()
    for number, sector in enumerate(dossier.sectors):
        progress("read", number / len(dossier.sectors), sector.id)
        reader = _Reader(sector, dossier, standard, crs, notes, inputs)
        joined, features = reader.read(number)
        sectors.append(_sector(number, sector, features))
        parts.append(joined)
        if reader.reasons:
            missing[sector.id] = say("layers.semicolon").join(dict.fromkeys(reader.reasons))
        if reader.unread:
            unread.add(sector.id)
    progress("read", 1.0, "")
    return _plans(pd.DataFrame(sectors, columns=list(SECTOR_COLUMNS)), parts, missing, unread)


class _Reader:
    """Reads one plan.

    `reasons` says what of it could not be read; `unread` whether that is its layout or its list as
    a whole, so that the two can't be compared.
    """

    def __init__(
        self,
        sector: SectorSource,
        dossier: Dossier,
        standard: Standard,
        crs: CRS,
        notes: Notes,
        inputs: list[dict[str, Any]],
    ) -> None:
        self.sector = sector
        self.dossier = dossier
        self.standard = standard
        self.crs = crs
        self.notes = notes
        self.inputs = inputs
        self.reasons: list[str] = []
        self.unread = False

    def read(self, number: int) -> tuple[Joined, int]:
        """Read and join layout and list; also gives the number of the layout's features."""
        layout = self._tried(self._layout) if self.sector.layout else None
        projects = self._tried(self._list) if self.sector.projects else None
        if layout and projects:
            for given, drawn in align_codes(layout.data["project"], projects.rows):
                self._doubt(drawn, drawn, say(
                    "layers.list_code_spelt", source=projects.name, code=given, now=drawn,
                ))  # fmt: skip
        frames = [layout.data] if layout else []
        frames += [projects.rows] if projects else []
        restore_uses(frames, self.standard, self.sector.id, self.notes)
        joined = join_projects(number, layout, projects)
        self.reasons += tell_unknown_uses(joined, self.standard, self.sector.id, self.notes)
        return joined, len(layout.data) if layout else 0

    def _tried(self, read: Callable[[], _T]) -> _T | None:
        try:
            return read()
        except InputError as error:
            message = str(error)
        except (OSError, DataSourceError, DataLayerError) as error:  # cut short, locked, no right
            names = listed(source.label for source in self.sector.sources)
            message = say("layers.read_failed", source=names, reason=" ".join(str(error).split()))
        self._fail(message)
        self.unread = True
        return None

    def _fail(self, message: str) -> None:
        self.notes.add("data.sector", "error", self.sector.id, message)
        self.reasons.append(message)

    def _layout(self) -> Layout:
        layout = read_layout(self.sector, self.dossier, self.crs, self.notes)
        self.inputs.append(layout.provenance)
        for message in layout.lost:
            self._fail(message)
        self.unread |= bool(self.sector.projects and not layout.coded)
        if layout.unread:
            count = len(layout.unread)
            self.reasons.append(say("layers.sector_unread", count=count, example=layout.unread[0]))
        label = self.sector.layout.label if self.sector.layout else ""
        if not len(layout.data):
            self._empty(label)
        doubtful = layout.data[layout.data["years"] != ""]
        for code, years in doubtful[["project", "years"]].drop_duplicates().itertuples(index=False):
            group = doubtful[(doubtful["project"] == code) & (doubtful["years"] == years)]
            message = say(
                "layers.layout_year", source=label, id=code or "#" + group["fid"].iloc[0],
                count=len(group), value=years,
            )  # fmt: skip
            self._doubt(code, group["name"].iloc[0], message)
        return layout

    def _list(self) -> ProjectList:
        source = self.sector.projects
        if source is None:
            raise ValueError(self.sector.id)
        projects = read_list(source, self.dossier.file)
        facts = file_facts(source, self.dossier.base)
        self.inputs.append({
            "role": f"sector:{self.sector.id}", **facts, "layer": source.layer,
            "fields": projects.fields, "used": len(projects.rows),
        })  # fmt: skip
        for message in projects.lost:
            self._fail(message)
        for code, name, message in projects.doubts:
            self._doubt(code, name, message)
        if projects.rows.empty:
            self._empty(projects.name)
        return projects

    def _doubt(self, code: str, name: str, message: str) -> None:
        self.notes.add("data.sector", "warning", self.sector.id, message, subject_id=code,
                       subject_label=name or code)  # fmt: skip

    def _empty(self, source: str) -> None:
        message = say("layers.empty", source=source)
        self.notes.add("data.empty", "warning", self.sector.id, message)
        self.reasons.append(message)
        self.unread = True


def _sector(number: int, sector: SectorSource, features: int) -> tuple[Any, ...]:
    return (
        sector.id, sector.name or sector.id, sector.department,
        sector.colour or colour_of(number),
        sector.layout.label if sector.layout else "",
        sector.projects.label if sector.projects else "",
        features,
    )  # fmt: skip


def _plans(
    sectors: pd.DataFrame, parts: list[Joined], missing: dict[str, str], unread: set[str]
) -> Plans:
    """Put the plans under each other; rows of `plots` point to those of `projects`."""
    offsets = np.cumsum([0, *(len(one.projects) for one in parts)])
    plots = [
        one.plots.assign(project=one.plots["project"] + offset)
        for one, offset in zip(parts, offsets)
    ]
    projects = _stacked([one.projects for one in parts], PROJECT_COLUMNS)
    texts = dict.fromkeys(_TEXTS, object)
    kinds = {**texts, **dict.fromkeys(_BOOLS, bool), "sector": int}
    numbers = {name: float for name in projects if name not in kinds}
    for name in SECTOR_COLUMNS[:-1]:
        sectors[name] = sectors[name].astype(object)
    none = [np.empty(0, dtype=object)]
    return Plans(
        sectors,
        projects.astype({**kinds, **numbers}),
        np.concatenate([*none, *(one.ground for one in parts)]),
        _stacked(plots, PLOT_COLUMNS).astype(
            {"project": int, "use": object, "start": float, "end": float}
        ),
        np.concatenate([*none, *(one.plot_shapes for one in parts)]),
        missing,
        unread,
    )


def _stacked(frames: list[pd.DataFrame], columns: tuple[str, ...]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in columns})
    return pd.concat(filled, ignore_index=True)[list(columns)]
