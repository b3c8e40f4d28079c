# SPDX-License-Identifier: GPL-2.0-or-later
"""What reading a layer told, feature by feature and as counts, so that edits can change it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from ...layers.features import cultivated, tell_no_deduction
from ...layers.findings import as_multi
from ...layers.notes import Notes
from ...layers.words import say
from .rows import OF_DEDUCTION, OF_SHAPE, of_whole

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from ...layers.model import County, Layer
    from .rows import Rows

_OF_ROWS = (*OF_SHAPE, *OF_DEDUCTION)


def part_notes(
    found: gpd.GeoDataFrame, layer: Layer
) -> tuple[gpd.GeoDataFrame, dict[int, gpd.GeoDataFrame]]:
    """Part what reading found: what no edit of the layer changes, and what each row was told.

    What is told of the layer as a whole (codes given back, no features) is in neither: it is made
    from counts. Features of one id are told apart by their shapes.
    """
    of_layer = (found["subject_layer"] == layer.role).to_numpy(dtype=bool)
    counted = of_layer & of_whole(found)
    by_row = of_layer & ~counted & found["rule"].isin(_OF_ROWS).to_numpy(dtype=bool)
    told: dict[int, list[int]] = {}
    rows_of: dict[str, list[int]] = {}
    for row, one in enumerate(layer.data["id"]):
        rows_of.setdefault(str(one), []).append(row)
    shapes = as_multi(layer.geometry)
    for place in np.flatnonzero(by_row).tolist():
        one = found.iloc[place]
        rows = rows_of.get(str(one["subject_id"]), [])
        row = _whose(one, rows, shapes, layer.data["deduction"].to_numpy(dtype=float), told, found)
        told.setdefault(row, []).append(place)
    parted = {row: found.iloc[places] for row, places in told.items()}
    return found[~by_row & ~counted], parted


def _whose(
    one: pd.Series, rows: list[int], shapes: np.ndarray, deduction: np.ndarray,
    told: dict[int, list[int]], found: gpd.GeoDataFrame,
) -> int:  # fmt: skip
    """Find the row a finding is about: of those with its id the first that fits and is free."""

    def fits(row: int) -> bool:
        if any(found["rule"].iloc[place] == one["rule"] for place in told.get(row, ())):
            return False
        if one["rule"] == "data.unusable":
            return shapes[row] is None
        if one["rule"] == "data.geometry":
            return shapes[row] is not None and shapes[row].equals_exact(one["geometry"], 0.0)
        return bool(np.isnan(deduction[row]))

    return next((row for row in rows if fits(row)), rows[0] if rows else 0)


class Counts:
    """Numbers over all features of a layer: codes given back, coefficients that look like per cent.

    `restored` counts the features by the code in the file and the code it was read as.
    """

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.restored: Counter[tuple[str, str]] = Counter()
        self.living = self.stated = self.hundreds = 0
        self.farmed = self.ridged = 0  # parcels of cultivated land; those that state a coefficient
        self.add(rows.living(), 1)

    def add(self, rows: np.ndarray, sign: int) -> set[str]:
        """Count rows in (or out); gives the codes in the file that were given back."""
        kept = self.rows
        self.living += sign * len(rows)
        raw = kept.restored.array[rows]
        words = set()
        if "code" in kept.columns:
            codes = kept.columns["code"].array[rows]
            for place in np.flatnonzero(raw != "").tolist():
                self.restored[raw[place], codes[place]] += sign
                words.add(str(raw[place]))
        stated = kept.columns["deduction"].array[rows]
        if "code" in kept.columns:
            farmed = cultivated(kept.columns["code"].array[rows])
            said = ~np.isnan(stated) | kept.misread.array[rows]
            self.farmed += sign * int(farmed.sum())
            self.ridged += sign * int((farmed & said).sum())
        some = stated[~np.isnan(stated) & (stated != 0)]
        self.stated += sign * len(some)
        self.hundreds += sign * int(((some >= 1) & (some <= 100)).sum())
        return words

    @property
    def percent(self) -> bool:
        """Tell if all coefficients, but for zeros, look like percentages."""
        return self.stated > 0 and self.stated == self.hundreds

    def restored_notes(self, county: County, raw: str) -> list[gpd.GeoDataFrame]:
        """Tell of a code in the file that was read as another, if any feature bears it."""
        notes = Notes(county.dossier, county.standard, county.dossier.crs)
        for (word, now), count in self.restored.items():
            if word == raw and count > 0:
                message = say("layers.code_restored", count=count, code=word, now=now)
                notes.add("data.code", "warning", self.rows.role, message, object_id=word)
        return notes.tables

    @property
    def lacking(self) -> int:
        """Count the parcels of cultivated land where none of them states a coefficient."""
        return self.farmed if "deduction" in self.rows.source.fields and not self.ridged else 0

    def empty_notes(self, county: County) -> list[gpd.GeoDataFrame]:
        """Tell of a layer without features, or with a column of coefficients that is empty."""
        notes = Notes(county.dossier, county.standard, county.dossier.crs)
        if self.living == 0:
            message = say("layers.empty", source=self.rows.layer.source)
            notes.add("data.empty", "warning", self.rows.role, message)
        if self.lacking:
            tell_no_deduction(self.rows.role, self.rows.source, self.lacking, notes)
        return notes.tables
