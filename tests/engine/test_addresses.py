# SPDX-License-Identifier: GPL-2.0-or-later
"""A register's place is read alike by the engine, the toolbox and the dock."""

from __future__ import annotations

from pathlib import Path

import pytest
from pianqu.jobs.addresses import is_server, register_place
from pianqu.register import open_register
from pianqu.register.postgis import PostgisRegister

SERVERS = (
    "postgresql://u@h/db", "postgres://h/db?schema=x", "PostgreSQL://h/db", "POSTGRES://h/db",
    "PG:host=h dbname=db", 'pg:"dbname=db"', "  postgresql://h/db ",
)  # fmt: skip
FILES = ("", "register.gpkg", "D:/postgres/register.gpkg", "pg/register.gpkg", "postgres.gpkg")


@pytest.mark.parametrize("place", SERVERS)
def test_the_address_of_a_server_stays_as_it_is(place):
    assert is_server(place) and register_place(place) == place.strip()
    assert isinstance(open_register(place), PostgisRegister)


@pytest.mark.parametrize("place", FILES)
def test_a_path_is_given_in_full(place):
    assert not is_server(place)
    assert register_place(place) == (str(Path(place).resolve()) if place else "")


def test_the_pattern_stands_in_one_place():
    root = Path(__file__).resolve().parents[2]
    rooms = ("jobs", "layers", "processing", "register", "reports", "ui")
    modules = (path for room in rooms for path in (root / room).rglob("*.py"))
    found = [path.name for path in modules if "postgres(ql)?" in path.read_text(encoding="utf-8")]
    assert found == ["addresses.py"]
