# SPDX-License-Identifier: GPL-2.0-or-later
"""The filters of the list: sets of rows as whole numbers, a bit a row.

Python's long integers intersect and count thousands of rows within microseconds, so the counts
beside every value (what the list would hold if it were chosen, all other filters kept) cost
nothing noticeable.
"""

from __future__ import annotations

from typing import Callable, Hashable, Iterable, Sequence

from .sector_records import THING, Conflict

Value = Hashable
FACETS = ("cluster", "town", "department", "plan", "rule", "severity", "state", "pair")
SETTLED = ("fixed",)


def pair_of(conflict: Conflict) -> tuple[str, str]:
    """Give the cell of the matrix: two plans, or a plan and what it is in conflict with.

    Findings about one plan alone lie on the diagonal; demand is of all plans together.
    """
    first, second = conflict.subject.layer, conflict.object.layer
    return first, second or first


def plans_of(conflict: Conflict) -> tuple[str, ...]:
    """List the plans of a conflict, one or two; demand is of no single plan."""
    ends = (conflict.subject.layer, conflict.object.layer)
    return tuple(dict.fromkeys(end for end in ends if end and not end.startswith(THING)))


def _departments(conflict: Conflict) -> tuple[str, ...]:
    ends = (conflict.subject.department, conflict.object.department)
    return tuple(dict.fromkeys(end for end in ends if end))


_VALUES: dict[str, Callable[[Conflict], Iterable[Value]]] = {
    "cluster": lambda one: (one.cluster,),
    "town": lambda one: (one.town,),
    "department": _departments,
    "plan": plans_of,
    "rule": lambda one: (one.rule,),
    "severity": lambda one: (one.severity,),
    "state": lambda one: (one.state,),
    "pair": lambda one: (pair_of(one),),
}


def rows_to_bits(rows: Iterable[int], count: int) -> int:
    """Give the number whose bits are the rows."""
    packed = bytearray(count // 8 + 1)
    for row in rows:
        packed[row >> 3] |= 1 << (row & 7)
    return int.from_bytes(packed, "little")


def bits_to_flags(bits: int, count: int) -> str:
    """Give a text of `count` letters, "1" for each row that is in the set."""
    return bin(bits)[:1:-1].ljust(count, "0") if count else ""


def size(bits: int) -> int:
    """Count the rows of a set."""
    return bin(bits).count("1")


class Filters:
    """Which conflicts are shown, and how many each value would show."""

    def __init__(self, conflicts: Sequence[Conflict] = ()) -> None:
        self.chosen: dict[str, frozenset[Value]] = {}
        self.text = ""
        self.place: tuple[float, float, float, float] | None = None
        self.load(conflicts)

    def load(self, conflicts: Sequence[Conflict]) -> None:
        """Take new conflicts; what was chosen stays, as far as there still is such a value."""
        self.conflicts = conflicts
        self.count = len(conflicts)
        self.all = (1 << self.count) - 1
        self.sets = {facet: self._sets(facet) for facet in FACETS}
        self._texts = [_searchable(one) for one in conflicts]
        self._boxes = [_box(one) for one in conflicts]
        for facet, values in list(self.chosen.items()):
            kept = values & self.sets[facet].keys() if facet != "state" else values
            self.choose(facet, kept)
        self._found, self._inside = self._find(), self._look()

    def _sets(self, facet: str) -> dict[Value, int]:
        rows: dict[Value, list[int]] = {}
        values = _VALUES[facet]
        for row, conflict in enumerate(self.conflicts):
            for value in values(conflict):
                rows.setdefault(value, []).append(row)
        return {value: rows_to_bits(found, self.count) for value, found in rows.items()}

    def refresh(self, facet: str) -> None:
        """Look anew which conflicts have which value: after a decision."""
        self.sets[facet] = self._sets(facet)

    def choose(self, facet: str, values: Iterable[Value]) -> None:
        """Show only these values of a facet; none: all."""
        chosen = frozenset(values)
        if chosen:
            self.chosen[facet] = chosen
        else:
            self.chosen.pop(facet, None)

    def search(self, text: str) -> None:
        """Show only conflicts in which every word of the text occurs."""
        self.text = text.strip()
        self._found = self._find()

    def within(self, place: tuple[float, float, float, float] | None) -> None:
        """Show only what reaches into a rectangle (x0, y0, x1, y1); None: everywhere."""
        self.place = place
        self._inside = self._look()

    def _find(self) -> int:
        words = self.text.lower().split()
        if not words:
            return self.all
        texts = enumerate(self._texts)
        return rows_to_bits((row for row, t in texts if all(w in t for w in words)), self.count)

    def _look(self) -> int:
        if self.place is None:
            return self.all
        x0, y0, x1, y1 = self.place
        hits = (
            row
            for row, box in enumerate(self._boxes)
            if box and box[0] <= x1 and box[2] >= x0 and box[1] <= y1 and box[3] >= y0
        )
        return rows_to_bits(hits, self.count)

    def passing(self, but: str = "") -> int:
        """Give the rows that pass all filters, or all but that of one facet."""
        bits = self._found & self._inside
        for facet, values in self.chosen.items():
            if facet != but:
                sets, any_of = self.sets[facet], 0
                for value in values:
                    any_of |= sets.get(value, 0)
                bits &= any_of
        return bits

    def counts(self, facet: str) -> dict[Value, int]:
        """Count, for each value of a facet, what passes all other filters."""
        others = self.passing(but=facet)
        return {value: size(bits & others) for value, bits in self.sets[facet].items()}

    def rows(self, but: str = "") -> list[int]:
        """List the rows that pass."""
        flags = bits_to_flags(self.passing(but), self.count)
        return [row for row, flag in enumerate(flags) if flag == "1"]

    @property
    def active(self) -> bool:
        """Tell whether anything is filtered."""
        return bool(self.chosen or self.text or self.place)


def _searchable(conflict: Conflict) -> str:
    """Give all words by which a conflict may be found, in small letters."""
    ends = (conflict.subject, conflict.object)
    parts = [conflict.id, conflict.message, conflict.town_name, conflict.cluster_name]
    parts += [conflict.unit_name, conflict.person, conflict.reason, conflict.decision]
    parts += [text for end in ends for text in (end.name, end.id, end.label, end.department)]
    return "\n".join(parts).lower()


def _box(conflict: Conflict) -> tuple[float, float, float, float] | None:
    if conflict.geometry.isNull():
        return None
    box = conflict.geometry.boundingBox()
    return box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()
