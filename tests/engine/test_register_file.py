# SPDX-License-Identifier: GPL-2.0-or-later
"""The register in a file: whole whatever happens, and a GeoPackage that others can read."""

from __future__ import annotations

import signal
import sqlite3
import time

import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from pianqu.layers.errors import InputError
from pianqu.register import blobs, geopackage, model, open_register, sqlite
from pianqu.register.making import create
from pianqu.register.merge import merge
from register_made import (
    CRS,
    FIRST,
    LATE,
    SECOND,
    assert_consistent,
    conflict,
    decision,
    found,
    id_of,
    many,
)
from register_race import assert_nothing_lost, ended, lines, start, until, writer

HOLDER = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(60)
"""
# Does its work up to the last statement before the commit, then waits to be killed.
STUCK = """
import sys, time
from pianqu.register import geopackage, open_register
from register_made import decision, many, LATE
def wait(*_):
    print("middle", flush=True)
    time.sleep(60)
task, place = sys.argv[1:]
if task == "merge":
    geopackage._spread = wait
    open_register(place).merge(many(40, area_m2=500.0), {"at": LATE})
else:
    geopackage._touch = wait
    open_register(place).decide([decision(number, "agreed") for number in range(20)])
"""


@pytest.fixture
def place(tmp_path):
    return tmp_path / "登记 台账" / "register.gpkg"


@pytest.fixture
def register(place):
    made = open_register(place)
    made.merge(many(20), {"at": FIRST})
    return made


def content(register):
    """Give all that a register holds, as comparable values."""
    rows = register.read()
    shapes = shapely.to_wkb(rows.geometry.to_numpy()).tolist()
    tables = (pd.DataFrame(rows).drop(columns="geom"), register.history(), register.runs())
    return shapes, [table.astype(str).to_dict("records") for table in tables]


def test_what_was_merged_is_read_again_with_its_shape_and_crs(register):
    rows = register.read()
    assert tuple(rows.columns) == (*model.COLUMNS, "geom")
    assert rows.crs == CRS and rows["id"].tolist() == [id_of(number) for number in range(20)]
    given = many(20).geometry.to_numpy()
    assert shapely.equals(rows.geometry.to_numpy(), given).all()
    assert np.isnan(rows["excess"]).all() and (rows["area_m2"] == 100.0).all()
    assert register.runs()["new"].tolist() == [20]


def test_a_conflict_without_a_shape_is_kept(place):
    register = open_register(place)
    shapes = [None, shapely.Polygon(), shapely.box(0, 0, 1, 1)]
    register.merge(found(*(conflict(number) for number in range(3)), shapes=shapes), {"at": FIRST})
    kept = register.read().geometry
    assert [one is None or one.is_empty for one in kept] == [True, True, False]


def test_other_programs_read_a_valid_geopackage(register, place):
    assert pyogrio.list_layers(place)[:, 0].tolist() == [
        "conflicts", "history", "runs", "layer_styles",
    ]  # fmt: skip
    info = pyogrio.read_info(place, layer="conflicts")
    assert (info["geometry_type"], info["crs"], info["features"]) == ("MultiPolygon", CRS, 20)
    bounds = many(20).total_bounds
    assert np.allclose(info["total_bounds"], bounds)
    rows = pyogrio.read_dataframe(place, layer="conflicts")
    assert (rows["state"] == "open").all() and rows.geometry.is_valid.all()
    assert pyogrio.read_info(place, layer="history")["features"] == 20


def test_the_extent_and_the_count_follow_what_is_merged(register, place):
    wide = many(60)
    register.merge(wide, {"at": SECOND})
    info = pyogrio.read_info(place, layer="conflicts")
    assert np.allclose(info["total_bounds"], wide.total_bounds) and info["features"] == 60
    with sqlite.opened(place) as connection:
        (ok,) = connection.execute("PRAGMA integrity_check").fetchone()
        kept = connection.execute("SELECT min_x, max_y FROM gpkg_contents LIMIT 1").fetchone()
    assert ok == "ok" and np.allclose(tuple(kept), wide.total_bounds[[0, 3]])


def test_the_styles_name_every_state_and_column(register, place):
    styles = pyogrio.read_dataframe(place, layer="layer_styles", read_geometry=False)
    assert set(styles["f_table_name"]) == {"conflicts", "history", "runs"}
    style = styles.set_index("f_table_name")["styleQML"]["conflicts"]
    for state in model.STATES:
        assert f"state&#34; = &#39;{state}&#39;" in style
    for name in model.COLUMNS:
        assert f'field="{name}"' in style
    assert "（本项目）" in style and "（冲突对象）" in style and "待处理" in style


def test_a_shape_survives_the_blob():
    shapes = [shapely.box(0, 1, 2, 3), None, shapely.MultiPolygon(), shapely.Point(1, 2)]
    made = blobs.encode(shapes, 4544)
    assert made[1] is None and made[0][:4] == b"GP\x00\x03"
    back = blobs.decode(made)
    assert back[1] is None and all(shapely.equals(back[i], shapes[i]) for i in (0, 2, 3))
    assert blobs.extent([made[0][:72], None, made[2], made[3]]) == (0, 1, 2, 3)
    with pytest.raises(ValueError):
        blobs.decode([b"not a shape"])


def test_a_decision_is_written_with_its_history(register):
    outcomes = register.decide(
        [decision(3, version=1), decision(4, version=7), decision(5, person="")]
    )
    assert [one.decided for one in outcomes] == [True, False, False]
    assert [one.why for one in outcomes] == ["", "stale", "person"]
    row = register.read().set_index("id").loc[id_of(3)]
    assert (row["state"], row["person"], row["decided_by"]) == ("waived", "李", "自然资源局")
    assert outcomes[0].row["version"] == row["version"] == 2
    assert register.history(id_of(3))["state_to"].tolist() == ["open", "waived"]


def test_a_decision_is_written_while_a_run_is_being_worked_out(register, monkeypatch):
    """Nobody waits for the working out, and what is decided meanwhile is taken into account."""
    runs = []

    def slow(*arguments):
        if not runs:
            assert register.decide([decision(1), decision(2, "fixed")])[0].decided
        runs.append(len(arguments))
        return merge(*arguments)

    monkeypatch.setattr(geopackage, "merge", slow)
    monkeypatch.setattr(sqlite, "WAIT_SECONDS", 0.2)
    assert register.merge(many(10), {"at": LATE})["reopened"] == 1
    assert len(runs) == 2
    rows = register.read().set_index("id")
    assert rows.loc[id_of(1), "state"] == "waived" and rows.loc[id_of(2), "state"] == "reopened"
    assert_consistent(register.read(), register.history())
    runs.append(0)
    register.merge(many(10), {"at": "2100-01-01T00:00:00+00:00"})
    assert len(runs) == 4  # undisturbed it is worked out once


ABA, NEAR = {"code": "510799", "name": "示例县"}, {"code": "510800", "name": "示例县"}


def test_another_countys_conflicts_are_refused_and_change_nothing(place, tmp_path):
    register = open_register(place)
    register.merge(many(3), {"at": FIRST, **ABA})
    before = content(register)
    with pytest.raises(InputError) as told:
        register.merge(many(2), {"at": SECOND, **NEAR})
    assert told.value.key == "register.county" and content(register) == before
    register.merge(many(2), {"at": SECOND})  # a run that does not say
    register.snapshot(tmp_path / "copy.gpkg")
    assert open_register(tmp_path / "copy.gpkg").whole().county == ("510799", "示例县")


def test_counties_without_a_code_go_by_their_names(place):
    register = open_register(place)
    register.merge(many(3), {"at": FIRST, "name": "示例县"})
    with pytest.raises(InputError):
        register.merge(many(3), {"at": SECOND, "name": "邻县", "code": "1"})
    register.merge(many(3), {"at": SECOND, **ABA})
    with pytest.raises(InputError):
        register.merge(many(3), {"at": SECOND, **NEAR})


def test_a_register_made_before_takes_the_first_county(register, place):
    with sqlite3.connect(place) as connection:
        for name in ("county_code", "county_name"):
            connection.execute(f"ALTER TABLE register_info DROP COLUMN {name}")
    connection.close()
    assert len(register.read()) == 20 and register.whole().county == ("", "")
    register.merge(many(20), {"at": SECOND, **ABA})
    assert register.whole().county == ("510799", "示例县")
    with pytest.raises(InputError):
        register.merge(many(2), {"at": LATE, **NEAR})


def test_the_whole_register_is_read_at_one_moment(register):
    register.decide([decision(1)])
    whole = register.whole()
    pd.testing.assert_frame_equal(whole.conflicts, register.read())
    pd.testing.assert_frame_equal(whole.history, register.history())
    pd.testing.assert_frame_equal(whole.runs, register.runs())


def test_a_new_run_keeps_what_was_decided(register):
    register.decide([decision(1), decision(2, "fixed")])
    counts = register.merge(many(10), {"at": LATE, "standard": {"id": "cn", "version": "1"}})
    assert counts == {"new": 0, "gone": 10, "unchanged": 9, "reopened": 1, "open": 9}
    rows = register.read().set_index("id")
    assert rows.loc[id_of(1), "state"] == "waived" and rows.loc[id_of(2), "state"] == "reopened"
    assert register.runs()["standard"].tolist() == ["", "cn 1"]
    assert_consistent(register.read(), register.history())


def test_results_in_another_crs_are_refused_and_change_nothing(register):
    before = content(register)
    with pytest.raises(InputError, match="CGCS2000"):
        register.merge(many(3, crs="EPSG:4545"), {"at": SECOND})
    assert content(register) == before
    with pytest.raises(InputError):
        register.merge(many(3, crs=None), {"at": SECOND})


def test_two_programs_decide_at_once_and_no_decision_is_lost(tmp_path, place):
    register = open_register(place)
    register.merge(many(10), {"at": FIRST})
    logs = [tmp_path / name for name in ("a.log", "b.log")]
    ended(*(writer(place, log.stem, log, 60, 10) for log in logs))
    accepted, refused = assert_nothing_lost(register, *logs)
    assert len(accepted) == 120 and len(register.history()) == 130
    assert refused


def test_a_writer_killed_at_any_moment_loses_nothing_acknowledged(tmp_path, place):
    register = open_register(place)
    register.merge(many(10), {"at": FIRST})
    for number, wait in enumerate((0.0, 0.013, 0.031, 0.047)):
        log = tmp_path / f"{number}.log"
        process = writer(place, f"w{number}", log, 10_000, 10)
        until(log, 15, process)
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)
    accepted, _ = assert_nothing_lost(register, *sorted(tmp_path.glob("*.log")))
    assert len(accepted) >= 20
    assert register.decide([decision(0)])[0].decided


@pytest.mark.parametrize("task", ["merge", "decide"])
def test_a_kill_in_the_middle_leaves_the_former_state(task, register, place):
    before = content(register)
    process = start(STUCK, task, place)
    assert process.stdout.readline() == "middle\n"
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    assert pyogrio.read_info(place, layer="conflicts")["features"] == 20
    assert content(register) == before
    assert register.decide([decision(0)])[0].decided


def test_a_locked_register_is_told_and_left_alone(register, place, monkeypatch):
    monkeypatch.setattr(sqlite, "WAIT_SECONDS", 0.2)
    before = content(register)
    holder = start(HOLDER, place)
    assert holder.stdout.readline() == "held\n"
    for attempt in (lambda: register.decide([decision(0)]),
                    lambda: register.merge(many(3), {"at": SECOND})):  # fmt: skip
        with pytest.raises(InputError) as told:
            attempt()
        assert told.value.key == "register.locked" and str(place) in str(told.value)
    holder.kill()
    holder.communicate(timeout=30)
    assert content(register) == before


def test_a_file_in_wal_mode_is_taken_out_of_it(register, place):
    with sqlite3.connect(place) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    register.decide([decision(0)])
    assert not place.with_name(place.name + "-wal").exists()
    with sqlite.opened(place) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "delete"


def test_a_file_that_qgis_holds_in_wal_mode_is_written_all_the_same(register, place):
    holder = sqlite3.connect(place)
    holder.execute("PRAGMA journal_mode = WAL")
    holder.execute("SELECT count(*) FROM conflicts").fetchone()
    assert register.decide([decision(0)])[0].decided
    holder.close()
    assert register.read()["state"].tolist().count("waived") == 1


def damaged(place):
    data = bytearray(place.read_bytes())
    data[4096:40_000] = b"\xff" * (40_000 - 4096)
    place.write_bytes(bytes(data))


def other(place):
    place.unlink()
    pyogrio.write_dataframe(many(3), place, layer="conflicts", driver="GPKG")


def newer(place):
    with sqlite3.connect(place) as connection:
        connection.execute("UPDATE register_info SET version = 99")
    connection.close()


@pytest.mark.parametrize(
    ("harm", "key"),
    [
        (lambda place: place.write_bytes(b"nonsense" * 1000), "register.damaged"),
        (lambda place: place.write_bytes(b""), "register.foreign"),
        (damaged, "register.damaged"),
        (other, "register.foreign"),
        (newer, "register.newer"),
    ],
)
def test_a_file_that_is_no_sound_register_is_told_and_left_alone(register, place, harm, key):
    harm(place)
    before = place.read_bytes()
    for attempt in (lambda: register.decide([decision(0)]),
                    lambda: register.merge(many(3), {"at": SECOND})):  # fmt: skip
        with pytest.raises(InputError) as told:
            attempt()
        assert told.value.key == key and "\n" not in str(told.value)
    assert place.read_bytes() == before


def test_a_register_that_may_not_be_written_is_told(register, place, monkeypatch):
    def refuse(*_arguments, **_more):
        raise sqlite3.OperationalError("attempt to write a readonly database")

    before = content(register)
    with monkeypatch.context() as patched:
        patched.setattr(geopackage, "insertion", refuse)
        with pytest.raises(InputError) as told:
            register.decide([decision(0)])
    assert told.value.key == "register.readonly"
    assert content(register) == before


def test_a_register_that_is_not_there_yet_is_told(place):
    register = open_register(place)
    assert not register.exists()
    for attempt in (register.read, register.history, lambda: register.decide([decision(0)])):
        with pytest.raises(InputError) as told:
            attempt()
        assert told.value.key == "register.none"
    assert not place.exists()


def test_an_empty_run_makes_an_empty_register(place):
    register = open_register(place)
    assert register.merge(many(0), {"at": FIRST})["new"] == 0
    assert len(register.read()) == 0 and register.exists()


def test_a_register_that_another_program_made_first_is_not_replaced(register, place):
    before = content(register)
    create(place, CRS)
    assert content(register) == before
    assert [one.name for one in place.parent.iterdir()] == [place.name]


def test_a_folder_that_can_not_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError) as told:
        open_register(tmp_path / "file" / "register.gpkg").merge(many(1), {"at": FIRST})
    assert told.value.key == "register.unwritable"


def test_a_snapshot_is_a_copy_that_takes_no_decision(register, tmp_path):
    register.decide([decision(1)])
    copy = tmp_path / "copy" / "register_snapshot.gpkg"
    for _ in range(2):  # a former copy is replaced
        register.snapshot(copy)
    other_one = open_register(copy)
    assert content(other_one) == content(register)
    with pytest.raises(InputError) as told:
        other_one.decide([decision(2)])
    assert told.value.key == "register.copy" and "register.gpkg" in str(told.value)
    assert [one.name for one in copy.parent.iterdir()] == [copy.name]


def test_a_snapshot_never_takes_the_place_of_a_register(register, place, tmp_path):
    mine = open_register(tmp_path / "mine.gpkg")
    mine.merge(many(2), {"at": FIRST})
    for target in (tmp_path / "mine.gpkg", place):
        with pytest.raises(InputError) as told:
            register.snapshot(target)
        assert told.value.key == "register.snapshot_over"
    assert len(mine.read()) == 2


@pytest.mark.parametrize("place", ["", "register.xlsx", "mysql://host/db", "https://host/a.gpkg"])
def test_a_place_that_can_hold_no_register_is_told(place):
    with pytest.raises(InputError) as told:
        open_register(place)
    assert told.value.key == "register.place"


def test_a_folder_stands_for_the_register_in_it(register, place):
    assert open_register(place.parent).label == str(place)
    assert len(lines(place.parent / "no.log")) == 0
