# SPDX-License-Identifier: GPL-2.0-or-later
"""The bench's land: a made county and two kinds of basic farmland over it."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import yaml
from pianqu.sample import make_county
from pianqu.sample.bench_layers import bench_farmland

KINDS = ("single", "blocks")
_SEED = 7
_READY = "ready"


def county(parcels: int, folder: Path) -> Path:
    """Make (once) a county of that many parcels with the bench's farmland; gives its folder."""
    place = folder / f"county-{parcels}"
    if (place / _READY).is_file():
        return place
    make_county(parcels, _SEED, False, place)
    made = bench_farmland(parcels, _SEED)
    for name, shapes in (
        ("landuse", made.parcels),
        ("single", made.singles),
        ("blocks", made.blocks),
    ):
        ids = [f"{number:08d}" for number in range(len(shapes))]
        frame = gpd.GeoDataFrame({"BSM": ids}, geometry=shapes, crs=made.crs)
        frame.to_file(place / f"{name}.gpkg", layer=name, engine="pyogrio")
    for kind in KINDS:
        _dossier(place, kind)
    (place / _READY).write_text("", encoding="utf-8")
    return place


def _dossier(place: Path, kind: str) -> None:
    """Write the county's dossier with this farmland in place of its own."""
    content = yaml.safe_load((place / "dossier.yaml").read_text(encoding="utf-8"))
    content["layers"]["farmland"] = {
        "path": f"{kind}.gpkg", "layer": kind, "fields": {"id": "BSM"},
    }  # fmt: skip
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    (place / f"dossier_{kind}.yaml").write_text(text, encoding="utf-8")
