# SPDX-License-Identifier: GPL-2.0-or-later
"""A small county in a GeoPackage, its layers in a project, and a live desk on it."""

from __future__ import annotations

import json
from pathlib import Path

from places import ROOT
from qgis.core import (
    QgsCompoundCurve,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransformContext,
    QgsFeature,
    QgsGeometry,
    QgsLineString,
    QgsProject,
    QgsRectangle,
    QgsVectorFileWriter,
    QgsVectorLayer,
)
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication
from sector_desk import wait

FAKE_RESIDENT = ROOT / "tests" / "support" / "fake_resident.py"

CRS = "EPSG:4544"
X, Y, SIDE, ROWS = 500000.0, 3300000.0, 100.0, 4
PLAN_FIELDS = {"id": "BSM", "code": "GHDLBM", "deduction": "KCXS"}
SECTOR_FIELDS = {"project": "XMBH", "name": "XMMC", "use": "YDLB", "start": "KSND", "end": "JSND"}
PLAN_URI = f"Polygon?crs={CRS}&field=BSM:string(18)&field=GHDLBM:string(10)&field=KCXS:double"
SECTOR_URI = (
    f"Polygon?crs={CRS}&field=XMBH:string&field=XMMC:string&field=YDLB:string"
    "&field=KSND:integer&field=JSND:integer"
)


def square(column, row, side=SIDE, shift=0.0):
    x, y = X + column * SIDE + shift, Y + row * SIDE + shift
    return QgsGeometry.fromRect(QgsRectangle(x, y, x + side, y + side))


def feature(fields, shape, values):
    made = QgsFeature(fields)
    made.setGeometry(shape)
    for name, value in values.items():
        made.setAttribute(name, value)
    return made


def curve_of(points):
    """Make a line to split by; Python would take a line string for a list of QgsPointXY."""
    curve = QgsCompoundCurve()
    curve.addCurve(QgsLineString(points))
    return curve


def write(path, name, uri, rows):
    memory = QgsVectorLayer(uri, name, "memory")
    memory.dataProvider().addFeatures([feature(memory.fields(), *row) for row in rows])
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.layerName = name
    exists = Path(path).exists()
    action = QgsVectorFileWriter.ActionOnExistingFile
    options.actionOnExistingFile = (
        action.CreateOrOverwriteLayer if exists else action.CreateOrOverwriteFile
    )
    context = QgsCoordinateTransformContext()
    done = QgsVectorFileWriter.writeAsVectorFormatV3(memory, str(path), context, options)
    assert done[0] == QgsVectorFileWriter.WriterError.NoError, done


class View:
    """A board and findings browser in one: what it shows is what it was told."""

    def __init__(self):
        self.indicators, self.findings = {}, {}

    def apply_delta(self, indicators, gone, findings):
        for row in indicators:
            key = (row["level"], row["unit"], row["indicator"])
            self.indicators[key] = row
        for one in gone:
            del self.findings[one]
        for row in findings:
            self.findings[row["id"]] = row

    def count(self):
        return self.indicators["county", "1", "count"]["plan_ha"]


class LiveCounty:
    """16 planned parcels and two projects of one sector plan, under the fake resident engine."""

    def __init__(self, home, layer_file=None, **manner):
        from pianqu.ui.live_desk import LiveDesk

        self.home = Path(home)
        self.home.mkdir(exist_ok=True)
        self.file = layer_file or self.home / "county.gpkg"
        if layer_file is None:
            self.fill()
        self.dossier = self.home / "dossier.yaml"
        self.manner(**manner)
        self.canvas = QgsMapCanvas()
        self.canvas.setDestinationCrs(QgsCoordinateReferenceSystem(CRS))
        self.canvas.resize(400, 400)
        self.canvas.setExtent(QgsRectangle(X, Y, X + ROWS * SIDE, Y + ROWS * SIDE))
        self.canvas.show()
        self.desk = LiveDesk(self.canvas)
        self.view = View()
        self.desk.add_model(self.view)
        self.desk.set_dossier(str(self.dossier))

    def fill(self):
        parcels = [
            (square(i % ROWS, i // ROWS), {"BSM": f"P{i}", "GHDLBM": "0101", "KCXS": 0.1})
            for i in range(ROWS * ROWS)
        ]
        projects = [
            (square(i, 0), {"XMBH": f"S{i}", "XMMC": "水库", "YDLB": "1401", "KSND": 2026,
                            "JSND": 2028})
            for i in range(2)
        ]  # fmt: skip
        write(self.file, "GHDLTB", PLAN_URI, parcels)
        write(self.file, "water", SECTOR_URI, projects)

    def manner(self, **manner):
        common = {"path": str(self.file), "filter": manner.pop("filter", ""), "crs": CRS}
        fields = manner.pop("fields", PLAN_FIELDS)
        roles = [
            {"role": "plan", "layer": "GHDLTB", "fields": fields, **common},
            {"role": "sector:water", "layer": "water", "fields": SECTOR_FIELDS, **common,
             "filter": ""},
        ]  # fmt: skip
        text = json.dumps({"roles": roles, "manner": manner})
        self.dossier.write_text(text, encoding="utf-8")

    def open(self, name="GHDLTB", add=True):
        layer = QgsVectorLayer(f"{self.file}|layername={name}", name, "ogr")
        assert layer.isValid()
        if add:
            QgsProject.instance().addMapLayer(layer)
            self.canvas.setLayers([layer, *self.canvas.layers()])
        return layer

    def close(self):
        self.desk.remove()
        self.desk.bar.deleteLater()
        self.desk.panel.deleteLater()
        self.desk.deleteLater()
        self.canvas.deleteLater()
        QApplication.processEvents()

    def live(self):
        """Switch live on and wait until it is."""
        self.desk.bar.switch.setChecked(True)
        wait(lambda: self.desk.watch.state == "live")

    def settle(self):
        QTest.qWait(20)
        wait(lambda: self.desk.watch.settled and self.desk.resident.idle)

    def requests(self, do=None):
        path = self.home / "requests.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        found = [json.loads(line) for line in lines]
        return [one for one in found if do in (None, one["do"])]

    def starts(self):
        return len((self.home / "starts.txt").read_text(encoding="utf-8").splitlines())

    def held(self):
        """Give the features that the engine holds now."""
        answers = []
        self.desk.resident.ask("dump", answers.append, answers.append)
        wait(lambda: answers)
        return {(role, key): one for role, key, one in answers[0]["features"]}

    def shown(self, *layers):
        """Give the features of layers as the engine should hold them, made without our code."""
        out = {}
        for layer in layers:
            role, names = ROLES[layer.name()]
            for one in layer.getFeatures():
                key = str(one.id()) if one.id() >= 0 else f"new:{one.id()}"
                values = {ours: one[theirs] for ours, theirs in names.items()}
                values = {ours: None if value in (None, "NULL") else value
                          for ours, value in values.items()}  # fmt: skip
                wkb = bytes(one.geometry().asWkb()).hex()
                out[role, key] = {"wkb": wkb, "values": values}
        return out

    def agrees(self, *layers):
        """Check that engine and view hold just what the layers show."""
        self.settle()
        held = self.held()
        roles = {ROLES[layer.name()][0] for layer in layers}
        mine = {place: one for place, one in held.items() if place[0] in roles}
        assert mine == self.shown(*layers)
        plans = [layer for layer in layers if layer.name() == "GHDLTB"]
        if plans:
            assert self.view.count() == sum(1 for _ in plans[0].getFeatures())
        wrong = {f"{role}/{key}" for (role, key), one in held.items()
                 if str(one["values"].get("code")) == "9999"}  # fmt: skip
        assert self.view.findings.keys() == wrong


ROLES = {"GHDLTB": ("plan", PLAN_FIELDS), "water": ("sector:water", SECTOR_FIELDS)}
