# SPDX-License-Identifier: GPL-2.0-or-later
"""Which projects of sector plans an edit of others may touch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterable, Sequence

import numpy as np
import shapely

from ...layers.sector_model import PROJECT_COLUMNS

if TYPE_CHECKING:
    from ...layers.standard import Standard
    from .sector_rows import SectorRows

Key = tuple  # plan's number, project's key in it
_NAME, _USE = PROJECT_COLUMNS.index("name"), PROJECT_COLUMNS.index("use")


class Neighbours:
    """Finds the projects that share ground with some, or are facilities of one type and near."""

    def __init__(self, plans: Sequence[SectorRows], standard: Standard) -> None:
        self.plans, self.standard = plans, standard
        self._kinds: dict[tuple[str, str], str] = {}
        self._radius = {one.id: one.radius_m for one in standard.facilities()}
        self._mates: dict[Key, set[Key]] = {}  # projects of one plan that meet
        self._learn(self._said((plan.number, key)) for plan in plans for key in plan.rows)

    def around(self, keys: Sequence[Key]) -> list[Key]:
        """List the projects that may share ground with some, or be of one type and near."""
        found: set[Key] = set()
        shapes = [self.plans[number].projects[key].shapes for number, key in keys]
        plots = np.concatenate([np.empty(0, dtype=object), *shapes])
        spots = {key: self._spots(key) for key in keys if self._radius.get(self.kind(key), 0) > 0}
        for plan in self.plans:
            names = list(plan.rows)
            hit = np.unique(plan.tree.query(plots)[1]) if len(plots) else ()
            found.update((plan.number, names[row]) for row in np.unique(plan.owner[hit]))
            for key, own in spots.items():
                found.update(self._alike(plan, names, self.kind(key), own))
        return [key for key in found if key not in set(keys)]

    def _alike(
        self, plan: SectorRows, names: list[str], kind: str, spots: np.ndarray
    ) -> Iterable[Key]:
        """List the facilities of a type with a part near one of some spots."""
        far = shapely.distance(plan.spots[:, None], spots)
        near = plan.spot_owner[(far <= self._radius[kind]).any(axis=1)]
        keys = [(plan.number, names[row]) for row in np.unique(near).tolist()]
        return [key for key in keys if self.kind(key) == kind]

    def _spots(self, key: Key) -> np.ndarray:
        return self.plans[key[0]].projects[key[1]].spots

    def kind(self, key: Key) -> str:
        """Give the type of facility of a project, "" where it is none."""
        said = self._said(key)
        if said not in self._kinds:
            self._learn([said])
        return self._kinds[said]

    def _said(self, key: Key) -> tuple[str, str]:
        columns = self.plans[key[0]].projects[key[1]].columns
        return str(columns[_NAME]), str(columns[_USE])

    def _learn(self, said: Iterable[tuple[str, str]]) -> None:
        """Find the types of names and uses, all at once."""
        pairs = [*dict.fromkeys(said)]
        names = np.array([*(pair[0] for pair in pairs), ""], dtype=object)[:-1]
        uses = np.array([*(pair[1] for pair in pairs), ""], dtype=object)[:-1]
        kinds = self.standard.facility_of(names, uses) if pairs else ()
        self._kinds.update((pair, str(kind)) for pair, kind in zip(pairs, kinds))

    def forget(self, key: Key) -> set[Key]:
        """Forget which projects of its plan one met, and give them."""
        return self._mates.pop(key, set())

    def meet(self, plan: SectorRows, keys: Iterable[str]) -> set[Key]:
        """Note which projects of a plan may share ground, and give those that these meet."""
        out = set()
        names = [(plan.number, one) for one in plan.rows]
        for key in keys:
            me = (plan.number, key)
            plots = plan.tree.query(plan.projects[key].shapes, predicate="intersects")[1]
            for other in (names[row] for row in np.unique(plan.owner[plots]).tolist()):
                if other != me:
                    out.add(other)
                    self._mates.setdefault(me, set()).add(other)
                    self._mates.setdefault(other, set()).add(me)
        return out
