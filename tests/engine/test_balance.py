# SPDX-License-Identifier: GPL-2.0-or-later
"""The land balance: true to a hundredth, and adding up in every direction."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from checks_county import box, county, naive_fabric, table_fabric
from hypothesis import given, settings
from hypothesis import strategies as st
from pianqu.checks import balancing
from pianqu.checks.balance import BALANCE, LEDGERS, TRANSFERS, land_balance

BASE = ["0101", "0201", "0301", "0401", "0404", "0702", "1003", "1104", "1101", "???"]
PLAN = ["01", "0201", "0301", "0401", "0403", "0703", "1202", "1704", "1701", "9999"]


def random_case(seed, villages=9, count=400, change=0.2, gaps=True):
    """Make a county whose land mostly stays as it is, in awkward areas."""
    rng = np.random.default_rng(seed)
    tree = [(f"v{i:02}", f"t{i // 2}", f"c{i // 4}") for i in range(villages)]
    made = county(
        [box(0, 0)] * villages, tree, landuse=[(box(0, 0), code) for code in BASE],
        plan=[(box(0, 0), code) for code in PLAN],
    )  # fmt: skip
    base = rng.integers(-1 if gaps else 0, len(BASE), count)
    plan = np.where(rng.random(count) < change, rng.integers(0, len(PLAN), count), np.abs(base))
    pieces = pd.DataFrame(
        {
            "unit": rng.integers(0, villages, count),
            "landuse": base,
            "plan": plan,
            "gross_m2": rng.choice([0.37, 33.3, 50.0, 149.99, 1234.567, 98765.4321], count),
        }
    )
    return made, table_fabric(pieces, villages), pieces


def steps(values):
    return np.rint(np.asarray(values, dtype=float) * 100).astype(np.int64)


def true_sums(made, pieces, role):
    """Sum hectares per level, unit and class, from the pieces themselves."""
    layer = made.layers[role]
    codes = np.where(pieces[role] < 0, "", layer.data["code"].to_numpy()[pieces[role]])
    classes = made.standard.code_table(layer.table).classes(codes)
    classes = np.where(classes == "", np.where(pieces[role] < 0, "gap", "unknown"), classes)
    out = {}
    for level, column in (
        ("county", "county"),
        ("cluster", "cluster"),
        ("town", "town"),
        ("village", "code"),
    ):
        units = made.tree.finest[column].to_numpy()[pieces["unit"]]
        sums = (pieces["gross_m2"] / 1e4).groupby([units, classes]).sum()
        out.update({(level, unit, one): value for (unit, one), value in sums.items()})
    return out


@pytest.mark.parametrize("seed", range(8))
def test_no_value_is_a_hundredth_off(seed):
    made, fabric, pieces = random_case(seed)
    tables = land_balance(made, fabric)
    for role, column in (("landuse", "base_ha"), ("plan", "plan_ha")):
        true = true_sums(made, pieces, role)
        for row in tables.land_balance.to_dict("records"):
            value = true.pop((row["level"], row["unit"], row["class"]), 0.0)
            assert abs(row[column] - value) < 0.01 + 1e-9
        assert all(value < 0.01 for value in true.values())


@pytest.mark.parametrize("seed", range(8))
def test_classes_sum_to_the_units_area_and_change_to_nothing(seed):
    made, fabric, pieces = random_case(seed)
    table = land_balance(made, fabric).land_balance
    sums = table.groupby(["level", "unit"])[["base_ha", "plan_ha", "change_ha"]].sum()
    assert np.array_equal(steps(sums["base_ha"]), steps(sums["plan_ha"]))
    assert not steps(sums["change_ha"]).any()
    villages = pieces.groupby(made.tree.finest["code"].to_numpy()[pieces["unit"]])["gross_m2"].sum()
    assert np.all(np.abs(sums.loc["village", "base_ha"] - villages / 1e4) < 0.01 + 1e-9)
    assert abs(sums.loc["county", "base_ha"].iloc[0] - pieces["gross_m2"].sum() / 1e4) < 0.01


@pytest.mark.parametrize("seed", range(8))
def test_the_units_below_sum_to_the_unit_above_class_by_class(seed):
    made, fabric, _ = random_case(seed)
    table = land_balance(made, fabric).land_balance
    up = {"village": "town", "town": "cluster", "cluster": "county"}
    for lower, upper in up.items():
        key = "code" if lower == "village" else lower
        parent = dict(zip(made.tree.finest[key], made.tree.finest[upper]))
        below = table[table["level"] == lower].copy()
        below["above"] = below["unit"].map(parent)
        for column in ("base_ha", "plan_ha"):
            total = below.groupby(["above", "class"])[column].sum()
            above = table[table["level"] == upper].set_index(["unit", "class"])[column]
            both = pd.concat([total, above], axis=1).fillna(0.0)
            assert np.array_equal(steps(both.iloc[:, 0]), steps(both.iloc[:, 1]))


@pytest.mark.parametrize("seed", range(8))
def test_transfers_sum_to_the_balance_from_both_sides(seed):
    made, fabric, _ = random_case(seed)
    tables = land_balance(made, fabric)
    balance = tables.land_balance.set_index(["level", "unit", "class"])
    for side, column in (("from_class", "base_ha"), ("to_class", "plan_ha")):
        sums = tables.transfers.groupby(["level", "unit", side])["area_ha"].sum()
        both = pd.concat([sums, balance[column]], axis=1).fillna(0.0)
        off = steps(both.iloc[:, 0]) != steps(both.iloc[:, 1])
        assert not off.any(), both[off]


@settings(deadline=None, max_examples=25)
@given(
    st.integers(0, 10**6), st.integers(1, 12), st.integers(0, 60), st.sampled_from([0.0, 0.1, 1.0])
)
def test_sparse_counties_add_up_too(seed, villages, count, change):
    made, fabric, _ = random_case(seed, villages, count, change)
    table = land_balance(made, fabric).land_balance
    sums = table.groupby(["level", "unit"])[["base_ha", "plan_ha"]].sum()
    assert np.array_equal(steps(sums["base_ha"]), steps(sums["plan_ha"]))


def test_land_that_stays_shows_no_change_of_a_hundredth():
    made, fabric, _ = random_case(5, change=0.0, gaps=False)
    # the same codes on both sides: the plan's table has its own, so compare class by class
    table = land_balance(made, fabric).land_balance
    assert not steps(table["change_ha"]).any()


def test_the_table_lists_every_class_and_land_without_use_only_where_there_is_any():
    made = county(
        [box(0, 0), box(100, 0)], landuse=[(box(0, 0), "0101")], plan=[(box(0, 0, 200, 100), "01")]
    )
    tables = land_balance(made, naive_fabric(made))
    table = tables.land_balance
    assert tuple(table.columns) == BALANCE
    assert (table[table["level"] == "village"].groupby("unit").size() == [21, 22]).all()
    gap = table[table["class"] == "gap"].set_index("level")
    assert gap.loc["village", "base_ha"] == 1.0 and gap.loc["county", "change_ha"] == -1.0
    moved = tables.transfers.set_index(["level", "unit", "from_class", "to_class"])["area_ha"]
    assert moved.loc["village", "v1", "gap", "cultivated"] == 1.0


def test_parcels_of_an_unknown_code_are_a_row_of_their_own_and_the_sums_hold():
    base = [(box(0, 0), "0101"), (box(100, 0), "9999")]  # the third hectare has no parcel
    plan = [(box(0, 0), "01"), (box(100, 0), "0301"), (box(200, 0), "")]
    made = county([box(0, 0, 300, 100)], landuse=base, plan=plan)
    tables = land_balance(made, naive_fabric(made))
    table = tables.land_balance.set_index(["level", "class"]).loc["county"]
    assert table.loc[["cultivated", "unknown", "gap"], "base_ha"].tolist() == [1.0, 1.0, 1.0]
    assert table.loc[["cultivated", "forest", "unknown"], "plan_ha"].tolist() == [1.0, 1.0, 1.0]
    assert table["base_ha"].sum() == table["plan_ha"].sum() == 3.0
    assert table.loc["unknown", "class_name"] != table.loc["gap", "class_name"]
    moved = tables.transfers.set_index(["level", "from_class", "to_class"])["area_ha"].loc["county"]
    assert moved.to_dict() == {
        ("cultivated", "cultivated"): 1.0, ("unknown", "forest"): 1.0, ("gap", "unknown"): 1.0,
    }  # fmt: skip


def test_without_a_plan_there_is_structure_but_no_transfers():
    made = county([box(0, 0)], landuse=[(box(0, 0), "0101")])
    tables = land_balance(made, naive_fabric(made))
    cultivated = tables.land_balance.set_index(["level", "class"]).loc[("village", "cultivated")]
    assert cultivated["base_ha"] == 1.0 and np.isnan(cultivated["plan_ha"])
    assert tables.land_balance["change_ha"].isna().all()
    assert len(tables.transfers) == 0 and tuple(tables.transfers.columns) == TRANSFERS
    assert len(tables.ledgers) == 0 and tuple(tables.ledgers.columns) == LEDGERS


def test_without_a_base_the_plans_structure_stands_alone():
    made = county([box(0, 0)], plan=[(box(0, 0), "01")])
    table = land_balance(made, naive_fabric(made)).land_balance
    assert table["base_ha"].isna().all() and table["plan_ha"].sum() == 4.0


def test_without_any_land_use_the_tables_are_empty():
    made = county([box(0, 0)], redline=[(box(0, 0), {})])
    tables = land_balance(made, naive_fabric(made))
    assert tuple(tables.land_balance.columns) == BALANCE and len(tables.land_balance) == 0


def test_the_ledgers_book_farmland_gross_and_net():
    base = [(box(0, 0, 300, 100), {"code": "0101", "deduction": 0.1})]
    plan = [(box(0, 0), "0703"), (box(100, 0), "0201"), (box(200, 0), "01")]
    made = county([box(0, 0, 300, 100)], landuse=base, plan=plan)
    ledgers = land_balance(made, naive_fabric(made)).ledgers
    assert tuple(ledgers.columns) == LEDGERS
    village = ledgers[ledgers["level"] == "village"].set_index("ledger")
    assert village.loc["occupation", ["to_class", "gross_ha", "net_ha"]].tolist() == [
        "residential",
        1.0,
        0.9,
    ]
    assert village.loc["conversion", ["to_class", "gross_ha", "net_ha"]].tolist() == [
        "garden",
        1.0,
        0.9,
    ]


def test_the_ledgers_book_land_won_back_net_of_the_ridges_it_is_planned_with():
    base = [(box(0, 0), "0702"), (box(100, 0), "0201"), (box(200, 0), "0101")]
    plan = [(box(0, 0, 300, 100), {"code": "01", "deduction": 0.2})]
    made = county([box(0, 0, 300, 100)], landuse=base, plan=plan)
    ledgers = land_balance(made, naive_fabric(made)).ledgers
    village = ledgers[ledgers["level"] == "village"].set_index("ledger")
    columns = ["flow", "to_class", "gross_ha", "net_ha"]
    for name in ("occupation", "conversion"):
        assert village.loc[name, columns].tolist() == ["in", "cultivated", 1.0, 0.8]
    assert village.loc["occupation", "name"] == "耕地占补平衡（补充）"


def test_a_ledger_that_books_a_whole_transfer_bears_its_rounded_area():
    for seed in range(4):
        made, fabric, _ = random_case(seed)
        tables = land_balance(made, fabric)
        keys = ["level", "unit", "from_class", "to_class"]
        moved = tables.transfers.set_index(keys)["area_ha"]
        booked = tables.ledgers.groupby(keys)["gross_ha"].max()
        assert len(booked) and (booked <= moved.reindex(booked.index) + 1e-9).all()
        assert (tables.ledgers["net_ha"] <= tables.ledgers["gross_ha"]).all()


def test_a_town_that_the_data_puts_in_two_clusters_still_adds_up():
    rng = np.random.default_rng(2)
    villages = [(f"v{i}", f"t{i // 2}" if i else "", f"c{i // 3}") for i in range(6)]
    made = county(
        [box(0, 0)] * 6,
        villages,
        landuse=[(box(0, 0), code) for code in BASE],
        plan=[(box(0, 0), code) for code in PLAN],
    )
    use = rng.integers(0, 9, (2, 200))
    pieces = {"unit": rng.integers(0, 6, 200), "landuse": use[0], "plan": use[1]}
    pieces = pd.DataFrame({**pieces, "gross_m2": rng.uniform(1, 9999, 200)})
    table = land_balance(made, table_fabric(pieces, 6)).land_balance
    sums = table.groupby(["level", "class"])["base_ha"].sum().unstack(0)
    assert np.array_equal(steps(sums["village"]), steps(sums["cluster"]))
    assert np.array_equal(steps(sums["village"]), steps(sums["county"]))
    assert set(table.loc[table["level"] == "town", "unit"]) == {"t0", "t1", "t2"}


def test_tables_that_add_up_say_so():
    made, fabric, _ = random_case(1)
    tables = land_balance(made, fabric)
    assert (tables.misses, tables.settled) == (0, True)


def test_where_no_rounding_adds_up_each_value_is_rounded_by_itself(monkeypatch):
    def refuse(*_):
        raise ArithmeticError("no rounding of the balance adds up")

    monkeypatch.setattr(balancing, "_settle_base", refuse)
    made, fabric, pieces = random_case(1)
    tables = land_balance(made, fabric)
    assert not tables.settled and tables.misses > 0
    true = true_sums(made, pieces, "plan")
    for row in tables.land_balance.to_dict("records"):
        value = true.get((row["level"], row["unit"], row["class"]), 0.0)
        assert abs(row["plan_ha"] - value) < 0.005 + 1e-9
