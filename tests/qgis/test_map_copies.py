# SPDX-License-Identifier: GPL-2.0-or-later
"""Boundary points, VCT and archives on the map: shown from copies, where their ground is."""

from __future__ import annotations

import os
import subprocess

import pytest
from map_county import ENGINE, tell
from places import ROOT
from qgis.core import QgsProject, QgsVectorLayer

MAKE = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import arrived_county as made
from pianqu.layers.new_dossier import new_dossier
folder = Path(sys.argv[2])
layers = made.layers()
layers["reserve"] = made.turned(layers["reserve"])
for role, frame in layers.items():
    made.put(frame, folder, role, {"plan": ".vct", "redline": ".txt", "landuse": ".zip",
                                   "boundary": ".csv"}.get(role, ".gpkg"))
    made.put(frame, folder.parent / "truth", role, ".gpkg")
new_dossier(folder, folder / "dossier.yaml")
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("arrived")
    for name in ("data", "truth"):
        (place / name).mkdir()
    support = str(ROOT / "tests" / "support")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "build" / "path")}
    command = [str(ENGINE), "-c", MAKE, support, str(place / "data")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return place


@pytest.fixture(scope="module")
def county(folder):
    return tell(folder / "data" / "dossier.yaml", folder / "data")


@pytest.mark.parametrize(
    ("role", "name"),
    [("plan", "GHDLTB"), ("redline", "STBHHX"), ("landuse", "JQDLTB"), ("boundary", "CZKFBJ"),
     ("farmland", "YJJBNTTB")],
)  # fmt: skip
def test_layers_from_odd_files_stand_where_their_ground_is(qgis_app, folder, county, role, name):
    from pianqu.processing.map_layers import CountyLayers

    layers = CountyLayers(county, "zh")
    layer = layers.land(role) if role in ("plan", "landuse") else layers.zone(role)
    truth = QgsVectorLayer(str(folder / "truth" / f"{name}.gpkg"), name, "ogr")
    assert layers.troubles == {} and layer.isValid() and layer.crs().authid() == "EPSG:4544"
    assert layer.featureCount() == truth.featureCount() > 0
    mine, theirs = layer.extent(), truth.extent()
    for edge in ("xMinimum", "yMinimum", "xMaximum", "yMaximum"):
        assert getattr(mine, edge)() == pytest.approx(getattr(theirs, edge)(), abs=0.002)


def test_a_layer_with_swapped_axes_lies_among_the_others(qgis_app, county):
    from pianqu.processing.map_layers import CountyLayers

    layers = CountyLayers(county, "zh")
    assert layers.units("village").extent().contains(layers.zone("reserve").extent())


def test_the_group_takes_them_all_and_the_plan_has_its_colours(qgis_app, county):
    from pianqu.ui.map_group import MapGroup

    project = QgsProject()
    group = MapGroup(project)
    assert group.add(county) == {}
    layers = group.layers(county["path"])
    assert {"plan", "landuse", "redline", "boundary", "farmland", "reserve"} <= set(layers)
    assert len(layers["plan"].renderer().categories()) > 3
    project.clear()


def test_a_copy_is_no_layer_whose_edits_are_followed(qgis_app, county):
    from pianqu.processing.map_layers import CountyLayers
    from pianqu.ui.live_roles import Role, role_of

    layer = CountyLayers(county, "zh").land("plan")
    told = county["layers"]["plan"]
    roles = [Role("plan", told["copy_of"], "GHDLTB"), Role("redline", county["path"], "x")]
    assert role_of(layer, roles) == (None, "")
