# SPDX-License-Identifier: GPL-2.0-or-later
"""The dock "Cluster check" used as a user does: quotas, clusters, hiding and coming back."""

from __future__ import annotations

from contextlib import closing

import desk_results as made
import pytest
from desk_window import Window
from qgis.core import QgsProject, QgsSettings
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QApplication

pytestmark = pytest.mark.usefixtures("qgis_new_project")


@pytest.fixture(autouse=True)
def forgotten():
    """Let no test see what another one had the dock remember."""
    QgsSettings().remove("pianqu/sectors")
    yield
    QgsSettings().remove("pianqu/sectors")


@pytest.fixture()
def desk(tmp_path):
    with closing(Window(tmp_path / "county")) as window:
        yield window


def test_the_board_shows_the_county_first_and_its_verdicts(desk):
    assert "示例县" in desk.quotas.title.text()
    cards = desk.cards()
    assert [one.outcome for one in cards.values()] == ["passed", "not_checked", "passed"]
    assert "12 findings" in desk.face.head.title.text()


def test_the_tree_holds_clusters_towns_and_villages_with_failures(desk):
    tree = desk.quotas.tree
    assert tree._items["village", "510799102200"].parent().text(0) == "清河镇"
    assert tree._items["cluster", "P1"].text(1) == "1"
    assert "failed" in tree._items["cluster", "P1"].toolTip(0)
    assert tree._items["cluster", "P2"].text(1) == ""


def test_the_dock_leaves_room_for_the_rest_of_a_window_on_a_screen_of_768(desk):
    assert desk.dock.minimumSizeHint().height() <= 420


def test_a_click_on_a_cluster_shows_what_is_lacking_and_why(desk):
    heard = []
    desk.dock.unitChosen.connect(lambda *unit: heard.append(unit))
    desk.click_unit("cluster", "P1")
    assert heard == [("cluster", "P1")]
    from pianqu.ui.desk_board import sentence

    farmland = sentence(desk.cards()["farmland"])
    for said in ("failed", "29.11 ha lacking", "2,884.13", "2,855.02", "3,033.94", "29.11 公顷"):
        assert said in farmland
    assert "not checked" in sentence(desk.cards()["redline"])
    assert "有 1 个图斑无法读取" in sentence(desk.cards()["redline"])


def test_a_ceiling_is_exceeded_where_a_floor_is_not_reached(qgis_app):
    from pianqu.ui.desk_words import margin_text

    assert margin_text(-3.2, "failed", at_most=True) == "3.20 ha over"
    assert margin_text(-3.2, "failed") == "3.20 ha lacking"
    assert margin_text(3.2, "passed", at_most=True) == "3.20 ha left"


def test_outcomes_differ_in_the_shape_of_their_signs():
    from pianqu.ui.desk_words import OUTCOME_SIGNS
    from pianqu.ui.labels import sign

    def outline(key):
        image = sign(key).pixmap(32, 32).toImage()
        return tuple(
            image.pixelColor(x, y).alpha() > 127
            for x in range(image.width()) for y in range(image.height())
        )  # fmt: skip

    assert len({outline(key) for key in OUTCOME_SIGNS.values()}) == 4


def test_a_bar_sets_base_plan_and_quota_apart_and_hatches_the_forbidden_side():
    from pianqu.ui.desk_bar import scale_of
    from pianqu.ui.desk_records import Indicator
    from qgis.PyQt.QtCore import QRectF

    one = Indicator(direction="<=", quota_ha=2000.0, base_ha=1900.0, plan_ha=1990.0)
    scale, box = scale_of(one), QRectF(0, 0, 300, 14)
    places = [scale.place(value, box) for value in (1900.0, 1990.0, 2000.0)]
    assert scale.broken
    assert places == sorted(places)
    assert min(b - a for a, b in zip(places, places[1:])) > 5
    assert all(0 < place < 300 for place in places)
    whole = scale_of(Indicator(quota_ha=100.0, base_ha=10.0, plan_ha=40.0))
    assert (whole.low, whole.broken) == (0.0, False)
    assert scale_of(Indicator()) is None
    zero = scale_of(Indicator(quota_ha=0.0, plan_ha=0.0))
    assert zero.high > zero.low


def test_a_unit_stands_as_what_was_checked_in_it_stands():
    from pianqu.ui.desk_records import Indicator, unchecked, verdict_of

    passed = Indicator(outcome="passed", quota_ha=1.0)
    gap = Indicator(outcome="not_checked", quota_ha=1.0)
    unset = Indicator(outcome="not_checked")
    near, failed = Indicator(outcome="warning"), Indicator(outcome="failed")
    assert verdict_of([passed, gap]) == "passed"
    assert verdict_of([passed, unset]) == "passed"
    assert verdict_of([gap, passed, near]) == "warning"
    assert verdict_of([gap, near, failed, passed]) == "failed"
    assert verdict_of([unset]) == verdict_of([gap, unset]) == "not_checked"
    assert verdict_of([]) == ""
    assert unchecked([passed, gap, unset, gap]) == 2


def test_the_tree_shows_what_was_checked_and_tells_of_the_rest(desk):
    from pianqu.ui.desk_records import verdict_of

    item = desk.quotas.tree._items["county", next(
        one.unit for one in desk.dock.results.indicators if one.level == "county"
    )]  # fmt: skip
    rows = [one for one in desk.dock.results.indicators if one.level == "county"]
    assert verdict_of(rows) == "passed"
    assert "passed" in item.toolTip(0)
    said = "could not be checked: 1"
    assert (said in item.toolTip(0)) == any(
        one.outcome == "not_checked" and one.quota_ha is not None for one in rows
    )


def test_without_live_the_dock_says_how_to_see_the_pieces(desk):
    desk.click_card("farmland")
    pieces = desk.quotas.pieces
    assert "Start live" in pieces.title.text()
    assert pieces.live.isVisible()
    assert not pieces.table.isVisible()


class Source:
    """A source of pieces that is at hand."""

    def __init__(self):
        self.asked = []

    def lacking(self):
        return ""

    def ask(self, one, done, failed):
        from pianqu.ui.desk_pieces import pieces_from

        self.asked.append(one)
        shapes = [made.square(n, 0.2).asWkb().data().hex() for n in range(3)]
        rows = [
            {"role": "plan", "feature": f"G{n}", "key": str(n), "code": "0101", "label": "水田",
             "gross_m2": 100.0 * (n + 1), "net_m2": 90.0 * (n + 1), "wkb": shape}
            for n, shape in enumerate(shapes)
        ]  # fmt: skip
        done(pieces_from({"pieces": rows, "total": 7, "total_m2": 28550200.0}))

    def stop(self):
        pass


def test_a_click_on_an_indicator_lists_its_pieces_and_shows_them_on_the_map(desk):
    source = Source()
    desk.quotas.pieces.sources = [source]
    desk.click_unit("cluster", "P1")
    desk.click_card("farmland")
    pieces = desk.quotas.pieces
    assert source.asked[-1].key == ("cluster", "P1", "farmland")
    assert "7 pieces" in pieces.title.text()
    assert "the largest 3" in pieces.title.text()
    assert [one.feature for one in pieces.model.pieces] == ["G2", "G1", "G0"]
    pieces.table.setCurrentIndex(pieces.model.index(0, 0))
    assert len(desk.dock.map._bands) == 1
    from sector_desk import wait

    wait(lambda: not desk.dock.map.busy())
    assert desk.dock.map.sheets["pieces"].extent().width() > 100


def test_thousands_of_pieces_are_listed_without_a_look_at_each(desk, monkeypatch):
    from pianqu.ui.desk_pieces import Pieces, pieces_from
    from pianqu.ui.desk_pieces_view import PieceModel

    view, looks, data = desk.quotas.pieces, [], PieceModel.data
    row = {"role": "plan", "code": "0101", "label": "水田", "gross_m2": 5.0, "net_m2": 4.0}
    many = pieces_from({"pieces": [{**row, "feature": f"G{n}"} for n in range(2000)]})

    def counted(self, index, role=int(Qt.ItemDataRole.DisplayRole)):
        looks.append(index.row())
        return data(self, index, role)

    monkeypatch.setattr(PieceModel, "data", counted)
    one = desk.dock.results.indicators[0]
    view._came(view._number, one, many)
    assert view.model.rowCount() == 2000
    assert 0 < len(looks) < 2000
    view._came(view._number, one, Pieces())
    assert view.model.rowCount() == 0


def test_the_heading_over_the_units_is_not_cut(desk):
    from pianqu.ui.desk_clusters import _NAME

    desk.turn(desk.face.clusters)
    table = desk.face.clusters.table
    header = table.horizontalHeader()
    font = header.font()
    font.setPointSizeF(font.pointSizeF() * 2)
    header.setFont(font)
    table.fit()
    words = table.compared.headerData(0, Qt.Orientation.Horizontal).split()
    widest = max(header.fontMetrics().horizontalAdvance(word) for word in words)
    assert header.sectionSize(0) > widest > _NAME


def test_clusters_stand_side_by_side_and_sort_the_worst_first(desk):
    desk.turn(desk.face.clusters)
    table = desk.face.clusters.table
    names = lambda: [unit.name for unit in table.compared.units[1:]]  # noqa: E731
    assert table.compared.units[0].name == "示例县"  # always on top, to compare with
    assert names() == ["金寨片区", "清河片区"]
    table.sortByColumn(3, Qt.SortOrder.AscendingOrder)
    assert names() == ["清河片区", "金寨片区"]  # near its limit before passed
    table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    assert names() == ["金寨片区", "清河片区"]
    assert table.compared.index(1, 1).data() == "−29.11"
    assert "−29.11" in table.as_text()


def test_a_cell_leads_to_the_board_and_its_indicator(desk):
    desk.turn(desk.face.clusters)
    table = desk.face.clusters.table
    from qgis.PyQt.QtTest import QTest
    from sector_desk import LEFT, NONE

    place = table.visualRect(table.compared.index(2, 3)).center()
    QTest.mouseClick(table.viewport(), LEFT, NONE, place)
    assert desk.face.tabs.currentWidget() is desk.quotas
    assert desk.quotas.tree.current() == ("cluster", "P2")
    assert desk.quotas.board.current().indicator == "construction"


def test_towns_may_be_compared_too(desk):
    level = desk.face.clusters.level
    assert [level.itemData(row) for row in range(level.count())] == ["cluster", "town", "village"]
    level.setCurrentIndex(1)
    assert len(desk.face.clusters.table.compared.units) == 1 + 3


def test_the_board_leads_to_the_findings_of_its_unit(desk):
    desk.click_unit("cluster", "P2")
    assert "2 findings" in desk.quotas.findings.text() or "3 findings" in (
        desk.quotas.findings.text()
    )
    desk.click(desk.quotas.findings)
    assert desk.face.tabs.currentWidget() is desk.browser
    assert {one.cluster for one in desk.browser.list.listed()} == {"P2"}


def test_results_without_the_tree_of_units_are_hung_by_codes_and_findings(tmp_path):
    with closing(Window(tmp_path / "county", units=False)) as desk:
        items = desk.quotas.tree._items
        assert items["village", "510799102200"].parent().text(0) == "清河镇"
        assert items["cluster", "P1"].parent().text(0) == "示例县"


def test_hidden_it_reads_nothing_and_catches_up_when_seen(desk, monkeypatch):
    from pianqu.ui import desk_store

    reads = []
    read = desk_store.read
    monkeypatch.setattr(desk_store, "read", lambda *a, **k: reads.append(a) or read(*a, **k))
    desk.dock.close()
    QApplication.processEvents()
    made.write_run(desk.out, made.few()[:3], finished="2026-03-02")
    desk.dock.reload()
    QApplication.processEvents()
    assert reads == []
    desk.dock.setUserVisible(True)
    desk.settle()
    assert len(reads) == 1
    assert "3 findings" in desk.face.head.title.text()


def test_results_are_kept_per_dossier(desk, tmp_path):
    from pianqu.ui.place_memory import Places

    first = desk.dock.results
    desk.dock.set_places(Places(str(desk.dossier), str(tmp_path / "none"), ""))
    desk.settle()
    assert desk.listed() == []
    assert "is not there" in desk.said()
    desk.dock.set_places(Places(str(desk.dossier), str(desk.out), ""))
    assert desk.dock.results is first


def test_a_folder_that_is_gone_is_named_and_one_without_results_is_told_apart(desk, tmp_path):
    from pianqu.ui.place_memory import Places

    gone, empty = tmp_path / "gone", tmp_path / "empty"
    empty.mkdir()
    desk.dock.set_places(Places(str(desk.dossier), str(gone), ""))
    desk.settle()
    assert str(gone) in desk.said()
    assert "choose another one above, or press Run" in desk.said()
    desk.dock.set_places(Places(str(desk.dossier), str(empty), ""))
    desk.settle()
    assert desk.said() == f"There are no results yet in {empty}: press Run."


@pytest.mark.parametrize("how", ["missing", "empty", "garbage", "no_layer"])
def test_files_that_cannot_be_read_are_told_and_harm_nothing(desk, how):
    path = desk.out / "results.gpkg"
    path.unlink()
    if how == "empty":
        path.write_bytes(b"")
    elif how == "garbage":
        path.write_bytes(b"no database " * 1000)
    elif how == "no_layer":
        made.write(path, "units", made.UNITS, [], False)
    desk.dock.reload()
    desk.settle()
    assert desk.listed() == []
    assert desk.said()


def test_another_project_brings_its_own_places_and_none_becomes_dirty(desk, tmp_path):
    from pianqu.ui.place_memory import Places

    project = QgsProject.instance()
    project.write(str(tmp_path / "one.qgz"))
    desk.dock.set_places(Places(str(desk.dossier), str(desk.out), ""))
    desk.dock._project_saved()
    assert not project.isDirty()
    QgsProject().write(str(tmp_path / "two.qgz"))
    project.read(str(tmp_path / "two.qgz"))
    desk.settle()
    assert desk.dock.places == Places()
    assert desk.listed() == []
    project.read(str(tmp_path / "one.qgz"))
    desk.settle()
    assert len(desk.listed()) == 12


def test_panels_of_other_parts_find_a_place(desk):
    from qgis.PyQt.QtWidgets import QLabel

    panel, bar, loaded = QLabel("x"), QLabel("y"), []
    desk.dock.add_panel("Start", panel, first=True)
    desk.dock.add_bar(bar)
    assert desk.face.tabs.tabText(0) == "Start"
    QApplication.processEvents()
    assert bar.isVisible()
    desk.dock.resultsLoaded.connect(loaded.append)
    desk.dock.reload()
    desk.settle()
    assert [len(one.findings) for one in loaded] == [12]
