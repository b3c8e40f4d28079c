# SPDX-License-Identifier: GPL-2.0-or-later
"""Counties with projects for the search for sites, and the same as plain data for the oracle."""

from __future__ import annotations

import checks_county as made
import numpy as np
import pandas as pd
import shapely
from pianqu.checks.sectors.sites import SiteFinder
from pianqu.layers.model import Layer
from pianqu.layers.sector_model import PLOT_COLUMNS, PROJECT_COLUMNS, SECTOR_COLUMNS, Plans
from shapes import mosaic, stars

box = made.box
USES = ("0804", "080403", "0701", "1207", "0101", "05")
OUTSIDE = {"0804": True, "080403": True, "0701": False, "1207": True, "0101": True, "05": True}


def plans(projects, missing=None, sectors=("education", "transport")):
    """Make plans of (shape or None, use, further columns) tuples, all in the first plan."""
    rows = []
    for number, (shape, use, *more) in enumerate(projects):
        row = dict.fromkeys(PROJECT_COLUMNS, "")
        row.update(
            sector=0, project=f"P{number}", label=f"P{number}", use=use, start=np.nan, end=np.nan,
            list_start=np.nan, list_end=np.nan, listed_m2=np.nan, in_list=True,
            in_layout=shape is not None, whole=True, kind="" if shape is None else "polygon",
        )  # fmt: skip
        row.update(*more)
        rows.append(row)
    ground = np.empty(len(rows), dtype=object)
    ground[:] = [shape for shape, *_ in projects]
    names = pd.DataFrame([(one, f"{one} plan", "", "", "", "", 1) for one in sectors],
                         columns=list(SECTOR_COLUMNS))  # fmt: skip
    return Plans(
        names, pd.DataFrame(rows, columns=list(PROJECT_COLUMNS)), ground,
        pd.DataFrame(columns=list(PLOT_COLUMNS)), np.empty(0, dtype=object), dict(missing or {}),
    )  # fmt: skip


def reserve(features):
    """Make the layer of reserved land of (shape, allowed) tuples."""
    shapes = np.empty(len(features), dtype=object)
    shapes[:] = [shape for shape, _ in features]
    data = pd.DataFrame({"id": [f"r{i}" for i in range(len(features))],
                         "allowed": [allowed for _, allowed in features]})  # fmt: skip
    return Layer("reserve", "reserve.gpkg", shapes, data)


def county(units, towns, **layers):
    """Make a county of unit shapes and the town of each; layers as `checks_county` takes them."""
    villages = [(f"v{i:02}", town, "c0") for i, town in enumerate(towns)]
    if "reserve" in layers:
        layers["reserve"] = reserve(layers["reserve"])
    return made.county(list(units), villages, **layers)


def finder(a_county, some_plans, measure=shapely.area):
    return SiteFinder(a_county, some_plans, measure)


def plain(units, towns, some_plans, use, open_outside, **layers):
    """Give the same county as the oracle's plain data.

    `open_outside` tells whether the use is allowed outside the urban boundary.
    """
    case = {"towns": {}, "plan": layers.get("plan", ()), "reserve": layers.get("reserve", ())}
    for shape, town in zip(units, towns):
        case["towns"].setdefault(town, []).append(shape)
    zones = [*layers.get("farmland", ()), *layers.get("redline", ())]
    case["barred"] = [shape for shape, _ in zones]
    limited = "boundary" in layers and not open_outside
    case["open"] = [shape for shape, _ in layers["boundary"]] if limited else None
    case["grounds"] = [shape for shape in some_plans.ground if shape is not None]
    return case


def random_layers(rng, size=1000.0):
    """Make units, their towns and layers: any may be missing, plan and reserve overlap."""
    units = list(mosaic(int(rng.integers(1e6)), 7, size))
    towns = [f"t{number}" for number in rng.integers(0, 4, len(units))]
    seed = iter(rng.integers(1e6, size=6).tolist())
    shapes = {"plan": mosaic(next(seed), 40, size)}
    for role, count in (("reserve", 4), ("farmland", 5), ("redline", 2), ("boundary", 3)):
        shapes[role] = stars(next(seed), count)
    codes = rng.choice(["08", "0804", "080403", "0701", "07", "1207", "0101"], 40)
    layers = {role: [(shape, {}) for shape in found] for role, found in shapes.items()}
    layers["plan"] = list(zip(shapes["plan"], codes.tolist()))
    if rng.random() < 0.3:  # a layer that overlaps itself
        layers["plan"] += list(zip(stars(int(rng.integers(1e6)), 6), codes.tolist()))
    allowed = rng.choice(["08", "0804,07", "1207,08", "16"], len(shapes["reserve"]))
    layers["reserve"] = list(zip(shapes["reserve"], allowed.tolist()))
    for role in shapes:
        if rng.random() < 0.15:
            del layers[role]
    return units, towns, layers


def random_projects(rng, count=8, size=1000.0):
    """Make projects here and there, some beyond the county, one without ground."""
    grounds = stars(int(rng.integers(1e6)), count, size * 0.4)
    moved = [shapely.affinity.translate(shape, *(rng.random(2) * size * 0.9)) for shape in grounds]
    uses = rng.choice(USES, len(moved) + 1)
    return [*zip(moved, uses.tolist()), (None, str(uses[-1]))]
