# SPDX-License-Identifier: GPL-2.0-or-later
"""One sector plan under the pen: its features as drawn, and what reading makes of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Collection, NamedTuple, Sequence

import numpy as np
import pandas as pd
import shapely

from ...layers.notes import Notes
from ...layers.reading import Features
from ...layers.repair import from_wkb
from ...layers.sector_codes import tell_unknown_uses, vocabulary
from ...layers.sector_model import PLOT_COLUMNS, PROJECT_COLUMNS
from ...layers.sector_projects import Joined, Part, join_projects, project_key
from ...layers.sectors import SectorReader
from ...layers.words import say
from ..sectors.scene import project_codes
from .rows import rank_of

if TYPE_CHECKING:
    from ...layers.model import County
    from ...layers.sector_layout import RawLayout
    from .pens import Pen

_CODE, _USE = PROJECT_COLUMNS.index("project"), PROJECT_COLUMNS.index("use")
_TEXTS = ("project", "name", "content", "standard", "use", "kind", "label")
_TYPES: dict[str, Any] = {
    **dict.fromkeys(_TEXTS, object), "sector": int, "in_list": bool, "in_layout": bool,
    "whole": bool,
}  # fmt: skip


class SectorRows:
    """A sector plan's features and, read from them as a run reads them, its projects.

    `number` is its place in the dossier; `projects` are its projects by key, `rows` their places
    among them, `codes` what they are known by; `plots` all plots, `owner` and `uses` the project
    and use of each. `notes` is what reading told of the plan, `missing` and `unread` as in Plans.
    """

    def __init__(self, county: County, number: int, raw: RawLayout | None = None) -> None:
        self.county, self.number = county, number
        dossier = county.dossier
        self.notes = Notes(dossier, county.standard, dossier.crs)
        self.reader = SectorReader(
            dossier.sectors[number], dossier, county.standard, _crs(county), self.notes, []
        )
        self.reader.raw = raw
        self.part, self.unread, self.missing = Part(None, None), False, ""
        self._names = _Names(self.part, number)
        self.projects: dict[str, Project] = {}
        self.codes: dict[str, str] = {}
        self.read()

    @property
    def id(self) -> str:
        """Give the plan's id."""
        return self.reader.sector.id

    @property
    def followed(self) -> bool:
        """Tell whether its layout could be read, so that its edits can be followed."""
        return self.reader.raw is not None

    @property
    def fids(self) -> np.ndarray:
        """Give the driver's id of each feature, as text."""
        raw = self.reader.raw
        return np.empty(0, dtype=object) if raw is None else raw.read.fids.astype(str)

    @property
    def fields(self) -> dict[str, str]:
        """Give the layout's fields by our names, those that were recognised too."""
        raw = self.reader.raw
        return {} if raw is None else dict(raw.read.provenance["fields"])

    @property
    def features(self) -> int:
        """Count the features of the layout."""
        return len(self.part.layout.data) if self.part.layout else 0

    def read(self, touched: Collection[str] | None = None) -> list[str]:
        """Read layout and list anew from the features as they are.

        `touched` are the ids of the features that differ from those read before, all where it is
        None. Gives the keys of the projects that changed, came or went.
        """
        reader, county = self.reader, self.county
        self.notes = Notes(county.dossier, county.standard, county.dossier.crs)
        reader.notes, reader.reasons, reader.unread, reader.inputs = self.notes, [], False, []
        former, unread = self._names, self.unread
        self.part = reader.read()
        names = self._names = _Names(self.part, self.number)
        every = touched is None or unread != reader.unread
        asked = names.differing(former, set(touched or ()))
        if every:
            asked = {key for one in (names, former) for key in (*one.of_features, *one.of_list)}
        fresh = self._join(names, asked)
        old = {key: self.projects[key] for key in asked if key in self.projects}
        was = self.codes
        for key in asked:
            self.projects.pop(key, None)
        self.projects.update(fresh)
        order = [*names.of_features, *names.of_list]
        self.rows = {key: row for row, key in enumerate(dict.fromkeys(order))}
        self.unread = reader.unread
        self._index()
        self._tell_uses()
        changed = [key for key in asked if every or not _same(old.get(key), fresh.get(key))]
        moved = [key for key in self.rows if was.get(key, self.codes[key]) != self.codes[key]]
        return [*dict.fromkeys([*changed, *moved])]

    @property
    def names(self) -> list[tuple[str, str]]:
        """Pair the key of each feature's project with the feature's id."""
        return list(zip(self._names.of_features, self._names.fids))

    def _join(self, names: _Names, asked: Collection[str]) -> dict[str, Project]:
        """Join the features and rows of the list that make up some projects."""
        parts = [Part(None, None)] * len(self.county.dossier.sectors)
        parts[self.number] = names.some(self.part, asked)
        return dict(zip(*_projects_of(join_projects(parts))))

    def _index(self) -> None:
        """Lay plots and centres out to be searched."""
        own = [self.projects[key] for key in self.rows]
        self.owner = np.repeat(np.arange(len(own)), [len(one.shapes) for one in own])
        self.plots = np.concatenate([np.empty(0, dtype=object), *(one.shapes for one in own)])
        self.tree = shapely.STRtree(self.plots)
        self.spot_owner = np.repeat(np.arange(len(own)), [len(one.spots) for one in own])
        self.spots = np.concatenate([np.empty(0, dtype=object), *(one.spots for one in own)])
        self.uses = objects([plot[0] for one in own for plot in one.plots])
        codes = pd.Series([one.columns[_CODE] for one in own], dtype=object)
        ground = objects([one.ground for one in own])
        told = project_codes(codes, ground, np.zeros(len(own), dtype=np.int64))
        self.codes = dict(zip(self.rows, told))

    def _tell_uses(self) -> None:
        """Note the uses that are blank or unknown, and say what is missing."""
        county, reasons = self.county, list(self.reader.reasons)
        table = vocabulary(county.standard)
        alone = [one.columns[_USE] for one in self.projects.values() if not len(one.shapes)]
        uses = objects([*self.uses, *(use for use in alone if use)])
        if table is not None and not table.known(uses).all():
            ids = [one.id for one in county.dossier.sectors]
            joined = laid_out([self.projects[key] for key in self.rows])
            told = [self.id] if self.reader.no_uses else []
            unknown = tell_unknown_uses(joined, ids, county.standard, self.notes, told)
            reasons += [unknown[self.id]] if self.id in unknown else []
        self.missing = say("layers.semicolon").join(dict.fromkeys(reasons))

    def rewrite(self, pens: list[Pen], removed: list[str]) -> None:
        """Write edits into the features; `read` makes projects of them."""
        raw = self.reader.raw
        if raw is None:
            raise ValueError(self.id)
        read = raw.read
        kept = ~np.isin(self.fids, removed)
        place = {key: row for row, key in enumerate(self.fids[kept])}
        new = [pen.key for pen in pens if pen.key not in place]
        place.update({key: len(place) + turn for turn, key in enumerate(new)})
        fids = np.concatenate([self.fids[kept], np.array(new, dtype=object)])
        shapes = np.concatenate([read.shapes[kept], np.full(len(new), None, dtype=object)])
        columns = {
            name: np.concatenate([values[kept].astype(object), np.full(len(new), None, object)])
            for name, values in read.columns.items()
        }
        for pen in pens:
            row = place[pen.key]
            if pen.wkb is not None:
                shapes[row] = from_wkb(np.array([pen.wkb], dtype=object))[0]
            for name in columns.keys() & pen.values.keys():
                columns[name][row] = pen.values[name]
        self._put(fids, shapes, columns)

    def rename(self, keys: dict[str, str]) -> None:
        """Give features other ids, and stand them where these belong in the file."""
        raw = self.reader.raw
        if raw is not None:
            fids = np.array([keys.get(fid, fid) for fid in self.fids], dtype=object)
            self._put(fids, raw.read.shapes, raw.read.columns)

    def _put(self, fids: np.ndarray, shapes: np.ndarray, columns: dict[str, np.ndarray]) -> None:
        raw = self.reader.raw
        if raw is None:
            return
        ranks = [rank_of(fid, row) for row, fid in enumerate(fids)]
        order = np.argsort(np.array(ranks, dtype=np.int64), kind="stable")
        columns = {name: values[order] for name, values in columns.items()}
        read = Features(shapes[order], fids[order], columns, raw.read.notes,
                        dict(raw.read.provenance))  # fmt: skip
        self.reader.raw = replace(raw, read=read)


class _Names:
    """What projects the features of a plan and the rows of its list belong to."""

    def __init__(self, part: Part, number: int) -> None:
        data = part.layout.data if part.layout else None
        rows = part.listed.rows if part.listed else None
        self.fids = [] if data is None else data["fid"].tolist()
        self.of_features = [] if data is None else _keys(data, "fid", number)
        self.of_list = [] if rows is None else _keys(rows, "row", number)

    def differing(self, former: _Names, touched: set[str]) -> set[str]:
        """List the projects of features that were touched, and those whose code was spelt anew."""
        out = set()
        for names in (self, former):
            out |= {key for key, fid in zip(names.of_features, names.fids) if fid in touched}
        pairs = zip(self.of_list, former.of_list)
        return out | {key for pair in pairs if pair[0] != pair[1] for key in pair}

    def some(self, part: Part, asked: Collection[str]) -> Part:
        """Keep what belongs to some projects."""
        layout, listed = part.layout, part.listed
        if layout is not None:
            rows = np.flatnonzero([key in asked for key in self.of_features])
            data = layout.data.iloc[rows].reset_index(drop=True)
            layout = replace(layout, data=data, shapes=layout.shapes[rows])
        if listed is not None:
            rows = np.flatnonzero([key in asked for key in self.of_list])
            listed = replace(listed, rows=listed.rows.iloc[rows].reset_index(drop=True))
        return Part(layout, listed)


def _keys(frame: pd.DataFrame, own: str, number: int) -> list[str]:
    pairs = zip(frame["project"].tolist(), frame[own].tolist())
    return [project_key(number, code, one) for code, one in pairs]


class Project(NamedTuple):
    """A project: the values of PROJECT_COLUMNS, its ground, its plots and the middle of each part.

    A plot is use, start and end.
    """

    columns: tuple[Any, ...]
    ground: shapely.Geometry | None
    plots: tuple[tuple[Any, ...], ...]
    shapes: np.ndarray
    spots: np.ndarray


def _projects_of(joined: Joined) -> tuple[np.ndarray, list[Project]]:
    """Take joined projects apart; gives their keys and themselves."""
    columns = [joined.projects[name].tolist() for name in PROJECT_COLUMNS]
    owner = joined.plots["project"].to_numpy(dtype=np.int64)
    edges = np.searchsorted(owner, np.arange(len(joined.keys) + 1))
    plots = list(zip(*(joined.plots[name].tolist() for name in PLOT_COLUMNS[1:])))
    out = []
    for row, values in enumerate(zip(*columns)):
        own = slice(int(edges[row]), int(edges[row + 1]))
        shapes = joined.plot_shapes[own]
        ground = joined.ground[row]
        spots = shapely.centroid(shapely.get_parts(np.array([ground], dtype=object)))
        out.append(Project(values, ground, tuple(plots[own]), shapes, spots))
    return joined.keys, out


def laid_out(projects: Sequence[Project]) -> Joined:
    """Put projects together again, in the order given."""
    columns = list(zip(*(one.columns for one in projects))) or [()] * len(PROJECT_COLUMNS)
    frame = pd.DataFrame({
        name: pd.Series(list(values), dtype=_TYPES.get(name, float))
        for name, values in zip(PROJECT_COLUMNS, columns)
    })  # fmt: skip
    owner = np.repeat(np.arange(len(projects)), [len(one.shapes) for one in projects])
    plots = list(zip(*(plot for one in projects for plot in one.plots))) or [()] * 3
    table = pd.DataFrame({
        "project": owner.astype(np.int64), "use": pd.Series(list(plots[0]), dtype=object),
        "start": np.array(plots[1], dtype=float), "end": np.array(plots[2], dtype=float),
    })  # fmt: skip
    shapes = np.concatenate([np.empty(0, dtype=object), *(one.shapes for one in projects)])
    ground = objects([one.ground for one in projects])
    return Joined(frame, ground, table, shapes, np.full(len(projects), "", dtype=object))


def _same(one: Project | None, other: Project | None) -> bool:
    """Tell whether two states of a project are alike."""
    if one is None or other is None:
        return one is other
    facts = [
        [None if value != value else value
         for value in (*project.columns, *(fact for plot in project.plots for fact in plot))]
        for project in (one, other)
    ]  # fmt: skip
    if facts[0] != facts[1] or len(one.shapes) != len(other.shapes):
        return False
    return bool(shapely.equals_exact(one.shapes, other.shapes, 0.0).all())


def objects(values: Sequence[Any]) -> np.ndarray:
    """Make an array of objects."""
    out = np.empty(len(values), dtype=object)
    out[:] = list(values)
    return out


def _crs(county: County) -> Any:
    from ...layers.crs import project_crs

    return project_crs(county.dossier.crs, county.dossier.file)
