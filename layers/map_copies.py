# SPDX-License-Identifier: GPL-2.0-or-later
"""Copies for the map of what QGIS can't open at its path, or would show in the wrong place.

They lie in one GeoPackage, a layer a role, in the dossier's CRS; each bears a stamp of its source,
by which a source that changed, or is read otherwise, is seen.
"""

from __future__ import annotations

import contextlib
import tempfile
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any, Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from .crs import project_crs
from .dossier import Dossier
from .errors import InputError
from .formats.gdal_source import GDAL_ERRORS, layers_in, quiet, reason
from .formats.kinds import PARQUET
from .formats.scratch import stamp_of
from .opening import Opened, open_source
from .reading import read_features
from .schema import MENDS
from .sources import Source
from .words import say

_MARK = "PIANQU_SOURCE"
_TABLES = (".csv", ".tsv", *PARQUET)  # QGIS takes these for tables, or may lack the driver
_TAKEN = ("fid", "geom")  # columns a GeoPackage has of its own
_MULTI = ((("Polygon", "MultiPolygon"), "MultiPolygon"),
          (("LineString", "MultiLineString", "LinearRing"), "MultiLineString"),
          (("Point", "MultiPoint"), "MultiPoint"))  # fmt: skip


def needs_copy(opened: Opened) -> bool:
    """Tell whether QGIS, given a source's path, would not show what the engine reads there."""
    source = opened.source
    if source.axes or source.shift:
        return True
    if source.is_connection:
        return False
    read_at = getattr(opened.reader, "place", None)  # elsewhere: unpacked, in memory, relabelled
    return read_at != source.path or Path(source.path).suffix.lower() in _TABLES


def layer_of(role: str) -> str:
    """Name a role's layer in the file of copies."""
    return role.replace(":", "_")


def stamp(dossier: Dossier, source: Source) -> str:
    """Give what changes with a source's file and with how the dossier has it read."""
    file = () if source.is_connection else stamp_of(Path(source.path))
    ways = [getattr(source, key) for key in ("path", "layer", "filter", *MENDS)]
    return repr((1, *ways, dossier.crs, file))


def renamed(names: Any) -> dict[str, str]:
    """Map a source's field names to those in its copy, where no two differ by case alone."""
    out: dict[str, str] = {}
    used = set(_TAKEN)
    for name in map(str, names):
        called, number = name, 1
        while called.lower() in used:
            called, number = f"{name}_{number}", number + 1
        used.add(called.lower())
        out[name] = called
    return out


def copies(
    dossier: Dossier, sources: Mapping[str, Source], file: Path, missing: dict[str, str]
) -> dict[str, dict[str, str]]:
    """Have copies of sources in `file`, made anew where one has changed; give those there are.

    Each is the role's map from its source's field names to those of the copy. Why a role has none
    goes to `missing`. A file that another program holds open is left as it is.
    """
    wanted = {role: stamp(dossier, source) for role, source in sources.items()}
    if _stamps(file) != {layer_of(role): text for role, text in wanted.items()}:
        _renew(dossier, sources, wanted, file, missing)
    have = _stamps(file)
    for role in wanted:
        if layer_of(role) not in have:
            missing.setdefault(role, say("map.no_copy", source=sources[role].label))
    return {
        role: renamed(open_source(replace(source, fields={}), dossier.file).info["fields"])
        for role, source in sources.items()
        if role not in missing
    }


def _renew(
    dossier: Dossier, sources: Mapping[str, Source], wanted: Mapping[str, str], file: Path,
    missing: dict[str, str],
) -> None:  # fmt: skip
    """Write all copies under another name first: a half-written file never has theirs."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".pianqu-", dir=file.parent) as place:
        draft = Path(place) / file.name
        for role, source in sources.items():
            try:
                _write(dossier, role, source, draft, wanted[role])
            except InputError as error:
                missing[role] = str(error)
            except GDAL_ERRORS as error:
                words = {"source": source.label, "reason": reason(error)}
                missing[role] = say("layers.read_failed", **words)
        # Where another program reads the former one, what is in that will do.
        with contextlib.suppress(PermissionError):
            if draft.exists():
                draft.replace(file)


def _stamps(file: Path) -> dict[str, str]:
    """Read the stamps of the copies there are."""
    if not file.is_file():
        return {}
    try:
        names = layers_in(str(file), stamp_of(file), file.name)[:, 0]
        infos = {str(name): pyogrio.read_info(file, layer=str(name)) for name in names}
    except (InputError, *GDAL_ERRORS):
        return {}
    return {
        name: str((info.get("layer_metadata") or {}).get(_MARK, "")) for name, info in infos.items()
    }


def _write(dossier: Dossier, role: str, source: Source, file: Path, text: str) -> None:
    """Write what the engine reads of a source, with all its fields, where it truly lies."""
    crs = project_crs(dossier.crs, dossier.file)
    opened = open_source(replace(source, fields={}), dossier.file)
    read = read_features(opened.source, role, crs, dossier.file, dossier.base, opened=opened)
    shapes, kind = _plain(read.shapes)
    frame = gpd.GeoDataFrame(_columns(opened, read.fids), geometry=shapes, crs=crs)
    with warnings.catch_warnings(), quiet():
        warnings.simplefilter("ignore")
        pyogrio.write_dataframe(
            frame, file, layer=layer_of(role), driver="GPKG", geometry_type=kind,
            layer_metadata={_MARK: text}, GEOMETRY_NAME="geom",
        )  # fmt: skip


def _plain(shapes: np.ndarray) -> tuple[np.ndarray, str]:
    """Make shapes of one kind multiple ones, so that QGIS knows the layer's kind; name it."""
    finite = np.isfinite(shapely.bounds(shapes)).all(axis=1)
    out = np.array(shapes, dtype=object)
    out[~finite] = None
    found = {shape.geom_type for shape in out if shape is not None}
    kind = next((name for kinds, name in _MULTI if found and found <= set(kinds)), "Unknown")
    if kind == "Unknown":
        return out, kind
    many = {"MultiPolygon": shapely.MultiPolygon, "MultiLineString": shapely.MultiLineString,
            "MultiPoint": shapely.MultiPoint}[kind]  # fmt: skip
    for row, shape in enumerate(out):
        if shape is not None:
            out[row] = many(list(shapely.get_parts(shape)))
    return out, kind


def _columns(opened: Opened, fids: np.ndarray) -> pd.DataFrame:
    """Read all fields of the features read, in their order, under names a GeoPackage can hold."""
    meta, have, _, data = opened.read(None, opened.source.filter, spatial=False)
    order = np.argsort(have, kind="stable")
    rows = order[np.searchsorted(have, fids, sorter=order)]
    names = renamed(opened.info["fields"])
    return pd.DataFrame({
        names[str(name)]: _writable(np.asarray(column)[rows])
        for name, column in zip(meta["fields"], data)
        if str(name) in names
    }, index=range(len(fids)))  # fmt: skip


def _writable(values: np.ndarray) -> np.ndarray:
    """Turn what is neither text nor a number into text."""
    if values.dtype != object:
        return values
    out = np.empty(len(values), dtype=object)
    out[:] = [value if value is None or isinstance(value, str) else str(value) for value in values]
    return out
