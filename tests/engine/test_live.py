# SPDX-License-Identifier: GPL-2.0-or-later
"""The live county equals a full run after any edits, and answers with exactly what changed."""

from __future__ import annotations

import math
import tempfile
from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from live_made import KINDS, Desk, assert_same, made
from pianqu.checks.live.whatif import what_if
from pianqu.checks.run import compute
from pianqu.layers.errors import InputError
from random_county import Wish, add_quotas, make_random_county

STANDARDS = Path(__file__).resolve().parents[2] / "standards"
_KEPT: list[tempfile.TemporaryDirectory] = []
WISHES = {
    "plain": Wish(parcels=120, seed=3),
    "no zones": Wish(parcels=120, seed=8, drop=("farmland", "redline", "boundary"), area="planar"),
}
FEW = {
    "deadline": None, "derandomize": True, "database": None,
    "phases": [Phase.explicit, Phase.generate],  # a session is long: shrinking tells little
    "suppress_health_check": list(HealthCheck),
}  # fmt: skip
edits = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 1 << 30)), min_size=1, max_size=4)


@cache
def desk_of(name: str) -> Desk:
    """Open one county for all of a test's sequences: they follow each other as in a day's work."""
    place = tempfile.TemporaryDirectory(prefix="pianqu-live-")
    _KEPT.append(place)
    return Desk(make_random_county(Path(place.name), WISHES[name], STANDARDS))


def applied(rows: dict, answer, key) -> None:
    for row in answer:
        rows[key(row)] = row


@settings(max_examples=15, **FEW)
@given(steps=edits)
def test_the_answers_alone_lead_from_the_first_state_to_the_last(steps):
    desk = desk_of("plain")
    rows = {(r["level"], r["unit"], r["indicator"]): r for r in desk.live.indicators}
    found = {one.id: one.values for one in desk.live.ledger.records()}
    for kind, seed in steps:
        answer = desk.random_edit(kind, seed)
        if answer is None:
            continue
        applied(rows, answer.indicators, lambda r: (r["level"], r["unit"], r["indicator"]))
        assert not set(answer.gone) & {one.id for one in answer.records}
        for name in answer.gone:
            del found[name]
        found.update({one.id: one.values for one in answer.records})
    now = {one.id: one.values for one in desk.live.ledger.records()}
    assert found.keys() == now.keys()
    assert all(same(found[name], now[name]) for name in now)
    assert all(same(rows[(r["level"], r["unit"], r["indicator"])], r)
               for r in desk.live.indicators)  # fmt: skip


def same(one: dict, other: dict) -> bool:
    return all(
        math.isclose(value, other[name], abs_tol=1e-4)
        or (value != value and other[name] != other[name])
        if isinstance(value, float)
        else value == other[name]
        for name, value in one.items()
    )


@pytest.mark.parametrize("seed", range(4))
def test_a_saved_layer_run_by_the_engine_finds_what_the_live_state_holds(tmp_path, seed):
    """Edit, write the plan to its file as QGIS would, and run the whole dossier on it."""
    path = make_random_county(tmp_path, Wish(parcels=100, seed=20 + seed), STANDARDS)
    desk = Desk(path)
    rng = np.random.default_rng(seed)
    for _ in range(8):
        desk.random_edit(KINDS[rng.integers(len(KINDS))], int(rng.integers(1 << 30)))
    file = tmp_path / "county.gpkg"
    frame = pyogrio.read_dataframe(file, layer="GHDLTB")
    names = desk.county.dossier.layers["plan"].fields
    last = max((int(key) for key in desk.features if key.isdigit()), default=0)
    late = [key for key in desk.features if not key.isdigit()]
    keys = {key: str(last + 1 + turn) for turn, key in enumerate(late)}
    rows = {int(keys.get(key, key)): raw for key, raw in desk.features.items()}
    fids = sorted(rows)
    shapes = [None if rows[fid].wkb is None else shapely.from_wkb(rows[fid].wkb) for fid in fids]
    columns = {names[ours]: [rows[fid].values.get(ours) for fid in fids] for ours in desk.fields}
    columns[names["deduction"]] = [text_of(value) for value in columns[names["deduction"]]]
    out = gpd.GeoDataFrame(columns, geometry=shapes, crs=frame.crs, index=fids)
    pyogrio.write_dataframe(out, file, layer="GHDLTB", geometry_type="Unknown", append=False)
    desk.live.rename(keys)
    assert_same(desk.live, compute(path, ("quotas", "controllines")))


def text_of(value):
    return None if value is None or value != value else str(value)


def square(desk, size=60.0):
    key, shape = desk.drawn(np.random.default_rng(1))
    x, y = shape.centroid.coords[0]
    return key, shapely.box(x, y, x + size, y + size)


def test_an_edit_that_cannot_be_changes_nothing():
    desk = desk_of("no zones")
    before = desk.live.indicators
    for wrong in ({"key": "nobody", "op": "set"}, {"key": "nobody", "op": "remove"},
                  {"key": "1", "op": "paint"}):  # fmt: skip
        with pytest.raises(InputError):
            desk.live.edit([{"key": next(iter(desk.features)), "op": "remove"}, wrong])
    assert repr(desk.live.indicators) == repr(before)


def test_an_edit_that_breaks_halfway_is_made_good_by_a_full_computation(monkeypatch):
    desk = Desk(desk_of("no zones").path)
    _, shape = square(desk)
    monkeypatch.setattr(desk.live.ground, "cut_anew", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        desk.live.edit([{"key": "new:-9", "op": "add", "wkb": shapely.to_wkb(shape),
                         "values": {"code": "0703", "id": "X"}}])  # fmt: skip
    desk.features["new:-9"] = made(shape, {"code": "0703", "id": "X"})
    assert_same(desk.live, desk.full())


def test_a_plan_without_features_is_not_checked_and_drawing_one_makes_it_checked():
    desk = Desk(desk_of("no zones").path)
    desk.send([{"key": key, "op": "remove"} for key in list(desk.features)])
    assert_same(desk.live, desk.full())
    assert (desk.live.findings["rule"] == "data.empty").sum() == 1
    shape = shapely.box(*shapely.total_bounds(desk.county.units.geometry))
    desk.send([{"key": "new:-1", "op": "add", "wkb": shapely.to_wkb(shape.buffer(-200)),
                "values": {"code": "0101", "id": "1"}}])  # fmt: skip
    assert_same(desk.live, desk.full())
    assert not (desk.live.findings["rule"] == "data.empty").any()


def test_a_name_given_on_saving_puts_a_feature_where_the_file_has_it():
    desk = Desk(desk_of("no zones").path)
    _, shape = square(desk, 80)
    over = shapely.transform(shape, lambda xy: xy + 20)
    for key, one, code in (("new:-1", shape, "0101"), ("new:-2", over, "0703")):
        desk.send([{"key": key, "op": "add", "wkb": shapely.to_wkb(one),
                    "values": {"code": code, "id": key}}])  # fmt: skip
    names = {"new:-1": "90002", "new:-2": "90001"}
    desk.live.rename(names)
    for old, new in names.items():
        desk.features[new] = desk.features.pop(old)
    assert_same(desk.live, desk.full())


def test_ground_left_without_a_use_is_doubted_at_once_and_in_what_if_too(tmp_path):
    dossier = make_random_county(tmp_path, Wish(parcels=120, seed=3), STANDARDS)
    measured = {(row["level"], row["unit"], row["indicator"]): row["plan_ha"]
                for row in Desk(dossier).live.indicators}  # fmt: skip
    add_quotas(dossier, measured, 3)
    desk = Desk(dossier)

    def doubted():
        rows = [row for row in desk.live.indicators if row["outcome"] == "not_checked"]
        return {
            (row["unit"], row["indicator"])
            for row in rows
            if "没有用地图斑覆盖，超过" in row["reason"]
        }

    before = doubted()
    gone = list(desk.features)[:60:4]
    shapes = {key: desk.features[key].wkb for key in gone}
    for key in gone:
        desk.send([{"key": key, "op": "remove"}])
    assert_same(desk.live, desk.full())
    assert doubted() > before
    state = desk.live.indicators
    for key in gone:  # what if the gap were filled again: fewer doubts, and nothing is kept
        if shapes[key] is not None and shapely.from_wkb(shapes[key]).is_valid:
            told = what_if(desk.live, shapes[key], "0101")["indicators"]
            after = [one for one in told if one["outcome_before"] == "not_checked"
                     and one["outcome"] in ("passed", "warning")]  # fmt: skip
            if after:
                break
    else:
        raise AssertionError("no gap mattered")
    assert desk.live.indicators == state
    desk.live.full()
    assert_same(desk.live, desk.full())


def test_full_says_that_the_state_was_right():
    desk = desk_of("plain")
    told = desk.live.full()
    assert told["missing"] == 0
    assert told["indicator_ha"] == 0 and told["finding_m2"] < 0.01
    assert_same(desk.live, desk.full())
