# SPDX-License-Identifier: GPL-2.0-or-later
"""One sector plan under the pen: its features as drawn, and what reading makes of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from ...layers.notes import Notes
from ...layers.reading import Features
from ...layers.repair import from_wkb
from ...layers.sector_codes import tell_unknown_uses
from ...layers.sector_model import PROJECT_COLUMNS
from ...layers.sector_projects import Joined, Part, join_projects
from ...layers.sectors import SectorReader
from ...layers.words import say
from ..sectors.scene import project_codes
from .rows import rank_of

if TYPE_CHECKING:
    from ...layers.model import County
    from ...layers.sector_layout import RawLayout
    from .pens import Pen


class SectorRows:
    """A sector plan's features and, read from them as a run reads them, its projects.

    `number` is its place in the dossier, `joined` its projects, `notes` what reading told of it,
    `missing` and `unread` as in Plans.
    """

    def __init__(self, county: County, number: int, raw: RawLayout | None = None) -> None:
        self.county, self.number = county, number
        dossier = county.dossier
        self.notes = Notes(dossier, county.standard, dossier.crs)
        self.reader = SectorReader(
            dossier.sectors[number], dossier, county.standard, _crs(county), self.notes, []
        )
        self.reader.raw = raw
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

    def read(self) -> None:
        """Read layout and list anew from the features as they are."""
        reader, county = self.reader, self.county
        self.notes = Notes(county.dossier, county.standard, county.dossier.crs)
        reader.notes, reader.reasons, reader.unread, reader.inputs = self.notes, [], False, []
        self.part = reader.read()
        ids = [one.id for one in county.dossier.sectors]
        parts = [Part(None, None)] * len(ids)
        parts[self.number] = self.part
        self.joined: Joined = join_projects(parts)
        unknown = tell_unknown_uses(self.joined, ids, county.standard, self.notes)
        reasons = [*reader.reasons, *([unknown[self.id]] if self.id in unknown else [])]
        self.missing = say("layers.semicolon").join(dict.fromkeys(reasons))
        self.unread = reader.unread
        self.rows = {key: row for row, key in enumerate(self.joined.keys)}
        self.columns = {name: _plain(self.joined.projects[name]) for name in PROJECT_COLUMNS}
        self.plots = {name: self.joined.plots[name].to_numpy() for name in self.joined.plots}
        self.owner = self.plots["project"].astype(np.int64)
        self.edges = np.searchsorted(self.owner, np.arange(len(self.rows) + 1))
        self.tree = shapely.STRtree(self.joined.plot_shapes)
        sector = np.full(len(self.rows), self.number)
        self.codes = project_codes(self.joined.projects["project"], self.joined.ground, sector)
        self.centres = shapely.centroid(self.joined.ground)

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

    def plots_of(self, row: int) -> slice:
        """Give the plots of a project."""
        return slice(int(self.edges[row]), int(self.edges[row + 1]))

    def facts(self, row: int) -> tuple[Any, ...]:
        """Give all that is told of a project but its shapes; NaN as None."""
        plots = self.plots_of(row)
        values = [self.codes[row], *(column[row] for column in self.columns.values())]
        values += [value for name in ("use", "start", "end") for value in self.plots[name][plots]]
        return tuple(None if value != value else value for value in values)

    def same(self, row: int, other: SectorRows, there: int) -> bool:
        """Tell whether a project is what another state of the plan has it as."""
        if self.facts(row) != other.facts(there):
            return False
        one = self.joined.plot_shapes[self.plots_of(row)]
        two = other.joined.plot_shapes[other.plots_of(there)]
        return len(one) == len(two) and bool(shapely.equals_exact(one, two, 0.0).all())


def _crs(county: County) -> Any:
    from ...layers.crs import project_crs

    return project_crs(county.dossier.crs, county.dossier.file)


def _plain(column: pd.Series) -> np.ndarray:
    return column.to_numpy(dtype=column.dtype if column.dtype.kind in "bif" else object)
