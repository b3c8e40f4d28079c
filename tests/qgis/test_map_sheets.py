# SPDX-License-Identifier: GPL-2.0-or-later
"""Map sheets: one for each unit, at a round scale, with the unit's own quotas, or none at all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from map_county import tell, write_results
from qgis.core import (
    Qgis,
    QgsFeedback,
    QgsLayoutItemAttributeTable,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProject,
    QgsVectorLayer,
)


@pytest.fixture(scope="module")
def county(sample, tmp_path_factory):
    return tell(sample / "dossier.yaml", tmp_path_factory.mktemp("borders"))


@pytest.fixture(scope="module")
def units(county):
    from pianqu.processing.sheet_data import read_units

    return read_units(QgsVectorLayer(f"{county['borders']}|layername=units", "units", "ogr"))


@pytest.fixture(scope="module")
def results(units, tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    rows = write_results(folder, [(one.level, one.code, one.name) for one in units])
    return folder, rows


@pytest.fixture()
def sheets(county, qgis_app):
    from pianqu.processing.sheet_book import CountySheets, Wish

    opened = []

    def make(**wish):
        opened.append(CountySheets(county, Wish(**wish)))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


@pytest.fixture()
def run(county, sample, tmp_path, feedback, monkeypatch, qgis_app):
    from pianqu.processing import map_sheets

    monkeypatch.setattr(map_sheets, "read_county", lambda *_: county)

    def done(**parameters):
        context = QgsProcessingContext()
        context.setProject(QgsProject.instance())
        given = {"DOSSIER": str(sample / "dossier.yaml"), "OUTPUT": str(tmp_path / "out.pdf")}
        algorithm = map_sheets.MapSheets().create()
        outputs, ended = algorithm.run({**given, **parameters}, context, feedback, {}, False)
        assert ended
        return outputs

    return done


def pages(path):
    """Count the pages as the PDF's tree of pages does: a georeferenced one keeps old objects."""
    return max(int(one) for one in re.findall(rb"/Count\s+(\d+)", Path(path).read_bytes()))


def walk(made):
    """Go through the sheets as the atlas does; give each one's row."""
    atlas = made.layout.atlas()
    atlas.updateFeatures()
    atlas.beginRender()
    while atlas.next():
        yield made.layout.reportContext().feature()
    atlas.endRender()


def table(made):
    frames = made.layout.multiFrames()
    return next(one for one in frames if isinstance(one, QgsLayoutItemAttributeTable))


def test_it_stays_on_the_main_thread(qgis_app):
    from pianqu.processing.map_sheets import MapSheets

    assert MapSheets().flags() & Qgis.ProcessingAlgorithmFlag.NoThreading


@pytest.mark.parametrize("level", ["cluster", "town"])
def test_the_pdf_has_a_page_for_each_unit(run, units, level):
    outputs = run(LEVEL=level, PAPER="A4", THEME="controllines")
    wanted = sum(one.level == level for one in units)
    assert outputs["SHEETS"] == pages(outputs["OUTPUT"]) == wanted
    assert Path(outputs["OUTPUT"]).with_suffix(".qpt").is_file()


def test_both_levels_go_cluster_by_cluster(sheets, units):
    rows = [(one["level"], one["code"]) for one in walk(sheets())]
    assert rows == [(one.level, one.code) for one in units]
    assert rows[0][0] == "cluster" and rows[1][0] == "town"


def test_units_are_chosen_by_code_or_name(sheets, units):
    town, cluster = (
        next(one for one in units if one.level == level) for level in ("town", "cluster")
    )
    made = sheets(units=(town.code, cluster.name))
    assert {one["code"] for one in walk(made)} == {town.code, cluster.code}


def test_an_unknown_unit_is_told_with_those_there_are(sheets, units):
    with pytest.raises(QgsProcessingException, match=units[0].name):
        sheets(units=("无此镇",))


def test_each_sheet_has_a_round_scale_that_its_unit_fits(sheets):
    made = sheets()
    size = made.layout.itemById("map").rect()
    for row in walk(made):
        scale, box = row["scale"], row.geometry().boundingBox()
        assert scale % 500 == 0 or scale < 5000
        assert round(made.layout.itemById("map").scale()) == scale
        assert box.width() / scale * 1000 <= size.width()
        assert box.height() / scale * 1000 <= size.height()
        assert made.layout.itemById("map").extent().contains(box)


@pytest.mark.parametrize(
    ("wide", "scale"), [(1000, 4000), (2699, 10000), (2701, 12500), (26000, 100000)]
)
def test_scales_are_those_of_maps(qgis_app, wide, scale):
    from pianqu.processing.sheet_scales import round_scale
    from qgis.PyQt.QtCore import QSizeF

    assert round_scale(wide, wide / 2, QSizeF(283.5, 200)) == scale


def test_the_table_says_what_the_results_say(sheets, results):
    folder, rows = results
    made = sheets(results=str(folder))
    for sheet in walk(made):
        shown = table(made)
        shown.refreshAttributes()
        own = [row for row in rows if (row[0], row[1]) == (sheet["level"], sheet["code"])]
        cells = shown.contents()
        assert [line[0] for line in cells] == [row[4] for row in own]
        number = [
            [float(re.sub(r"[^\d.-]", "", cell.replace("−", "-")) or "nan") for cell in line[1:5]]
            for line in cells
        ]
        for line, row in zip(number, own):
            for cell, value in zip(line, row[6:10]):
                assert cell == pytest.approx(value) if value is not None else cell != cell


def test_an_outcome_has_a_shape_of_its_own_and_a_colour(sheets, results):
    made = sheets(results=str(results[0]))
    next(walk(made))
    signs = {line[5].split()[0] for line in table(made).contents()}
    assert len(signs) == 4
    styles = made.quotas.conditionalStyles().fieldStyles("outcome")
    assert len({one.backgroundColor().name() for one in styles}) == 4
    assert table(made).useConditionalStyling()


def test_without_results_there_is_a_note_in_place_of_the_table(sheets):
    made = sheets()
    assert made.layout.itemById("quota_note") is not None
    assert not [
        one for one in made.layout.multiFrames() if isinstance(one, QgsLayoutItemAttributeTable)
    ]


def test_findings_need_results(run, qgis_app):
    from pianqu.processing.map_sheets import MapSheets

    algorithm = MapSheets().create()
    given = {"DOSSIER": "x.yaml", "THEME": "findings", "OUTPUT": "x.pdf"}
    fine, message = algorithm.checkParameterValues(given, QgsProcessingContext())
    assert not fine and "findings" in message


def test_a_folder_without_results_is_told(sheets, tmp_path):
    with pytest.raises(QgsProcessingException, match=re.escape(str(tmp_path))):
        sheets(results=str(tmp_path))


@pytest.mark.parametrize("theme", ["plan", "landuse", "controllines", "sectors"])
def test_a_theme_draws_what_it_is_about(sheets, county, theme):
    made = sheets(theme=theme)
    names = [one.name() for one in made.maps["map"]]
    plan, base = county["words"]["layer.plan"], county["words"]["layer.landuse"]
    assert ("永久基本农田" in names) == (theme == "controllines")
    assert (county["sectors"][0]["name"] in names) == (theme == "sectors")
    assert names[-1] == (base if theme == "landuse" else plan)
    assert made.maps["map"][-1].opacity() == (1 if theme in ("plan", "landuse") else 0.35)


def test_land_outside_the_unit_is_dimmed(sheets):
    """A corner of the county that is not the sheet's is pale, the unit's middle is not."""
    from qgis.core import QgsMapRendererCustomPainterJob
    from qgis.PyQt.QtCore import QSize, QSizeF
    from qgis.PyQt.QtGui import QColor, QImage, QPainter

    made = sheets(level="town")
    rows = walk(made)
    sheet, map_ = next(rows), made.layout.itemById("map")
    settings = map_.mapSettings(map_.extent(), QSizeF(800, 730), 100, True)
    image = QImage(QSize(800, 730), QImage.Format.Format_ARGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    job = QgsMapRendererCustomPainterJob(settings, painter)
    job.start()
    job.waitForFinished()
    painter.end()
    shape, inside, outside = sheet.geometry(), [], []
    transform = settings.mapToPixel()
    county = made.maps["overview"][-1].getFeatures()
    whole = next(iter(county)).geometry()
    from qgis.core import QgsGeometry, QgsPointXY

    for x in range(5, 800, 12):
        for y in range(5, 730, 12):
            place = QgsGeometry.fromPointXY(QgsPointXY(transform.toMapCoordinates(x, y)))
            if whole.contains(place):
                (inside if shape.contains(place) else outside).append(
                    image.pixelColor(x, y).lightness()
                )
    assert sum(outside) / len(outside) > sum(inside) / len(inside) + 15


def test_the_legend_lists_what_lies_in_the_unit_only(sheets, county):
    made = sheets(level="town")
    item = made.layout.itemById("legend")
    assert item.legendFilterByMapEnabled() and item.legendFilterOutAtlas()
    land = made.maps["map"][-1]
    labels = [one.label() for one in land.renderer().categories()]
    field = land.renderer().classAttribute()
    known = {code for one in land.renderer().categories() for code in one.value()}
    assert known >= {one[field] for one in land.getFeatures()} and "0101 水田" in labels


def test_a_pdf_for_each_unit_too(run, units, tmp_path):
    names = ",".join(one.code for one in units[:2])
    outputs = run(UNITS=names, SEPARATE=True, PAPER="A4", THEME="controllines")
    files = sorted(Path(outputs["FOLDER"]).iterdir())
    assert [one.name.split("_")[1] for one in files] == [one.code for one in units[:2]]
    assert [pages(one) for one in files] == [1, 1]
    assert pages(outputs["OUTPUT"]) == 2


def test_the_users_project_is_neither_read_nor_changed(run, units, qgis_new_project):
    project = QgsProject.instance()
    mine = QgsVectorLayer("Point?crs=EPSG:4544", "mine", "memory")
    project.addMapLayer(mine)
    project.setDirty(False)
    run(UNITS=units[1].code, PAPER="A4", THEME="controllines")
    assert list(project.mapLayers()) == [mine.id()]
    assert project.layoutManager().layouts() == [] and not project.isDirty()


def test_a_template_of_the_institute_is_used(sheets, units, results, tmp_path):
    first = sheets(results=str(results[0]))
    first.layout.itemById("foot").setText("某某规划设计院")
    first.save(tmp_path / "own.qpt")
    again = sheets(template=str(tmp_path / "own.qpt"), results=str(results[0]))
    assert again.layout.itemById("foot").text() == "某某规划设计院"
    assert again.count() == len(units)
    row = next(walk(again))
    assert round(again.layout.itemById("map").scale()) == row["scale"]
    assert table(again).contents()[0][0] == "耕地保有量"
    legend = again.layout.itemById("legend")
    layers = [one.layer() for one in legend.model().rootGroup().findLayers()]
    assert layers and all(one is not None and one.isValid() for one in layers)


class Impatient(QgsFeedback):
    """Cancels as soon as the first sheet is done."""

    def __init__(self):
        super().__init__()
        self.seen = []
        self.progressChanged.connect(self._stop)

    def _stop(self, progress):
        self.seen.append(progress)
        if progress > 0:
            self.cancel()


def test_cancel_stops_between_sheets(sheets, tmp_path):
    feedback = Impatient()
    sheets(theme="controllines", paper="A4").export(tmp_path / "draft.pdf", feedback)
    assert feedback.isCanceled() and max(feedback.seen) < 50


def test_a_cancelled_run_leaves_the_former_pdf(run, tmp_path, monkeypatch):
    from pianqu.processing import map_sheets

    (tmp_path / "out.pdf").write_text("former")
    monkeypatch.setattr(
        map_sheets.CountySheets, "export", lambda self, path, feedback: feedback.cancel()
    )
    with pytest.raises(Exception, match=r"not written|未写出|ancel"):
        run(canBeAnything=1)
    assert (tmp_path / "out.pdf").read_text() == "former"
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".pianqu-")] == []


def test_sheets_speak_the_language_asked_for(sample, tmp_path, qgis_app):
    from pianqu.processing.sheet_book import CountySheets, Wish

    county = tell(sample / "dossier.yaml", tmp_path, "en")
    made = CountySheets(county, Wish(language="en"))
    try:
        row = next(walk(made))
        assert row["title"].endswith(" Planned land use") and row["word_legend"] == "Legend"
        labels = [one.label() for one in made.maps["map"][-1].renderer().categories()]
        assert "0101 Paddy field" in labels
    finally:
        made.close()
