# SPDX-License-Identifier: GPL-2.0-or-later
"""Slips of the pen in a dossier are told by their line, in plain words of either language."""

from __future__ import annotations

import pytest
from pianqu.layers.dossier import read_dossier
from pianqu.layers.errors import InputError
from pianqu.layers.words import speaking

GOOD = """# a county
dossier: 1
name: 示例县
code: "510799"
crs: EPSG:4544
layers:
  units:
    path: county.gpkg
    fields: {code: XZQDM, name: XZQMC}
"""
SLIPS = {
    "wide": ("name: 示例县", "name：示例县", 3, "full-width", "全角"),
    "wide key of a map": ("  units:", "  units：", 7, "full-width", "全角"),
    "tab": ("    path: county", "\tpath: county", 8, "a tab", "制表符"),
    "no colon": ("name: 示例县", "name 示例县", 3, "colon is missing", "缺少冒号"),
    "two colons": ("crs: EPSG:4544", "crs: a: b", 5, "colon", "冒号"),
    "bracket": ("XZQDM, name: XZQMC}", "XZQDM name: XZQMC", 9, "", ""),
    "quote": ('"510799"', '"510799', 4, "", "没有成对"),
    "sign": ("path: county.gpkg", "path: @county.gpkg", 8, "in quotes", "引号"),
    "alias": ("name: 示例县", "name: *示例县", 3, "in quotes", "引号"),
    "control": ("name: 示例县", "name: 示例\x07县", 3, "control character", "控制字符"),
    "path": ("path: county.gpkg", 'path: "D:\\zata\\county.gpkg"', 8, "backslash", "反斜杠"),
    "twice": ("name: 示例县", "name: 示例县\nname: 另一县", 4, "twice", "两次"),
}


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "utf-8-sig"])
@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_told_with_its_line_in_both_languages(slip, encoding, tmp_path):
    before, after, line, english, chinese = SLIPS[slip]
    path = tmp_path / "d.yaml"
    assert before in GOOD
    path.write_bytes(GOOD.replace(before, after, 1).encode(encoding))
    for code, said in (("en", english), ("zh", chinese)):
        with speaking(code), pytest.raises(InputError) as told:
            read_dossier(path)
        text = str(told.value)
        assert "d.yaml" in text and said in text
        if slip not in ("bracket",):  # these are only noticed further down
            assert (f"line {line}" if code == "en" else f"第 {line} 行") in text, text


def test_the_text_without_a_slip_is_read(tmp_path):
    path = tmp_path / "d.yaml"
    path.write_text(GOOD, encoding="gbk")
    assert read_dossier(path).name == "示例县"


def test_a_text_saved_as_utf16_is_read(tmp_path):
    path = tmp_path / "d.yaml"
    path.write_text(GOOD, encoding="utf-16")
    assert read_dossier(path).name == "示例县"


@pytest.mark.parametrize("content", ["", "hello", "# only a remark\n", "- a\n- b\n"])
def test_what_is_no_dossier_at_all_is_told_as_such(tmp_path, content):
    path = tmp_path / "d.yaml"
    path.write_text(content, encoding="utf-8")
    with speaking("zh"), pytest.raises(InputError) as told:
        read_dossier(path)
    assert told.value.key == "layers.no_dossier" and "dossier: 1" in str(told.value)


@pytest.mark.parametrize(
    ("called", "role"),
    [
        ("行政单元", "units"),
        ("永久基本农田", "farmland"),
        ("plans", "plan"),
        ("land_use", "landuse"),
    ],
)
def test_a_role_by_its_chinese_name_or_nearly_its_own_is_told_the_right_one(tmp_path, called, role):
    path = tmp_path / "d.yaml"
    path.write_text(GOOD.replace("  units:", f"  {called}:"), encoding="utf-8")
    with pytest.raises(InputError) as told:
        read_dossier(path)
    assert told.value.key == "layers.unknown_key" and told.value.values["near"] == role


def test_a_wide_colon_in_a_text_is_not_blamed_for_another_slip(tmp_path):
    path = tmp_path / "d.yaml"
    path.write_text("name: >\n  某县\n  备注：abc\nlayers:\n\tunits: a\n", encoding="utf-8")
    with speaking("en"), pytest.raises(InputError, match=r"line 5.*a tab"):
        read_dossier(path)
