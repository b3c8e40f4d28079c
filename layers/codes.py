# SPDX-License-Identifier: GPL-2.0-or-later
"""A table of land-use codes: what a code means, which class and which groups it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Sequence

import numpy as np
import pandas as pd

from .errors import InputError
from .prefixes import Selection
from .standard_files import nearest
from .words import pick

CHANGE_GROUPS = ("cultivated", "agricultural", "construction", "unused", "sea")
NOT_TAGGED = "-"
_FEW = 200  # up to so many codes are looked up one by one: quicker than finding the unique ones


@dataclass(frozen=True)
class GroupRow:
    """One line of groups.csv for one table.

    `settlement` holds the prefixes of the settlement tag (CZCSXM) the row asks for: () is any,
    ("-",) asks that the feature has no tag that another row of the table knows. `place` is "",
    `inside` or `outside` (the urban boundary).
    """

    group: str
    codes: Selection
    settlement: tuple[str, ...] = ()
    place: str = ""


class CodeTable:
    """One vocabulary of land-use codes and its class groups; lookups take whole arrays."""

    def __init__(self, name: str, codes: pd.DataFrame, groups: Sequence[GroupRow]) -> None:
        self.name = name
        self.codes = codes
        self.groups = tuple(dict.fromkeys(row.group for row in groups))
        self._rows = {
            group: tuple(row for row in groups if row.group == group) for group in self.groups
        }
        self._known = frozenset(codes.index)
        self._members: dict[tuple[Any, ...], bool] = {}
        self._tags = tuple({tag for row in groups for tag in row.settlement} - {NOT_TAGGED})
        self._columns: dict[str, dict[str, str]] = {
            column: dict(zip(codes.index, codes[column].astype(object))) for column in codes
        }

    def known(self, codes: Any) -> np.ndarray:
        """Tell for each code whether the table holds it."""
        if len(codes) <= _FEW:
            return np.array([code in self._known for code in codes], bool)
        rows, unique = _factorize(codes)
        return _spread(np.array([code in self._known for code in unique], bool), rows, False)

    def label(self, code: str) -> str:
        """Give the name of a code in the language in force, "" if the table doesn't hold it."""
        return pick(self._columns["name_zh"].get(code, ""), self._columns["name_en"].get(code, ""))

    def labels(self, codes: Any) -> np.ndarray:
        """Give the names of codes in the language in force, "" where unknown."""
        return self._map(codes, {code: self.label(code) for code in _factorize(codes)[1]})

    def classes(self, codes: Any) -> np.ndarray:
        """Give the id of the balance class of each code, "" where the code is unknown."""
        return self._map(codes, self._columns["class"])

    def change_groups(self, codes: Any) -> np.ndarray:
        """Give one of CHANGE_GROUPS for each code, "" where the code is unknown.

        These part all land, so `agricultural` is here what is not cultivated; the group of that
        name (`in_group`) holds the cultivated land too.
        """
        return self._map(codes, self._columns["change_group"])

    def rule_codes(self, codes: Any) -> np.ndarray:
        """Translate into the vocabulary of the control rules, "" where the code is unknown."""
        return self._map(codes, self._columns["rule_code"])

    def in_group(
        self, group: str, codes: Any, settlement: Any = None, inside: Any = None
    ) -> np.ndarray:
        """Tell for each code whether it belongs to a group; an unknown code belongs to none.

        `settlement` (CZCSXM, "" or null where not given) and `inside` (within the urban boundary)
        are arrays as long as `codes`. Without `settlement` no feature is tagged. Without `inside`
        nothing is known to be inside, so uses that town and village share count as village.
        """
        if len(codes) <= _FEW:
            return self._few_in_group(group, codes, settlement, inside)
        return self._in_group(group, codes, settlement, inside)

    def _few_in_group(self, group: str, codes: Any, settlement: Any, inside: Any) -> np.ndarray:
        """Look few codes up one by one: each combination is worked out once."""
        tags = [None] * len(codes) if settlement is None else settlement
        within = [None] * len(codes) if inside is None else inside
        out = np.zeros(len(codes), bool)
        for place, (code, tag, there) in enumerate(zip(codes, tags, within)):
            key = (group, code, tag, None if there is None else bool(there))
            if key not in self._members:
                one = [None if whole is None else np.array([part], dtype=object)
                       for whole, part in ((settlement, tag), (inside, there))]  # fmt: skip
                found = self._in_group(group, np.array([code], dtype=object), *one)
                self._members[key] = bool(found[0])
            out[place] = self._members[key]
        if not len(codes):
            self._group(group)
        return out

    def _in_group(self, group: str, codes: Any, settlement: Any, inside: Any) -> np.ndarray:
        rows, unique = _factorize(codes)
        out = np.zeros(len(rows), bool)
        for row in self._group(group):
            hit = np.array([c in self._known and c in row.codes for c in unique], bool)
            found = _spread(hit, rows, False)
            found &= self._tagged(row, settlement, len(rows))
            if row.place:
                within = np.zeros(len(rows), bool) if inside is None else np.asarray(inside, bool)
                found &= within if row.place == "inside" else ~within
            out |= found
        return out

    def group_codes(self, group: str) -> list[str]:
        """List the codes that belong to a group where no tag is given, wherever they lie."""
        rows = [
            row for row in self._group(group)
            if not row.settlement or NOT_TAGGED in row.settlement
        ]  # fmt: skip
        return [code for code in self.codes.index if any(code in row.codes for row in rows)]

    def _group(self, group: str) -> tuple[GroupRow, ...]:
        if group not in self._rows:
            raise InputError(
                "standard.group", group=group, table=self.name, nearest=nearest(group, self._rows)
            )
        return self._rows[group]

    def _tagged(self, row: GroupRow, settlement: Any, length: int) -> np.ndarray:
        if not row.settlement:
            return np.ones(length, bool)
        plain = NOT_TAGGED in row.settlement
        if settlement is None:
            return np.full(length, plain)
        wanted = tuple(tag for tag in row.settlement if tag != NOT_TAGGED)
        rows, unique = _factorize(settlement)
        hit = [
            tag.startswith(wanted) or (plain and not tag.startswith(self._tags)) for tag in unique
        ]
        return _spread(np.array(hit, bool), rows, plain)

    @staticmethod
    def _map(codes: Any, mapping: Mapping[str, str]) -> np.ndarray:
        if len(codes) <= _FEW:
            out = np.empty(len(codes), dtype=object)
            out[:] = [mapping.get(code, "") for code in codes]
            return out
        rows, unique = _factorize(codes)
        values = np.empty(len(unique), dtype=object)
        values[:] = [mapping.get(code, "") for code in unique]
        return _spread(values, rows, "")


def _factorize(codes: Any) -> tuple[np.ndarray, np.ndarray]:
    """Give for each element the row of its value among the unique ones, -1 where null."""
    rows, unique = pd.factorize(np.asarray(codes, dtype=object))
    return rows, unique


def _spread(values: np.ndarray, rows: np.ndarray, null: Any) -> np.ndarray:
    """Bring values of the unique ones back to all elements; `null` where the row is -1."""
    last = np.empty(1, dtype=values.dtype)
    last[0] = null
    return np.concatenate([values, last])[rows]
