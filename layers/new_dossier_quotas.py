# SPDX-License-Identifier: GPL-2.0-or-later
"""Which table holds the quotas: one whose header the reader of quotas understands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterable, Iterator, Sequence

from .errors import InputError
from .finding_layers import Found
from .headers import find_header, indicator_names
from .sources import Source, relative
from .standard import Standard
from .tables import read_tables

_MOST_BYTES = 20_000_000
_HEADER, _NAME = 0.75, 0.8


@dataclass(frozen=True)
class QuotaGuess:
    """A table taken for the quotas: file, sheet or table in it ("" the only one), how sure."""

    path: Path
    layer: str
    sure: float
    alias: str = ""
    rivals: tuple[str, ...] = ()

    def entry(self, base: Path) -> dict[str, Any]:
        """Give the dossier's entry, its path relative to `base`."""
        entry = {"path": relative(str(self.path.absolute()), base)}
        return {**entry, "layer": self.layer} if self.layer else entry

    @property
    def label(self) -> str:
        """Name it as the user knows it."""
        return f"{self.path.name}/{self.layer}" if self.layer else self.path.name


def guess_quotas(
    sheets: Sequence[Path], layers: Iterable[Found], standard: Standard
) -> QuotaGuess | None:
    """Choose among workbooks, texts and the tables of containers; None where none fits."""
    words = standard.vocabulary()
    indicators = indicator_names(standard.indicators)
    found = []
    for path, layer, several in candidates(sheets, layers):
        names = [path.stem, layer]
        weight, alias = max(words.named(one).get("quotas", (0.0, "")) for one in names)
        sure = 1 - (1 - _HEADER) * (1 - _NAME * weight)
        if _fits(path, layer, indicators):
            found.append(QuotaGuess(path, layer if several else "", round(sure, 4), alias))
    found.sort(key=lambda one: -one.sure)
    if not found:
        return None
    best = found[0]
    near = tuple(one.label for one in found[1:] if one.sure > best.sure - 0.1)
    return QuotaGuess(
        best.path, best.layer, min(best.sure, 0.75) if near else best.sure, best.alias, near
    )


def candidates(sheets: Sequence[Path], layers: Iterable[Found]) -> Iterator[tuple[Path, str, bool]]:
    """Give file, sheet or table, and whether it must be named: the file has others beside it."""
    for path in sheets:
        try:
            if path.stat().st_size > _MOST_BYTES:
                continue
            tables = read_tables(Source(str(path)), path.name)
        except (InputError, OSError):
            continue
        for table in tables:
            layer = table.name[len(path.name) + 1 :]
            yield path, layer, len(tables) > 1
    for found in layers:
        if found.facts.shape == "table":
            yield found.path, found.layer, bool(found.layer)


def _fits(path: Path, layer: str, indicators: dict[str, str]) -> bool:
    """Tell whether a table has the header of a table of quotas."""
    try:
        tables = read_tables(Source(str(path), layer), path.name)
        return any(find_header(table, indicators, {}) is not None for table in tables)
    except InputError:
        return False
