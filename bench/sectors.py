# SPDX-License-Identifier: GPL-2.0-or-later
"""The bench of sector plans: 21 plans against a county and each other, beside native:intersection.

`sectors.py ours|native DOSSIER` measures one of them in a process of its own and prints a line of
JSON. The peer gets its layers in memory, lines and points already widened, before its clock starts,
and answers the geometric questions only: each pair of layouts, and each layout against farmland,
red line, boundary, plan and reserve. Ours answers all ten rules, joint use and sites included;
reading its files is told apart.
"""

from __future__ import annotations

import itertools
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

AGAINST = ("farmland", "redline", "plan", "reserve")


def ours(dossier: str) -> dict[str, Any]:
    """Read the county, then check its sector plans."""
    from pianqu.checks.sectors.run import check_sectors
    from pianqu.layers.county import load_county
    from pianqu.layers.dossier import read_dossier
    from pianqu.layers.standard import load_standard

    start = time.perf_counter()
    given = read_dossier(dossier)
    county = load_county(given, load_standard(given.standard, given.base))
    reading = time.perf_counter() - start
    start = time.perf_counter()
    found = check_sectors(county)
    return {
        "seconds": time.perf_counter() - start, "sites_seconds": found.sites_seconds,
        "reading": reading,
        "features": int(found.sectors["features"].sum()), "conflicts": len(found.conflicts),
        "joint": len(found.joint_use), "sites": len(found.sites),
    }  # fmt: skip


def native(dossier: str) -> dict[str, Any]:
    """Run native:intersection for each pair of layers, and native:difference for the boundary."""
    import yaml
    from qgis.core import QgsApplication, QgsFeatureRequest, QgsProcessingContext

    sys.path.append("/usr/share/qgis/python/plugins")
    app = QgsApplication([], False)
    app.initQgis()
    from processing.core.Processing import Processing
    from qgis import processing

    Processing.initialize()
    base = Path(dossier).parent
    content = yaml.safe_load(Path(dossier).read_text(encoding="utf-8"))
    plans = [_layout(processing, base, sector["layout"]) for sector in content["sectors"]]
    layers = {role: _layer(base, content["layers"][role]) for role in (*AGAINST, "boundary")}
    context = QgsProcessingContext()  # it would stop at the county's first invalid parcel
    context.setInvalidGeometryCheck(QgsFeatureRequest.InvalidGeometryCheck.GeometryNoCheck)
    start = time.perf_counter()
    rows = 0
    pairs = [*itertools.combinations(plans, 2)]
    pairs += [(plan, layers[role]) for role in AGAINST for plan in plans]
    jobs = [("native:intersection", *pair) for pair in pairs]
    jobs += [("native:difference", plan, layers["boundary"]) for plan in plans]
    for name, one, other in jobs:
        given = {"INPUT": one, "OVERLAY": other, "OUTPUT": "memory:"}
        rows += processing.run(name, given, context=context)["OUTPUT"].featureCount()
    seconds = time.perf_counter() - start
    del app
    return {"seconds": seconds, "runs": len(jobs), "rows": rows}


def _layer(base: Path, entry: dict[str, Any]) -> Any:
    from qgis.core import QgsFeatureRequest, QgsVectorLayer

    layer = QgsVectorLayer(f"{base / entry['path']}|layername={entry['layer']}", "layer", "ogr")
    return layer.materialize(QgsFeatureRequest())


def _layout(processing: Any, base: Path, entry: dict[str, Any]) -> Any:
    """Give a layout as areas; a width that stands in a field is taken at its mean."""
    layer = _layer(base, entry)
    width = entry.get("width_m")
    if not width:
        return layer
    if not isinstance(width, (int, float)):
        values = [float(one[width]) for one in layer.getFeatures()]
        width = sum(values) / len(values)
    given = {
        "INPUT": layer, "DISTANCE": width / 2, "SEGMENTS": 16, "END_CAP_STYLE": 1,
        "JOIN_STYLE": 1, "MITER_LIMIT": 5, "DISSOLVE": False, "OUTPUT": "memory:",
    }  # fmt: skip
    return processing.run("native:buffer", given)["OUTPUT"]


def main(arguments: list[str]) -> None:
    """Measure one of the two once."""
    name, dossier = arguments
    line = {"ours": ours, "native": native}[name](dossier)
    line["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
