# SPDX-License-Identifier: GPL-2.0-or-later
"""The papers of the joint meeting made in QGIS: a page of the PDF for each conflict."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from places import ROOT
from qgis.core import (
    Qgis,
    QgsFeedback,
    QgsLayoutItemMap,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProject,
    QgsVectorLayer,
)

MAKE = """
import sys
from pathlib import Path
import meeting_made as made
from pianqu.reports.meeting import write_meeting
folder = Path(sys.argv[1])
made.write_results(folder / "results")
made.write_register(folder / "results")
made.write_results(folder / "quiet", specs=())
(folder / "papers").mkdir()
write_meeting(folder / "results", "", folder / "papers")
"""
ENGINE = ROOT / "build" / "engine" / "bin" / "python"
CONFLICTS = 15


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Have the engine's Python make results, a register and the papers."""
    if not ENGINE.is_file():
        pytest.skip("no engine: run make setup")
    folder = tmp_path_factory.mktemp("meeting")
    path = os.pathsep.join(str(ROOT / part) for part in ("build/path", "tests/support"))
    command = [str(ENGINE), "-c", MAKE, str(folder)]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return folder


@pytest.fixture()
def sheets(made, qgis_app):
    from pianqu.processing.meeting_layout import MeetingSheets

    opened = []

    def make(*departments, template=""):
        opened.append(MeetingSheets(made / "papers" / "meeting.gpkg", departments, template))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def pages(path):
    """Count the pages of a PDF without a library for it."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", path.read_bytes()))


def run(made, out, feedback, results="results", **parameters):
    from pianqu.processing.joint_meeting import JointMeeting

    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    given = {"RESULTS": str(made / results), "OUTPUT": str(out), "LANGUAGE": "zh", **parameters}
    outputs, done = JointMeeting().create().run(given, context, feedback, {}, False)
    assert done
    return outputs


def test_it_stays_on_the_main_thread(qgis_app):
    from pianqu.processing.joint_meeting import JointMeeting

    assert JointMeeting().flags() & Qgis.ProcessingAlgorithmFlag.NoThreading


def test_the_pdf_has_a_page_for_each_conflict(made, real_engine, feedback, tmp_path):
    outputs = run(made, tmp_path / "out", feedback)
    assert outputs["CONFLICTS"] == CONFLICTS
    assert pages(tmp_path / "out" / "conflicts.pdf") == CONFLICTS
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {
        "meeting.html", "meeting.xlsx", "meeting.gpkg", "conflicts.pdf", "conflicts.qpt"
    }  # fmt: skip
    given = [Path(outputs[key]).name for key in ("REPORT", "WORKBOOK", "SHEETS")]
    assert given == ["meeting.html", "meeting.xlsx", "conflicts.pdf"]


def test_the_users_project_is_neither_read_nor_changed(
    made, real_engine, feedback, tmp_path, qgis_new_project
):
    project = QgsProject.instance()
    layer = QgsVectorLayer("Point?crs=EPSG:4544", "mine", "memory")
    project.addMapLayer(layer)
    project.setDirty(False)
    run(made, tmp_path / "out", feedback, DEPARTMENTS="水利局")
    assert list(project.mapLayers().values()) == [layer]
    assert project.layoutManager().layouts() == []
    assert not project.isDirty()


def test_departments_choose_their_sheets(sheets):
    assert sheets().count() == CONFLICTS
    assert sheets("水利局").count() == 1
    both = sheets("水利局", "教育局").count()
    assert both == 1 + 3
    assert "教育局" in sheets().known_departments()
    assert "永久基本农田" not in sheets().known_departments()


def test_a_department_without_conflicts_is_named(made, real_engine, feedback, tmp_path):
    from pianqu.processing.joint_meeting import JointMeeting

    algorithm = JointMeeting().create()
    given = {"RESULTS": str(made / "results"), "OUTPUT": str(tmp_path), "DEPARTMENTS": "水务局"}
    with pytest.raises(QgsProcessingException, match="水务局"):
        algorithm.processAlgorithm(given, QgsProcessingContext(), feedback)


def test_without_sheets_there_is_no_pdf(made, real_engine, feedback, tmp_path):
    outputs = run(made, tmp_path / "out", feedback, SHEETS=False)
    assert "SHEETS" not in outputs and outputs["CONFLICTS"] == CONFLICTS
    assert not (tmp_path / "out" / "conflicts.pdf").exists()


def test_no_conflicts_make_papers_but_no_sheets(made, real_engine, feedback, tmp_path):
    outputs = run(made, tmp_path / "out", feedback, results="quiet")
    assert outputs["CONFLICTS"] == 0 and "SHEETS" not in outputs
    assert (tmp_path / "out" / "meeting.html").is_file()
    assert feedback.infos


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
    sheets().export(tmp_path / "draft.pdf", feedback)
    assert feedback.isCanceled()
    assert max(feedback.seen) < 50


def test_a_cancelled_run_leaves_the_former_pdf(made, real_engine, feedback, tmp_path, monkeypatch):
    from pianqu.processing import joint_meeting
    from pianqu.processing.joint_meeting import JointMeeting

    (tmp_path / "conflicts.pdf").write_text("former")
    monkeypatch.setattr(
        joint_meeting.MeetingSheets, "export", lambda self, path, feedback: feedback.cancel()
    )
    given = {"RESULTS": str(made / "results"), "OUTPUT": str(tmp_path)}
    algorithm = JointMeeting().create()
    with pytest.raises(QgsProcessingException, match="ancelled") as caught:
        algorithm.processAlgorithm(given, QgsProcessingContext(), feedback)
    # QGIS shows a traceback of every other class, its children included.
    assert type(caught.value) is QgsProcessingException
    assert (tmp_path / "conflicts.pdf").read_text() == "former"
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".pianqu-")]


def test_qgis_opens_a_copy_so_that_the_next_run_can_replace_the_file(made, sheets, monkeypatch):
    """QGIS keeps what it opened in a pool; on Windows nobody could replace that."""
    from pianqu.processing import meeting_layout

    opened = []

    def layer(source, *more):
        opened.append(Path(source.split("|")[0]))
        return QgsVectorLayer(source, *more)

    monkeypatch.setattr(meeting_layout, "QgsVectorLayer", layer)
    one = sheets()
    assert opened and made / "papers" / "meeting.gpkg" not in opened
    assert one.count() == CONFLICTS
    one.close()
    assert not any(path.exists() for path in opened)


def test_a_file_that_is_not_there_is_told(tmp_path, qgis_app):
    from pianqu.processing.meeting_layout import MeetingSheets

    with pytest.raises(QgsProcessingException, match=r"meeting\.gpkg"):
        MeetingSheets(tmp_path / "meeting.gpkg")


def test_the_sheets_follow_the_papers_order(sheets):
    made = sheets()
    atlas = made.layout.atlas()
    assert atlas.updateFeatures() == CONFLICTS
    atlas.beginRender()
    numbers = []
    while atlas.next():
        numbers.append(made.layout.reportContext().feature()["number"])
    atlas.endRender()
    assert numbers == list(range(1, CONFLICTS + 1))


def test_a_template_of_the_institute_is_used(sheets, tmp_path):
    first = sheets()
    first.layout.itemById("foot").setText("某某规划设计院")
    first.save(tmp_path / "own.qpt")
    again = sheets(template=str(tmp_path / "own.qpt"))
    assert again.layout.itemById("foot").text() == "某某规划设计院"
    map_ = again.layout.itemById("map")
    assert isinstance(map_, QgsLayoutItemMap) and map_.atlasDriven()
    assert {layer.name() for layer in map_.layers()} >= {"subject", "object", "conflict"}
    assert all(layer.isValid() for layer in map_.layers())
    assert again.count() == CONFLICTS
    again.export(tmp_path / "own.pdf", QgsFeedback())
    assert pages(tmp_path / "own.pdf") == CONFLICTS


def test_a_template_without_our_map_is_refused(sheets, tmp_path):
    (tmp_path / "wrong.qpt").write_text("<Layout/>", encoding="utf-8")
    with pytest.raises(QgsProcessingException, match="wrong"):
        sheets(template=str(tmp_path / "wrong.qpt"))


def test_the_conflict_is_drawn_where_it_lies(sheets, tmp_path):
    """The middle of a sheet's conflict is red on the rendered map, the far corner is white."""
    from qgis.core import QgsMapRendererCustomPainterJob
    from qgis.PyQt.QtCore import QSize, QSizeF
    from qgis.PyQt.QtGui import QColor, QImage, QPainter

    made = sheets("水利局")
    atlas, map_ = made.layout.atlas(), made.layout.itemById("map")
    atlas.updateFeatures()
    atlas.beginRender()
    atlas.next()
    size = QSize(850, 629)
    settings = map_.mapSettings(map_.extent(), QSizeF(850, 629), 127, True)
    image = QImage(size, QImage.Format.Format_ARGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    job = QgsMapRendererCustomPainterJob(settings, painter)
    job.start()
    job.waitForFinished()
    painter.end()
    atlas.endRender()
    reds = sum(
        1
        for x in range(300, 550)
        for y in range(300, 330)
        if (c := image.pixelColor(x, y)).red() > 150 and c.green() < 80
    )
    assert reds > 50
    assert image.pixelColor(5, 5) == QColor("white")
