# SPDX-License-Identifier: GPL-2.0-or-later
"""The sample county from a wish to a folder of files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..layers.errors import InputError
from ..layers.progress import Progress, silent
from .county import make
from .faults import seed_faults, write_faults
from .quota_faults import quota_faults
from .quotas import make_quotas
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


def make_county(
    parcels: int = 20_000,
    seed: int = 7,
    faults: bool = False,
    folder: str | Path = "sample-county",
    progress: Progress = silent,
) -> Path:
    """Write a made county of just so many base parcels; gives the path of its dossier.

    The same arguments give the same bytes. With `faults`, known faults are built in and listed in
    faults.csv. Files of an earlier county in the folder are replaced.
    """
    if not FEWEST <= parcels <= MOST:
        raise InputError("sample.parcels", parcels=parcels, fewest=FEWEST, most=MOST)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name in (CONTAINER, "faults.csv"):
        (folder / name).unlink(missing_ok=True)
    rng = np.random.default_rng(seed)
    progress("sample", 0.0, "")
    made = make(parcels, rng)
    progress("sample", 0.4, "")
    listed = seed_faults(made, rng) if faults else []
    made.quotas = make_quotas(made)
    if faults:
        write_faults(listed + quota_faults(made, rng), folder / "faults.csv")
    write_quotas(made.quotas, folder / WORKBOOK)
    tables = made.tables
    del made  # the ground is as big as the layers
    for number, role in enumerate(LAYERS):
        progress("sample", 0.45 + 0.5 * number / len(LAYERS), LAYERS[role])
        write_container(tables.pop(role), folder / CONTAINER, role)
    write_notice(folder, parcels, seed, faults)
    progress("sample", 1.0, "")
    return write_dossiers(folder)


def refuse_strangers(folder: Path) -> None:
    """Raise InputError where a sample county would replace files that are not one of ours."""
    notice = folder / "README.txt"
    ours = notice.is_file() and LAYERS["farmland"] in notice.read_text(
        encoding="utf-8", errors="replace"
    )
    taken = [name for name in (CONTAINER, WORKBOOK, *DOSSIERS) if (folder / name).exists()]
    if taken and not ours:
        raise InputError("sample.strangers", folder=folder, names=", ".join(taken))
