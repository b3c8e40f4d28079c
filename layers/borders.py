# SPDX-License-Identifier: GPL-2.0-or-later
"""The units of every level as polygons, for maps: villages united to towns, clusters, county."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .crs import project_crs
from .dossier import Dossier
from .errors import InputError
from .features import clean_units
from .model import UnitTree
from .notes import Notes
from .reading import read_features
from .standard import load_standard
from .units import build_tree, units_of

COLUMNS = ("level", "unit", "unit_name", "cluster", "parent")
_GRID_M = 0.001  # what two neighbours' common border may differ by, or it would stay as a hair


def borders(dossier: Dossier) -> gpd.GeoDataFrame:
    """Give a row a unit of each level above the village: COLUMNS and its polygon, in the CRS."""
    crs = project_crs(dossier.crs, dossier.file)
    source = dossier.layers["units"]
    notes = Notes(dossier, load_standard(dossier.standard, dossier.base), crs)
    read = read_features(source, "units", crs, dossier.file, dossier.base)
    units = clean_units(read, source, notes)
    if not len(units) or all(shape is None for shape in units.geometry):
        raise InputError("layers.no_units", source=source.label)
    tree, _ = build_tree(units.data, dossier.code, dossier.name, source.fields)
    shapes = shapely.set_precision(units.geometry, _GRID_M)
    parts = [_level(tree, level, shapes) for level in tree.levels if level != "village"]
    frame = pd.concat([table for table, _ in parts], ignore_index=True)
    geometry = np.concatenate([drawn for _, drawn in parts])
    return gpd.GeoDataFrame(frame[list(COLUMNS)], geometry=geometry, crs=crs)


def write_borders(dossier: Dossier, file: Path) -> int:
    """Write the borders as layer `units` of a GeoPackage; give the number of units."""
    table = borders(dossier)
    table.to_file(file, layer="units", driver="GPKG", geometry_type="MultiPolygon")
    return len(table)


def _level(tree: UnitTree, level: str, shapes: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
    """Unite the features of each unit of a level."""
    table = units_of(tree, level)
    column = tree.finest["code" if level == "village" else level]
    place = pd.Index(table["unit"]).get_indexer(column.to_numpy())
    unit = np.where(tree.feature_unit >= 0, place[tree.feature_unit], -1)
    drawn = [_polygons(shapely.union_all(shapes[unit == row])) for row in range(len(table))]
    return table.assign(level=level), np.array(drawn, dtype=object)


def _polygons(shape: shapely.Geometry) -> shapely.MultiPolygon:
    """Keep what is polygon of a shape."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.multipolygons(parts[shapely.get_type_id(parts) == 3])
