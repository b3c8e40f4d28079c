# SPDX-License-Identifier: GPL-2.0-or-later
"""Layers for the conversions: parcels with every fault that can be mended, and their files."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

SIDE = 200.0
ORIGIN = (500_000.0, 3_440_000.0)


def partition(rng: np.random.Generator, count: int) -> list[shapely.Polygon]:
    """Part a square into convex parcels that share their vertices."""
    points = shapely.MultiPoint(rng.uniform(10, SIDE - 10, (count, 2)))
    square = shapely.box(0, 0, SIDE, SIDE)
    cells = [cell & square for cell in shapely.voronoi_polygons(points, extend_to=square).geoms]
    cells = shapely.set_precision(np.array(cells), 0.01)
    return [cell for cell in cells if cell.geom_type == "Polygon" and cell.area > 1]


def well_spaced(cells: list[shapely.Polygon], least: float) -> bool:
    """Tell whether no vertex lies nearer than `least` to another vertex or a foreign edge."""
    edges = [shapely.LineString(pair) for cell in cells for pair in pairs(cell)]
    spots = {spot for cell in cells for spot in cell.exterior.coords}
    tree = shapely.STRtree(edges)
    for spot in spots:
        point = shapely.Point(spot)
        for row in tree.query(point, "dwithin", least):
            if spot not in edges[row].coords:
                return False
    listed = shapely.points(list(spots))
    near = shapely.STRtree(listed).query(listed, "dwithin", least)
    return bool((near[0] == near[1]).all())


def pairs(cell: shapely.Polygon) -> list[tuple]:
    spots = list(cell.exterior.coords)
    return list(zip(spots[:-1], spots[1:]))


def shaken(rng: np.random.Generator, cell: shapely.Polygon, far: float) -> shapely.Polygon:
    """Move each vertex by at most `far`, put vertices on edges, repeat some points."""
    out = []
    for (x, y), (to_x, to_y) in pairs(cell):
        angle, length = rng.uniform(0, 2 * np.pi), rng.uniform(0, far)
        spot = (x + length * np.cos(angle), y + length * np.sin(angle))
        out.append(spot)
        if rng.random() < 0.3:
            out.append(spot)
        if rng.random() < 0.5 and np.hypot(to_x - x, to_y - y) > 2:
            out.append(((x + to_x) / 2, (y + to_y) / 2))
    return shapely.Polygon(out)


def overlap_area(shapes: list[shapely.Geometry]) -> float:
    """Add up, pair by pair, the ground that two shapes cover: nothing but shapely."""
    return sum(
        shapely.intersection(one, other).area
        for index, one in enumerate(shapes) for other in shapes[index + 1 :]
        if one.intersects(other)
    )  # fmt: skip


def layer(shapes, crs="EPSG:4544", at=ORIGIN, **columns) -> gpd.GeoDataFrame:
    """Make a layer of shapes drawn about nought, moved to where a CRS may be used."""
    moved = shapely.transform(np.array(shapes, dtype=object), lambda points: points + at)
    return gpd.GeoDataFrame(columns, geometry=moved, crs=crs)


def run(capsys, task, path, out, *more, language="en"):
    """Run a command; give its exit status, result and sentences."""
    from pianqu.__main__ import main
    from pianqu.layers import words

    with words.speaking(words.language()):  # a command sets the language of the whole process
        status = main([task, str(path), "--out", str(out), "--json", "--language", language, *more])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    result = next((line for line in lines if line["type"] == "result"), {})
    return status, result, [line["text"] for line in lines if "text" in line]


def written(out, task, name="result"):
    return pyogrio.read_dataframe(out / f"{task}.gpkg", layer=name, fid_as_index=True)
