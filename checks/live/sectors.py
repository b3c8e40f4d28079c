# SPDX-License-Identifier: GPL-2.0-or-later
"""The rules about sector plans, asked again about the projects an edit changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Iterable, Mapping

import numpy as np
import shapely

from ...layers.findings import Batch
from ...layers.sector_model import Plans
from ...layers.sectors import sectors_table
from .. import tiles
from ..places import noise_of
from ..sectors.control import RULES as CONTROL
from ..sectors.control import check_control
from ..sectors.doubles import RULE as DOUBLES
from ..sectors.doubles import check_doubles
from ..sectors.ground import PLAN, check_plan, check_reserve
from ..sectors.lists import check_duplicates, check_projects
from ..sectors.overlap import Overlaps, check_order
from ..sectors.places import RULE as OUTSIDE
from ..sectors.places import places_batch
from ..sectors.scene import Scene
from ..sectors.share import share
from .growing import Index
from .sector_demand import LiveDemand, told
from .sector_near import Key, Neighbours
from .sector_rows import SectorRows, laid_out, objects
from .weighing import Fixed

if TYPE_CHECKING:
    from ...layers.model import Layer
    from .county import LiveCounty
    from .pens import Pen

_PLACES = 1 << 32


class LiveSectors:
    """All sector plans of a live county, their findings by project and what each asks for."""

    def __init__(self, live: LiveCounty, raws: Mapping[int, Any]) -> None:
        self.live = live
        county = live.county
        self.county = county
        self.plans = [SectorRows(county, number, raws.get(number))
                      for number in range(len(county.dossier.sectors))]  # fmt: skip
        self.layers = {role: _Layer(layer) for role, layer in county.layers.items()
                       if role not in ("plan", "reserve")}  # fmt: skip
        self.measure = live.near.measure
        self.memory = live.ground.memory if live.plan else {}
        self.near = Neighbours(self.plans, county.standard)
        self._owned: dict[Key, set[Key]] = {}
        self._table = sectors_table(county.dossier, [plan.part for plan in self.plans])
        self._start()

    def _start(self) -> None:
        """Ask all rules about all projects."""
        everyone = self._order((plan.number, key) for plan in self.plans for key in plan.rows)
        scene = self._scene(everyone, everyone, self._whole())
        self.demand = LiveDemand(scene)
        self._ask(scene, everyone)
        self._weigh(scene, everyone)
        for plan in self.plans:
            self.near.meet(plan, plan.rows)
        self._balance = self._scene([], [], self._whole())
        for plan in self.plans:
            self._tell_reading(plan)
        self._judge_demand()

    def _whole(self) -> dict[str, Layer]:
        layers = {role: one.layer for role, one in self.layers.items()}
        if "reserve" in self.county.layers:
            layers["reserve"] = self.county.layers["reserve"]
        if self.live.plan:
            layers["plan"] = self.live.rows.take(self.live.rows.living())
        return layers

    @property
    def followed(self) -> dict[str, SectorRows]:
        """Map the roles whose edits can be followed to their plans."""
        return {f"sector:{plan.id}": plan for plan in self.plans if plan.followed}

    def edit(self, plan: SectorRows, pens: list[Pen], removed: list[str]) -> None:
        """Follow edits of one plan's features."""
        plan.rewrite(pens, removed)
        self._again(plan, {*removed, *(pen.key for pen in pens)})

    def rename(self, plan: SectorRows, keys: dict[str, str]) -> None:
        """Follow the saving of new features."""
        plan.rename(keys)
        before = {key for key, fid in plan.names if fid in keys}
        self._again(plan, {*keys, *keys.values()}, before)

    def _again(self, plan: SectorRows, touched: set[str], more: Iterable[str] = ()) -> None:
        """Ask again about what changed; `more` are projects to be asked about in any case."""
        missing = plan.missing
        changed = [*dict.fromkeys([*plan.read(touched), *more])]
        self._table.loc[plan.number, "features"] = plan.features
        self._tell_reading(plan)
        mine = [(plan.number, key) for key in changed]
        mates: set[Key] = set()
        for key in mine:
            mates |= self.near.forget(key)
            self._drop(key)
        here = [key for key in mine if key[1] in plan.rows]
        asked: tuple[Scene, list[Key]] | None = None
        if here:
            layers = self._near(here)
            around = self._order([*here, *self.near.around(here)])
            scene = self._scene(around, here, layers)
            self._ask(scene, around)
            asked = scene, around
            mates |= self.near.meet(plan, [key for _, key in here])
        mates = {key for key in mates if key[1] in plan.rows}
        if asked and mates <= set(here):
            self._weigh(*asked)  # nothing of them was weighed yet, and nobody else is touched
        else:
            self._weigh_all(here, list(mates))
        if mine or missing != plan.missing:
            self._judge_demand()

    def _drop(self, key: Key, rule: str = "") -> None:
        """Drop a project's findings, of one rule or all; of all also what it asks for."""
        for owner in [one for one in self._owned.get(key, ()) if not rule or one[1] == rule]:
            self.live.ledger.drop(owner)
            for side in owner[2:]:
                self._owned.get(side, set()).discard(owner)
        if not rule:
            self.demand.forget(key)

    def _order(self, keys: Iterable[Key]) -> list[Key]:
        return sorted(set(keys), key=lambda key: (key[0], self.plans[key[0]].rows[key[1]]))

    def _shapes(self, keys: Iterable[Key]) -> np.ndarray:
        """Give all plots of some projects."""
        out = [np.empty(0, dtype=object)]
        for number, key in keys:
            out.append(self.plans[number].projects[key].shapes)
        return np.concatenate(out)

    def _near(self, keys: list[Key]) -> dict[str, Layer]:
        """Take the features of all layers near some projects."""
        shapes = self._shapes(keys)
        layers = {role: one.near(shapes) for role, one in self.layers.items()}
        if "reserve" in self.county.layers:
            layers["reserve"] = self.county.layers["reserve"]
        if self.live.plan:
            layers["plan"] = self._plan_near(shapes)
        return layers

    def _plan_near(self, shapes: np.ndarray) -> Layer:
        rows = self.live.rows
        near = rows.index.near(shapes)
        return rows.take(rows.in_order(near[rows.alive.array[near]]))

    def compose(self, keys: Iterable[Key]) -> Plans:
        """Put some projects together as a county's plans, in the dossier's order."""
        joined = laid_out([self.plans[number].projects[key] for number, key in self._order(keys)])
        missing = {plan.id: plan.missing for plan in self.plans if plan.missing}
        unread = {plan.id for plan in self.plans if plan.unread}
        return Plans(self._table.copy(), joined.projects, joined.ground, joined.plots,
                     joined.plot_shapes, missing, unread)  # fmt: skip

    def _scene(self, keys: Iterable[Key], asked: list[Key], layers: dict[str, Layer]) -> Scene:
        """Set the scene of some projects; the rules ask about `asked` and whom they meet."""
        ordered = self._order(keys)
        ground = {role: layers[role] for role in self.county.layers if role in layers}
        county = replace(self.county, layers=ground, plans=self.compose(ordered))
        scene = Scene(county, county.plans, (), noise_of(county), {})  # type: ignore[arg-type]
        wanted = set(asked)
        scene.__dict__["measure"] = self.measure
        scene.__dict__["in_run"] = np.array([key in wanted for key in ordered], dtype=bool)
        scene.__dict__["codes"] = objects(
            [self.plans[number].codes[key] for number, key in ordered]
        )
        scene.unit_shape = self.live.board.shape
        scene.kept = []
        return scene

    def _ask(self, scene: Scene, keys: list[Key]) -> None:
        """Ask all rules and enter what they find."""
        with tiles.remembering(self.memory):
            for rule in CONTROL.values():
                check_control(scene, rule)
            overlaps = Overlaps(scene)
            overlaps.conflicts()
            overlaps.sequence()
            for check in (check_order, check_plan, check_projects, check_duplicates, check_reserve):
                check(scene)
            self._place(scene, keys)
            self._double(scene, overlaps, keys)
        self._enter(scene, keys)

    def _place(self, scene: Scene, keys: list[Key]) -> None:
        """Enter the ground that lies in no unit."""
        ground = scene.plans.ground.copy()
        ground[~scene.in_run] = None
        scene.__dict__["placed"] = share(ground, scene.county.units.geometry)
        batch = places_batch(scene, scene.in_run)
        own = [keys[row] for row in np.asarray(batch.rows, dtype=np.int64)]
        self._own([("sector", OUTSIDE, key) for key in own], batch, self._ranks(own))

    def _double(self, scene: Scene, overlaps: Overlaps, keys: list[Key]) -> None:
        """Enter the ground that a plan lays out twice."""
        batch = check_doubles(scene, overlaps)
        pairs = np.asarray(batch.rows, dtype=np.int64).reshape(-1, 2).tolist()
        owners = [("sector", DOUBLES, keys[a], keys[b]) for a, b in pairs]
        found = Batch(batch.values, batch.geometry, np.arange(len(batch)))
        self._own(owners, found, self._ranks([keys[a] for a, _ in pairs]))

    def _ranks(self, keys: list[Key]) -> list[int]:
        return [number * _PLACES + self.plans[number].rows[key] for number, key in keys]

    def _enter(self, scene: Scene, keys: list[Key]) -> None:
        for batch, values in scene.kept or ():
            sides = [[keys[row] for row in pair if row >= 0]
                     for pair in zip(batch.subject.tolist(), batch.object.tolist())]  # fmt: skip
            owners = [("sector", batch.rule, *pair) for pair in sides]
            ranks = self._ranks([pair[0] for pair in sides])
            found = Batch(told(values), batch.shapes, np.arange(len(batch)))
            self._own(owners, found, ranks)
        scene.kept = []

    def _own(self, owners: list[Key], found: Batch, ranks: list[int]) -> None:
        """Enter findings under the projects they are about."""
        self.live.ledger.add(owners, found, ranks)
        for owner in owners:
            for side in owner[2:]:
                self._owned.setdefault(side, set()).add(owner)

    def _weigh_all(self, changed: list[Key], mates: list[Key]) -> None:
        """Weigh projects anew that changed, and those that share or shared ground with them.

        What a plan lays out twice counts for the project that comes first.
        """
        keys = self._order([*changed, *mates])
        if not keys:
            return
        for key in keys:
            self.demand.forget(key)
        around = self._order([*keys, *self.near.around(keys)])
        self._weigh(self._scene(around, keys, self._near(keys)), around)

    def _weigh(self, scene: Scene, keys: list[Key]) -> None:
        """Add what the projects asked about in a scene ask for."""
        with tiles.remembering(self.memory):
            self.demand.weigh(scene, keys)

    def _judge_demand(self) -> None:
        missing = {plan.id: plan.missing for plan in self.plans if plan.missing}
        self.demand.judge(self._balance, missing, self.live.ledger)

    def _tell_reading(self, plan: SectorRows) -> None:
        owner = ("sector reading", plan.number)
        self.live.ledger.drop(owner)
        for table in plan.notes.tables:
            self.live.ledger.add_table(owner, table)

    def plan_changed(self, moved: np.ndarray) -> None:
        """Ask again what is planned under the projects that lie on rows of the plan that moved."""
        rows = self.live.rows
        shapes = rows.geometry.array[moved]
        layer = rows.take(moved)
        codes = layer.data["code"].to_numpy(dtype=object)
        table = self.county.standard.code_table(layer.table)
        planned = table.rule_codes(codes)
        relations = self.county.standard.use_relations()
        keys: set[Key] = set()
        for plan in self.plans:
            feature, plot = plan.tree.query(shapes)
            if len(plot):
                hostile = relations.exclude(plan.uses[plot], planned[feature])
                names = list(plan.rows)
                keys.update((plan.number, names[row]) for row in plan.owner[plot[hostile]])
        if not keys:
            return
        for key in keys:
            self._drop(key, PLAN)
        ordered = self._order(keys)
        layers = {"plan": self._plan_near(self._shapes(ordered))}
        if "reserve" in self.county.layers:
            layers["reserve"] = self.county.layers["reserve"]
        scene = self._scene(ordered, ordered, layers)
        with tiles.remembering(self.memory):
            check_plan(scene)
        self._enter(scene, ordered)

    def whole(self) -> Plans:
        """Give all plans as they are now."""
        return self.compose([(plan.number, key) for plan in self.plans for key in plan.rows])

    def raws(self) -> dict[int, Any]:
        """Give the features of all plans that could be read, by number."""
        return {plan.number: plan.reader.raw for plan in self.plans if plan.followed}

    def on(self, shape: shapely.Geometry) -> Plans:
        """Give the projects that have a plot near a shape, as plans of their own."""
        found: set[Key] = set()
        for plan in self.plans:
            names = list(plan.rows)
            plots = plan.tree.query(shape)
            found.update((plan.number, names[row]) for row in np.unique(plan.owner[plots]))
        return self.compose(found)

    def reading(self) -> list[Any]:
        """Give what reading told of all plans."""
        return [table for plan in self.plans for table in plan.notes.tables]


class _Layer:
    """A layer that does not change, of which the features near some shapes are taken."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self._index = Index(layer.geometry)
        self._fixed = Fixed(layer)

    def near(self, shapes: np.ndarray) -> Layer:
        return self._fixed.take(self._index.near(shapes))
