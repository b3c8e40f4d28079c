# SPDX-License-Identifier: GPL-2.0-or-later
"""Sites for a project the slow way: whole unions a town, nothing kept, nothing left out.

Plain shapely and dictionaries; of the package it uses nothing. A case is plain data:
`towns` {code: [shapes]}, `plan` [(shape, code)], `reserve` [(shape, allowed)], `barred` [shapes]
(control lines that no site may touch), `open` None or [shapes] (where alone sites may be),
`grounds` [shapes of all projects].
"""

from __future__ import annotations

import math

import numpy as np
import shapely

SHARE = 0.25


def sites(case, use, wanted, ground, count=3, area=shapely.area, shake=None):
    """Give [(town, area, distance, shape)], best first."""
    found = []
    for town, shapes in case["towns"].items():
        for shape in of_town(case, shapely.union_all(shapes), use, wanted, area, shake):
            away = math.nan if ground is None else shapely.distance(ground, shape)
            found.append((town, float(area(shape)), float(away), shape))
    home = home_of(case, ground)
    return sorted(found, key=lambda site: rank(site, home))[:count]


def steady(case, use, wanted, ground, area=shapely.area):
    """Give the same list, or None where it hangs on the last digit of a coordinate.

    GEOS simplifies what it buffers: where a corner is just about to be cut, an error of 1e-11 m in
    the land decides. Such a case is no judge of anything.
    """
    try:
        first = sites(case, use, wanted, ground, area=area)
        for seed in (1, 2, 3):
            again = sites(case, use, wanted, ground, area=area, shake=seed)
            if len(again) != len(first) or any(
                one[3].symmetric_difference(other[3]).area > 1e-3
                for one, other in zip(first, again)
            ):
                return None
    except shapely.GEOSException:
        return None
    return first


def home_of(case, ground):
    """Name the town that holds most of a shape, None where none does."""
    if ground is None:
        return None
    held = {town: shapely.union_all(shapes).intersection(ground).area
            for town, shapes in sorted(case["towns"].items())}  # fmt: skip
    best = max(held, key=held.get)
    return best if held[best] > 0 else None


def rank(site, home):
    town, area, away, shape = site
    corner = tuple(round(value, 3) for value in shape.bounds)
    if math.isnan(away):
        return (0, round(area, 2), 0, *corner)
    return (town != home, round(away, 3), -round(area, 2), *corner)


def of_town(case, town, use, wanted, area=shapely.area, shake=None):
    """Give every site of one town."""
    land = free_land(case, town, use)
    if shake is not None:
        land = shapely.transform(land, lambda xy: xy + 1e-11 * np.sin(xy * 7.3 + shake))
    width = SHARE * math.sqrt(wanted)
    out = []
    corners = {"join_style": "mitre", "mitre_limit": 2.0}
    for part in map(shapely.normalize, pieces(land)):  # GEOS's buffer hangs on the first vertex
        for core in pieces(part.buffer(-width / 2, **corners)):
            back = core.buffer(width / 2 * 1.03, **corners)
            inner = core.representative_point()
            out += [one for one in pieces(back.intersection(part)) if one.intersects(inner)]
    return [site for site in out if float(area(site)) >= wanted]


def free_land(case, town, use):
    """Give the land of a town where a use is allowed and nothing bars it."""
    planned = [shape for shape, code in case["plan"] if same(code, use)]
    kept = [shape for shape, allowed in case["reserve"]
            if any(use.startswith(one) for one in allowed.split(","))]  # fmt: skip
    land = shapely.union_all(planned + kept).intersection(town)
    if case["open"] is not None:
        land = land.intersection(shapely.union_all(case["open"]))
    kept_out = [shape for shape, allowed in case["reserve"]
                if not any(use.startswith(one) for one in allowed.split(","))]  # fmt: skip
    hostile = shapely.union_all([shape for shape, code in case["plan"] if exclude(code, use)])
    hostile = hostile.difference(shapely.union_all(kept))
    land = land.difference(shapely.union_all([*case["barred"], *case["grounds"], *kept_out]))
    # A plan that does not lie on itself leaves nothing to take away but the crumbs of arithmetic.
    return shapely.MultiPolygon([
        one for part in pieces(land)
        for one in pieces(part if part.buffer(-0.1).disjoint(hostile) else part.difference(hostile))
    ])  # fmt: skip


def same(code, use):
    return bool(code) and (code.startswith(use) or use.startswith(code))


def exclude(code, use):
    """Tell whether two uses exclude each other: of different classes, not both of the country."""
    rural = ("01", "02", "03", "04", "05", "06", "17", "23")
    return bool(code) and code[:2] != use[:2] and "16" not in (code[:2], use[:2]) and not (
        code.startswith(rural) and use.startswith(rural)
    )  # fmt: skip


def pieces(shape):
    """List the polygons of any shape."""
    if shape.geom_type == "Polygon":
        return [] if shape.area <= 1e-6 else [shape]
    return [one for part in getattr(shape, "geoms", []) for one in pieces(part)]


def agree(found, expected):
    """Assert that a table of sites is the oracle's list."""
    assert len(found) == len(expected)
    for row, (town, area, away, shape) in zip(found.itertuples(), expected):
        assert row.town == town
        assert abs(row.area_m2 - area) <= 0.01
        assert math.isnan(row.distance_m) == math.isnan(away)
        assert math.isnan(away) or abs(row.distance_m - away) <= 1e-3
        assert np.isclose(row.geometry.symmetric_difference(shape).area, 0, atol=0.01)
