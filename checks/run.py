# SPDX-License-Identifier: GPL-2.0-or-later
"""One run over one county: read, cut, check; everything but the writing."""

from __future__ import annotations

import os
import platform
import time
from contextlib import contextmanager
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Iterator, Sequence

import shapely

from .. import __version__
from ..layers.county import load_county
from ..layers.dossier import read_dossier
from ..layers.errors import InputError
from ..layers.findings import join
from ..layers.former import carry, read_former
from ..layers.model import County
from ..layers.progress import Progress, silent
from ..layers.standard import load_standard
from .audit import audit
from .balance import land_balance
from .control import check_control_lines, unchecked_zones
from .crossing import check_crossings
from .data import check_fabric_data
from .fabric import Fabric, build_fabric
from .indicators import check_quotas
from .lists import negative_list, problem_list
from .places import noise_of
from .results import Results
from .sectors.record import as_findings
from .sectors.run import check_sectors

CHECKS = ("quotas", "controllines", "landbalance", "sectors")
_LIBRARIES = ("shapely", "geopandas", "pyproj", "pyogrio", "pandas", "numpy")


class Clock:
    """Measures the seconds of each stage, for run.json."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what happens inside a `with` block."""
        start = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 3)


def compute(
    dossier_path: str | Path,
    checks: Sequence[str] = (),
    clusters: Sequence[str] = (),
    out: Path | None = None,
    progress: Progress = silent,
    rules: Sequence[str] = (),
    plans: Sequence[str] = (),
) -> Results:
    """Do all checks that a dossier allows; InputError where the input is unusable.

    `out` is the folder whose former results lend their decisions; nothing is written. `rules` and
    `plans` limit the check of sector plans; what former results say of the others then stays.
    """
    clock = Clock()
    wanted = tuple(checks) or CHECKS
    only = wanted == ("sectors",)
    with clock.stage("read"):
        progress("read", 0.0, "")
        former = read_former(out) if out else None  # first: what can't be read is told at once
        dossier = read_dossier(dossier_path)
        standard = load_standard(dossier.standard, dossier.base)
        if only and not dossier.sectors:
            raise InputError("sectors.none", file=dossier.file)
        county = load_county(dossier, standard, clusters, progress, sparing=True)
    fabric = None
    if not only:  # sector plans are cut for themselves
        with clock.stage("fabric"):
            fabric = build_fabric(county, progress)
    results = Results(county, fabric, county.findings)
    dropped = _check(results, wanted, clock, progress)
    if "sectors" in wanted and county.plans is not None:
        with clock.stage("sectors"):
            dropped |= _check_sectors(results, rules, plans, clusters, out, progress)
        clock.seconds["sites"] = results.sectors.sites_seconds if results.sectors else 0.0
        clock.seconds["sectors"] = round(clock.seconds["sectors"] - clock.seconds["sites"], 3)
    with clock.stage("lists"):
        progress("lists", 0.0, "")
        chosen = county.tree.finest["cluster"].unique().tolist() if clusters else ()
        looked = results.sectors.plans if results.sectors else ()
        carried = carry(results.findings, former, wanted, chosen, rules, looked)
        results.findings, compared, results.decisions = carried
        results.problem_list = problem_list(results.findings, county)
        if fabric is not None:
            results.negative_list = negative_list(county, fabric)
    results.run = _record(results, wanted, clusters, dropped, compared, clock)
    results.run["verdict"] = results.counts()  # it hangs on the checks and zones just stated
    return results


def _check(
    results: Results, wanted: Sequence[str], clock: Clock, progress: Progress
) -> dict[str, Any]:
    """Ask the fabric every question wanted; gives what was dropped as noise, by rule."""
    county, fabric = results.county, results.fabric
    noise = noise_of(county)
    if fabric is None:
        return noise.dropped
    found = [county.findings, audit(county, fabric)]

    def data() -> None:
        found.append(check_fabric_data(county, fabric, noise))

    def quotas() -> None:
        results.indicators, findings = check_quotas(county, fabric)
        found.append(findings)

    def controllines() -> None:
        found.append(check_control_lines(county, fabric, noise)[0])
        found.append(check_crossings(county, fabric, noise)[0])

    def landbalance() -> None:
        tables = land_balance(county, fabric)
        results.land_balance = tables.land_balance
        results.transfers = tables.transfers
        results.ledgers = tables.ledgers
        results.balance = {"misses": tables.misses, "settled": tables.settled}

    checks = {"data": data, "quotas": quotas, "controllines": controllines,
              "landbalance": landbalance}  # fmt: skip
    for name, check in checks.items():
        if name == "data" or name in wanted:
            progress(name, 0.0, "")
            with clock.stage(name):
                check()
    unnamed = [role for role, layer in county.layers.items() if layer.ids_are_fids]
    results.findings = join(found, county.dossier.crs, unnamed)
    return noise.dropped


def _check_sectors(
    results: Results, rules: Sequence[str], plans: Sequence[str], clusters: Sequence[str],
    out: Path | None, progress: Progress,
) -> dict[str, Any]:  # fmt: skip
    """Hold the sector plans against everything; add their findings; gives what was dropped."""
    alone = results.fabric is None

    def heard(_stage: str, fraction: float, detail: str) -> None:
        progress("sectors_only" if alone else "sectors", fraction, detail)

    found = check_sectors(results.county, rules, plans, bool(clusters), out, heard)
    results.sectors = found
    results.sector_matrix = found.matrix
    unnamed = [role for role, layer in results.county.layers.items() if layer.ids_are_fids]
    tables = [results.findings, as_findings(found.conflicts), found.data]
    tables = [table for table in tables if table is not None]
    results.findings = join(tables, results.county.dossier.crs, unnamed)
    return found.dropped


def _record(
    results: Results, checks: Sequence[str], clusters: Sequence[str],
    dropped: dict[str, Any], compared: dict[str, Any], clock: Clock,
) -> dict[str, Any]:  # fmt: skip
    county, fabric = results.county, results.fabric
    dossier, standard = county.dossier, county.standard
    return {
        "name": dossier.name,
        "code": dossier.code,
        "dossier": dossier.file,
        "base_year": dossier.base_year,
        "target_year": dossier.target_year,
        "checks": list(checks),
        "clusters": list(clusters),
        "crs": dossier.crs,
        "area_method": dossier.area,
        "standard": {
            "id": standard.id,
            "name": standard.name,
            "version": standard.version,
            "fingerprint": standard.fingerprint,
        },
        "tolerance": {
            "min_area_m2": dossier.tolerance.min_area_m2,
            "min_width_m": dossier.tolerance.min_width_m,
            "warn_margin": dossier.tolerance.warn_margin,
        },
        "inputs": county.inputs,
        "counts": _counts(results),
        "missing": county.missing,
        "unchecked_zones": unchecked_zones(county, fabric) if "controllines" in checks else {},
        "unchecked_sectors": {} if results.sectors is None else results.sectors.unchecked,
        "sector_rules": [] if results.sectors is None else list(results.sectors.rules),
        "sector_plans": [] if results.sectors is None else list(results.sectors.plans),
        "looked": {} if results.sectors is None else results.sectors.looked,
        "sites_caveat": ""
        if results.sectors is None
        else results.sectors.sites.attrs.get("caveat"),
        "unread_sectors": [] if county.plans is None else sorted(county.plans.unread),
        **_residual(fabric),
        "balance": results.balance,
        "dropped": dropped,
        "compared": compared,
        "versions": versions(),
        "seconds": clock.seconds,
        "stamp": stamp(county),
        "finished": datetime.now(timezone.utc).isoformat(timespec="seconds"),
    }


def _residual(fabric: Fabric | None) -> dict[str, float]:
    """Say how well the pieces make up the units."""
    if fabric is None:
        return {}
    return {
        "units_m2": float(fabric.unit_m2.sum()),
        "pieces_m2": float(fabric.pieces["gross_m2"].sum()),
        "residual_m2": fabric.residual_m2,
    }


def _counts(results: Results) -> dict[str, Any]:
    county, fabric = results.county, results.fabric
    out: dict[str, Any] = {
        "units": {level: len(county.tree.units(level)) for level in county.tree.levels},
        "features": {role: len(layer) for role, layer in county.layers.items()},
    }
    if results.sectors is not None:
        out["sectors"] = dict(
            zip(results.sectors.sectors["sector"], results.sectors.sectors["features"])
        )
    if fabric is None:
        return out
    return {
        **out,
        "pieces": len(fabric.pieces),
        "overlaps": {role: len(table) for role, table in fabric.overlaps.items()},
        "outside": {role: len(table) for role, table in fabric.outside.items()},
    }


def versions() -> dict[str, str]:
    """Name the versions that the numbers rest on."""
    found = {"pianqu": __version__, "python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    return {**found, "geos": shapely.geos_version_string}


def stamp(county: County) -> str:
    """Date the data: the newest of its files, or SOURCE_DATE_EPOCH where that is set."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH")
    if fixed and fixed.isdigit():
        return datetime.fromtimestamp(int(fixed), timezone.utc).isoformat(timespec="seconds")
    times = [str(entry["modified"]) for entry in county.inputs if entry.get("modified")]
    return max(times, default="1970-01-01T00:00:00+00:00")
