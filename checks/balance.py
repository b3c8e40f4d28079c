# SPDX-License-Identifier: GPL-2.0-or-later
"""Land balance: the structure of land in base and plan, what became what, and the two ledgers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Iterator

import numpy as np
import pandas as pd

from ..layers.rounding import M2_PER_HA, hectares, round_half_up
from ..layers.words import say
from .balancing import Node, nodes, rounded
from .levels import Level, levels
from .net import base_deduction, change_groups, deduction, take
from .results import empty

if TYPE_CHECKING:
    from ..layers.model import County
    from .fabric import Fabric

UNKNOWN, GAP = "unknown", "gap"
WHOLE_M2 = 1e-3  # two sums of the same land differ by less
BALANCE = ("level", "unit", "class", "base_ha", "plan_ha", "change_ha", "unit_name", "class_name")
TRANSFERS = (
    "level", "unit", "from_class", "to_class", "area_ha", "unit_name", "from_name", "to_name",
)  # fmt: skip
LEDGERS = (
    "level", "unit", "unit_name", "ledger", "name", "from_class", "to_class", "from_name",
    "to_name", "gross_ha", "net_ha", "flow",
)  # fmt: skip


@dataclass(frozen=True)
class BalanceTables:
    """The three tables, columns as BALANCE, TRANSFERS and LEDGERS say; hectares that add up.

    `misses` counts totals of transfers that differ from the balance and what else could not be had
    (see `Rounded`); `settled` is False where each value had to be rounded by itself.
    """

    land_balance: pd.DataFrame
    transfers: pd.DataFrame
    ledgers: pd.DataFrame
    misses: int = 0
    settled: bool = True


@dataclass(frozen=True)
class _Classes:
    """The rows of the structure table; the last two are unknown codes and land without parcel."""

    ids: list[str]
    names: list[str]

    @classmethod
    def of(cls, county: County) -> _Classes:
        classes = county.standard.classes
        named = [(one.id, one.name) for one in classes]
        named += [(one, say(f"checks.class.{one}")) for one in (UNKNOWN, GAP)]
        return cls([one for one, _ in named], [name for _, name in named])

    def __len__(self) -> int:
        return len(self.ids)


def land_balance(county: County, fabric: Fabric) -> BalanceTables:
    """Make the structure table, the transfer matrix and the ledgers of every unit.

    Without a plan (or without a base) that side is NaN and there are no transfers. Land that no
    feature covers is the class `gap`; that of features whose code is unknown the class `unknown`.
    """
    classes = _Classes.of(county)
    base = _class_of_pieces(county, fabric, "landuse", classes)
    plan = _class_of_pieces(county, fabric, "plan", classes)
    one, other = (base, plan) if base is not None else (plan, plan)
    if one is None:
        return BalanceTables(_stack([], BALANCE), _stack([], TRANSFERS), _stack([], LEDGERS))
    other = one if other is None else other
    both = base is not None and plan is not None
    chain = levels(county.tree)
    tree = nodes(chain, len(county.tree.finest))
    settled = rounded(tree, _matrix(fabric, one, other, len(classes)) / M2_PER_HA)
    balances, transfers = [], []
    cells = [_of_level(level, tree, settled.cells) for level in chain]
    for level, moved in zip(chain, cells):
        before, after = (_of_level(level, tree, side) for side in (settled.base, settled.plan))
        before = before if base is not None else np.full_like(before, np.nan)
        after = after if plan is not None else np.full_like(after, np.nan)
        balances.append(_balance_rows(level, classes, before, after))
        if both:
            transfers.append(_transfer_rows(level, classes, moved))
    ledgers = _ledgers(county, fabric, chain, classes, (one, other), cells) if both else []
    return BalanceTables(
        _stack(balances, BALANCE), _stack(transfers, TRANSFERS), _stack(ledgers, LEDGERS),
        settled.misses, settled.settled,
    )  # fmt: skip


def _stack(tables: list[pd.DataFrame], columns: tuple[str, ...]) -> pd.DataFrame:
    """Put tables under each other; an empty one with the columns where there is none."""
    filled = [table for table in tables if len(table)]
    if not filled:
        return empty(columns)
    return pd.concat(filled, ignore_index=True)[[*columns]]


def _class_of_pieces(
    county: County, fabric: Fabric, role: str, classes: _Classes
) -> np.ndarray | None:
    """Give each piece the number of its class, the last where nothing covers it.

    The last but one where the code has no class; None without layer.
    """
    layer = county.layers.get(role)
    if layer is None:
        return None
    found = county.standard.code_table(layer.table).classes(
        layer.data["code"].to_numpy(dtype=object)
    )
    number = pd.Index(classes.ids[:-2]).get_indexer(np.asarray(found, dtype=object))
    number = np.where(number < 0, len(classes) - 2, number)
    return take(number, fabric.pieces[role].to_numpy(), len(classes) - 1)


def _matrix(
    fabric: Fabric,
    one: np.ndarray,
    other: np.ndarray,
    width: int,
    weight: float | np.ndarray = 1.0,
) -> np.ndarray:
    """Sum the pieces per finest unit, class before and class after, in m2."""
    unit = fabric.pieces["unit"].to_numpy()
    count = len(fabric.unit_m2)
    place = (unit * width + one) * width + other
    gross = fabric.pieces["gross_m2"].to_numpy() * weight
    return np.bincount(place, weights=gross, minlength=count * width * width).reshape(
        count, width, width
    )


def _of_level(level: Level, tree: list[Node], branches: np.ndarray) -> np.ndarray:
    """Collect a level's rounded values, units first."""
    out = np.zeros((len(level), *branches.shape[1:]))
    for node in tree:
        if node.level == level.name and node.unit >= 0:
            out[node.unit] += branches[node.key]
    return round_half_up(out)


def _balance_rows(
    level: Level, classes: _Classes, base: np.ndarray, plan: np.ndarray
) -> pd.DataFrame:
    """Give a row for each unit and class; those of no class only where there is any such land."""
    width = len(classes)
    table = pd.DataFrame(
        {
            "level": level.name,
            "unit": np.repeat(level.codes, width), "unit_name": np.repeat(level.names, width),
            "class": classes.ids * len(level), "class_name": classes.names * len(level),
            "base_ha": base.ravel(), "plan_ha": plan.ravel(),
        }
    )  # fmt: skip
    table["change_ha"] = round_half_up(table["plan_ha"] - table["base_ha"])
    empty = table[["base_ha", "plan_ha"]].fillna(0.0).eq(0.0).all(axis=1)
    return table[~(empty & table["class"].isin((UNKNOWN, GAP)))]


def _transfer_rows(level: Level, classes: _Classes, cells: np.ndarray) -> pd.DataFrame:
    """Give a row for each unit and pair of classes that share land."""
    unit, one, other = np.nonzero(cells)
    ids, names = (np.array(values, dtype=object) for values in (classes.ids, classes.names))
    return pd.DataFrame(
        {
            "level": level.name, "unit": level.codes[unit], "unit_name": level.names[unit],
            "from_class": ids[one], "to_class": ids[other],
            "from_name": names[one], "to_name": names[other], "area_ha": cells[unit, one, other],
        }
    )  # fmt: skip


def _flows(county: County, fabric: Fabric) -> Iterator[tuple[dict[str, str], np.ndarray, str]]:
    """Give each ledger's flows: what its rows are called, its pieces, the role it is net by.

    Land lost is net by the ridges it had, land won by those it is planned with.
    """
    before, after = (
        take(change_groups(county.layers[role], county), fabric.pieces[role].to_numpy(), "")
        for role in ("landuse", "plan")
    )
    for one in county.standard.ledgers():
        lost = (before == one.from_group) & (after == one.to_group)
        yield {"ledger": one.id, "name": one.name, "flow": "out"}, lost, "landuse"
        won = np.isin(before, one.back_groups) & (after == one.from_group)
        yield {"ledger": one.id, "name": one.back_name, "flow": "in"}, won, "plan"


def _ledgers(
    county: County,
    fabric: Fabric,
    chain: list[Level],
    classes: _Classes,
    pairs: tuple[np.ndarray, np.ndarray],
    cells: list[np.ndarray],
) -> list[pd.DataFrame]:
    """Book the land that went from one change group to another, gross and net of ridges.

    `pairs` are the classes of the pieces before and after, `cells` each level's rounded transfers.
    """
    ridges = {"landuse": base_deduction(county, fabric), "plan": deduction(county, fabric, "plan")}
    all_m2 = _matrix(fabric, *pairs, len(classes))
    tables = []
    for words, hit, role in _flows(county, fabric):
        gross_m2 = _matrix(fabric, *pairs, len(classes), hit)
        net_m2 = _matrix(fabric, *pairs, len(classes), hit * (1.0 - ridges[role]))
        for level, rounded_ha in zip(chain, cells):
            gross = _booked(level.sum(gross_m2), level.sum(all_m2), rounded_ha)
            net = np.minimum(hectares(level.sum(net_m2)), gross)
            tables.append(_ledger_rows(level, classes, gross, net).assign(**words))
    return tables


def _booked(gross_m2: np.ndarray, all_m2: np.ndarray, cells_ha: np.ndarray) -> np.ndarray:
    """Round what a ledger books so that it agrees with the transfers of the same classes.

    Where all land of a pair is booked it is the transfer itself, else never more than that.
    """
    whole = (gross_m2 > 0) & (all_m2 - gross_m2 < WHOLE_M2)
    return np.where(whole, cells_ha, np.minimum(hectares(gross_m2), cells_ha))


def _ledger_rows(
    level: Level, classes: _Classes, gross_ha: np.ndarray, net_ha: np.ndarray
) -> pd.DataFrame:
    """Give a row for each unit and pair of classes that a ledger books land under."""
    unit, one, other = np.nonzero(gross_ha)
    ids, names = (np.array(values, dtype=object) for values in (classes.ids, classes.names))
    return pd.DataFrame(
        {
            "level": level.name,
            "unit": level.codes[unit],
            "unit_name": level.names[unit],
            "from_class": ids[one],
            "to_class": ids[other],
            "from_name": names[one],
            "to_name": names[other],
            "gross_ha": gross_ha[unit, one, other],
            "net_ha": net_ha[unit, one, other],
        }
    )
