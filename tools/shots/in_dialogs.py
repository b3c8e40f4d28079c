# SPDX-License-Identifier: GPL-2.0-or-later
"""Run inside a QGIS desktop by --code: take a picture of the dialog of every algorithm."""

from __future__ import annotations

import json
import os
import traceback
from pathlib import Path
from typing import Any

import qgis.utils
from qgis import processing
from qgis.core import QgsApplication, QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication

TASK = json.loads(os.environ["PIANQU_TASK"])
GIVEN = {
    "DOSSIER": "/data/county/dossier.yaml", "RESULTS": "/data/county/results",
    "REGISTER": "/data/county/results/register.gpkg",
}  # fmt: skip
BY_ROLE = {
    "UNITS": "units", "LANDUSE": "JQDLTB", "PLAN": "GHDLTB", "FARMLAND": "YJJBNTTB",
    "REDLINE": "STBHHX", "BOUNDARY": "CZKFBJ",
}  # fmt: skip


def open_layers() -> dict[str, str]:
    """Open the county's layers, so that the dialogs have something to offer."""
    found = {}
    for role, stored in BY_ROLE.items():
        layer = QgsVectorLayer(f"{TASK['county']}|layername={stored}", stored, "ogr")
        if layer.isValid():
            QgsProject.instance().addMapLayer(layer, False)  # offered, not drawn
            found[role] = layer.id()
    return found


def values(algorithm: Any, layers: dict[str, str]) -> dict[str, str]:
    """Give what a user would have filled in."""
    names = [one.name() for one in algorithm.parameterDefinitions()]
    kinds = {one.name(): one.type() for one in algorithm.parameterDefinitions()}
    given = {name: GIVEN[name] for name in names if name in GIVEN}
    given.update({
        name: layers[name] for name in names if name in layers and kinds[name] == "source"
    })  # fmt: skip
    return given


def shoot(algorithm: Any, layers: dict[str, str]) -> Any:
    """Take the picture of a dialog; give the dialog, which lives until the end."""
    dialog = processing.createAlgorithmDialog(algorithm.id(), values(algorithm, layers))
    dialog.resize(*TASK["dialog"])
    dialog.show()
    QTest.qWait(350)
    dialog.grab().save(str(Path(TASK["pictures"]) / f"{algorithm.name()}.png"))
    dialog.close()
    QTest.qWait(50)
    return dialog


def main() -> None:
    """Take them all and tell how many."""
    told: dict[str, Any] = {}
    try:
        qgis.utils.loadPlugin("pianqu")
        qgis.utils.startPlugin("pianqu")
        layers = open_layers()
        provider = QgsApplication.processingRegistry().providerById("pianqu")
        told["ids"] = sorted(one.name() for one in provider.algorithms())
        shown = [shoot(algorithm, layers) for algorithm in provider.algorithms()]
        told["pictures"] = len(shown)
    except Exception:
        told["broken"] = traceback.format_exc()
    Path(TASK["told"]).write_text(json.dumps(told), encoding="utf-8")
    QgsProject.instance().clear()
    qgis.utils.unloadPlugin("pianqu")
    QTimer.singleShot(0, QApplication.instance().quit)


QTimer.singleShot(1500, main)
