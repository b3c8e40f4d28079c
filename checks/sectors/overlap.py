# SPDX-License-Identifier: GPL-2.0-or-later
"""Projects on the same ground: uses that exclude each other, joint use, years that contradict."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from ...layers.findings import as_multi
from ...layers.words import say
from .record import Batch, nothing, record
from .scene import groups
from .share import Shared, share_within, unite

if TYPE_CHECKING:
    from .scene import Scene

OVERLAP, SEQUENCE = "sector.overlap", "sector.sequence"
JOINT_COLUMNS = (
    "sector_a", "project_a", "label_a", "use_a", "sector_b", "project_b", "label_b", "use_b",
    "area_m2", "town", "town_name", "cluster",
)  # fmt: skip


class Overlaps:
    """All pairs of plots that share ground, cut once for the three questions about them.

    `a` and `b` are the projects of each pair's plots, the one of the earlier plan first.
    """

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    @cached_property
    def pairs(self) -> Shared:
        """Cut the pairs of different plots of which one belongs to a plan of the run."""
        scene, owner = self.scene, self.scene.owner
        return share_within(
            scene.plans.plot_shapes, lambda i, k: scene.in_run[owner[i]] | scene.in_run[owner[k]]
        )

    @cached_property
    def order(self) -> tuple[np.ndarray, np.ndarray]:
        """Give both plots of each pair, that of the earlier plan first, then of the project."""
        left, right = self.pairs.left, self.pairs.right
        owner = self.scene.owner
        rank = np.empty(len(self.scene.sector), dtype=np.int64)
        rank[np.argsort(self.scene.sector, kind="stable")] = np.arange(len(rank))
        swap = rank[owner[left]] > rank[owner[right]]
        return np.where(swap, right, left), np.where(swap, left, right)

    def conflicts(self) -> gpd.GeoDataFrame:
        """Find the projects of different plans whose uses exclude each other on shared ground."""
        apart = self._of_two_plans()
        i, k = self.order
        uses = self.scene.uses
        hostile = apart & self.scene.relations.exclude(uses[i], uses[k])
        a, b, shapes, area, first = self.grouped(hostile, OVERLAP)
        columns = {
            "value": area, "limit": 0.0, "excess": area, "unit_of_measure": "m2",
            "message": [
                say("sectors.overlap", **words)
                for words in _words(self.scene, a, b, area, uses[i[first]], uses[k[first]])
            ],
        }  # fmt: skip
        return record(self.scene, Batch(OVERLAP, shapes, area, a, b, columns))

    def joint_use(self) -> gpd.GeoDataFrame:
        """List the ground that projects of different plans share by uses that take each other."""
        apart = self._of_two_plans()
        i, k = self.order
        uses = self.scene.uses
        known = (uses[i] != "") & (uses[k] != "")
        friendly = apart & known & ~self.scene.relations.exclude(uses[i], uses[k])
        a, b, shapes, area, first = self.grouped(friendly, "joint_use")
        data = self._sides(a, b)
        data["use_a"], data["use_b"] = uses[i[first]], uses[k[first]]
        data["area_m2"] = area
        data |= self.scene.town_of(self.scene.homes(shapes))
        frame = pd.DataFrame({name: data[name] for name in JOINT_COLUMNS})
        return gpd.GeoDataFrame(frame, geometry=as_multi(shapes), crs=self.scene.county.dossier.crs)

    def sequence(self) -> gpd.GeoDataFrame:
        """Find the projects that would build on one ground at the same time.

        Where two linear works only cross, neither has to wait for the other's ground.
        """
        i, k = self.order
        plots, uses = self.scene.plans.plots, self.scene.uses
        start, end = _period(plots)
        both = np.maximum(start[i], start[k]) <= np.minimum(end[i], end[k])
        owner = self.scene.owner
        both &= (owner[i] != owner[k]) | (start[i] != start[k]) | (end[i] != end[k])
        asked = self.scene.relations.apart(uses[i], uses[k]) & ~self.crossing()
        self._note_undated(asked & (np.isnan(start[i]) | np.isnan(start[k])))
        together = both & asked
        a, b, shapes, area, first = self.grouped(together, SEQUENCE)
        years = zip(start[i[first]], end[i[first]], start[k[first]], end[k[first]])
        words = _words(self.scene, a, b, area, uses[i[first]], uses[k[first]])
        columns = {
            "value": area, "unit_of_measure": "m2",
            "message": [
                say(f"sectors.sequence.{_how(one == other, row[0] == row[2])}",
                    years=_span(*row[:2]), other_years=_span(*row[2:]), **told)
                for one, other, row, told in zip(a, b, years, words)
            ],
        }  # fmt: skip
        return record(self.scene, Batch(SEQUENCE, shapes, area, a, b, columns))

    def _note_undated(self, pairs: np.ndarray) -> None:
        """Tell of each plan how many pairs on one ground could not be asked, for want of years.

        Where uses exclude each other the ground is in dispute whatever the years.
        """
        i, k = self.order
        scene, uses = self.scene, self.scene.uses
        owner = scene.owner
        pairs &= (owner[i] != owner[k]) & (uses[i] != "") & (uses[k] != "")
        pairs &= ~scene.relations.exclude(uses[i], uses[k])
        pairs &= scene.measure(self.pairs.shapes) >= scene.noise.min_area_m2
        sides = np.column_stack([scene.sector[owner[i[pairs]]], scene.sector[owner[k[pairs]]]])
        plans = scene.plans.sectors["sector"].to_numpy(dtype=object)
        for row in np.unique(sides):
            count = int((sides == row).any(axis=1).sum())
            scene.add_gap(plans[row], SEQUENCE, say("sectors.sequence.undated", count=count))

    def _of_two_plans(self) -> np.ndarray:
        i, k = self.order
        sector = self.scene.sector[self.scene.owner]
        return sector[i] != sector[k]

    def crossing(self) -> np.ndarray:
        """Tell which pairs are linear works that share but a small part of the smaller one."""
        i, k = self.order
        line = (self.scene.plans.projects["kind"] == "line").to_numpy()[self.scene.owner]
        if not (line[i] & line[k]).any():
            return np.zeros(len(i), dtype=bool)
        size = self.scene.measure(self.scene.plans.plot_shapes)
        part = self.scene.measure(self.pairs.shapes) / np.minimum(size[i], size[k])
        return line[i] & line[k] & (part < self.scene.standard.tolerance("crossing_share"))

    def grouped(
        self, rows: np.ndarray, rule: str
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Unite the pairs marked by their two projects and drop what is noise.

        Gives both projects, shape, area, and the first of the pairs, a row a conflict.
        """
        pairs = np.flatnonzero(rows)
        i, k = self.order
        a, b = self.scene.owner[i[pairs]], self.scene.owner[k[pairs]]
        first, group = groups(a, b)
        shapes = unite(self.pairs.shapes[pairs], group, len(first))
        area = self.scene.measure(shapes)
        kept = self.scene.noise.keep(rule, shapes, area)
        head = first[kept]
        return a[head], b[head], shapes[kept], area[kept], pairs[head]

    def _sides(self, a: np.ndarray, b: np.ndarray) -> dict[str, np.ndarray]:
        own = self.scene.plans.projects
        out = {}
        for side, projects in (("a", a), ("b", b)):
            out[f"sector_{side}"] = self.scene.plans.ids(projects)
            out[f"project_{side}"] = self.scene.codes[projects]
            out[f"label_{side}"] = own["label"].to_numpy(dtype=object)[projects]
        return out


def no_joint_use(scene: Scene) -> gpd.GeoDataFrame:
    """Give an empty table of joint use."""
    data = {name: pd.Series(dtype=float if name == "area_m2" else object) for name in JOINT_COLUMNS}
    return gpd.GeoDataFrame(data, geometry=[], crs=scene.county.dossier.crs)


def check_order(scene: Scene) -> gpd.GeoDataFrame:
    """Find the projects that would end before they start, by layout or list."""
    columns = ["start", "end"]
    if not _any_turned(scene):
        return nothing(scene)
    plots = scene.plans.plots[columns].set_axis(scene.owner)
    own = scene.plans.projects
    listed = own[["list_start", "list_end"]].set_axis(columns, axis=1)
    told = pd.concat([plots, own[columns], listed])
    told = told[(told["start"] > told["end"]) & scene.in_run[told.index]]
    told = told[~told.index.duplicated()].sort_index()
    rows = told.index.to_numpy(dtype=np.int64)
    labels = own["label"].to_numpy(dtype=object)
    messages = [
        say("sectors.sequence.order", label=labels[row], start=first, end=last)
        for row, first, last in zip(rows, told["start"], told["end"])
    ]
    area = np.full(len(rows), np.nan)
    nobody = np.full(len(rows), -1)
    return record(
        scene,
        Batch(SEQUENCE, scene.plans.ground[rows], area, rows, nobody, {"message": messages}),
    )


def _any_turned(scene: Scene) -> bool:
    """Tell if any period ends before it starts; hardly any ever does."""
    plots, own = scene.plans.plots, scene.plans.projects
    pairs = [(plots["start"], plots["end"]), (own["start"], own["end"]),
             (own["list_start"], own["list_end"])]  # fmt: skip
    return any(bool((a.to_numpy(float) > b.to_numpy(float)).any()) for a, b in pairs)


def _period(plots: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Give first and last year of each plot; of one year alone both, NaN where none is known.

    A period that ends before it starts is told by `check_order` and meets no other.
    """
    start, end = (plots[name].to_numpy(dtype=float) for name in ("start", "end"))
    return np.where(np.isnan(start), end, start), np.where(np.isnan(end), start, end)


def _how(one_project: bool, at_once: bool) -> str:
    """Choose the sentence on two periods that meet on one ground."""
    if one_project:
        return "phases"
    return "together" if at_once else "ground"


def _span(start: float, end: float) -> str:
    return f"{start:.0f}" if start == end else f"{start:.0f}–{end:.0f}"


def _words(
    scene: Scene, a: np.ndarray, b: np.ndarray, area: np.ndarray, use_a: np.ndarray,
    use_b: np.ndarray,
) -> list[dict[str, object]]:  # fmt: skip
    """Give what a sentence about two projects says: labels, plans, uses, area."""
    labels = scene.plans.projects["label"].to_numpy(dtype=object)
    names = scene.plans.sectors["name"].to_numpy(dtype=object)[scene.sector]
    uses = [scene.use_words(code) for code in [*use_a, *use_b]]
    return [
        {
            "label": labels[one], "plan": names[one], "use": uses[row],
            "other": labels[two], "other_plan": names[two], "other_use": uses[len(a) + row],
            "area": area[row],
        }
        for row, (one, two) in enumerate(zip(a, b))
    ]  # fmt: skip
