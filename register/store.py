# SPDX-License-Identifier: GPL-2.0-or-later
"""What every store of a register does, whatever holds it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Mapping, NamedTuple, Protocol, Sequence

import geopandas as gpd
import pandas as pd
from pyproj import CRS

from ..layers.errors import InputError
from .merge import Merged
from .model import County, Decision, Outcome


class Whole(NamedTuple):
    """All that a register holds at one moment, as `read`, `history` and `runs` give it."""

    conflicts: gpd.GeoDataFrame
    history: pd.DataFrame
    runs: pd.DataFrame
    county: County


class Register(Protocol):
    """A register of conflicts, opened by `open_register`; no connection stays open between calls.

    Whatever can't be read or written is an InputError, and then the register is as it was.
    """

    @property
    def label(self) -> str:
        """Name the place as the user knows it; never a password."""

    def exists(self) -> bool:
        """Tell whether there is a register yet; the first merge makes it."""

    def merge(self, conflicts: gpd.GeoDataFrame, run: Mapping[str, Any]) -> dict[str, int]:
        """Merge what a run found; gives counts new, gone, unchanged, reopened and open.

        `conflicts` is the layer of that name in results.gpkg; `run` says when and what the run
        looked at (see `model.look_of`). Makes the register where there is none. InputError where
        the run was about another county, or in another CRS.
        """

    def decide(self, decisions: Sequence[Decision]) -> list[Outcome]:
        """Write decisions, each judged alone; gives an outcome a decision, in their order."""

    def read(self) -> gpd.GeoDataFrame:
        """Give all conflicts in the order of their ids: COLUMNS and the geometry `geom`."""

    def history(self, id_: str = "") -> pd.DataFrame:
        """Give what happened to one conflict, or to all, in order."""

    def runs(self) -> pd.DataFrame:
        """Give the runs that were merged, in order."""

    def whole(self) -> Whole:
        """Give conflicts, history and runs as they are at one moment."""

    def snapshot(self, path: Path) -> None:
        """Copy the register as it is now to a GeoPackage to look at; decisions there are refused.

        A former copy is replaced; InputError where the path holds anything else.
        """


def crs_text(crs: Any) -> str:
    """Name a CRS by its authority and code, or by WKT where it has none; InputError without one."""
    if crs is None:
        raise InputError("register.no_crs")
    known = CRS.from_user_input(crs)
    authority = known.to_authority(min_confidence=100)
    return ":".join(authority) if authority else known.to_wkt()


def same_crs(kept: str, given: Any, place: str) -> None:
    """Raise InputError where conflicts come in another CRS than the register's."""
    theirs = crs_text(given)
    if kept == theirs or CRS(kept).equals(CRS(theirs), ignore_axis_order=True):
        return
    names = {"kept": CRS(kept).name, "given": CRS(theirs).name}
    raise InputError("register.crs", place=place, **names)


def same_county(kept: County, given: County, place: str) -> County:
    """Give the county to keep; InputError where conflicts are of another one than the register's.

    The code decides, and the name where one of the two has no code. A register that does not know
    its county takes the first one.
    """
    pairs = [(a, b) for a, b in zip(kept, given) if a and b]
    if pairs and pairs[0][0] != pairs[0][1]:
        told = {"kept": kept.told(), "given": given.told()}
        raise InputError("register.county", place=place, **told)
    return County(kept.code or given.code, kept.name or given.name)


def counted(merged: Merged, waiting: int) -> dict[str, int]:
    """Give the counts of a merge with the number of conflicts that wait for an answer."""
    return {**merged.counts, "open": waiting}
