# SPDX-License-Identifier: GPL-2.0-or-later
"""Long tables are written beside the window, short ones at once, and both say the same."""

from __future__ import annotations

import csv
import time
import zipfile

import pytest
from pianqu.ui.export import AT_ONCE, Exporter, Table
from qgis.core import QgsVectorLayer
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtTest import QTest

LONG = 3000
COLUMNS = [
    ("ID", lambda one: f"{one:016x}"),
    ("面积", lambda one: None if one % 3 == 2 else one * 1.23456),
    ("名称", lambda one: f"地块, \"{one}\""),
]  # fmt: skip


def written(path, count, seconds=60):
    """Write a table; give what was told and how many turns the window had until then."""
    exporter, told, turns = Exporter(), [], []
    timer = QTimer()
    timer.timeout.connect(lambda: turns.append(exporter.busy))
    timer.start(0)
    exporter.begin(path, Table("地块", COLUMNS, range(count), "规则: 全部"), told.append)
    end = time.monotonic() + seconds
    while not told:
        assert time.monotonic() < end
        QTest.qWait(5)
    assert not exporter.busy
    return told, sum(turns)


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def expected(count):
    return [
        {"ID": f"{one:016x}", "名称": f"地块, \"{one}\"", "Filters": "规则: 全部",
         "面积": "" if one % 3 == 2 else round(one * 1.23456, 2)}
        for one in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize("count", [0, 1, AT_ONCE, AT_ONCE + 1, LONG])
def test_a_table_of_any_length_is_written_whole(count, qgis_app, tmp_path):
    path = tmp_path / "地块.csv"
    told, _ = written(path, count)
    assert told == [""]
    rows = rows_of(path)
    for row in rows:
        row["面积"] = row["面积"] and float(row["面积"])
    assert rows == expected(count)


def test_a_short_table_is_there_at_once(qgis_app, tmp_path):
    told = []
    table = Table("地块", COLUMNS, range(AT_ONCE), "")
    Exporter().begin(tmp_path / "short.csv", table, told.append)
    assert told == [""]
    assert len(rows_of(tmp_path / "short.csv")) == AT_ONCE


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_the_window_goes_on_while_a_long_table_is_written(ending, qgis_app, tmp_path):
    path = tmp_path / f"long{ending}"
    told, turns = written(path, LONG)
    assert told == [""]
    assert turns > 5  # a table written at once leaves it none


def test_a_workbook_has_the_table_first_and_then_its_filters(qgis_app, tmp_path):
    path = tmp_path / "long.xlsx"
    written(path, LONG)
    whole = QgsVectorLayer(str(path), "", "ogr")
    names = [one.split("!!::!!")[1] for one in whole.dataProvider().subLayers()]
    assert names == ["地块", "Filters"]
    sheet = QgsVectorLayer(f"{path}|layername=地块", "", "ogr")
    assert sheet.featureCount() == LONG
    areas = [one["面积"] for one in sheet.getFeatures()]
    assert areas[:2] == [0.0, 1.23] and areas[3] == 3.7
    facts = QgsVectorLayer(f"{path}|layername=Filters", "", "ogr")
    assert {tuple(one.attributes()) for one in facts.getFeatures()} >= {("地块", str(LONG))}
    assert zipfile.ZipFile(path).testzip() is None


@pytest.mark.parametrize("count", [2, LONG])
def test_why_nothing_was_written_is_told(count, qgis_app, tmp_path):
    told, _ = written(tmp_path / "nowhere" / "x.csv", count)
    assert len(told) == 1 and told[0]
    told, _ = written(tmp_path / "x.docx", count)
    assert told == ["Choose a name that ends in .csv or .xlsx."]


def test_one_table_is_written_at_a_time_and_none_after_the_dock_went(qgis_app, tmp_path):
    exporter, first, second = Exporter(), [], []
    table = Table("地块", COLUMNS, range(LONG), "")
    exporter.begin(tmp_path / "first.csv", table, first.append)
    exporter.begin(tmp_path / "second.csv", table, second.append)
    assert second == ["Another file is still being written."]
    assert first == []
    exporter.stop()
    QTest.qWait(400)
    assert first == []
    assert not (tmp_path / "second.csv").exists()
