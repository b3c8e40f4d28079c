# SPDX-License-Identifier: GPL-2.0-or-later
"""Sector plans under the pen: the live state equals a full run, and answers for the plan's too."""

from __future__ import annotations

import os
from functools import cache

import numpy as np
import pytest
import shapely
from live_made import KINDS, assert_same
from live_sectors_made import SECTOR_KINDS, SectorDesk, few_plans
from pianqu.checks.live.whatif import what_if
from pianqu.layers.errors import InputError
from sample_county import written

TIMES = int(os.environ.get("PIANQU_LIVE_TIMES", "1"))


@cache
def desk_of(seed: int) -> SectorDesk:
    return SectorDesk(written(300, seed, True).dossier)


def test_the_first_state_holds_all_conflicts_of_a_run():
    desk = desk_of(9)
    assert (desk.live.findings["rule"].str.startswith("sector.")).sum() > 10
    assert_same(desk.live, desk.full())


@pytest.mark.parametrize(("seed", "count"), [(9, 30), (12, 20)])
def test_any_edits_of_sector_plans_leave_what_a_full_run_finds(seed, count):
    """The rest of the two hundred sequences, see test_live_sequences.py."""
    desk = SectorDesk(few_plans(written(300, seed, True).dossier))
    rng = np.random.default_rng([TIMES, seed])
    kinds = SECTOR_KINDS + KINDS[:6]
    for number in range(count * TIMES):
        steps = []
        for _ in range(rng.integers(1, 5)):
            steps.append((kinds[rng.integers(len(kinds))], int(rng.integers(1 << 30))))
            edit = desk.random_sector_edit if steps[-1][0] in SECTOR_KINDS else desk.random_edit
            edit(*steps[-1])
        try:
            assert_same(desk.live, desk.full())
        except AssertionError as error:
            raise AssertionError((number, steps)) from error


def test_a_project_drawn_over_another_plans_is_a_conflict_until_it_is_taken_away():
    desk = desk_of(9)
    names = list(desk.plans)
    spot = next(
        shapely.from_wkb(one.wkb).centroid for one in desk.plans[names[0]].values() if one.wkb
    )
    box = shapely.box(spot.x - 40, spot.y - 40, spot.x + 40, spot.y + 40)
    role = f"sector:{names[1]}"
    new = {"role": role, "key": "new:-77", "op": "add", "wkb": shapely.to_wkb(box),
           "values": {"project": "Z-1", "name": "Z", "use": "1001", "start": "2026", "end": "2030"}}  # fmt: skip  # noqa: E501
    came = desk.send([new])
    told = [one for one in came.records if "Z-1" in (one.values["subject_id"], one.values["object_id"])]  # fmt: skip  # noqa: E501
    assert told
    back = desk.send([{"role": role, "key": "new:-77", "op": "remove"}])
    assert {one.id for one in told} <= set(back.gone)
    assert_same(desk.live, desk.full())


def test_a_facility_of_far_parts_is_near_another_by_one_of_them():
    desk = desk_of(9)
    x, y = desk.county.units.geometry[0].centroid.coords[0]
    part = shapely.box(x, y, x + 30, y + 30)
    far = shapely.transform(part, lambda xy: xy + [6000.0, 0.0])
    values = {"name": "某小学", "use": "080403", "project": "S-1"}
    for plan, shape in (("health", shapely.MultiPolygon([part, far])), ("education", part)):
        edit = {"role": f"sector:{plan}", "key": "new:-79", "op": "add",
                "wkb": shapely.to_wkb(shape), "values": values}  # fmt: skip
        answer = desk.send([edit])
    told = [one.values for one in answer.records if one.values["rule"] == "sector.duplicate"]
    assert {"S-1"} in [{one["subject_id"], one["object_id"]} for one in told]
    assert_same(desk.live, desk.full())
    desk.undo()
    desk.undo()
    assert_same(desk.live, desk.full())


def test_a_plan_whose_last_feature_goes_keeps_no_finding_of_it():
    desk = desk_of(9)
    role = "sector:transport"
    desk.send([{"role": role, "key": key, "op": "remove"} for key in desk.plans["transport"]])
    told = [one.values for one in desk.live.ledger.records()]
    about = [one for one in told if "transport" in (one["subject_layer"], one["object_layer"])]
    assert {one["rule"] for one in about} == {"data.empty"}
    assert_same(desk.live, desk.full())
    desk.undo()
    assert_same(desk.live, desk.full())


def test_saving_gives_a_project_without_code_the_number_of_its_feature():
    desk = desk_of(9)
    name = next(iter(desk.plans))
    role, box = f"sector:{name}", shapely.box(0, 0, 50, 50)
    shape = shapely.transform(box, lambda xy: xy + np.array(desk.county.units.geometry[0].centroid.coords[0]))  # fmt: skip  # noqa: E501
    desk.send([{"role": role, "key": "new:-78", "op": "add", "wkb": shapely.to_wkb(shape),
                "values": {"use": "1001"}}])  # fmt: skip
    desk.live.rename({"new:-78": "70001"}, role)
    desk.plans[name]["70001"] = desk.plans[name].pop("new:-78")
    assert_same(desk.live, desk.full())


def test_what_if_meets_the_projects_as_they_are_drawn_now():
    desk = desk_of(9)
    name = next(iter(desk.plans))
    key, raw = next((key, one) for key, one in desk.plans[name].items() if one.wkb)
    spot = shapely.from_wkb(raw.wkb).centroid
    area = shapely.to_wkb(shapely.box(spot.x - 30, spot.y - 30, spot.x + 30, spot.y + 30))
    before = {one["sector"] for one in what_if(desk.live, area, "0101")["plans"]}
    assert name in before
    desk.send([{"role": f"sector:{name}", "key": key, "op": "remove"}])
    code = raw.values.get("project")
    after = what_if(desk.live, area, "0101")["plans"]
    assert code not in {one["project"] for one in after if one["sector"] == name} or code is None
    desk.undo()


def test_a_plan_that_is_not_there_can_not_be_edited():
    with pytest.raises(InputError):
        desk_of(9).live.edit([{"role": "sector:none", "key": "1", "op": "remove"}])
