# SPDX-License-Identifier: GPL-2.0-or-later
"""Two hundred random sequences of edits: after each the live county equals a full run.

150 over the plans of counties of all kinds here, 50 over sector plans in test_live_sectors.py.
The sequences of a county follow each other as in a day's work. PIANQU_LIVE_TIMES=10 runs ten
times as many, others each time.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import yaml
from live_made import KINDS, Desk, assert_same
from live_sectors_made import few_plans
from random_county import Wish, make_random_county
from sample_county import written

STANDARDS = Path(__file__).resolve().parents[2] / "standards"
TIMES = int(os.environ.get("PIANQU_LIVE_TIMES", "1"))
WISHES = {
    "plain": Wish(parcels=120, seed=3),
    "strange codes": Wish(parcels=80, seed=5, strange_codes=True),
    "no base": Wish(parcels=80, seed=4, drop=("landuse",)),
    "no boundary": Wish(parcels=80, seed=6, drop=("boundary",)),
    "no zones": Wish(parcels=80, seed=8, drop=("farmland", "redline", "boundary"), area="planar"),
    "no ids": Wish(parcels=80, seed=9),
}
COUNTS = {"plain": 30, "faults": 20, "strange codes": 20, "no base": 20, "no boundary": 20,
          "no zones": 20, "no ids": 20}  # fmt: skip


@pytest.mark.parametrize("name", COUNTS)
def test_any_edits_of_a_plan_leave_what_a_full_run_finds(name, tmp_path):
    desk = Desk(county(name, tmp_path))
    rng = np.random.default_rng([TIMES, len(name)])
    for number in range(COUNTS[name] * TIMES):
        steps = sequence(rng, KINDS)
        for kind, seed in steps:
            desk.random_edit(kind, seed)
        held(desk, (name, number, steps))


def county(name: str, folder: Path) -> Path:
    """Make a county; the sample's faults are those of real data."""
    if name == "faults":
        return few_plans(written(300, 12, True).dossier, ())
    path = make_random_county(folder, WISHES[name], STANDARDS)
    if name == "no ids":  # a feature is then called by its number in the file
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        del content["layers"]["plan"]["fields"]["id"]
        path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def sequence(rng: np.random.Generator, kinds) -> list[tuple[str, int]]:
    """Draw one to four edits; few seeds, so that one spot is often drawn on again."""
    few = rng.random() < 0.5
    return [(kinds[rng.integers(len(kinds))], int(rng.integers(30 if few else 1 << 30)))
            for _ in range(rng.integers(1, 5))]  # fmt: skip


def held(desk: Desk, told) -> None:
    """Hold the live state against a full run; says which sequence went wrong."""
    try:
        assert_same(desk.live, desk.full())
    except AssertionError as error:
        raise AssertionError(told) from error


def test_the_live_county_tells_that_it_never_was_off(tmp_path):
    """`full` compares what it kept with what it computes anew; it must see no difference."""
    desk = Desk(county("strange codes", tmp_path))
    rng = np.random.default_rng(1)
    for _ in range(4):
        for kind, seed in sequence(rng, KINDS):
            desk.random_edit(kind, seed)
        told = desk.live.full()
        assert told["missing"] == 0 and told["indicator_ha"] == 0
        assert told["finding_m2"] < 0.01
        assert_same(desk.live, desk.full())
