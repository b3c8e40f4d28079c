# SPDX-License-Identifier: GPL-2.0-or-later
"""Damaged files: whatever bytes are turned over, a reading ends in a layer or in one clear line.

`PIANQU_FLIPS` sets how many readings a container gets; 2000 is the whole proof.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from flipping import flipped, run
from pianqu.layers.formats.writing import write_layer
from shapely.geometry import box

FLIPS = int(os.environ.get("PIANQU_FLIPS", "24"))
FIXTURES = Path(__file__).resolve().parent.parent / "data" / "formats"
CONTAINERS = {  # what is written -> the parts of it that are spoilt
    "a.gpkg": ["a.gpkg"], "a.shp": ["a.shp", "a.dbf", "a.shx", "a.prj"], "a.gdb": ["gdb"],
    "a.geojson": ["a.geojson"], "a.kml": ["a.kml"], "a.kmz": ["a.kmz"], "a.dxf": ["a.dxf"],
    "a.tab": ["a.tab", "a.dat", "a.map"], "a.mif": ["a.mif", "a.mid"], "a.fgb": ["a.fgb"],
    "a.parquet": ["a.parquet"], "a.csv": ["a.csv"], "a.txt": ["a.txt"], "a.zip": ["a.zip"],
    "a.vct": ["a.vct"], "a.xlsx": ["a.xlsx"],
}  # fmt: skip


def frame():
    rng = np.random.default_rng(7)
    spots = rng.uniform(0, 5000, (30, 2)) + [480_000, 3_450_000]
    shapes = [box(x, y, x + 60, y + 40) for x, y in spots]
    shapes[0] = shapes[0].difference(box(*(shapes[0].centroid.buffer(10).bounds)))
    columns = {"DLBM": ["0101", "0703", "05H1"] * 10, "DLMC": ["水田", "村庄", "园地"] * 10}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4544")


def make(folder, name):
    """Write a container; give the options it is read with and the parts that are spoilt."""
    path, options = folder / name, {"fields": {"code": "DLBM"}}
    if name == "a.vct":
        from test_formats_exchange import vct

        path.write_bytes(vct().encode("gb2312"))
        return {"layer": "DLTB", **options}, [name]
    if name == "a.txt":
        shutil.copy(FIXTURES / "standard_gbk_crlf.txt", path)
        return options, [name]
    if name == "a.xlsx":
        frame().drop(columns="geometry").to_excel(path, index=False)
        return {}, [name]
    if name == "a.zip":
        inside = folder / "inside"
        inside.mkdir()
        write_layer(frame(), inside / "a.shp", encoding="GBK")
        shutil.make_archive(str(folder / "a"), "zip", inside)
        shutil.rmtree(inside)
        return options, [name]
    made = frame().assign(Layer="水田") if name == "a.dxf" else frame()
    write_layer(made, path)
    if name in ("a.dxf",):
        options = {"fields": {"code": "Layer"}}
    parts = CONTAINERS[name]
    if name == "a.gdb":
        files = sorted(path.glob("*.gdbtable"), key=lambda one: -one.stat().st_size)[:6]
        parts = [f"a.gdb/{one.name}" for one in [*files, *path.glob("a00000009.*")]]
        parts = list(dict.fromkeys(parts))
    if name in ("a.csv", "a.mif", "a.tab"):  # without a tag, or one that needs a slow way over
        options["crs"] = "EPSG:4544"
    return options, parts


@pytest.mark.parametrize("name", sorted(CONTAINERS))
def test_a_damaged_container_never_breaks_or_hangs_a_reading(tmp_path, monkeypatch, name):
    monkeypatch.syspath_prepend(str(Path(__file__).resolve().parent))
    options, parts = make(tmp_path, name)
    share = -(-FLIPS // len(parts))
    total = {}
    for part in parts:
        tally, bad = run(tmp_path, name, part, share, options)
        assert bad == [], part
        for word, count in tally.items():
            total[word] = total.get(word, 0) + count
    print(f"{name}: {total}")
    assert sum(total.values()) == share * len(parts)
    assert total.get("read", 0) > 0  # else nothing was proved: the sound file is not read either


def test_flips_differ_and_repeat():
    raw = bytes(1000)
    assert flipped(raw, 1) == flipped(raw, 1) != flipped(raw, 2)
    assert len(flipped(raw, 3)) == 1000 and flipped(raw, 3) != raw
