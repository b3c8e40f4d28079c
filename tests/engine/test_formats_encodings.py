# SPDX-License-Identifier: GPL-2.0-or-later
"""Encodings told from the text itself; real files without a label read with right Chinese."""

from __future__ import annotations

import shutil

import numpy as np
import pyogrio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pianqu.layers.dossier import Source
from pianqu.layers.formats.dbf import code_page, table_encoding
from pianqu.layers.formats.encodings import canonical, decode_text, guess, words_of
from pianqu.layers.opening import open_source
from pianqu.layers.reading import read_features
from pianqu.layers.texts import text_column
from pyproj import CRS

SIMPLIFIED = [
    "水田",
    "旱地",
    "乔木林地",
    "农村宅基地",
    "青山镇",
    "绿水镇甲村",
    "城镇开发边界",
    "永久基本农田",
]
TRADITIONAL = [
    "水田",
    "旱地",
    "喬木林地",
    "農村宅基地",
    "青山鎮",
    "綠水鎮甲村",
    "國土規劃",
    "永久農田",
]

pytestmark = pytest.mark.english


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("chinese_poly.shp", ["黑龙江省"]),
        ("chinese_poly.dbf", ["黑龙江省"]),
        ("gbk.dbf", ["简体国语"]),
        ("gb2312.dbf", ["简体国语"]),
        ("chinese.shp", ["简体"]),
        ("chinese.dbf", ["简体"]),
    ],
)
def test_each_real_file_reads_with_right_chinese_text(shared, name, words):
    path = shared / "data" / "encodings" / name
    opened = open_source(Source(str(path), fields={"name": "NAME"}), "d.yaml", spatial=False)
    _, _, _, data = opened.read(["NAME"], spatial=False)
    assert [text[: len(words[0])] for text in text_column(data[0])] == words


def test_a_real_outline_without_cpg_states_how_its_text_was_read(shared):
    path = shared / "data" / "encodings" / "chinese_poly.shp"
    source = Source(str(path), fields={"name": "NAME", "code": "ADCODE93"})
    features = read_features(source, "units", CRS(4326).geodetic_crs, "d.yaml", path.parent)
    assert list(text_column(features.columns["name"])) == ["黑龙江省"]
    assert list(text_column(features.columns["code"])) == ["230000"]
    (note,) = [message for rule, _, message in features.notes if rule == "data.text"]
    assert "chinese_poly.shp" in note and "GB18030" in note and "encoding" in note
    assert features.provenance["encoding"] == "GB18030"


def test_a_real_file_under_a_false_label_is_still_read_and_the_label_is_told(shared, tmp_path):
    for suffix in (".shp", ".shx", ".dbf"):
        shutil.copy(shared / "data" / "encodings" / f"chinese_poly{suffix}", tmp_path)
    (tmp_path / "chinese_poly.cpg").write_text("UTF-8")
    source = Source(str(tmp_path / "chinese_poly.shp"), fields={"name": "NAME"})
    features = read_features(source, "units", CRS(4490), "d.yaml", tmp_path)
    assert list(text_column(features.columns["name"])) == ["黑龙江省"]
    (note,) = [one for one in features.notes if one[0] == "data.text"]
    assert note[1] == "warning" and "UTF-8" in note[2]


CASES = [(SIMPLIFIED, "gbk", "GB18030"), (SIMPLIFIED, "gb18030", "GB18030"),
         (SIMPLIFIED, "utf-8", "UTF-8"), (TRADITIONAL, "big5", "Big5"),
         (TRADITIONAL, "utf-8", "UTF-8"), (TRADITIONAL, "gbk", "GB18030")]  # fmt: skip


@pytest.mark.parametrize(("words", "codec", "expected"), CASES)
@pytest.mark.parametrize("count", [1, 2, 8])
def test_a_few_words_are_enough(words, codec, expected, count):
    for start in range(0, len(words) - count + 1):
        raw = [word.encode(codec) for word in words[start : start + count]]
        assert guess(raw).encoding == expected, words[start : start + count]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(SIMPLIFIED), min_size=2, max_size=6), st.integers(0, 3))
def test_words_cut_off_by_a_fields_width_are_told_all_the_same(words, cut):
    for codec, expected in (("gbk", "GB18030"), ("utf-8", "UTF-8")):
        raw = ["".join(words).encode(codec)]
        raw.append(raw[0][: len(raw[0]) - cut])
        assert guess(raw).encoding == expected


@pytest.mark.parametrize("stated", ["GBK", "gb2312", "CP936", "ANSI 936", "UTF-8", "utf8", "BIG5"])
def test_a_label_the_text_agrees_with_is_taken(stated):
    codec = canonical(stated)
    words = TRADITIONAL if codec == "Big5" else SIMPLIFIED
    told = guess([word.encode(codec) for word in words], stated)
    assert (told.encoding, told.why) == (codec, "stated") and not told.guessed


@pytest.mark.parametrize("stated", ["UTF-8", "Big5", "ISO-8859-1", "1252"])
def test_a_label_the_text_denies_is_not_taken(stated):
    told = guess([word.encode("gbk") for word in SIMPLIFIED], stated)
    assert (told.encoding, told.why, told.stated) == ("GB18030", "against", stated)


def test_western_text_is_left_to_what_is_stated():
    words = ["Forêt", "Zone à urbaniser", "déjà", "Créée", "Égout"]
    told = guess([word.encode("cp1252") for word in words], "1252")
    assert (told.encoding, told.why) == ("cp1252", "stated")
    assert guess([b"plain"], "").why == "ascii"


@pytest.mark.parametrize("name", ["", "no-such-code", "!!"])
def test_an_unknown_name_has_no_canonical_form(name):
    assert canonical(name) == ""


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "gbk", "utf-8"])
def test_a_whole_text_is_decoded(codec):
    text = "\n".join(SIMPLIFIED)
    assert decode_text(text.encode(codec))[0] == text


def test_a_text_in_no_encoding_is_not_refused():
    text, _ = decode_text(b"abc \xff\xfe\x80\x81 \xd7\xd7")
    assert text.startswith("abc")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["", "GBK", "UTF-8", "latin-1", "Big5"]))
def test_any_bytes_have_a_guess_and_never_an_error(raw, stated):
    told = guess(words_of(raw), stated)
    assert told.why in ("ascii", "text", "stated", "against")
    decode_text(raw, stated=stated)


def test_chinese_text_far_down_a_long_table_is_seen(tmp_path):
    import geopandas as gpd
    from shapely.geometry import Point

    count = 60_000
    names = np.full(count, "plain", dtype=object)
    names[-3:] = "农村宅基地"
    frame = gpd.GeoDataFrame({"A" * 10: names, "DLMC": names}, geometry=[Point(0, 0)] * count)
    path = tmp_path / "long.shp"
    pyogrio.write_dataframe(frame, path, encoding="GBK")
    path.with_suffix(".cpg").unlink()
    assert path.with_suffix(".dbf").stat().st_size > 8_000_000
    assert table_encoding(path).encoding == "GB18030"


@pytest.mark.parametrize("content", [b"UTF-8\r\n", b"\xef\xbb\xbfUTF-8", b"UTF-8\x00"])
def test_a_cpg_is_read_however_it_was_saved(tmp_path, content):
    (tmp_path / "a.cpg").write_bytes(content)
    assert canonical(code_page(tmp_path / "a.shp")) == "UTF-8"


def test_a_table_cut_short_has_a_guess():
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        for raw in (b"", b"\x03", bytes(40), b"\x03" + bytes(28) + b"\x4d"):
            (Path(folder) / "a.dbf").write_bytes(raw)
            assert table_encoding(Path(folder) / "a.shp").why in ("ascii", "stated")


@pytest.mark.parametrize("codec", ["gbk", "big5", "utf-8", "utf-8-sig", "utf-16"])
def test_a_table_of_text_is_read_in_any_encoding(tmp_path, codec):
    from pianqu.layers.tables import read_tables

    path = tmp_path / "quotas.csv"
    path.write_bytes("單位,指標\n青山鎮,耕地保有量\n".encode(codec))
    for stated in ("", codec.replace("-sig", "")):
        (table,) = read_tables(Source(str(path), encoding=stated), "d.yaml")
        assert table.rows == [["單位", "指標"], ["青山鎮", "耕地保有量"]]
