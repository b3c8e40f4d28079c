# SPDX-License-Identifier: GPL-2.0-or-later
"""What a standard says of sector plans: uses that go together, facility types, severities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from .prefixes import Selection, longest_prefix
from .words import pick

USE_VERDICTS = ("exclude", "together")
ORDERS = ("apart", "any")
_NO_MATCH = -1_000  # below any sum of two prefix lengths


@dataclass(frozen=True)
class UsePair:
    """Two selections of uses, whichever comes first, and what holds between them."""

    a: Selection
    b: Selection
    verdict: str


class UseRelations:
    """What holds between two uses: whether they exclude each other, whether they build apart.

    `roots` maps each code of the rules' vocabulary to its first-level class. The row whose two
    prefixes are the longest together decides; of equals the stricter verdict. Without a row, uses
    of different first-level classes exclude each other, and all build apart.
    """

    def __init__(
        self, roots: Mapping[str, str], uses: Sequence[UsePair], sequence: Sequence[UsePair]
    ) -> None:
        self._roots = dict(roots)
        self._uses = tuple(uses)
        self._sequence = tuple(sequence)

    def exclude(self, a: Any, b: Any) -> np.ndarray:
        """Tell for each pair of codes whether the uses exclude each other on one ground.

        A code that is blank or unknown to the vocabulary excludes none: the caller tells it as
        not checked.
        """
        left, right, codes = _factorized(a, b)
        roots = np.array([self._roots.get(code, "") for code in codes], dtype=object)
        classes, _ = pd.factorize(roots)
        verdict = _decide(self._uses, USE_VERDICTS[0], codes, left, right)
        differ = classes[left] != classes[right]
        known = (roots[left] != "") & (roots[right] != "")
        return known & np.where(verdict < 0, differ, verdict == 1)

    def apart(self, a: Any, b: Any) -> np.ndarray:
        """Tell for each pair of codes whether their years of construction must not intersect.

        A code that is blank or unknown builds apart from every other.
        """
        left, right, codes = _factorized(a, b)
        verdict = _decide(self._sequence, ORDERS[0], codes, left, right)
        known = np.array([code in self._roots for code in codes], dtype=bool)
        return (verdict != 0) | ~(known[left] & known[right])


def _factorized(a: Any, b: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Number the codes of both arrays alike; also the codes themselves, null as ""."""
    first, second = np.asarray(a, dtype=object).ravel(), np.asarray(b, dtype=object).ravel()
    if len(first) != len(second):
        raise ValueError(f"{len(first)} codes against {len(second)}")
    numbers, codes = pd.factorize(np.concatenate([first, second]))
    words = np.append(np.asarray(codes, dtype=object), "")  # -1, a null, is the last
    numbers = np.where(numbers < 0, len(words) - 1, numbers)
    return numbers[: len(first)], numbers[len(first) :], words


def _decide(
    rows: Sequence[UsePair], strict: str, codes: np.ndarray, left: np.ndarray, right: np.ndarray
) -> np.ndarray:
    """Give 1 where a strict row decides a pair, 0 where another does, -1 where none matches."""
    keys, back = np.unique(left * len(codes) + right, return_inverse=True)
    one, other = keys // len(codes), keys % len(codes)
    best = {verdict: np.full(len(keys), _NO_MATCH) for verdict in (True, False)}
    for row in rows:
        a, b = (
            np.array([_length(code, part) for code in codes], dtype=int) for part in (row.a, row.b)
        )
        found = np.maximum(a[one] + b[other], b[one] + a[other])
        kind = row.verdict == strict
        best[kind] = np.maximum(best[kind], found)
    out = np.where(best[True] >= best[False], 1, 0)
    out[np.maximum(best[True], best[False]) < 0] = -1
    return out[back]


def _length(code: str, selection: Selection) -> int:
    """Give how many characters of a code a selection names; far below zero if it is not in it."""
    if code and code in selection.exact:
        return len(code)
    found = len(longest_prefix(code, selection.prefixes))
    return found or (0 if selection.everything and code else _NO_MATCH)


@dataclass(frozen=True)
class Facility:
    """A type of facility: the words that name it, its uses, how far one serves.

    `uses` selects nothing where the standard names no use; `radius_m` is NaN where it states no
    radius: then no two are too near.
    """

    id: str
    name_zh: str
    name_en: str
    words: tuple[str, ...]
    uses: Selection
    radius_m: float
    per: str
    level: str
    basis: str
    confidence: str

    @property
    def name(self) -> str:
        """Name the type in the language in force."""
        return pick(self.name_zh, self.name_en)

    def fits(self, use: str) -> bool:
        """Tell whether a use may be one of the type's; true where either is not given.

        A use that is coarser than the type's (0804 for 080403) contradicts nothing.
        """
        tokens = self.uses.tokens()
        if not use or not tokens or use in self.uses or self.uses.everything:
            return True
        return any(token.startswith(use) for token in tokens)


class FacilityFinder:
    """Finds the facility type that a project's name and use speak of."""

    def __init__(self, facilities: Iterable[Facility]) -> None:
        pairs = [(word.lower(), one) for one in facilities for word in one.words]
        self._words = sorted(pairs, key=lambda pair: -len(pair[0]))  # equals stay in their order

    def find(self, names: Any, uses: Any) -> np.ndarray:
        """Give the id of each project's type: the longest word in its name whose use fits.

        The result is an object array, "" where no type fits.
        """
        pairs = pd.DataFrame({"name": np.asarray(names, object), "use": np.asarray(uses, object)})
        out = np.empty(len(pairs), dtype=object)
        out[:] = [
            self._one(name if isinstance(name, str) else "", use if isinstance(use, str) else "")
            for name, use in pairs.itertuples(index=False)
        ]
        return out

    def _one(self, name: str, use: str) -> str:
        text = name.lower()
        return next((one.id for word, one in self._words if word in text and one.fits(use)), "")
