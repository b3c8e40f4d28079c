# SPDX-License-Identifier: GPL-2.0-or-later
"""Findings accepted in the results: written whole or not at all, and carried by the next run."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pyogrio
import pytest
from pianqu.layers.errors import InputError
from pianqu.layers.former import carry, read_former
from pianqu.register.findings import accept
from pianqu.reports.geopackage import write_geopackage
from report_made import results as made_county


@pytest.fixture()
def results(tmp_path):
    write_geopackage(made_county(), tmp_path / "results.gpkg")
    (tmp_path / "run.json").write_text('{"checks": []}', encoding="utf-8")
    return tmp_path


def order(results, ids, **values):
    """Make an order; what is not given is a proper acceptance."""
    given = {"status": "accepted", "person": "王工", "reason": "历史遗留", **values}
    return SimpleNamespace(results=str(results), ids=tuple(ids), **given)


def findings(results):
    return pyogrio.read_dataframe(results / "results.gpkg", layer="findings")


def test_an_accepted_finding_bears_who_when_and_why(results):
    before = findings(results)
    one, other = before["id"][0], before["id"][1]
    said = accept(order(results, [one]))
    assert [row["id"] for row in said["decided"]] == [one]
    after = findings(results).set_index("id")
    assert after.loc[one, "status"] == "accepted"
    assert after.loc[one, "status_by"] == "王工"
    assert after.loc[one, "status_reason"] == "历史遗留"
    assert after.loc[one, "status_at"][:2] == "20"
    assert after.loc[other, "status"] == before.set_index("id").loc[other, "status"]
    assert (after.geometry.to_numpy() == before.geometry.to_numpy()).all()


def test_the_next_run_carries_it_on(results):
    made = made_county()
    one = findings(results)["id"][0]
    accept(order(results, [one]))
    carried = carry(made.findings, read_former(results)).findings.set_index("id")
    assert carried.loc[one, ["status", "status_by"]].tolist() == ["accepted", "王工"]


def test_it_may_be_opened_again(results):
    one = findings(results)["id"][0]
    accept(order(results, [one]))
    said = accept(order(results, [one], status="open", reason=""))
    assert said["decided"][0]["status_at"] == ""
    assert findings(results).set_index("id").loc[one, "status"] == "open"


def test_an_id_that_is_not_there_is_told(results):
    one = findings(results)["id"][0]
    said = accept(order(results, [one, "0000000000000000", one]))
    assert said["unknown"] == ["0000000000000000"]
    assert len(said["decided"]) == 1


@pytest.mark.parametrize(
    ("values", "key"),
    [({"person": " "}, "findings.person"), ({"reason": ""}, "findings.reason"),
     ({"status": "done"}, "findings.status")],
)  # fmt: skip
def test_what_is_lacking_is_said_and_nothing_written(results, values, key):
    before = (results / "results.gpkg").read_bytes()
    with pytest.raises(InputError) as told:
        accept(order(results, [findings(results)["id"][0]], **values))
    assert told.value.key == key
    assert (results / "results.gpkg").read_bytes() == before


def test_results_that_are_not_there_are_an_input_error(tmp_path):
    with pytest.raises(InputError):
        accept(order(tmp_path, ["x"]))


def test_two_who_decide_at_once_both_stand(results):
    ids = list(findings(results)["id"])
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: accept(order(results, [one])), ids))
    assert set(findings(results)["status"]) == {"accepted"}


def test_the_results_hold_the_tree_of_units(results):
    units = pyogrio.read_dataframe(results / "results.gpkg", layer="units")
    assert set(units["level"]) >= {"county", "village"}
    codes = set(units["unit"])
    assert set(units["parent"]) - {""} <= codes
    assert (units.loc[units["level"] == "county", "parent"] == "").all()
