# SPDX-License-Identifier: GPL-2.0-or-later
"""The unit tree: villages, and the towns, clusters and county above them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Collection, Sequence

import numpy as np
import pandas as pd

from .errors import InputError
from .model import LEVELS, UnitTree
from .schema import listed, nearest_first
from .words import say

ABOVE = {"village": ("town", "cluster", "county"), "town": ("cluster", "county"),
         "cluster": ("county",), "county": ()}  # fmt: skip


@dataclass(frozen=True)
class Trouble:
    """Something the units' attributes contradict themselves in: level, unit code, sentence."""

    level: str
    unit: str
    message: str
    severity: str = "error"


def build_tree(
    data: pd.DataFrame, county: str, county_name: str, given: Collection[str]
) -> tuple[UnitTree, list[Trouble]]:
    """Build the tree from the units layer's attributes, one row a feature, all with a code.

    `given` names the fields the dossier maps. Without `cluster` the county is the one cluster;
    without `town` there is no town level. Rows of one code are one unit; where they contradict
    each other the first wins and the trouble is told.
    """
    frame = data.copy()
    if "cluster" not in given:
        frame["cluster"], frame["cluster_name"] = county, county_name
    frame["county"], frame["county_name"] = county, county_name
    troubles = [*_within_code(frame), *_across(frame, given)]
    finest = frame.drop_duplicates("code").sort_values("code", kind="stable")
    for name in ("code", "town", "cluster"):
        finest = _one_name(finest, name)
    finest = finest.reset_index(drop=True)[list(_COLUMNS)].astype(object)
    rows = pd.Index(finest["code"]).get_indexer(frame["code"])
    levels = tuple(level for level in LEVELS if level != "town" or "town" in given)
    return UnitTree(finest, rows, levels), troubles


_HOMELESS = {"town": "layers.no_town", "cluster": "layers.no_cluster_code"}
_COLUMNS = ("code", "name", "town", "town_name", "cluster", "cluster_name", "county", "county_name")


def _name_column(code: str) -> str:
    return "name" if code == "code" else f"{code}_name"


def _one_name(finest: pd.DataFrame, code: str) -> pd.DataFrame:
    """Give all rows of one unit its first name that is not blank; its code where it has none."""
    column = _name_column(code)
    first = finest[finest[column] != ""].drop_duplicates(code).set_index(code)[column]
    names = finest[code].map(first)
    return finest.assign(**{column: names.where(names.notna(), finest[code])})


def _within_code(frame: pd.DataFrame) -> list[Trouble]:
    """Tell where features of one unit name different towns, clusters or names."""
    troubles = []
    for column, key in (("town", "layers.unit_two_towns"), ("cluster", "layers.unit_two_clusters"),
                        ("name", "layers.unit_two_names")):  # fmt: skip
        for code, values in _differing(frame, "code", column):
            severity = "warning" if column == "name" else "error"
            message = say(key, unit=code, values=listed(values))
            troubles.append(Trouble("village", code, message, severity))
    return troubles


def _across(frame: pd.DataFrame, given: Collection[str]) -> list[Trouble]:
    """Tell where the levels above contradict each other or where a unit has no place in them."""
    troubles = []
    for level in ("town", "cluster"):
        if level not in given:
            continue
        for code, values in _differing(frame, level, f"{level}_name"):
            message = say("layers.level_two_names", unit=code, values=listed(values))
            troubles.append(Trouble(level, code, message, "warning"))
        homeless = frame.loc[frame[level] == "", "code"].unique()
        for code in homeless:
            message = say(_HOMELESS[level], unit=code)
            troubles.append(Trouble("village", str(code), message))
    if "town" in given:
        for town, values in _differing(frame.drop_duplicates("code"), "town", "cluster"):
            message = say("layers.town_two_clusters", unit=town, values=listed(values))
            troubles.append(Trouble("town", town, message))
    return troubles


def _differing(frame: pd.DataFrame, key: str, column: str) -> list[tuple[str, list[str]]]:
    """Find the keys that come with more than one value of a column, blanks aside."""
    pairs = frame.loc[(frame[key] != "") & (frame[column] != ""), [key, column]].drop_duplicates()
    twice = pairs[pairs.duplicated(key, keep=False)]
    return [(str(code), list(group[column])) for code, group in twice.groupby(key, sort=True)]


def units_of(tree: UnitTree, level: str) -> pd.DataFrame:
    """List a level's units in order of code: unit, unit_name, cluster, parent.

    `parent` is the unit of the next level up that the tree has, "" for the top one; `cluster` is
    "" for the county.
    """
    column = "code" if level == "village" else level
    finest = tree.finest[tree.finest[column] != ""].drop_duplicates(column)
    up = next((one for one in ABOVE[level] if one in tree.levels), None)
    none = pd.Series("", index=finest.index, dtype=object)
    out = pd.DataFrame(
        {
            "unit": finest[column],
            "unit_name": finest[_name_column(column)],
            "cluster": none if level == "county" else finest["cluster"],
            "parent": finest[up] if up else none,
        },
        dtype=object,
    )
    return out.sort_values("unit", kind="stable").reset_index(drop=True)


def pick_clusters(tree: UnitTree, clusters: Sequence[str]) -> UnitTree:
    """Keep only the units of these clusters, given by code or name; the county level goes.

    `feature_unit` is -1 for features of the units left out. An unknown cluster is an InputError
    that names the known ones.
    """
    known = units_of(tree, "cluster")
    keep: set[str] = set()
    for wanted in (one.strip() for one in clusters):
        hit = known[(known["unit"] == wanted) | (known["unit_name"] == wanted)]
        if hit.empty:
            names = [f"{row.unit} {row.unit_name}" for row in known.itertuples()]
            near = nearest_first(wanted, names)
            raise InputError("layers.no_cluster", cluster=wanted, clusters=listed(near))
        keep.update(hit["unit"])
    chosen = tree.finest["cluster"].isin(keep).to_numpy()
    new_row = np.where(chosen, np.cumsum(chosen) - 1, -1)
    finest = tree.finest[chosen].reset_index(drop=True)
    levels = tuple(level for level in tree.levels if level != "county")
    return UnitTree(finest, new_row[tree.feature_unit], levels)
