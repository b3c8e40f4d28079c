# SPDX-License-Identifier: GPL-2.0-or-later
"""The sample county from a wish to a folder of files."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List

import numpy as np

from ..layers.errors import InputError
from ..layers.progress import Progress, silent
from .county import Made, make
from .faults import seed_faults, write_faults
from .quota_faults import quota_faults
from .quotas import make_quotas
from .reserves import make_reserves, reserve_table
from .sector_demand import tell_demand
from .sector_faults import seed_conflicts
from .sector_ground import SectorGround
from .sector_writing import (
    CATALOGUE,
    CONFLICTS,
    LAYOUTS,
    LISTS,
    measure_lists,
    sector_entries,
    write_catalogue,
    write_layouts,
    write_lists,
)  # fmt: skip
from .sectors import Planner, SectorPlan
from .writing import (
    CONTAINER,
    DOSSIERS,
    LAYERS,
    WORKBOOK,
    write_container,
    write_dossiers,
    write_notice,
    write_quotas,
)  # fmt: skip

FEWEST, MOST = 300, 1_500_000
Plans = Dict[str, SectorPlan]
Listed = List[Dict[str, Any]]
_SECTORS = 21  # draws of the sector plans come from a stream of their own


def make_county(
    parcels: int = 20_000,
    seed: int = 7,
    faults: bool = False,
    folder: str | Path = "sample-county",
    progress: Progress = silent,
) -> Path:
    """Write a made county of just so many base parcels; gives the path of its dossier.

    The same arguments give the same bytes. With `faults`, known faults are built in and listed in
    faults.csv, and conflicts between sector plans in sector_conflicts.csv. Files of an earlier
    county in the folder are replaced.
    """
    if not FEWEST <= parcels <= MOST:
        raise InputError("sample.parcels", parcels=parcels, fewest=FEWEST, most=MOST)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name in (CONTAINER, LAYOUTS, "faults.csv", CONFLICTS):
        (folder / name).unlink(missing_ok=True)
    rng, own = np.random.default_rng(seed), np.random.default_rng([seed, _SECTORS])
    progress("sample", 0.0, "")
    made = make(parcels, rng)
    progress("sample", 0.4, "")
    plans, listed, conflicts = _complete(made, faults, rng, own)
    progress("sample", 0.44, "")
    if faults:
        write_faults(listed, folder / "faults.csv")
        write_faults(conflicts, folder / CONFLICTS, "S")
    write_quotas(made.quotas, folder / WORKBOOK)
    _write_sectors(plans, folder)
    tables = made.tables
    del made  # the ground is as big as the layers
    for number, role in enumerate(LAYERS):
        progress("sample", 0.45 + 0.5 * number / len(LAYERS), LAYERS[role])
        write_container(tables.pop(role), folder / CONTAINER, role)
    write_notice(folder, parcels, seed, faults)
    progress("sample", 1.0, "")
    return write_dossiers(folder, sector_entries())


def bench_plans(parcels: int = 100_000, seed: int = 7) -> tuple[Made, Plans]:
    """Make a county with its sector plans in memory, without conflicts, to measure speed on."""
    made = make(parcels, np.random.default_rng(seed))
    return made, _complete(made, False, np.random.default_rng(seed),
                           np.random.default_rng([seed, _SECTORS]))[0]  # fmt: skip


def _complete(
    made: Made, faults: bool, rng: np.random.Generator, own: np.random.Generator
) -> tuple[Plans, Listed, Listed]:
    """Give a county its quotas, reserves and sector plans: the plans, faults and conflicts.

    Conflicts come before the quotas, which follow from the plan that they change.
    """
    listed, spoiled = seed_faults(made, rng) if faults else ([], np.zeros(len(made.shapes), bool))
    made.quotas = make_quotas(made)
    reserves = make_reserves(made, own)
    made.tables["reserve"] = reserve_table(reserves)
    planner = Planner(made, SectorGround(made, reserves, spoiled, own), own)
    planner.ground.leave_room()
    if not faults:
        planner.fill()
        return planner.plans, [], []
    sower = seed_conflicts(planner)
    made.quotas = make_quotas(made)
    listed = listed + quota_faults(made, rng)
    planner.ground.leave_room()
    planner.fill()
    tell_demand(sower)
    return planner.plans, listed, sower.listed


def _write_sectors(plans: Plans, folder: Path) -> None:
    """Write the sector plans with their lists and the catalogue of them."""
    measure_lists(plans)
    write_layouts(plans, folder / LAYOUTS)
    write_lists(plans, folder / LISTS)
    write_catalogue(folder / CATALOGUE)


def refuse_strangers(folder: Path) -> None:
    """Raise InputError where a sample county would replace files that are not one of ours."""
    notice = folder / "README.txt"
    ours = notice.is_file() and LAYERS["farmland"] in notice.read_text(
        encoding="utf-8", errors="replace"
    )
    made = (CONTAINER, WORKBOOK, LAYOUTS, LISTS, CATALOGUE, *DOSSIERS)
    taken = [name for name in made if (folder / name).exists()]
    if taken and not ours:
        raise InputError("sample.strangers", folder=folder, names=", ".join(taken))
