# SPDX-License-Identifier: GPL-2.0-or-later
"""Boundary points read as whole arrays say the same as line by line, and quickly so."""

from __future__ import annotations

import dataclasses
import time

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pianqu.layers.errors import InputError
from pianqu.layers.formats.boundary_dialects import dialect, dialects
from pianqu.layers.formats.boundary_parcels import parcels_of
from pianqu.layers.formats.boundary_points import read_boundary_points
from pianqu.layers.formats.boundary_text import take_apart
from pianqu.layers.formats.boundary_write import TextForm, write_boundary_points
from pianqu.layers.formats.rings import nest, nest_all
from pyproj import CRS
from shapely.geometry import Polygon, box

ENDS = ["\n", "\r\n", "\r"]
CELLS = st.one_of(
    st.sampled_from(["J1", "J-2", "1", "界址点3", "", "J１", "x y", "-", "00"]),
    st.integers(0, 99).map(str),
    st.floats(0, 4e7).map(lambda value: f"{value:.3f}"),
    st.sampled_from(["3440000.", ".5", "1e3", "１２.５", "1_0", "nan", "-3.5", "3,440,000.5"]),
)
LINES = st.one_of(
    st.tuples(
        st.lists(CELLS, min_size=1, max_size=6), st.sampled_from([",", ", ", " ,", ";", "\t", " ",
                                                                  "，", "；"]),
        st.sampled_from(["", ",", " ", "\u3000"]),
    ).map(lambda one: one[1].join(one[0]) + one[2]),
    st.sampled_from(["", "  ", "5,1.0,DK01,甲，乙,面,,,0101,@", "DK02,乙,面,＠", "甲 面 @"]),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES, max_size=25), st.sampled_from(dialects()), st.sampled_from(ENDS),
       st.booleans())  # fmt: skip
def test_lines_read_as_arrays_are_read_as_each_by_itself(lines, kind, newline, turned):
    text = take_apart(newline.join(lines))
    slow = dataclasses.replace(text, plain=np.zeros(len(text), dtype=bool))
    one, other = (parcels_of(part, kind, turned) for part in (text, slow))
    assert one.values == other.values and one.faults == other.faults
    assert one.lines == other.lines
    for name in ("points", "ends", "owner", "number"):
        assert np.array_equal(getattr(one, name), getattr(other, name))


@settings(max_examples=200, deadline=None)
@given(st.lists(LINES, max_size=25), st.sampled_from(ENDS))
def test_lines_keep_their_numbers_and_blank_lines_are_marked(lines, newline):
    whole = newline.join(lines)
    text = take_apart(whole)
    for row, number in enumerate(text.numbers.tolist()):
        raw = lines[number - 1]
        assert text.raw[row].as_py() == raw and raw.strip()
        before = text.numbers[row - 1] if row else 0
        blank = [not one.strip() for one in lines[before : number - 1]]
        assert text.gap[row] == any(blank)


RINGS = st.lists(st.tuples(st.integers(3, 7), st.booleans(), st.booleans()), min_size=1,
                 max_size=6)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(RINGS)
def test_rings_without_numbers_end_where_they_close_or_at_a_blank_line(rings):
    lines, expected = [], []
    for place, (count, closed, blank) in enumerate(rings):
        angles = np.linspace(0, 2 * np.pi, count, endpoint=False)
        points = [(3440000 + place * 50 + 9 * np.cos(a), 500000 + 9 * np.sin(a)) for a in angles]
        rows = [f"{x:.3f} {y:.3f}" for x, y in points]
        goes_on = bool(expected) and not expected[-1][1]
        if goes_on:
            expected[-1][0].extend(rows)
        else:
            expected.append([list(rows), False])
        # A ring that began before and was left open does not close where this one would.
        shuts = closed and not goes_on
        rows = [*rows, rows[0]] if shuts else rows
        if shuts:
            expected[-1][0].append(rows[0])
        expected[-1][1] = shuts or blank
        lines += [*rows, *([""] if blank else [])]
    found = parcels_of(take_apart("\n".join(lines)), dialect("pairs"), False)
    sizes = [len(rows) for rows, _ in expected]
    assert np.diff(found.ends).tolist() == sizes


def squares(count, seed):
    """Give rings of squares that lie in each other or beside each other, and their features."""
    rng = np.random.default_rng(seed)
    rings, group = [], []
    for feature in range(count):
        x = 100 * feature
        for depth in range(rng.integers(1, 5)):
            rings.append(
                np.array(box(x + depth, depth, x + 50 - depth, 50 - depth).exterior.coords)
            )
            group.append(feature)
        if rng.random() < 0.5:
            rings.append(np.array(box(x + 60, 0, x + 70, 10).exterior.coords))
            group.append(feature)
    order = rng.permutation(len(rings))
    return [rings[i][: -1 if i % 2 else None] for i in order], np.array(group)[order]


@pytest.mark.parametrize("seed", range(5))
def test_rings_of_many_features_are_nested_as_those_of_each(seed):
    rings, group = squares(30, seed)
    ends = np.cumsum([0, *(len(ring) for ring in rings)])
    shells, shapes = nest_all(np.concatenate(rings), ends, group)
    for feature in range(30):
        own = np.flatnonzero(group == feature)
        alone = nest([rings[row] for row in own])
        assert shells[group[shells] == feature].tolist() == [own[row] for row, _ in alone]
        for got, (_, want) in zip(shapes[group[shells] == feature], alone):
            assert got.equals_exact(want) and got.is_valid
    # Odd depths are holes: the area alternates.
    ground = sum(
        (-1) ** sum(Polygon(other).contains(Polygon(ring)) and not Polygon(other).equals(
            Polygon(ring)) for other in rings) * Polygon(ring).area
        for ring in rings
    )  # fmt: skip
    assert shapely.area(shapes).sum() == pytest.approx(ground)


def test_a_long_file_of_words_is_no_boundary_points(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("这是 一行 文字 而已 不是 坐标\n" * 6000, encoding="utf-8")
    with pytest.raises(InputError, match=r"words\.txt"):
        read_boundary_points(path)


def test_thousands_of_parcels_are_read_and_written_in_seconds(tmp_path):
    """6,000 parcels of 48 points took 14 s to read and 6 s to write, one line at a time."""
    turn = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    star = np.column_stack([np.cos(turn), np.sin(turn)]) * 20
    places = [(500000 + 50 * (i % 80), 3440000 + 50 * (i // 80)) for i in range(6000)]
    shapes = [Polygon(star + place) for place in places]
    values = [{"id": f"{i:06}", "name": f"地块{i}", "code": "0101"} for i in range(6000)]
    path = tmp_path / "many.txt"
    start = time.process_time()
    write_boundary_points(path, shapes, values, CRS(4544), TextForm())
    written = time.process_time()
    held = read_boundary_points(path)
    read = time.process_time()
    assert held.count == 6000 and held.columns["DKBH"][-1] == "005999"
    back = shapely.transform(held.shapes, lambda points: points - [35_000_000, 0])
    assert shapely.hausdorff_distance(back, np.array(shapes)).max() <= 0.0005
    assert written - start < 4 and read - written < 6
