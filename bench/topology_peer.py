# SPDX-License-Identifier: GPL-2.0-or-later
"""What QGIS's Topology Checker does of a layer, by the same calls: run with QGIS's own Python.

The plugin has no interface for scripts. Its rules "must not overlap" and "must not have gaps" are a
spatial index and a relation for each pair of neighbours, and a union of all features whose inner
rings are the gaps. Prints the seconds of each.
"""

from __future__ import annotations

import os
import sys
import time

from qgis.core import QgsApplication, QgsGeometry, QgsSpatialIndex, QgsVectorLayer


def overlaps(shapes: dict[int, QgsGeometry], index: QgsSpatialIndex) -> int:
    """Count the pairs whose interiors meet, each with its shared ground."""
    found = 0
    for key, shape in shapes.items():
        engine = QgsGeometry.createGeometryEngine(shape.constGet())
        engine.prepareGeometry()
        for other in index.intersects(shape.boundingBox()):
            if other > key and engine.overlaps(shapes[other].constGet()):
                found += not shape.intersection(shapes[other]).isEmpty()
    return found


def gaps(shapes: dict[int, QgsGeometry]) -> int:
    """Count the inner rings of the union of all features."""
    whole = QgsGeometry.unaryUnion([*shapes.values()])
    parts = whole.asMultiPolygon() if whole.isMultipart() else [whole.asPolygon()]
    return sum(len(part) - 1 for part in parts)


def main() -> None:
    """Measure one layer of a file."""
    application = QgsApplication([], False)  # must live as long as its layers
    application.initQgis()
    layer = QgsVectorLayer(f"{sys.argv[1]}|layername={sys.argv[2]}", "layer", "ogr")
    start = time.perf_counter()
    shapes = {one.id(): one.geometry() for one in layer.getFeatures()}
    index = QgsSpatialIndex(layer.getFeatures())
    sys.stdout.write(f"reading {time.perf_counter() - start:.1f}\n")
    start = time.perf_counter()
    count = overlaps(shapes, index)
    sys.stdout.write(f"overlaps {time.perf_counter() - start:.1f} ({count})\n")
    sys.stdout.flush()
    start = time.perf_counter()
    count = gaps(shapes)
    sys.stdout.write(f"gaps {time.perf_counter() - start:.1f} ({count})\n")
    sys.stdout.flush()
    os._exit(0)  # QGIS may crash on its way out; the figures are told


if __name__ == "__main__":
    main()
