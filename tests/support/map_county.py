# SPDX-License-Identifier: GPL-2.0-or-later
"""A county told by the real engine, for tests of maps; results as a run leaves them."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from places import ROOT
from qgis.core import (
    QgsCoordinateTransformContext,
    QgsFeature,
    QgsVectorFileWriter,
    QgsVectorLayer,
)

ENGINE = ROOT / "build" / "engine" / "bin" / "python"
TELL = """
import json, sys
from pianqu.layers.dossier_json import tell
from pianqu.layers.words import set_language
set_language(sys.argv[3])
print(json.dumps(tell(sys.argv[1], sys.argv[2])))
"""
_INDICATORS = (
    ("farmland", "耕地保有量", ">=", 100.0, 110.5, 98.25, -1.75, "failed"),
    ("redline", "生态保护红线面积", ">=", 50.0, None, 50.5, 0.5, "warning"),
    ("construction", "城乡建设用地规模", "<=", 1234.5, 1000.0, 1200.0, 34.5, "passed"),
    ("boundary", "城镇开发边界规模", "<=", None, None, None, None, "not_checked"),
)


def tell(dossier: Path, folder: Path, language: str = "zh") -> dict:
    """Have the engine's Python describe a dossier."""
    command = [str(ENGINE), "-c", TELL, str(dossier), str(folder), language]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "build" / "path")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def write_results(folder: Path, units: list[tuple[str, str, str]]) -> list[tuple]:
    """Write results with indicators for units (level, code, name); give the rows."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        (level, code, name, *one[:4], *one[4:], "")
        for level, code, name in units
        for one in _INDICATORS
    ]
    names = ("level", "unit", "unit_name", "indicator", "name", "direction", "quota_ha", "base_ha",
             "plan_ha", "margin_ha", "outcome", "reason")  # fmt: skip
    kinds = "".join(f"&field={one}:{'double' if one[-3:] == '_ha' else 'string'}" for one in names)
    layer = QgsVectorLayer(f"NoGeometry?{kinds[1:]}", "indicators", "memory")
    for row in rows:
        feature = QgsFeature(layer.fields())
        feature.setAttributes(list(row))
        layer.dataProvider().addFeature(feature)
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.layerName = "indicators"
    done = QgsVectorFileWriter.writeAsVectorFormatV3(
        layer, str(folder / "results.gpkg"), QgsCoordinateTransformContext(), options
    )
    assert done[0] == QgsVectorFileWriter.WriterError.NoError, done
    (folder / "run.json").write_text('{"finished": "2026-03-04T05:06:07"}', encoding="utf-8")
    return rows
