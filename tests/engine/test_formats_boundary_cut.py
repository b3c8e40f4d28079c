# SPDX-License-Identifier: GPL-2.0-or-later
"""Boundary-point text that is cut short or has a wrong digit: sound parcels are read, no other."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pianqu.layers.formats.boundary_dialects import dialect
from pianqu.layers.formats.boundary_points import read_boundary_points
from pianqu.layers.formats.boundary_write import TextForm, write_boundary_points
from pyproj import CRS
from shapely.geometry import Polygon, box

DIALECTS = ["standard", "unlabelled", "named", "counted", "linked", "balance", "bare", "pairs"]
SHAPES = [
    box(500000.1234, 3440000.5678, 500100.4321, 3440100.8765),
    Polygon([(500300.1111, 3440000.2222), (500400.3333, 3440000.4444),
             (500350.5555, 3440090.6666)]),
    box(500600.1234, 3440000.5678, 500700.4321, 3440100.8765).difference(
        box(500620.1212, 3440020.3434, 500660.5656, 3440060.7878)),
    box(500900.1234, 3440000.5678, 500990.4321, 3440080.8765),
]  # fmt: skip

pytestmark = pytest.mark.english


def written(folder, kind):
    path = folder / f"{kind}.txt"
    values = [{"id": f"D{row}", "name": f"地块{row}", "code": "0101"} for row in range(4)]
    write_boundary_points(path, SHAPES, values, CRS(4544), TextForm(dialect=kind, encoding="UTF-8"))
    return path.read_bytes()


def moved(shape):
    return shapely.transform(shape, lambda points: points - [35_000_000, 0])


def wrong(told):
    return [text for _, level, text in told.notes if level == "error"]


@pytest.mark.parametrize("kind", [one for one in DIALECTS if dialect(one).parcel])
@given(share=st.floats(0.45, 0.9999))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_of_a_cut_file_whole_parcels_are_read_as_they_were_and_the_cut_is_told(
    tmp_path, kind, share
):
    whole = written(tmp_path, kind)
    cut = whole[: int(share * len(whole))]
    path = tmp_path / "cut.txt"
    path.write_bytes(cut)
    held = read_boundary_points(path, "UTF-8", kind)
    lines = cut.decode("utf-8", "ignore").split("\r\n")
    ends = [row + 1 for row, line in enumerate(lines) if line.rstrip().endswith("@")]
    for row, shape in enumerate(held.shapes):
        if row < len(ends) - 1:  # another parcel's line follows
            assert moved(shape).symmetric_difference(SHAPES[row]).area < 0.1
        elif shape is not None and wrong(held) == []:  # nothing of it is missing but what closes
            shell = Polygon(moved(shape).exterior)
            assert shell.symmetric_difference(Polygon(SHAPES[row].exterior)).area < 0.1
    lost = [row for row, shape in enumerate(held.shapes) if shape is None]
    assert set(lost) <= {len(ends) - 1}
    for row in lost:
        names = (f"parcel D{row} ", f"parcel 地块{row} ")
        assert any(name in text for text in wrong(held) for name in names)
        assert any(f"line {number}" in text for text in wrong(held)
                   for number in (len(lines), len(lines) - 1, ends[row]))  # fmt: skip


def test_a_cut_number_costs_its_parcel_alone_and_tells_the_line(tmp_path):
    path = tmp_path / "cut.txt"
    raw = written(tmp_path, "standard").decode("utf-8")
    at = raw.index("J3,1,", raw.index("D3"))
    path.write_text(raw[: raw.index(",", at + 5) + 2], encoding="utf-8", newline="")
    held = read_boundary_points(path)
    assert held.crs == "EPSG:4523" and [one is None for one in held.shapes] == [0, 0, 0, 1]
    (message,) = wrong(held)
    number = path.read_text(encoding="utf-8").count("\n") + 1
    assert "cut.txt" in message and "D3" in message and f"line {number} " in message


def test_a_parcel_line_without_points_is_told_with_its_line(tmp_path):
    path = tmp_path / "cut.txt"
    raw = written(tmp_path, "standard").decode("utf-8")
    head = raw[: raw.index("J1,1,", raw.index("D3"))]
    path.write_text(head, encoding="utf-8", newline="")
    held = read_boundary_points(path)
    (message,) = wrong(held)
    assert f"line {head.count(chr(10))}" in message and "D3" in message


def test_a_parcel_line_cut_in_two_leaves_the_parcel_before_whole(tmp_path):
    path = tmp_path / "cut.txt"
    raw = written(tmp_path, "standard").decode("utf-8")
    head = raw[: raw.index("D3") + 4]
    path.write_text(head, encoding="utf-8", newline="")
    held = read_boundary_points(path)
    (message,) = wrong(held)
    assert len(held.shapes) == 3 and not shapely.is_missing(held.shapes).any()
    assert f"line {head.count(chr(10)) + 1} " in message


@pytest.mark.parametrize(
    ("was", "now"),
    [("35500400.3333", "3550400.3333"), ("35500400.3333", "500400.3333"),
     ("3440000.4444", "344000.4444"), ("3440000.4444", "34400004444")],
)  # fmt: skip
def test_a_lost_digit_is_told_with_its_line_and_costs_that_parcel_alone(tmp_path, was, now):
    path = tmp_path / "digit.txt"
    raw = written(tmp_path, "standard").decode("utf-8")
    assert was in raw
    path.write_text(raw.replace(was, now), encoding="utf-8", newline="")
    held = read_boundary_points(path)
    assert [one is None for one in held.shapes] == [0, 1, 0, 0]
    (message,) = wrong(held)
    number = next(row for row, line in enumerate(raw.split("\r\n"), 1) if was in line)
    assert f"line {number} " in message and "D1" in message


def test_a_wrong_line_where_no_line_parts_parcels_costs_that_ring_alone(tmp_path):
    path = tmp_path / "bare.txt"
    raw = written(tmp_path, "bare").decode("utf-8")
    path.write_text(raw.replace("3440000.5678", "344OO00.5678", 1), encoding="utf-8", newline="")
    held = read_boundary_points(path, name="bare")
    assert [one is None for one in held.shapes] == [1, 0, 0, 0]
    assert len(wrong(held)) == 1


def test_a_stated_count_that_is_wrong_of_a_ring_that_closes_keeps_the_parcel(tmp_path):
    path = tmp_path / "count.txt"
    raw = written(tmp_path, "standard").decode("utf-8")
    path.write_text(raw.replace("5,1.0062", "9,1.0062"), encoding="utf-8", newline="")
    held = read_boundary_points(path)
    assert wrong(held) == [] and not shapely.is_missing(held.shapes).any()
    assert "states 9 points" in " ".join(text for _, _, text in held.notes)


def test_sound_files_in_every_dialect_are_told_no_fault_of(tmp_path):
    for kind in DIALECTS:
        path = tmp_path / "sound.txt"
        path.write_bytes(written(tmp_path, kind))
        held = read_boundary_points(path, "UTF-8", kind)
        assert wrong(held) == [] and not np.any(shapely.is_missing(held.shapes)), kind
