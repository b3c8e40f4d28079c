# SPDX-License-Identifier: GPL-2.0-or-later
"""Live in projects whose edits go straight into the file, or are saved for all layers at once."""

from __future__ import annotations

import pytest
from live_county import FAKE_RESIDENT, LiveCounty, feature, square
from qgis.core import Qgis, QgsProject
from sector_desk import wait

pytestmark = pytest.mark.usefixtures("qgis_new_project")


@pytest.fixture(
    params=[Qgis.TransactionMode.AutomaticGroups, Qgis.TransactionMode.BufferedGroups],
    ids=["straight", "together"],
)
def county(request, tmp_path, monkeypatch):
    monkeypatch.setenv("PIANQU_ENGINE_PYTHON", str(FAKE_RESIDENT))
    county = LiveCounty(tmp_path)
    QgsProject.instance().setTransactionMode(request.param)
    yield county
    county.close()
    QgsProject.instance().setTransactionMode(Qgis.TransactionMode.Disabled)


@pytest.fixture()
def plan(county):
    layer = county.open()
    assert layer.startEditing()
    county.live()
    yield layer
    if layer.isEditable():
        layer.rollBack()


def recode(layer, fid, code="9999"):
    assert layer.changeAttributeValue(fid, layer.fields().lookupField("GHDLBM"), code)


def edit(layer):
    recode(layer, 3)
    assert layer.addFeature(feature(layer.fields(), square(7, 7), {"GHDLBM": "0703"}))
    assert layer.deleteFeature(5)
    assert layer.changeGeometry(6, square(1, 1, side=50))


def test_edits_are_followed(county, plan):
    edit(plan)
    county.agrees(plan)
    assert county.starts() == 1


def test_undo_and_redo_are_followed(county, plan):
    edit(plan)
    for _ in range(4):
        plan.undoStack().undo()
        county.agrees(plan)
    for _ in range(3):
        plan.undoStack().redo()
        county.agrees(plan)


def test_rolling_back_restores(county, plan):
    edit(plan)
    county.agrees(plan)
    plan.rollBack()
    county.agrees(plan)
    assert county.view.count() == 16


def test_saving_goes_on_with_the_new_ids(county, plan):
    edit(plan)
    county.agrees(plan)
    assert plan.commitChanges(), plan.commitErrors()
    county.agrees(plan)
    assert plan.startEditing()
    new = max(one.id() for one in plan.getFeatures())
    recode(plan, new)
    county.agrees(plan)
    assert county.view.findings.keys() == {"plan/3", f"plan/{new}"}


def test_edits_before_switching_on_are_told(county):
    layer = county.open()
    assert layer.startEditing()
    edit(layer)
    county.live()
    county.agrees(layer)
    layer.rollBack()
    county.agrees(layer)


def test_saving_in_the_turn_of_the_edit_loses_nothing(county, plan):
    edit(plan)
    assert plan.commitChanges(), plan.commitErrors()
    wait(lambda: county.desk.watch.state == "live")
    county.agrees(plan)
    assert plan.startEditing()
    recode(plan, 2)
    county.agrees(plan)
