# SPDX-License-Identifier: GPL-2.0-or-later
"""Other sites for a project: free land where its use is allowed, large enough and near.

Land of a town counts where the plan has the project's use on it (or a part of it, or what it is a
part of) or where it is reserved for uses that the project's is one of; where no control line bars
it and no project of any plan lies on it, the project's own ground included: a site is other land.
Parts narrower than the standard's share of the side of a square of the wanted area are taken away
(`sites_shape.opened`); each polygon that is left and holds the area is a site. Those in the
project's own town come first, then the nearest, the larger, the western, the southern one. A
project that is not laid out has no town and no distance: the site that fits it closest comes first.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterable, Iterator, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ...layers.county import load_county
from ...layers.dossier import read_dossier
from ...layers.errors import InputError
from ...layers.findings import as_multi
from ...layers.progress import Progress, silent
from ...layers.schema import listed, nearest_first
from ...layers.standard import load_standard
from ...layers.words import say
from ..fabric import Measure, measure_of
from .sites_land import ALWAYS, Lands, Stretch, Use
from .sites_shape import opened

if TYPE_CHECKING:
    from ...layers.model import County
    from ...layers.sector_model import Plans

COUNT = 3
FOUND = (
    "rank", "kind", "code", "area_m2", "distance_m", "town", "town_name", "same_town", "geometry",
)  # fmt: skip
COLUMNS = ("sector", "project", *FOUND)
_SLACK = 1.05  # what is known to be too small by more than this is not looked at again
_MM, _CM2 = 3, 2  # what is equal to a millimetre, a square centimetre, is equal


class _Site(NamedTuple):
    town: int
    distance: float  # NaN where the project has no ground
    area_m2: float
    shape: shapely.Geometry


class SiteFinder:
    """Finds sites for the projects of a county's plans; what it has learnt of the land it keeps."""

    def __init__(self, county: County, plans: Plans, measure: Measure) -> None:
        self._county = county
        self._plans = plans
        self._measure = measure
        self._lands = Lands(county, plans, measure)
        self._share = float(county.standard.tolerance("site_width_share"))
        self.caveat = _caveat(county, plans)

    def demand(self, project: int) -> float:
        """Give the area in m2 that a project asks for: the listed, else the laid-out; NaN none."""
        listed_m2 = float(self._plans.projects["listed_m2"].iloc[project])
        if listed_m2 > 0:
            return listed_m2
        ground = self._plans.ground[project : project + 1]
        return float(self._measure(ground)[0]) or math.nan

    def reason(self, project: int, area_m2: float | None = None) -> str:
        """Say why no site can be looked for, "" where one can."""
        row = self._plans.projects.iloc[project]
        wanted = self.demand(project) if area_m2 is None else area_m2
        if row["kind"] == "line":
            return say("sites.line")
        if not self._lands.any:
            return say("sites.no_layers", why=_missing(self._county, ("plan", "reserve")))
        if not row["use"]:
            return say("sites.no_use")
        return "" if wanted > 0 else say("sites.no_area")

    def find(self, project: int, count: int = COUNT, area_m2: float | None = None) -> pd.DataFrame:
        """Find the best `count` sites for a project (a row of the plans' projects).

        `area_m2` is the area wanted, by default the project's demand. The table has the columns
        FOUND, best first; `distance_m` is NaN where the project has no ground, `same_town` 1 or 0.
        Its `attrs` say in `reason` why it is empty and in `caveat` what could not be looked at.
        """
        why = self.reason(project, area_m2)
        sites: list[_Site] = []
        if not why:
            wanted = self.demand(project) if area_m2 is None else area_m2
            use = self._lands.use(str(self._plans.projects["use"].iloc[project]))
            ground = self._plans.ground[project]
            home = -1 if ground is None else self._lands.towns.of(ground)
            sites = _Search(self._lands, self._measure, use, wanted, self._share).run(
                ground, home, count
            )
            out = self._table(sites, use, home)
            if not sites:
                why = say("sites.none", area=f"{wanted / 10_000:.2f}")
        else:
            out = pd.DataFrame({name: pd.Series(dtype=object) for name in FOUND})
        out.attrs.update(reason=why, caveat=self.caveat)
        return out

    def table(self, projects: Iterable[int], count: int = COUNT) -> gpd.GeoDataFrame:
        """Find sites for many projects: the layer `sites`, columns COLUMNS, best first each."""
        rows = [int(row) for row in projects]
        ids = self._plans.ids(np.array(rows, dtype=int))
        codes = self._plans.projects["project"].to_numpy(dtype=object)
        found = [
            self.find(row, count).assign(sector=plan, project=codes[row])
            for row, plan in zip(rows, ids)
        ]
        return _layer(found, self._county.dossier.crs)

    def _table(self, sites: list[_Site], use: Use, home: int) -> pd.DataFrame:
        towns = self._lands.towns
        under = [self._lands.under(site.shape, use) for site in sites]
        place = [site.town for site in sites]
        out = pd.DataFrame(
            {
                "rank": np.arange(1, len(sites) + 1),
                "kind": [kind for kind, _ in under],
                "code": [code for _, code in under],
                "area_m2": [site.area_m2 for site in sites],
                "distance_m": [site.distance for site in sites],
                "town": towns.level.codes[place] if towns.named else "",
                "town_name": towns.level.names[place] if towns.named else "",
                "same_town": [int(towns.named and town == home) for town in place],
            }
        )
        out["geometry"] = np.array([site.shape for site in sites], dtype=object)
        return out


class _Search:
    """One search: for land of a use that holds an area, `share` of its side wide everywhere."""

    def __init__(
        self, lands: Lands, measure: Measure, use: Use, wanted: float, share: float
    ) -> None:
        self._lands = lands
        self._measure = measure
        self._use = use
        self._wanted = wanted
        self._width = share * math.sqrt(wanted)

    def run(self, ground: shapely.Geometry | None, home: int, count: int) -> list[_Site]:
        """Give the best sites, best first; `home` is the row of the project's town, -1 none."""
        if ground is None:
            every = [self._town(town, None, 0) for town in range(len(self._lands.towns))]
            return sorted((site for part in every for site in part), key=_fit)[:count]
        best = self._town(home, ground, count) if home >= 0 else []
        if len(best) < count:
            best += self._abroad(ground, home, count - len(best))
        return best

    def _abroad(self, ground: shapely.Geometry, home: int, count: int) -> list[_Site]:
        """Look in other towns, nearest first, until the next can give nothing nearer."""
        away = shapely.distance(ground, self._lands.towns.shapes)
        best: list[_Site] = []
        for town in np.argsort(away, kind="stable"):  # towns without ground come last, as NaN
            if np.isnan(away[town]) or _settled(best, count, away[town]):
                break
            if town != home:
                best = sorted([*best, *self._town(int(town), ground, count)], key=_near)[:count]
        return best

    def _town(self, town: int, ground: shapely.Geometry | None, count: int) -> list[_Site]:
        """Give a town's best sites; all of them where there is no ground to be near to."""
        land = self._lands.get(town, self._use)
        best: list[_Site] = []
        with land.lock:
            rows = np.flatnonzero(land.most_m2 >= self._wanted)
            for row in self._nearest(ground, land.raw[rows], best, count):
                stretch = land.stretch(int(rows[row]))
                fit = np.flatnonzero(stretch.most_m2 >= self._wanted)
                for part in self._nearest(ground, stretch.parts[fit], best, count):
                    best += self._sites(land, stretch, int(fit[part]), town, ground)
                    if ground is not None:
                        best[:] = sorted(best, key=_near)[:count]
        return best

    def _nearest(
        self, ground: shapely.Geometry | None, shapes: np.ndarray, best: list[_Site], count: int
    ) -> Iterator[int]:
        """List shapes by distance as long as one may hold a site better than the best."""
        if ground is None:
            yield from range(len(shapes))
            return
        away = shapely.distance(ground, shapes)
        for row in np.argsort(away, kind="stable").tolist():
            if _settled(best, count, away[row]):
                return
            yield row

    def _sites(
        self, land: Land, stretch: Stretch, row: int, town: int, ground: shapely.Geometry | None
    ) -> list[_Site]:
        """Give the sites in one polygon of free land, and note how large they can get there.

        A site for a larger area is wider too, so it lies within a site for a smaller one.
        """
        shapes = opened(stretch.parts[row], self._width, self._wanted / land.scale)
        area = self._measure(shapes)
        most = _SLACK * max(area.max(initial=0.0), self._wanted / _SLACK**2)
        stretch.most_m2[row] = min(stretch.most_m2[row], most)
        shapes, area = shapes[area >= self._wanted], area[area >= self._wanted]
        away = np.full(len(shapes), np.nan)
        if ground is not None:
            away = shapely.distance(ground, shapes)
        return [_Site(town, float(d), float(a), s) for d, a, s in zip(away, area, shapes)]


def _settled(best: list[_Site], count: int, away: float) -> bool:
    """Tell that nothing so far away can be among the best any more."""
    return len(best) >= count and away > best[-1].distance + 2 * 10.0**-_MM


def _near(site: _Site) -> tuple[Any, ...]:
    """Order sites: the nearest, then the largest, then from the west and the south."""
    corner = [round(value, _MM) for value in site.shape.bounds]
    return round(site.distance, _MM), -round(site.area_m2, _CM2), *corner


def _fit(site: _Site) -> tuple[Any, ...]:
    """Order sites of a project without ground: the smallest, then from the west and the south."""
    return round(site.area_m2, _CM2), *(round(value, _MM) for value in site.shape.bounds)


def _layer(found: list[pd.DataFrame], crs: Any) -> gpd.GeoDataFrame:
    """Put tables of sites under each other as a layer of MultiPolygons."""
    filled = [table for table in found if len(table)]
    table = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=COLUMNS)
    kinds = {"rank": int, "same_town": int, "area_m2": float, "distance_m": float}
    frame = table[list(COLUMNS[:-1])].astype(object).astype(kinds)
    shapes = np.empty(len(table), dtype=object)
    shapes[:] = list(table["geometry"])
    return gpd.GeoDataFrame(frame, geometry=as_multi(shapes), crs=crs)


def _missing(county: County, roles: Iterable[str]) -> str:
    reasons = [county.missing[role] for role in roles if role in county.missing]
    return listed(reasons)


def _caveat(county: County, plans: Plans) -> str:
    """Say what a site may lie on because it could not be looked at; "" where all could."""
    roles = [zone.role for zone in county.standard.zones() if zone.role]
    unseen = []
    for role in dict.fromkeys([*ALWAYS, *roles]):
        layer = county.layers.get(role)
        if layer is None or layer.unread or any(shape is None for shape in layer.geometry):
            unseen.append(say(f"layers.role_{role}"))
    names = dict(zip(plans.sectors["sector"], plans.sectors["name"]))
    unseen += [str(names.get(plan) or plan) for plan in plans.missing]
    return say("sites.caveat", what=listed(unseen)) if unseen else ""


def suggest(
    dossier_path: str | Path,
    plan: str,
    project: str,
    area_ha: float | None = None,
    count: int = COUNT,
    progress: Progress = silent,
) -> gpd.GeoDataFrame:
    """Read a dossier and find sites for one project: the layer `sites`, reasons in its `attrs`.

    `plan` is a plan's id or name, `project` the code of a project or the label of one without;
    `area_ha` is the area wanted, None or 0 the project's own. InputError names the nearest known.
    """
    dossier = read_dossier(dossier_path)
    standard = load_standard(dossier.standard, dossier.base)
    county = load_county(dossier, standard, progress=progress)
    plans = county.plans
    if plans is None or not len(plans.sectors):
        raise InputError("sites.no_plans", file=dossier.file)
    row = project_row(plans, plan, project)
    progress("sites", 0.0, project)
    finder = SiteFinder(county, plans, measure_of(county))
    found = finder.find(row, count, area_ha * 10_000 if area_ha else None)
    code = plans.projects["project"].iloc[row]
    out = _layer([found.assign(sector=plans.ids(np.array([row]))[0], project=code)], dossier.crs)
    out.attrs.update(found.attrs)
    progress("sites", 1.0, project)
    return out


def project_row(plans: Plans, plan: str, project: str) -> int:
    """Find the row of a project; InputError names the nearest known plan or project."""
    sectors, projects = plans.sectors, plans.projects
    hit = np.flatnonzero((sectors["sector"] == plan) | (sectors["name"] == plan))
    if not len(hit):
        near = nearest_first(plan, sectors["sector"])
        raise InputError("sites.no_plan", plan=plan, known=listed(near))
    own = projects[projects["sector"] == hit[0]]
    names = own["project"].where(own["project"] != "", own["label"])
    found = own.index[names == project]
    if not len(found):
        near = nearest_first(project, names)
        raise InputError("sites.no_project", plan=plan, project=project, known=listed(near))
    return int(projects.index.get_loc(found[0]))
