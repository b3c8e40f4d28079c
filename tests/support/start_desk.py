# SPDX-License-Identifier: GPL-2.0-or-later
"""Layers under real-life names in the project, and eyes and hands for the panels of the start."""

from __future__ import annotations

import json
import os
from pathlib import Path

from places import ROOT
from qgis.core import (
    QgsFeature,
    QgsGeometry,
    QgsProject,
    QgsRectangle,
    QgsVectorFileWriter,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from sector_desk import wait

ENGINE = ROOT / "tests" / "support" / "fake_desk_engine.py"
CRS = "EPSG:4544"
LEFT = Qt.MouseButton.LeftButton
SURVEY = ("0101", "05H1", "08H2", "1104A")
GUIDE = ("0205", "060201", "0703", "1207")
FIELDS = {
    "CJDCQ": ("BSM ZLDWDM ZLDWMC", "polygon"),
    "JQDLTB": ("BSM JQDLBM KCXS", "polygon"),
    "GHDLTB": ("BSM GHDLBM", "polygon"),
    "YJJBNTTB": ("BSM KCXS", "polygon"),
    "STBHHX": ("BSM", "polygon"),
    "CZKFBJ": ("BSM", "polygon"),
    "道路中心线": ("BSM", "linestring"),
}
VALUES = {
    "ZLDWDM": ("5107221002010000000", "5107221002020000000"),
    "ZLDWMC": ("石桥村", "柳林村"),
    "JQDLBM": SURVEY,
    "GHDLBM": GUIDE,
    "KCXS": ("0.1",),
}


def memory(name, fields=None, kind=None, crs=CRS, rows=4):
    """Make a memory layer with a few squares."""
    names, shape = FIELDS.get(name, ("BSM", "polygon"))
    names = (fields if fields is not None else names).split()
    uri = f"{kind or shape}?crs={crs}" + "".join(f"&field={one}:string(20)" for one in names)
    layer = QgsVectorLayer(uri, name, "memory")
    features = []
    for row in range(rows):
        feature = QgsFeature(layer.fields())
        box = QgsRectangle(5e5 + 100 * row, 3.4e6, 5e5 + 100 * row + 100, 3.4e6 + 100)
        line = (kind or shape) == "linestring"
        wkt = f"LINESTRING({500000 + row} 3400000, {500100 + row} 3400000)"
        feature.setGeometry(QgsGeometry.fromWkt(wkt) if line else QgsGeometry.fromRect(box))
        values = [VALUES.get(one, (str(row),)) for one in names]
        feature.setAttributes([one[row % len(one)] for one in values])
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    return layer


def stored(layer, path, name=None):
    """Write a layer into a GeoPackage and open it from there."""
    written(layer, path, name or layer.name())
    return opened(path, name or layer.name())


def written(layer, path, name):
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = "GPKG"
    options.layerName = name
    action = QgsVectorFileWriter.ActionOnExistingFile
    options.actionOnExistingFile = (
        action.CreateOrOverwriteLayer if path.exists() else action.CreateOrOverwriteFile
    )
    context = QgsProject.instance().transformContext()
    error = QgsVectorFileWriter.writeAsVectorFormatV3(layer, str(path), context, options)
    assert error[0] == QgsVectorFileWriter.WriterError.NoError, error


def opened(path, name):
    found = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
    assert found.isValid()
    return found


def county(path, *names):
    """Open the layers of a county from a GeoPackage; gives them by name.

    All are written before any is opened: a file that is open must not get new tables.
    """
    names = names or tuple(FIELDS)
    for name in names:
        written(memory(name), path, name)
    layers = {name: opened(path, name) for name in names}
    QgsProject.instance().addMapLayers(list(layers.values()))
    return layers


def click(widget):
    QTest.mouseClick(widget, LEFT)


def jobs():
    """List the jobs that the engine got."""
    path = Path(os.environ["PIANQU_ENGINE_HOME"]) / "jobs.jsonl"
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def manner(home, text):
    home.mkdir(parents=True, exist_ok=True)
    (home / "manner").write_text(text)


def recognised(panel):
    """Wait until a panel has looked at all layers."""
    wait(lambda: not panel._pause.isActive() and not panel.recogniser.busy)


def told(panel, ready, seconds=20, count=1):
    """Wait until a panel tells of results; what it says instead is what a failing test shows."""
    item = panel.bar.messages.currentItem

    def over():
        return len(ready) >= count or (not panel.run.busy and item() is not None)

    try:
        wait(over, seconds)
    except TimeoutError:
        run = panel.run
        state = (run.busy, run._search, run._work, run.task.busy, run.task._process, jobs())
        raise AssertionError(state) from None
    assert len(ready) >= count, item().text()
    return ready[count - 1]
