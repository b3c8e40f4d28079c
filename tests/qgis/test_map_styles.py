# SPDX-License-Identifier: GPL-2.0-or-later
"""Land in the guide's colours, control lines as the tables say: for every code there is."""

from __future__ import annotations

import csv

import pytest
from places import ROOT
from qgis.core import Qgis, QgsFeature, QgsRenderContext, QgsVectorLayer

STANDARDS = ROOT / "standards"


def rows(path):
    with (STANDARDS / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def looks():
    from pianqu.processing.map_standard import read_looks

    return read_looks("cn-2023")


def styled(looks, table, codes, kind="string", language="zh"):
    from pianqu.processing.map_styles import land_renderer

    layer = QgsVectorLayer(f"Polygon?crs=EPSG:4544&field=DLBM:{kind}", "land", "memory")
    features = []
    for code in codes:
        feature = QgsFeature(layer.fields())
        feature["DLBM"] = code
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    layer.setRenderer(land_renderer(looks, table, layer, "DLBM", language, "其他"))
    return layer


def colours(layer):
    """Give the fill that each feature's symbol has, by its code."""
    context = QgsRenderContext()
    renderer = layer.renderer().clone()
    renderer.startRender(context, layer.fields())
    found = {}
    for feature in layer.getFeatures():
        context.expressionContext().setFeature(feature)
        symbol = renderer.symbolForFeature(feature, context)
        found[feature["DLBM"]] = symbol.symbolLayer(0).fillColor().name()
    renderer.stopRender(context)
    return found


def expected(rule_code):
    fills = {row["code"]: row["fill"] for row in rows("cn-2023/colours.csv")}
    ends = range(len(rule_code), 0, -1)
    return next(fills[rule_code[:end]] for end in ends if rule_code[:end] in fills).lower()


@pytest.mark.parametrize("table", ["landuse-2023", "landuse-2020", "sandiao", "gbt21010-2017"])
def test_every_code_of_every_table_wears_its_colour(looks, table):
    codes = rows(f"cn-2023/codes/{table}.csv")
    found = colours(styled(looks, table, [row["code"] for row in codes]))
    for row in codes:
        assert found[row["code"]] == expected(row["rule_code"] or row["code"]), row["code"]


def test_a_code_that_no_table_knows_is_seen(looks):
    layer = styled(looks, "landuse-2023", ["9999", None])
    assert layer.renderer().categories()[-1].label() == "其他"
    assert set(colours(layer).values()) == {"#ffffff"}


def test_codes_in_a_field_of_numbers_keep_their_leading_zero(looks):
    found = colours(styled(looks, "landuse-2023", [101, 60101, 1001], "integer"))
    assert found == {101: expected("0101"), 60101: expected("060101"), 1001: expected("1001")}


@pytest.mark.parametrize(("language", "name"), [("zh", "0101 水田"), ("en", "0101 Paddy field")])
def test_the_legend_names_land_in_the_language_wanted(looks, language, name):
    layer = styled(looks, "landuse-2023", [], language=language)
    assert name in [one.label() for one in layer.renderer().categories()]


def test_kinds_that_a_layer_has_none_of_can_be_left_out(looks):
    from pianqu.processing.map_styles import keep_present

    layer = styled(looks, "landuse-2023", ["0101", "0703"])
    keep_present(layer)
    labels = [one.label()[:4] for one in layer.renderer().categories()]
    assert labels == ["0101", "0703"]


def test_reserved_land_is_hatched(looks):
    from pianqu.processing.map_symbols import land

    assert land(looks.colours["16"]).symbolLayerCount() == 2


def test_a_folder_of_ones_own_changes_one_colour(tmp_path):
    from pianqu.processing.map_standard import read_looks

    (tmp_path / "standard.yaml").write_text("extends: cn-2023\n", encoding="utf-8")
    text = "code,fill,drop\n0101,#123456,\n0102,,1\n"
    (tmp_path / "colours.csv").write_text(text, encoding="utf-8")
    looks = read_looks(str(tmp_path))
    assert looks.colours["0101"].fill == "#123456" and looks.colours["0101"].name_zh == "水田"
    assert looks.kind("0102") == "01" and looks.kind("0301") == "0301"


def test_another_standard_brings_its_own(qgis_app):
    from pianqu.processing.map_standard import read_looks

    looks = read_looks("fr-plu")
    assert {look.key for look, _ in looks.land("plu")} >= {"U", "AU", "A", "N"}
    assert looks.lines["redline"].name_en.startswith("Classed woodland")
    assert looks.lines["redline"].line == "#1f7a2e"


def test_control_lines_are_told_apart_without_colour(looks):
    """A pattern or a line's style differs, for those who print in black and white."""
    signs = {
        (looks.lines[role].pattern, looks.lines[role].style)
        for role in ("boundary", "redline", "farmland", "reserve")
    }
    assert len(signs) == 4


def test_a_line_over_land_leaves_the_land_its_colour(looks):
    from pianqu.processing.map_symbols import zone

    symbols = [zone(looks.lines["redline"], filled) for filled in (False, True)]
    over, filled = (one.symbolLayer(0) for one in symbols)
    assert over.brushStyle() != filled.brushStyle()
    assert filled.fillColor().alpha() < 100


@pytest.mark.parametrize(
    ("kind", "width"), [("Polygon", None), ("LineString", 5.0), ("LineString", "W"), ("Point", 3)]
)
def test_a_plan_wears_its_colour_whatever_its_shapes(qgis_app, kind, width):
    from pianqu.processing.map_styles import set_plan_style

    layer = QgsVectorLayer(f"{kind}?crs=EPSG:4544&field=W:double", "plan", "memory")
    set_plan_style(layer, "#336699", width)
    symbol = layer.renderer().symbol()
    assert symbol.color().name() == "#336699"
    if kind == "LineString":
        wide = symbol.symbolLayer(1)
        assert wide.widthUnit() == Qgis.RenderUnit.MetersInMapUnits
        assert wide.dataDefinedProperties().hasActiveProperties() == (width == "W")


def test_names_of_units_come_and_go_with_the_scale(looks):
    from pianqu.processing.map_styles import NAMED, set_unit_style

    for level in ("cluster", "town", "village"):
        layer = QgsVectorLayer("Polygon?crs=EPSG:4544&field=unit_name:string", level, "memory")
        set_unit_style(layer, looks.lines[level], level, "unit_name")
        settings = layer.labeling().settings()
        assert settings.scaleVisibility
        assert (settings.maximumScale, settings.minimumScale) == NAMED[level]
