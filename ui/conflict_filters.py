# SPDX-License-Identifier: GPL-2.0-or-later
"""The filters of a list of records: sets of rows as whole numbers, a bit a row.

The conflicts of sector plans and the findings of all checks are filtered alike; a `Kind` says what
by. Python's long integers intersect and count thousands of rows within microseconds, so the counts
beside every value (what the list would hold if it were chosen, all other filters kept) cost
nothing noticeable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Hashable, Iterable, Mapping, Optional, Sequence

from .courtesy import politely
from .sector_records import THING, Conflict

Value = Hashable
Box = Optional[tuple[float, float, float, float]]
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


def _searchable(conflict: Conflict) -> str:
    """Give all words by which a conflict may be found, in small letters."""
    ends = (conflict.subject, conflict.object)
    parts = [conflict.id, conflict.message, conflict.town_name, conflict.cluster_name]
    parts += [conflict.unit_name, conflict.person, conflict.reason, conflict.decision]
    parts += [text for end in ends for text in (end.name, end.id, end.label, end.department)]
    return "\n".join(parts).lower()


def _box(conflict: Conflict) -> Box:
    if conflict.geometry.isNull():
        return None
    box = conflict.geometry.boundingBox()
    return box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()


@dataclass(frozen=True)
class Kind:
    """What records can be filtered by: facets, words and places.

    `values` gives a record's values of each facet, `text` its words in small letters, `box` its
    rectangle; the choice of a facet in `lasting` stays though no record has the value.
    """

    values: Mapping[str, Callable[[Any], Iterable[Value]]]
    text: Callable[[Any], str]
    box: Callable[[Any], Box]
    lasting: tuple[str, ...] = ()


CONFLICTS = Kind(_VALUES, _searchable, _box, ("state",))


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


class Index:
    """What a filter looks up in records; made once, beside the window where there are many."""

    def __init__(self, records: Iterable[Any], kind: Kind = CONFLICTS) -> None:
        self.records = list(records)
        self.kind = kind
        self.count = len(self.records)
        self.sets = {facet: self.sets_of(facet) for facet in kind.values}
        self.texts = [kind.text(one) for one in politely(self.records)]
        self.boxes = [kind.box(one) for one in politely(self.records)]

    def sets_of(self, facet: str) -> dict[Value, int]:
        """Give the rows that have each value of a facet."""
        rows: dict[Value, list[int]] = {}
        values = self.kind.values[facet]
        for row, record in enumerate(politely(self.records)):
            for value in values(record):
                rows.setdefault(value, []).append(row)
        return {value: rows_to_bits(found, self.count) for value, found in rows.items()}

    def add(self, records: Sequence[Any]) -> range:
        """Take more records, at the end; gives their rows."""
        rows = range(self.count, self.count + len(records))
        self.records += records
        self.texts += [self.kind.text(one) for one in records]
        self.boxes += [self.kind.box(one) for one in records]
        self.count += len(records)
        for facet, values in self.kind.values.items():
            more: dict[Value, list[int]] = {}
            for row, record in zip(rows, records):
                for value in values(record):
                    more.setdefault(value, []).append(row)
            for value, found in more.items():
                bits = rows_to_bits(found, self.count)
                self.sets[facet][value] = self.sets[facet].get(value, 0) | bits
        return rows


class Filters:
    """Which records are shown, and how many each value would show."""

    def __init__(self, records: Sequence[Any] = (), kind: Kind = CONFLICTS) -> None:
        self.kind = kind
        self.chosen: dict[str, frozenset[Value]] = {}
        self.text = ""
        self.place: Box = None
        self.load(records)

    def load(self, records: Sequence[Any], index: Index | None = None) -> None:
        """Take new records; what was chosen stays, as far as there still is such a value.

        `index` is what was made of the records already.
        """
        self.index = index or Index(records, self.kind)
        self.all = (1 << self.index.count) - 1
        for facet, values in list(self.chosen.items()):
            lasting = facet in self.kind.lasting
            self.choose(facet, values if lasting else values & self.sets[facet].keys())
        self._found, self._inside = self._find(), self._look()

    @property
    def sets(self) -> dict[str, dict[Value, int]]:
        """Give the rows of each facet's values."""
        return self.index.sets

    @property
    def count(self) -> int:
        """Count the rows, those of records taken away among them."""
        return self.index.count

    @property
    def living(self) -> int:
        """Count the records there are."""
        return size(self.all)

    def refresh(self, facet: str) -> None:
        """Look anew which records have which value: after a decision."""
        self.index.sets[facet] = self.index.sets_of(facet)

    def add(self, records: Sequence[Any]) -> range:
        """Take more records; gives their rows."""
        rows, index = self.index.add(records), self.index
        self.all |= rows_to_bits(rows, index.count)
        said = (row for row in rows if self._says(index.texts[row]))
        self._found |= rows_to_bits(said, index.count)
        inside = (row for row in rows if self._reaches(index.boxes[row]))
        self._inside |= rows_to_bits(inside, index.count)
        return rows

    def drop(self, rows: Iterable[int]) -> None:
        """Take records away; their rows stay empty until the next load."""
        self.all &= ~rows_to_bits(rows, self.count)

    def choose(self, facet: str, values: Iterable[Value]) -> None:
        """Show only these values of a facet; none: all."""
        chosen = frozenset(values)
        if chosen:
            self.chosen[facet] = chosen
        else:
            self.chosen.pop(facet, None)

    def search(self, text: str) -> None:
        """Show only records in which every word of the text occurs."""
        self.text = text.strip()
        self._found = self._find()

    def within(self, place: Box) -> None:
        """Show only what reaches into a rectangle (x0, y0, x1, y1); None: everywhere."""
        self.place = place
        self._inside = self._look()

    def _says(self, text: str) -> bool:
        return all(word in text for word in self.text.lower().split())

    def _reaches(self, box: Box) -> bool:
        if self.place is None:
            return True
        x0, y0, x1, y1 = self.place
        return bool(box and box[0] <= x1 and box[2] >= x0 and box[1] <= y1 and box[3] >= y0)

    def _find(self) -> int:
        words = self.text.lower().split()
        if not words:
            return self.all
        texts = enumerate(self.index.texts)
        return rows_to_bits((row for row, t in texts if all(w in t for w in words)), self.count)

    def _look(self) -> int:
        if self.place is None:
            return self.all
        x0, y0, x1, y1 = self.place
        hits = (
            row
            for row, box in enumerate(self.index.boxes)
            if box and box[0] <= x1 and box[2] >= x0 and box[1] <= y1 and box[3] >= y0
        )
        return rows_to_bits(hits, self.count)

    def passing(self, but: str = "") -> int:
        """Give the rows that pass all filters, or all but that of one facet."""
        bits = self.all & self._found & self._inside
        for facet, values in self.chosen.items():
            if facet != but:
                sets, any_of = self.sets[facet], 0
                for value in values:
                    any_of |= sets.get(value, 0)
                bits &= any_of
        return bits

    def counts(self, facet: str) -> dict[Value, int]:
        """Count, for each value of a facet that there is, what passes all other filters."""
        others = self.passing(but=facet)
        sets = self.sets[facet].items()
        return {value: size(bits & others) for value, bits in sets if bits & self.all}

    def rows(self, but: str = "") -> list[int]:
        """List the rows that pass."""
        flags = bits_to_flags(self.passing(but), self.count)
        return [row for row, flag in enumerate(flags) if flag == "1"]

    @property
    def active(self) -> bool:
        """Tell whether anything is filtered."""
        return bool(self.chosen or self.text or self.place)
