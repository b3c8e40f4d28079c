# SPDX-License-Identifier: GPL-2.0-or-later
"""A table of few rows without the price of a data frame: what the checks ask of one, and no more.

Making a data frame costs a millisecond whatever its size, and an edit would make dozens.
"""

from __future__ import annotations

from typing import Any, Collection, Iterator, Mapping

import numpy as np


class Column:
    """A column of a table."""

    def __init__(self, values: np.ndarray) -> None:
        self._values = values

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    @property
    def iloc(self) -> np.ndarray:
        """Give the values by their place."""
        return self._values

    def to_numpy(self, dtype: Any = None) -> np.ndarray:
        """Give the values as an array."""
        return self._values if dtype is None else self._values.astype(dtype, copy=False)

    def isin(self, values: Collection[Any]) -> Column:
        """Tell which values are among others."""
        known = set(values)
        return Column(np.array([one in known for one in self._values], dtype=bool))


class Lean:
    """A table: columns of one length by name."""

    def __init__(self, columns: Mapping[str, np.ndarray]) -> None:
        self._columns = dict(columns)

    def __getitem__(self, name: str) -> Column:
        return Column(self._columns[name])

    def __contains__(self, name: str) -> bool:
        return name in self._columns

    def __len__(self) -> int:
        return len(next(iter(self._columns.values()), ()))

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def array(self, name: str) -> np.ndarray:
        """Give a column's array."""
        return self._columns[name]

    def where(self, rows: np.ndarray) -> Lean:
        """Keep some rows."""
        return Lean({name: values[rows] for name, values in self._columns.items()})

    def having(self, **columns: np.ndarray) -> Lean:
        """Put other values in some columns."""
        return Lean({**self._columns, **columns})
