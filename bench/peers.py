# SPDX-License-Identifier: GPL-2.0-or-later
"""One measurement in one process: `peers.py NAME LANDUSE FARMLAND` prints a line of JSON.

Each peer gets its layers in memory in the form it likes best before the clock starts. Run with the
engine's Python, but for `native`, which needs QGIS's.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from typing import Any, Callable

Case = Callable[[str, str], tuple[Callable[[], Any], Callable[[Any], float]]]


def ours(landuse: str, farmland: str) -> tuple[Callable[[], Any], Callable[[Any], float]]:
    """Pianqu's own overlay."""
    from pianqu.checks import overlay

    left, right = _arrays(landuse), _arrays(farmland)
    return lambda: overlay.cut(left, right, same=False), lambda cuts: float(cuts.plane.sum())


def geopandas(landuse: str, farmland: str) -> tuple[Callable[[], Any], Callable[[Any], float]]:
    """geopandas.overlay(how="intersection")."""
    import geopandas as gpd

    left = gpd.read_file(landuse, use_arrow=True)[["geometry"]]
    right = gpd.read_file(farmland, use_arrow=True)[["geometry"]]
    return (
        lambda: gpd.overlay(left, right, how="intersection", keep_geom_type=True),
        lambda frame: float(frame.area.sum()),
    )


def native(landuse: str, farmland: str) -> tuple[Callable[[], Any], Callable[[Any], float]]:
    """QGIS's native:intersection, from and to memory layers."""
    from qgis.core import QgsApplication, QgsFeatureRequest, QgsVectorLayer

    sys.path.append("/usr/share/qgis/python/plugins")
    app = QgsApplication([], False)
    app.initQgis()
    from processing.core.Processing import Processing
    from qgis import processing

    Processing.initialize()
    layers = [
        QgsVectorLayer(path, "layer", "ogr").materialize(QgsFeatureRequest())
        for path in (landuse, farmland)
    ]

    def run() -> Any:
        return processing.run(
            "native:intersection",
            {"INPUT": layers[0], "OVERLAY": layers[1], "OUTPUT": "memory:"},
        )["OUTPUT"]

    def area(layer: Any) -> float:
        total = sum(feature.geometry().area() for feature in layer.getFeatures())
        run.app = app  # type: ignore[attr-defined]  # keep QGIS alive until here
        return total

    return run, area


def _arrays(path: str) -> Any:
    import pyogrio
    import shapely

    meta, table = pyogrio.read_arrow(path, columns=[])
    wkb = table.column(meta["geometry_name"] or "wkb_geometry").to_numpy(zero_copy_only=False)
    return shapely.from_wkb(wkb)


CASES: dict[str, Case] = {"ours": ours, "geopandas": geopandas, "native": native}


def main(arguments: list[str]) -> None:
    """Measure one peer once."""
    name, landuse, farmland = arguments
    run, area = CASES[name](landuse, farmland)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    result = run()
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    line = {"seconds": seconds, "area": area(result), "peak_mb": peak / 1024,
            "input_mb": before / 1024}  # fmt: skip
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
