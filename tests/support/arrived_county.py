# SPDX-License-Identifier: GPL-2.0-or-later
"""The sample county as it might arrive: its layers one by one in other formats, tags spoilt."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import sample_county
import shapely
from pianqu.checks.run import compute
from pianqu.layers.formats.writing import write_layer

ROLES = ("units", "landuse", "plan", "farmland", "redline", "boundary", "reserve")
NAMES = {
    "units": "CJDCQ", "landuse": "JQDLTB", "plan": "GHDLTB", "farmland": "YJJBNTTB",
    "redline": "STBHHX", "boundary": "CZKFBJ", "reserve": "YLYD",
}  # fmt: skip
_HERE = {**NAMES, "units": "units"}
# What reading boundary points gives back: the file has no room for more.
_TEXT = {"BSM": "DKBH", "GHDLBM": "DLBM", "MC": "DKMC"}


def layers():
    """Give the sample county's layers by role, 300 parcels."""
    county = sample_county.written(300, 3)
    return {role: county.layer(name) for role, name in _HERE.items()}


def quotas(folder):
    shutil.copyfile(sample_county.written(300, 3).folder / "quotas.xlsx", folder / "quotas.xlsx")


def put(frame, folder, role, suffix, **more):
    """Write a role's layer under its name in a format; give the file."""
    path = folder / f"{NAMES[role]}{suffix}"
    if suffix == ".zip":
        return packed(frame, path, **more)
    if suffix == ".vct":
        path.write_bytes(vct({NAMES[role]: frame}).encode("gb2312"))
    elif suffix == ".dxf":
        parts = frame.explode(index_parts=False)
        write_layer(parts.assign(Layer=NAMES[role]), path)
    elif suffix == ".txt":
        write_layer(frame.rename(columns=_TEXT), path)
    elif suffix == ".geoparquet":
        frame.to_parquet(path, index=False)
    else:
        write_layer(frame, path, layer="" if suffix == ".csv" else NAMES[role], **more)
    return path


def packed(frame, path, name="", encoding="GBK"):
    """Zip a Shapefile in GBK without .cpg, its names in GBK too, as Windows packs them."""
    stem = name or path.stem
    folder = path.with_suffix(".parts")
    folder.mkdir()
    write_layer(frame, folder / "a.shp", encoding=encoding)
    with zipfile.ZipFile(path, "w") as archive:
        for part in sorted(folder.iterdir()):
            if part.suffix != ".cpg":
                entry = f"{stem}{part.suffix}".encode("gbk").decode("cp437")
                archive.writestr(_raw(entry), part.read_bytes())
    shutil.rmtree(folder)
    return path


class _raw(zipfile.ZipInfo):  # noqa: N801 (a name as it is, without the mark for UTF-8)
    def _encodeFilenameFlags(self):
        return self.filename.encode("cp437"), self.flag_bits


def retag(frame, crs):
    """Give the same numbers another tag."""
    return frame.set_crs(crs, allow_override=True)


def turned(frame):
    """Give the coordinates with the northing first."""
    return frame.set_geometry(
        gpd.GeoSeries(
            shapely.transform(frame.geometry.to_numpy(), lambda p: p[:, ::-1]), crs=frame.crs
        )
    )


def vct(tables):
    """Write layers as VCT 3.0: each polygon by its own points, its rings one after the other."""
    head = [
        "HeadBegin", "DataMark:LANDUSE-VCT", "Version:3.0", "CoordinateSystemType:P", "Dim:2",
        "XYUnit:M", "Spheroid:CGCS2000,6378137.0,298.257222101", "Projection:高斯-克吕格投影",
        "Parameters:105,1,35500000,0,3,35", "Separator:|", "HeadEnd", "",
    ]  # fmt: skip
    kinds, structure, polygons, rows = [], [], [], []
    number = 0
    for code, (name, frame) in enumerate(tables.items(), start=2001010100):
        columns = [one for one in frame.columns if one != "geometry"]
        kinds.append(f"{code}|{name}|Polygon|{name}")
        structure += [f"{name}|{len(columns)}"]
        structure += [
            f"{one}|Float|18|6" if frame[one].dtype.kind == "f" else f"{one}|Char|100"
            for one in columns
        ]
        structure.append("0")
        rows.append(name)
        for _, row in frame.iterrows():
            number += 1
            rings = [ring for part in shapely.get_parts(row.geometry)
                     for ring in (part.exterior, *part.interiors)]  # fmt: skip
            polygons += [str(number), str(code), "unknown", "100", "35500000|3400000", "11",
                         str(len(rings))]  # fmt: skip
            for ring in rings:
                points = shapely.get_coordinates(ring)
                polygons.append(str(len(points)))
                polygons += [f"{x + 35_000_000:.6f}|{y:.6f}" for x, y in points]
            polygons.append("0")
            cells = ["" if _empty(row[one]) else str(row[one]) for one in columns]
            rows.append("|".join([str(number), *cells]))
        rows.append("TableEnd")
    sections = [("FeatureCode", kinds), ("TableStructure", structure), ("Point", []), ("Line", []),
                ("Polygon", polygons), ("Annotation", []), ("Attribute", rows)]  # fmt: skip
    body = [line for name, lines in sections for line in (f"{name}Begin", *lines, f"{name}End", "")]
    return "\r\n".join([*head, *body]) + "\r\n"


def _empty(value):
    return value is None or (isinstance(value, float) and np.isnan(value))


def indicators(dossier, out):
    """Run a dossier's quotas and control lines; give base, plan and quota by unit and id."""
    results = compute(str(dossier), ("quotas", "controllines"), (), Path(out), lambda *_: None)
    return {
        (row.unit, row.indicator): (row.base_ha, row.plan_ha, row.quota_ha, row.outcome)
        for row in results.indicators.itertuples()
    }
