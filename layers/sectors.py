# SPDX-License-Identifier: GPL-2.0-or-later
"""All sector plans of a dossier read into memory, each layout joined to its project list."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Callable, Sequence, TypeVar

import pandas as pd
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS

from .dossier import Dossier
from .errors import InputError, unreadable
from .notes import Notes
from .opening import file_facts
from .progress import Progress, silent
from .schema import listed
from .sector_codes import align_codes, restore_uses, tell_unknown_uses
from .sector_layout import Layout, RawLayout, lay_out, open_layout
from .sector_lists import ProjectList, read_list
from .sector_model import PLOT_COLUMNS, PROJECT_COLUMNS, SECTOR_COLUMNS, Plans
from .sector_palette import colour_of
from .sector_projects import Joined, Part, join_projects
from .sources import SectorSource
from .words import say

if TYPE_CHECKING:
    from .standard import Standard

_T = TypeVar("_T")
_TEXTS = ("project", "name", "content", "standard", "use", "kind", "label")
_BOOLS = ("in_list", "in_layout", "whole")


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
        for severity, message in dossier.remarks:
            notes.add("data.sector", severity, "sectors", message,
                      remedy=say("layers.catalogue_remedy"))  # fmt: skip
    readers, parts = [], []
    for number, sector in enumerate(dossier.sectors):
        progress("read", number / len(dossier.sectors), sector.id)
        reader = SectorReader(sector, dossier, standard, crs, notes, inputs)
        parts.append(reader.read())
        readers.append(reader)
    joined = join_projects(parts)
    useless = [one.sector.id for one in readers if one.no_uses]
    unknown = tell_unknown_uses(
        joined, [one.id for one in dossier.sectors], standard, notes, useless
    )
    progress("read", 1.0, "")
    reasons = {one.sector.id: one.reasons for one in readers}
    for name, reason in unknown.items():
        reasons[name].append(reason)
    missing = {
        name: say("layers.semicolon").join(dict.fromkeys(told))
        for name, told in reasons.items()
        if told
    }
    unread = {one.sector.id for one in readers if one.unread}
    return as_plans(sectors_table(dossier, parts), joined, missing, unread)


class SectorReader:
    """Reads one plan.

    `reasons` says what of it could not be read; `unread` whether that is its layout or its list as
    a whole, so that the two can't be compared; `no_uses` that no column of uses was recognised.
    `raw` are its features as the file has them and `listed` its list, None where they were not
    read: with others in their place, `read` reads these again, and no file.
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
        self.no_uses = False
        self.raw: RawLayout | None = None
        self.listed: ProjectList | None = None

    def read(self) -> Part:
        """Read layout and list, with project codes spelt alike and uses as codes."""
        layout = self._tried(self._layout) if self.sector.layout else None
        projects = self._tried(self._list) if self.sector.projects else None
        if layout and projects:
            for given, drawn in align_codes(layout.data["project"], projects.rows):
                self._doubt(drawn, drawn, say(
                    "layers.list_code_spelt", source=projects.name, code=given, now=drawn,
                ))  # fmt: skip
        self._tell_columns(layout, projects)
        frames = [layout.data] if layout else []
        frames += [projects.rows] if projects else []
        restore_uses(frames, self.standard, self.sector.id, self.notes)
        return Part(layout, projects)

    def _tell_columns(self, layout: Layout | None, projects: ProjectList | None) -> None:
        """Tell where no column of uses was recognised, or none at all of what a plan needs."""
        fields = set(layout.provenance["fields"]) if layout else set()
        there = bool(layout and len(layout.data))
        self.no_uses = there and "use" not in fields | set(projects.fields if projects else ())
        names = listed(self.raw.names) if self.raw else ""
        label = self.sector.layout.label if self.sector.layout else ""
        if there and not fields & {"project", "name", "use"}:
            message = say("layers.layout_strange", source=label, fields=names)
            self._note("data.sector", "warning", message, say("layers.layout_strange.remedy"))
            self.reasons.append(message)
        if self.no_uses:
            seen = [f"{label}: {names}"] if layout else []
            seen += [f"{projects.name}: {projects.heads}"] if projects else []
            message = say("layers.use_no_column", seen=say("layers.semicolon").join(seen))
            self._note("data.code", "error", message, say("layers.use_no_column.remedy"))
            self.reasons.append(say("layers.use_no_column.short"))

    def _note(self, rule: str, severity: str, message: str, remedy: str) -> None:
        self.notes.add(rule, severity, self.sector.id, message, remedy=remedy)

    def _tried(self, read: Callable[[], _T]) -> _T | None:
        try:
            return read()
        except InputError as error:
            message = str(error)
        except (OSError, DataSourceError, DataLayerError) as error:  # cut short, locked, no right
            names = listed(source.label for source in self.sector.sources)
            message = str(unreadable(names, error))
        self._fail(message)
        self.unread = True
        return None

    def _fail(self, message: str) -> None:
        self.notes.add("data.sector", "error", self.sector.id, message)
        self.reasons.append(message)

    def _layout(self) -> Layout:
        self.raw = self.raw or open_layout(self.sector, self.dossier, self.crs)
        layout = lay_out(self.sector, self.raw, self.notes)
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
            name = code or say("layers.project_unnamed", fid=group["fid"].iloc[0])
            message = say(
                "layers.layout_year", source=label, id=name, count=len(group), value=years
            )
            self._doubt(code, group["name"].iloc[0], message)
        return layout

    def _list(self) -> ProjectList:
        source = self.sector.projects
        if source is None:
            raise ValueError(self.sector.id)
        self.listed = self.listed or read_list(source, self.dossier.file, self.sector.unit)
        projects = replace(self.listed, rows=self.listed.rows.copy())  # codes are spelt anew in it
        facts = file_facts(source, self.dossier.base)
        self.inputs.append({
            "role": f"sector:{self.sector.id}", **facts, "layer": source.layer,
            "fields": projects.fields, "used": len(projects.rows),
        })  # fmt: skip
        for message in projects.lost:
            self._fail(message)
        if projects.assumed:
            self.notes.add("data.sector", "info", self.sector.id, projects.assumed)
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


def sectors_table(dossier: Dossier, parts: Sequence[Part]) -> pd.DataFrame:
    """Make the table of the plans."""
    rows = [
        (
            sector.id, sector.name or sector.id, sector.department,
            sector.colour or colour_of(number),
            sector.layout.label if sector.layout else "",
            sector.projects.label if sector.projects else "",
            len(part.layout.data) if part.layout else 0,
        )
        for number, (sector, part) in enumerate(zip(dossier.sectors, parts))
    ]  # fmt: skip
    out = pd.DataFrame(rows, columns=list(SECTOR_COLUMNS))
    return out.astype({**dict.fromkeys(SECTOR_COLUMNS, object), "features": int})


def as_plans(
    sectors: pd.DataFrame, joined: Joined, missing: dict[str, str], unread: set[str]
) -> Plans:
    """Lay joined plans out with the types that the checks rely on."""
    texts = dict.fromkeys(_TEXTS, object)
    kinds = {**texts, **dict.fromkeys(_BOOLS, bool), "sector": int}
    numbers = {name: float for name in PROJECT_COLUMNS if name not in kinds}
    plots = joined.plots.astype({"project": int, "use": object, "start": float, "end": float})
    return Plans(
        sectors,
        joined.projects.astype({**kinds, **numbers}),
        joined.ground,
        plots[list(PLOT_COLUMNS)],
        joined.plot_shapes,
        missing,
        unread,
    )
