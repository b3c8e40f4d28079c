# SPDX-License-Identifier: GPL-2.0-or-later
"""Libraries speak English; users hear what happened, where, and what to do, in their language."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing, contextmanager

import pytest
from input_county import UNIT_FIELDS, units_frame
from pianqu.layers.dossier import dossier_from
from pianqu.layers.errors import InputError, unreadable
from pianqu.layers.reasons import LOCKED, cause, told
from pianqu.layers.sources import Source
from pianqu.layers.tables import read_tables
from pianqu.layers.words import speaking
from pianqu.reports.meeting_data import read_papers

ENGLISH = re.compile(r"[A-Za-z]{4,}")


HOLD = """
import sqlite3, sys
one = sqlite3.connect(sys.argv[1], isolation_level=None)
one.execute("PRAGMA locking_mode = EXCLUSIVE")
one.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(path):
    """Hold a file as another program does: locks count between processes only."""
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert other.stdout.readline().strip() == b"held"
        yield
    finally:
        other.communicate()


def failure(statement, path=":memory:"):
    """Give the error that SQLite itself raises for a statement."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS t (a)")
        with pytest.raises(sqlite3.Error) as error:
            connection.execute(statement)
    return error.value


@pytest.mark.parametrize(
    ("statement", "shown"),
    [
        ("SELECT * FROM t WHERE", "条件不完整"),
        ("SELECT * FROM t WHERE b = 1", "没有字段 b"),
        ("SELECT * FROM t WHERE a LIKE OR", "“OR”附近有语法错误"),
    ],
)
def test_what_sqlite_says_of_a_condition_is_told_in_chinese(statement, shown):
    with speaking("zh"):
        assert told(failure(statement)) == shown


def test_a_file_that_is_no_database_no_workbook_or_not_allowed_is_told_in_chinese(tmp_path):
    bad = tmp_path / "x.gpkg"
    bad.write_bytes(b"nothing of the kind" * 99)
    with pytest.raises(sqlite3.DatabaseError) as database, closing(sqlite3.connect(bad)) as one:
        one.execute("SELECT * FROM sqlite_master")
    with pytest.raises(zipfile.BadZipFile) as workbook:
        zipfile.ZipFile(bad)
    with pytest.raises(IsADirectoryError) as folder:
        tmp_path.read_bytes()
    with speaking("zh"):
        for error in (database, workbook, folder):
            assert re.search("[一-鿿]", told(error.value))
            assert not ENGLISH.findall(told(error.value).replace("GeoPackage", "")
                                       .replace("SQLite", "").replace("xlsx", ""))  # fmt: skip


def test_words_that_are_not_known_stay_as_they_are():
    assert told(ValueError("  some odd\n thing ")) == "some odd thing"
    assert told(KeyError()) == "KeyError"
    assert cause("some odd thing") == ""


@pytest.mark.parametrize(("language", "word"), [("zh", "占用"), ("en", "held by another")])
def test_a_layer_that_another_program_holds_says_so_and_what_to_do(tmp_path, language, word):
    units_frame().to_file(tmp_path / "u.gpkg", layer="units")
    content = {"dossier": 1, "code": "510799", "crs": "EPSG:4544", "layers": {
        "units": {"path": "u.gpkg", "layer": "units", "fields": UNIT_FIELDS}}}  # fmt: skip
    dossier = dossier_from(content, tmp_path)
    with held(tmp_path / "u.gpkg"), speaking(language), pytest.raises(InputError) as error:
        read_tables(dossier.layers["units"], dossier.file)
    assert error.value.key == "layers.locked"
    assert "u.gpkg" in str(error.value) and word in str(error.value)
    assert "database" not in str(error.value)
    assert read_tables(dossier.layers["units"], dossier.file)[0].rows  # let go, it is read


def test_a_table_in_another_encoding_than_stated_names_the_line_and_the_remedy(tmp_path):
    file = tmp_path / "q.csv"
    file.write_bytes("unit,indicator,quota_ha\n510799,farmland,1\n510799,耕地,2\n".encode("gbk"))
    with speaking("zh"), pytest.raises(InputError) as error:
        read_tables(Source(str(file), encoding="UTF-8"), "d.yaml")
    assert "q.csv 第 3 行" in str(error.value) and "encoding" in str(error.value)
    assert read_tables(Source(str(file), encoding="GBK"), "d.yaml")[0].rows[2][1] == "耕地"


def test_a_codec_of_a_layer_is_no_word_of_python():
    with pytest.raises(UnicodeDecodeError) as raw:
        "耕地".encode("gbk").decode("utf-8")
    with speaking("zh"):
        text = str(unreadable("u.shp", raw.value))
    assert "codec" not in text and "UTF-8" in text and "u.shp" in text and "encoding" in text
    assert cause("database table is locked: x") == LOCKED


def test_the_papers_of_a_meeting_are_not_made_of_results_that_nobody_can_read(tmp_path):
    (tmp_path / "results.gpkg").write_bytes(b"no results" * 500)
    with speaking("zh"), pytest.raises(InputError) as error:
        read_papers(tmp_path)
    assert error.value.key == "layers.read_failed" and "results.gpkg" in str(error.value)
