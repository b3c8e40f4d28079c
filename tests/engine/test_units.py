# SPDX-License-Identifier: GPL-2.0-or-later
"""The unit tree: levels, names, contradictions."""

from __future__ import annotations

import pandas as pd
import pytest
from input_county import VILLAGES
from pianqu.layers.errors import InputError
from pianqu.layers.schema import UNIT_FIELDS
from pianqu.layers.units import build_tree, pick_clusters, units_of

pytestmark = pytest.mark.english


def rows(*more, given=UNIT_FIELDS):
    frame = pd.DataFrame([*VILLAGES, *more], columns=list(UNIT_FIELDS), dtype=object)
    return frame.assign(**{name: "" for name in UNIT_FIELDS if name not in given})


def build(*more, given=UNIT_FIELDS):
    return build_tree(rows(*more, given=given), "510799", "示例县", given)


def test_each_level_lists_its_units_with_their_parents():
    tree, troubles = build()
    assert troubles == []
    towns = units_of(tree, "town")
    assert list(towns["unit"]) == ["510799101", "510799102"]
    assert list(towns["unit_name"]) == ["青山镇", "绿水镇"]
    assert list(towns["parent"]) == list(towns["cluster"]) == ["P1", "P2"]
    county = units_of(tree, "county").iloc[0]
    assert (county.unit, county.unit_name, county.parent, county.cluster) == (
        "510799", "示例县", "", "",
    )  # fmt: skip
    assert list(units_of(tree, "village")["parent"]) == [row[2] for row in VILLAGES]
    assert list(units_of(tree, "cluster")["parent"]) == ["510799", "510799"]


def test_several_features_of_one_code_are_one_unit():
    tree, troubles = build(VILLAGES[0])
    assert len(tree.finest) == 4 and troubles == []
    assert list(tree.feature_unit) == [0, 1, 2, 3, 0]


def test_the_units_stand_in_order_of_code_whatever_the_features_order():
    frame = rows().iloc[::-1].reset_index(drop=True)
    tree, _ = build_tree(frame, "510799", "示例县", UNIT_FIELDS)
    assert list(tree.finest["code"]) == [row[0] for row in VILLAGES]
    assert list(tree.feature_unit) == [3, 2, 1, 0]


def test_with_only_a_code_the_county_is_the_one_cluster():
    tree, _ = build(given=("code",))
    assert tree.levels == ("county", "cluster", "village")
    cluster = units_of(tree, "cluster")
    assert list(cluster["unit"]) == ["510799"] and list(cluster["unit_name"]) == ["示例县"]
    assert list(units_of(tree, "village")["parent"]) == ["510799"] * 4
    assert list(tree.finest["name"]) == list(tree.finest["code"])


def test_a_town_in_two_clusters_is_told():
    stray = ("510799101003", "戊村", "510799101", "青山镇", "P2", "西片区")
    _, troubles = build(stray)
    assert [(one.level, one.unit) for one in troubles] == [("town", "510799101")]
    assert "P1" in troubles[0].message and "P2" in troubles[0].message


def test_a_town_with_two_names_keeps_the_first_and_is_told():
    other = ("510799101003", "戊村", "510799101", "清山镇", "P1", "东片区")
    tree, troubles = build(other)
    assert set(tree.finest["town_name"]) == {"青山镇", "绿水镇"}
    assert len(troubles) == 1 and "清山镇" in troubles[0].message


def test_features_of_one_unit_that_name_two_towns_are_told():
    _, troubles = build((*VILLAGES[0][:2], "510799102", "绿水镇", "P2", "西片区"))
    messages = " ".join(one.message for one in troubles)
    assert "510799101001" in messages and "different towns" in messages


def test_a_name_given_in_one_row_serves_all():
    tree, troubles = build(("510799101003", "戊村", "510799101", "", "P1", ""))
    assert tree.finest.set_index("code").loc["510799101003", "town_name"] == "青山镇"
    assert troubles == []


def test_a_unit_outside_every_town_is_told_and_lists_under_none():
    tree, troubles = build(("510799999001", "林场", "", "", "P1", "东片区"))
    assert [one.unit for one in troubles] == ["510799999001"]
    assert "" not in set(units_of(tree, "town")["unit"])


def test_clusters_are_picked_by_code_or_name_and_the_county_goes():
    tree, _ = build()
    assert list(pick_clusters(tree, ["P2", "东片区"]).feature_unit) == [0, 1, 2, 3]
    one = pick_clusters(tree, ["西片区"])
    assert list(one.feature_unit) == [-1, -1, 0, 1] and "county" not in one.levels


def test_an_unknown_cluster_names_those_there_are_nearest_first():
    tree, _ = build()
    with pytest.raises(InputError) as caught:
        pick_clusters(tree, ["西片"])
    assert "P1 东片区" in str(caught.value) and "P2 西片区" in str(caught.value)
