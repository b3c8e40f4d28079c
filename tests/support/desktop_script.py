# SPDX-License-Identifier: GPL-2.0-or-later
"""Run inside a QGIS desktop by --code: kill the engine of a run, see that QGIS lives on."""

import json
import os
import sys
import threading
from pathlib import Path

import qgis.utils
from qgis import processing
from qgis.core import QgsProcessingException, QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QApplication

TASK = json.loads(os.environ["PIANQU_TEST"])
sys.path.insert(0, TASK["support"])


def run(out):
    inputs = {"DOSSIER": TASK["dossier"], "OUTPUT": out}
    return processing.run("pianqu:rundossier", inputs)


def first_run_killed():
    """Give the error of a run whose engine is killed in the middle."""
    from killing import kill_engine_in_stage

    killer = threading.Thread(target=kill_engine_in_stage, args=(TASK["home"], "fabric"))
    killer.start()
    try:
        run(TASK["out"])
    except QgsProcessingException as error:
        return str(error)
    finally:
        killer.join(10)
    return ""


def main():
    facts = {}
    try:
        qgis.utils.loadPlugin("pianqu")
        qgis.utils.startPlugin("pianqu")
        before = {path.name: path.read_bytes() for path in Path(TASK["out"]).iterdir()}
        facts["error"] = first_run_killed()
        after = {path.name: path.read_bytes() for path in Path(TASK["out"]).iterdir()}
        facts["earlier_whole"] = before == after
        layer = QgsVectorLayer("Polygon?crs=EPSG:4544", "alive", "memory")
        facts["alive"] = QgsProject.instance().addMapLayer(layer) is not None
        facts["second_run"] = Path(run(TASK["out"])["REPORT"]).is_file()
        QgsProject.instance().clear()
        qgis.utils.unloadPlugin("pianqu")
    except Exception as error:
        facts["broken"] = repr(error)
    Path(TASK["told"]).write_text(json.dumps(facts), encoding="utf-8")
    QTimer.singleShot(0, QApplication.instance().quit)


QTimer.singleShot(500, main)
