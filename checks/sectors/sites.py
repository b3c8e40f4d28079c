# SPDX-License-Identifier: GPL-2.0-or-later
"""Other sites for a project: free land where its use is allowed, large enough and near.

Land of a town counts where the plan has the project's use on it (or a part of it, or what it is a
part of) or where it is reserved for uses that the project's is one of; where no control line and no
reserve for others bars it, the plan keeps it for nothing that excludes the use, no facility of the
project's type is within its radius and no project of any plan lies on it, the project's own ground
included: a site is other land. So a project raises no conflict where it is suggested.
Parts narrower than the standard's share of the side of a square of the wanted area are taken away
(`sites_shape.opened`); each polygon that is left and holds the area is a site. Those in the
project's own town come first, then the nearest, the larger, the western, the southern one. A
project that is not laid out has no town and no distance: the site that fits it closest comes first.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterable, Sequence

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
from .. import parallel
from ..fabric import Measure, measure_of
from .sites_land import Lands, Use
from .sites_parcels import ALWAYS
from .sites_search import Kin, Search

if TYPE_CHECKING:
    from ...layers.model import County
    from ...layers.sector_model import Plans

COUNT = 3
FOUND = (
    "rank", "kind", "code", "area_m2", "distance_m", "town", "town_name", "same_town", "geometry",
)  # fmt: skip
COLUMNS = ("sector", "project", *FOUND)


class SiteFinder:
    """Finds sites for the projects of a county's plans; what it has learnt of the land it keeps."""

    def __init__(
        self, county: County, plans: Plans, measure: Measure, codes: np.ndarray | None = None
    ) -> None:
        self._county = county
        self._plans = plans
        self._measure = measure
        self._lands = Lands(county, plans, measure)
        self._use = plans.projects["use"].astype(str).tolist()
        own = plans.projects["project"].to_numpy(dtype=object) if codes is None else codes
        self._codes = own.astype(str).tolist()
        self._known = set(_known_uses(county, self._use))
        self._kin = _Kin(county, plans)
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
        if row["use"] not in self._known:
            return say("sites.no_use")
        return "" if wanted > 0 else say("sites.no_area")

    def find(self, project: int, count: int = COUNT, area_m2: float | None = None) -> pd.DataFrame:
        """Find the best `count` sites for a project (a row of the plans' projects).

        `area_m2` is the area wanted, by default the project's demand. The table has the columns
        FOUND, best first; `distance_m` is NaN where the project has no ground, `same_town` 1 or 0.
        Its `attrs` say in `reason` why it is empty and in `caveat` what could not be looked at.
        """
        reason = self.reason(project, area_m2)
        wanted = self.demand(project) if area_m2 is None else area_m2
        rows = [] if reason else self._rows(project, wanted, count)
        if not rows and not reason:
            reason = say("sites.none", area=f"{wanted / 10_000:.2f}")
        out = self._frame([row[2:] for row in rows], FOUND)
        out.attrs.update(reason=reason, caveat=self.caveat)
        return out

    def table(self, projects: Iterable[int], count: int = COUNT) -> gpd.GeoDataFrame:
        """Find sites for many projects: the layer `sites`, columns COLUMNS, best first each."""
        rows = list(dict.fromkeys(int(row) for row in projects))
        wanted = {row: self.demand(row) for row in rows if not self.reason(row)}
        shares = self._shares(wanted)
        done = parallel.run(
            lambda part: [(row, self._rows(row, wanted[row], count)) for row in shares[part.start]],
            [slice(number, number + 1) for number in range(len(shares))],
        )
        found = {row: sites for share in done for row, sites in share}
        every = [site for row in rows for site in found.get(row, ())]
        return _layer(self._frame(every, COLUMNS), self._county.dossier.crs)

    def _shares(self, wanted: dict[int, float]) -> list[list[int]]:
        """Part projects by what they may stand on, so that each thread has land of its own.

        Those that want little come first: where they find nothing the others need not look.
        """
        shares: dict[Use, list[int]] = {}
        for row in sorted(wanted, key=lambda row: (wanted[row], row)):
            shares.setdefault(self._lands.use(self._use[row]), []).append(row)
        return sorted(shares.values(), key=len, reverse=True)

    def _rows(self, project: int, wanted: float, count: int) -> list[tuple[Any, ...]]:
        """Find a project's sites, a row of COLUMNS each, but for the area."""
        towns, use = self._lands.towns, self._lands.use(self._use[project])
        ground = self._plans.ground[project]
        home = -1 if ground is None else towns.of(ground)
        kin = self._kin.of(project)
        search = Search(self._lands, self._measure, use, wanted, self._share, kin)
        plan, code = self._plans.ids(np.array([project]))[0], self._codes[project]
        out = []
        for rank, site in enumerate(search.run(ground, home, count), 1):
            town = (towns.level.codes[site.town], towns.level.names[site.town])
            town = town if towns.named else ("", "")
            same = int(towns.named and site.town == home)
            kind = self._lands.under(site.shape, use)
            facts = (rank, *kind, math.nan, site.distance, *town, same, site.shape)
            out.append((plan, code, *facts))
        return out

    def _frame(self, rows: list[tuple[Any, ...]], columns: Sequence[str]) -> pd.DataFrame:
        """Make a table of rows, each column of its kind, and measure all areas at once."""
        kinds = {"rank": int, "same_town": int, "area_m2": float, "distance_m": float}
        table: dict[str, np.ndarray] = {}
        for number, name in enumerate(columns):
            values = np.empty(len(rows), dtype=object)
            values[:] = [row[number] for row in rows]
            table[name] = values.astype(kinds.get(name, object))
        table["area_m2"] = self._measure(table["geometry"])
        return pd.DataFrame(table, columns=list(columns))


class _Kin:
    """Finds the facilities of a project's type, other than itself, that have a radius."""

    def __init__(self, county: County, plans: Plans) -> None:
        own = plans.projects
        names, uses = (own[name].to_numpy(dtype=object) for name in ("name", "use"))
        self._radius = {one.id: one.radius_m for one in county.standard.facilities()}
        self._kinds = county.standard.facility_of(names, uses)
        parts, self._owner = shapely.get_parts(plans.ground, return_index=True)
        self._centres = shapely.centroid(parts)

    def of(self, project: int) -> Kin | None:
        """Give the centres that another of the project's type must keep away from."""
        kind = self._kinds[project]
        radius = self._radius.get(kind, math.nan) if kind else math.nan
        others = (self._kinds[self._owner] == kind) & (self._owner != project)
        if not radius > 0 or not others.any():
            return None
        return Kin(self._centres[others], radius)


def _known_uses(county: County, uses: Sequence[str]) -> list[str]:
    """List the uses that the rules know."""
    table = county.standard.code_table(county.standard.settings["rule_table"])
    codes = list(dict.fromkeys(uses))
    return [code for code, known in zip(codes, table.known(codes)) if known]


def _layer(table: pd.DataFrame, crs: Any) -> gpd.GeoDataFrame:
    """Make a layer of MultiPolygons of a table of sites."""
    shapes = as_multi(table["geometry"].to_numpy(dtype=object))
    return gpd.GeoDataFrame(table.drop(columns="geometry"), geometry=shapes, crs=crs)


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
    named = {
        "sector": plans.ids(np.array([row]))[0],
        "project": plans.projects["project"].iloc[row],
    }
    out = _layer(found.assign(**named)[list(COLUMNS)], dossier.crs)
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
