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
    "quote": ('"510799"', '"510799', 10, "", "没有成对"),
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
        if slip not in ("bracket", "quote"):  # these are only noticed further down
            assert (f"line {line}" if code == "en" else f"第 {line} 行") in text, text


def test_the_text_without_a_slip_is_read(tmp_path):
    path = tmp_path / "d.yaml"
    path.write_text(GOOD, encoding="gbk")
    assert read_dossier(path).name == "示例县"
