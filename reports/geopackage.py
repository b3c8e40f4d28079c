# SPDX-License-Identifier: GPL-2.0-or-later
"""Write results.gpkg: the findings on the map, the tables, and the styles they open with.

Only pyogrio's GDAL touches the file, since two SQLites on one file break each other's locks. The
clock inside the file stands at the run's stamp, so that the same results make the same bytes.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from ..layers import findings as record
from ..layers.model import LEVELS
from .columns import complete, plain
from .styles import style_rows

if TYPE_CHECKING:
    from ..checks.results import Results
    from ..layers.model import UnitTree

TABLES = (
    "indicators", "land_balance", "transfers", "sector_matrix",
    "ledgers", "problem_list", "negative_list",
)  # fmt: skip
SECTOR_LAYERS = ("conflicts", "projects", "joint_use", "sites")
_GEOMETRY = "geom"


def write_geopackage(results: Results, path: Path) -> Path:
    """Write all layers and tables of a run to a new file; an empty table keeps its fields.

    The table `decisions` is there only when former decisions wait for a run that looks at them.
    """
    stamp = moment(results.run.get("stamp"))
    findings = results.findings[[*record.COLUMNS, results.findings.geometry.name]]
    with clock(stamp):
        tables = {name: complete(getattr(results, name), name) for name in TABLES}
        for place, (name, table) in enumerate(tables.items()):
            write_table(table, path, name)
            if not place:  # the findings stand second in the list that QGIS shows
                write_findings(findings, path)
        if len(results.decisions):
            write_table(plain(results.decisions), path, "decisions")
        write_table(plain(unit_rows(results.county.tree)), path, "units")
        tables.update(_write_sectors(results, path))
        columns = {name: list(table.columns) for name, table in tables.items()}
        columns["findings"] = list(record.COLUMNS)
        write_styles(columns, path, stamp)
    return path


def unit_rows(tree: UnitTree) -> pd.DataFrame:
    """List all units from the county down: level, unit, unit_name, cluster, parent (its unit)."""
    tables = [tree.units(level).assign(level=level) for level in LEVELS if level in tree.levels]
    return pd.concat(tables, ignore_index=True)[["level", "unit", "unit_name", "cluster", "parent"]]


def _write_sectors(results: Results, path: Path) -> dict[str, pd.DataFrame]:
    """Add what was found out about sector plans, where they were checked; gives the tables."""
    found = results.sectors
    if found is None:
        return {}
    for name in SECTOR_LAYERS:
        write_layer(getattr(found, name), path, name)
    tables = {
        "sectors": plain(found.sectors),
        "sector_demand": plain(found.demand),
        "sector_gaps": plain(found.gaps_table()),
    }
    for name, table in tables.items():
        write_table(table, path, name)
    return tables


def write_layer(
    frame: gpd.GeoDataFrame, path: Path, layer: str, kind: str = "MultiPolygon"
) -> None:
    """Add a layer of polygons, or of another kind; features without a shape stay."""
    shapes = record.as_multi(frame.geometry.to_numpy())
    table = plain(pd.DataFrame(frame.drop(columns=frame.geometry.name)))
    out = gpd.GeoDataFrame(table, geometry=shapes, crs=frame.crs)
    pyogrio.write_dataframe(
        out, path, layer=layer, driver="GPKG", append=path.exists(), geometry_type=kind,
        dataset_options=None if path.exists() else {"VERSION": "1.3"},
        layer_options={"GEOMETRY_NAME": _GEOMETRY},
    )  # fmt: skip


def moment(stamp: Any) -> datetime:
    """Read the run's stamp (ISO, UTC where it names no zone); without one, the epoch."""
    if not stamp:
        return datetime(1970, 1, 1, tzinfo=timezone.utc)
    when = datetime.fromisoformat(str(stamp).replace("Z", "+00:00"))
    return when.replace(tzinfo=when.tzinfo or timezone.utc).astimezone(timezone.utc)


@contextmanager
def clock(stamp: datetime) -> Iterator[None]:
    """Stop GDAL's clock at the stamp while the file is written."""
    option = "OGR_CURRENT_DATE"
    before = pyogrio.get_gdal_config_option(option)
    pyogrio.set_gdal_config_options({option: stamp.strftime("%Y-%m-%dT%H:%M:%S.000Z")})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({option: before})


def write_table(table: pd.DataFrame, path: Path, layer: str, **options: str) -> None:
    """Add one table without geometry; the first one makes the file.

    Version 1.3 of the format is the newest that the GDAL 3.6 of Debian 12 reads without a warning.
    """
    pyogrio.write_dataframe(
        table,
        path,
        layer=layer,
        driver="GPKG",
        append=path.exists(),
        dataset_options=None if path.exists() else {"VERSION": "1.3"},
        layer_options=options or None,
    )


def write_findings(findings: gpd.GeoDataFrame, path: Path) -> None:
    """Add the findings; the layer is of polygons unless a finding's subject is a line or point."""
    shapes = record.as_multi(findings.geometry.to_numpy())
    kinds = set(np.unique(shapely.get_type_id(shapes))) - {-1}
    polygons = kinds <= {int(shapely.GeometryType.MULTIPOLYGON)}
    frame = gpd.GeoDataFrame(
        plain(pd.DataFrame(findings[list(record.COLUMNS)])), geometry=shapes, crs=findings.crs
    )
    pyogrio.write_dataframe(
        frame,
        path,
        layer="findings",
        driver="GPKG",
        append=True,
        geometry_type="MultiPolygon" if polygons else "Unknown",
        layer_options={"GEOMETRY_NAME": _GEOMETRY},
    )


def write_styles(columns: dict[str, list[str]], path: Path, stamp: datetime) -> None:
    """Add the table of styles as QGIS makes it."""
    styles = style_rows(columns, _GEOMETRY, "")
    styles["update_time"] = pd.Series([pd.Timestamp(stamp)] * len(styles))
    write_table(styles, path, "layer_styles", DATETIME_PRECISION="MILLISECOND")
