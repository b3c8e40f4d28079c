# SPDX-License-Identifier: GPL-2.0-or-later
"""The register in a PostGIS schema, on a real server: several people, kills, crashes."""

from __future__ import annotations

import signal
import sys
import threading
import time
from itertools import count

import pandas as pd
import pytest
import shapely
from pg_server import ESCAPED, SECRET, Server, binaries
from pianqu.layers.errors import InputError
from pianqu.register import model, open_register, session
from pianqu.register.address import address_of
from register_made import (
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

HOME, LACK = binaries()
# Merges runs in which every conflict grows, so that what was settled is reopened each time.
MERGER = """
import sys
from pianqu.register import open_register
from register_made import many
register = open_register(sys.argv[1])
for number in range(int(sys.argv[2])):
    at = f"2090-01-01T00:00:{number:02d}+00:00"
    register.merge(many(50, area_m2=100.0 + 10 * number), {"at": at})
"""
# Decides on the same conflicts as another one does, in the order given.
BATCHES = """
import sys
from pianqu.register import open_register
from register_made import decision
register, name = open_register(sys.argv[1]), sys.argv[2]
numbers = range(50) if name == "up" else range(49, -1, -1)
for turn in range(10):
    outcomes = register.decide([decision(n, person=name, reason=f"{name}-{turn}") for n in numbers])
    assert all(one.decided for one in outcomes), outcomes
"""


@pytest.fixture(scope="module")
def server():
    if HOME is None:
        pytest.skip(LACK)
    made = Server(HOME)
    yield made
    made.remove()


_turn = count(1)


@pytest.fixture
def place(server):
    """Give the address of a schema that nobody has used yet."""
    return server.place(f"reg {next(_turn)}".replace(" ", "_"))


@pytest.fixture
def register(place):
    made = open_register(place)
    made.merge(many(50), {"at": FIRST})
    return made


def test_the_server_of_the_tests_runs_where_it_is_installed():
    assert (HOME is None) == bool(LACK)


def test_what_was_merged_is_read_again_with_its_shape_and_crs(register):
    rows = register.read()
    assert tuple(rows.columns) == (*model.COLUMNS, "geom") and rows.crs == "EPSG:4544"
    assert shapely.equals(rows.geometry.to_numpy(), many(50).geometry.to_numpy()).all()
    assert rows["excess"].isna().all() and (rows["state"] == "open").all()
    assert register.runs()["new"].tolist() == [50] and register.exists()


def test_file_and_server_hold_the_same_after_the_same_events(register, place, tmp_path):
    file = open_register(tmp_path / "register.gpkg")
    file.merge(many(50), {"at": FIRST})
    given = [decision(1), decision(2, "fixed"), decision(3, version=9), decision(99)]
    for one in (file, register):
        whys = [outcome.why for outcome in one.decide(given)]
        assert whys == ["", "", "stale", "id"]
        counts = one.merge(many(10, area_m2=200.0), {"at": LATE, "rules": ["sector.overlap"]})
        assert counts == {"new": 0, "gone": 40, "unchanged": 8, "reopened": 2, "open": 10}
    clock = ["decided_at", "reason"]
    tables = [pd.DataFrame(one.read()).drop(columns=["geom", *clock]) for one in (file, register)]
    pd.testing.assert_frame_equal(*tables)
    histories = [one.history().drop(columns=["at", "reason"]) for one in (file, register)]
    pd.testing.assert_frame_equal(*histories)
    pd.testing.assert_frame_equal(file.runs(), register.runs())


def test_a_conflict_without_a_shape_is_kept(place):
    register = open_register(place)
    shapes = [None, shapely.box(0, 0, 1, 1)]
    register.merge(found(conflict(0), conflict(1), shapes=shapes), {"at": FIRST})
    assert register.read().geometry.isna().tolist() == [True, False]


def test_the_geometry_column_is_typed_for_qgis(server, register):
    schema = register.address.schema
    rows = server.execute(
        f"SELECT type, srid FROM geometry_columns WHERE f_table_schema = '{schema}'"
    )
    assert rows == [("MULTIPOLYGON", 4544)]


def test_a_stale_decision_gets_the_newer_row(register):
    assert register.decide([decision(0, version=1, person="王")])[0].decided
    outcome = register.decide([decision(0, version=1)])[0]
    assert (outcome.why, outcome.row["person"], outcome.row["version"]) == ("stale", "王", 2)
    assert register.history(id_of(0))["person"].tolist() == ["", "王"]


def test_two_writers_of_200_decisions_on_50_conflicts_lose_none(register, place, tmp_path):
    logs = [tmp_path / "a.log", tmp_path / "b.log"]
    ended(*(writer(place, log.stem, log) for log in logs))
    accepted, refused = assert_nothing_lost(register, *logs)
    assert len(accepted) == 400 and len(register.history()) == 450
    assert len(refused) > 50  # they did get in each other's way


def test_a_writer_killed_in_the_middle_loses_no_decision(register, place, tmp_path):
    logs = [tmp_path / "a.log", tmp_path / "b.log"]
    first, second = (writer(place, log.stem, log) for log in logs)
    until(logs[0], 60, first)
    first.send_signal(signal.SIGKILL)
    first.communicate(timeout=30)
    ended(second)
    accepted, _ = assert_nothing_lost(register, *logs)
    mine = sum(line["decided"] for line in lines(logs[1]))
    assert mine == 200 and len(accepted) > mine


def test_a_server_that_crashes_in_the_middle_loses_no_decision(server, register, place, tmp_path):
    logs = [tmp_path / "a.log", tmp_path / "b.log"]
    writers = [writer(place, log.stem, log) for log in logs]
    until(logs[0], 40, writers[0])
    server.crash()
    time.sleep(0.5)
    server.start()
    until(logs[1], 120, writers[1])
    server.crash()
    server.start()
    ended(*writers)
    accepted, _ = assert_nothing_lost(register, *logs)
    assert len(accepted) == 400


def test_runs_merged_meanwhile_neither_lose_nor_block_decisions(register, place, tmp_path):
    log = tmp_path / "a.log"
    merger, one = start(MERGER, place, 12), writer(place, "a", log, 100)
    ended(merger, one)
    assert_consistent(register.read(), register.history())
    steps = register.history().set_index(["id", "version"])
    accepted = [line for line in lines(log) if line["decided"]]
    assert len(accepted) == 100
    for line in accepted:
        assert steps.loc[(line["id"], line["version"]), "reason"] == line["reason"]
    assert (steps["state_to"] == "reopened").any()


def test_batches_in_opposite_orders_do_not_wait_for_each_other_in_a_ring(register, place):
    ended(*(start(BATCHES, place, name) for name in ("up", "down")))
    assert_consistent(register.read(), register.history())
    assert len(register.history()) == 50 + 2 * 10 * 50


def test_two_engines_make_one_register(server, place):
    code = (
        "import sys; from pianqu.register import open_register; from register_made import *;"
        "open_register(sys.argv[1]).merge(many(20), {'at': FIRST})"
    )
    ended(start(code, place), start(code, place))
    register = open_register(place)
    assert len(register.read()) == 20
    assert sorted(register.runs()["new"]) == [0, 20]


def test_nobody_waits_forever_for_a_row_that_another_holds(server, register, monkeypatch):
    limits = (("lock_timeout", "300ms"), *session._LIMITS[1:])
    monkeypatch.setattr(session, "_LIMITS", limits)
    holder = server.connect()
    holder.autocommit = False
    schema = register.address.schema
    with holder.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {schema}.conflicts WHERE id = '{id_of(0)}' FOR UPDATE")
        for attempt in (lambda: register.decide([decision(0)]),
                        lambda: register.merge(many(3), {"at": SECOND})):  # fmt: skip
            with pytest.raises(InputError) as told:
                attempt()
            assert told.value.key == "register.pg.busy"
        assert register.decide([decision(1)])[0].decided
    holder.close()
    assert register.decide([decision(0)])[0].decided


def test_a_deadlock_with_a_stranger_is_tried_again(server, register):
    """A session that locks in another order makes a ring; whoever is chosen begins anew."""
    schema = register.address.schema
    holder = server.connect()
    holder.autocommit = False
    cursor = holder.cursor()
    cursor.execute(f"SELECT 1 FROM {schema}.conflicts WHERE id = '{id_of(1)}' FOR UPDATE")
    outcomes = []
    thread = threading.Thread(
        target=lambda: outcomes.extend(register.decide([decision(0), decision(1)]))
    )
    thread.start()
    time.sleep(0.5)
    try:
        cursor.execute(f"SELECT 1 FROM {schema}.conflicts WHERE id = '{id_of(0)}' FOR UPDATE")
    finally:
        holder.close()
        thread.join(60)
    assert [one.decided for one in outcomes] == [True, True]


def test_results_in_another_crs_are_refused(register):
    with pytest.raises(InputError) as told:
        register.merge(many(2, crs="EPSG:4545"), {"at": SECOND})
    assert told.value.key == "register.crs" and len(register.read()) == 50


def test_another_countys_conflicts_are_refused(server, register):
    """A register made before takes the first county; from then on it is that one's."""
    info = f"{register.address.schema}.register_info"
    server.execute(f"ALTER TABLE {info} DROP COLUMN county_code, DROP COLUMN county_name")
    assert register.whole().county == ("", "")
    for at in (SECOND, "2026-05-03T08:00:00+00:00"):
        register.merge(many(50), {"at": at, "code": "510799", "name": "示例县"})
        with pytest.raises(InputError) as told:
            register.merge(many(2), {"at": LATE, "code": "510800", "name": "邻县"})
        assert told.value.key == "register.county" and "邻县" in str(told.value)
    assert register.whole().county == ("510799", "示例县")
    assert (register.read()["present"] == 1).all()


def test_a_crs_without_a_code_is_told(place):
    own = "+proj=tmerc +lat_0=0 +lon_0=104.5 +k=1 +x_0=500000 +ellps=GRS80 +units=m"
    with pytest.raises(InputError) as told:
        open_register(place).merge(many(1, crs=own), {"at": FIRST})
    assert told.value.key == "register.pg.srid"


def test_a_schema_with_strangers_tables_is_left_alone(server, place):
    schema = address_of(place).schema
    server.execute(f"CREATE SCHEMA {schema}", f"CREATE TABLE {schema}.history (a int)")
    with pytest.raises(InputError) as told:
        open_register(place).merge(many(1), {"at": FIRST})
    assert told.value.key == "register.pg.foreign" and schema in str(told.value)


def test_a_register_of_a_newer_plugin_is_left_alone(server, register):
    server.execute(f"UPDATE {register.address.schema}.register_info SET version = 99")
    for attempt in (register.read, lambda: register.merge(many(1), {"at": SECOND})):
        with pytest.raises(InputError) as told:
            attempt()
        assert told.value.key == "register.newer"


def test_a_schema_without_a_register_is_told(place):
    register = open_register(place)
    assert not register.exists()
    with pytest.raises(InputError) as told:
        register.decide([decision(0)])
    assert told.value.key == "register.none" and SECRET not in str(told.value)


def test_a_user_without_rights_is_told(server, register, place):
    schema = register.address.schema
    server.execute(
        "DROP ROLE IF EXISTS guest",
        f"CREATE ROLE guest LOGIN PASSWORD '{SECRET}'",
        f"GRANT USAGE ON SCHEMA {schema} TO guest",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO guest",
    )
    guest = open_register(server.place(schema, user="guest"))
    assert len(guest.read()) == 50
    with pytest.raises(InputError) as told:
        guest.decide([decision(0)])
    assert told.value.key == "register.pg.denied"
    with pytest.raises(InputError) as told:
        open_register(server.place("nowhere", user="guest")).merge(many(1), {"at": FIRST})
    assert told.value.key in ("register.pg.denied", "register.pg.postgis")
    server.execute("DROP OWNED BY guest", "DROP ROLE guest")


def test_a_database_without_postgis_gets_it_where_that_is_allowed(server):
    server.execute("CREATE DATABASE bare")
    server.execute("CREATE ROLE maker LOGIN", f"ALTER ROLE maker PASSWORD '{SECRET}'",
                   "GRANT CREATE ON DATABASE bare TO maker")  # fmt: skip
    with pytest.raises(InputError) as told:
        open_register(server.place(database="bare", user="maker")).merge(many(1), {"at": FIRST})
    assert told.value.key == "register.pg.postgis"
    assert open_register(server.place(database="bare")).merge(many(1), {"at": FIRST})["new"] == 1
    assert server.execute(
        "SELECT nspname FROM pg_namespace WHERE nspname = 'pianqu'", database="bare"
    )


def test_a_snapshot_is_the_same_register_in_a_file(register, tmp_path):
    register.decide([decision(1)])
    register.snapshot(tmp_path / "copy.gpkg")
    copy = open_register(tmp_path / "copy.gpkg")
    frames = [pd.DataFrame(one.read()).drop(columns="geom") for one in (copy, register)]
    pd.testing.assert_frame_equal(*frames)
    pd.testing.assert_frame_equal(copy.history(), register.history())
    with pytest.raises(InputError) as told:
        copy.decide([decision(2)])
    assert told.value.key == "register.copy" and SECRET not in str(told.value)


def test_a_wrong_password_or_a_silent_server_is_told_without_the_password(server, place):
    wrong = place.replace(ESCAPED, "wr0ng-wort")
    silent = place.replace(f":{server.port}/", ":1/")
    for address, word in ((wrong, "wr0ng-wort"), (silent, SECRET), (silent, ESCAPED)):
        with pytest.raises(InputError) as told:
            open_register(address).read()
        assert told.value.key == "register.pg.unreachable"
        assert word not in str(told.value) and "***" in str(told.value)


def test_without_the_driver_the_remedy_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg2", None)
    with pytest.raises(InputError) as told:
        open_register("postgresql://host/db").read()
    assert told.value.key == "register.pg.driver" and "pip install" in str(told.value)


@pytest.mark.parametrize(
    ("place", "schema", "dsn"),
    [
        ("postgresql://u@h:5433/db", "pianqu", "postgresql://u@h:5433/db"),
        ("postgres://h/db?schema=a%20b", "a b", "postgres://h/db"),
        ("postgresql://h/db?schema=x&sslmode=require", "x", "postgresql://h/db?sslmode=require"),
        ("postgresql://h/db?sslmode=require&schema=x", "x", "postgresql://h/db?sslmode=require"),
        ("PG:host=h dbname=db", "pianqu", "host=h dbname=db"),
        ("PG:host=h schema='my own' dbname=db", "my own", "host=h  dbname=db"),
        ('pg:"dbname=db active_schema=x"', "x", "dbname=db"),
    ],
)
def test_an_address_names_database_and_schema(place, schema, dsn):
    found = address_of(place)
    assert (found.schema, found.dsn) == (schema, dsn)


@pytest.mark.parametrize(
    "place",
    [
        "postgresql://u:pa-ss@h/db",
        "postgresql://u:pa-ss@x@h/db?schema=a",
        "postgresql://u@h/db?password=pa-ss&schema=a",
        "PG:host=h password='pa-ss word' dbname=db",
        "PG:host=h password=pa-ss",
    ],
)
def test_a_password_is_never_told(place):
    found = address_of(place)
    assert "pa-ss" not in found.label and "***" in found.label
    assert "pa-ss" not in found.clean(f"bad thing\nin {place}")


def test_a_register_on_the_server_is_named_without_its_password(register):
    assert SECRET not in register.label and ESCAPED not in register.label
    assert "127.0.0.1" in register.label
