# SPDX-License-Identifier: GPL-2.0-or-later
"""Recorded fabrics: what a change to the engine's speed must leave as it is, to the last digit.

`python tests/support/fabric_corpus.py` records anew; do so only where a change of results is meant.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
import tempfile
from pathlib import Path
from typing import Any, Callable, Iterator

import numpy as np
import shapely

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "tests" / "data" / "fabrics.json"


def cases(folder: Path) -> Iterator[tuple[str, Path]]:
    """Make the counties: clean, faulty, in blocks, shifted, random and real; gives the dossiers."""
    for name, make in (*_sample_cases(), *_random_cases()):
        yield name, make(folder / name)
    yield "plu_30014", ROOT / "tests" / "data" / "plu_30014.yaml"


def _sample_cases() -> Iterator[tuple[str, Callable[[Path], Path]]]:
    from pianqu.sample import make_county

    for parcels, seed, faults in ((500, 1, False), (900, 2, True), (1600, 3, True)):

        def made(place: Path, parcels: int = parcels, seed: int = seed, faults: bool = faults):
            make_county(parcels, seed, faults, place)
            return place / "dossier.yaml"

        yield f"sample-{parcels}", made
    for kind in ("single", "blocks"):
        yield f"bench-{kind}", lambda place, kind=kind: _bench(place, kind)


def _bench(place: Path, kind: str) -> Path:
    sys.path.insert(0, str(ROOT / "bench"))
    import data

    return data.county(1000, place) / f"dossier_{kind}.yaml"


def _random_cases() -> Iterator[tuple[str, Callable[[Path], Path]]]:
    from random_county import Wish, make_random_county

    for seed, parcels in ((11, 400), (12, 400), (2, 2000)):

        def made(place: Path, seed: int = seed, parcels: int = parcels) -> Path:
            return make_random_county(place, Wish(parcels, seed), ROOT / "standards")

        yield f"random-{seed}", made


def facts(dossier: Path) -> dict[str, Any]:
    """Cut a county; gives counts and sums to read, and digests of every number and corner."""
    from pianqu.checks.fabric import build_fabric
    from pianqu.layers.county import load_county
    from pianqu.layers.dossier import read_dossier
    from pianqu.layers.standard import load_standard

    given = read_dossier(dossier)
    county = load_county(given, load_standard(given.standard, given.base))
    fabric = build_fabric(county)
    pieces = fabric.pieces
    names = sorted(pieces.columns)
    table = np.column_stack([pieces[name].to_numpy(dtype=float) for name in names])
    shapes = shapely.to_wkb(shapely.normalize(fabric.shapes(np.arange(len(pieces)))))
    lines = sorted(row.tobytes() + shape for row, shape in zip(table, shapes))
    found: dict[str, Any] = {
        "pieces": len(pieces), "columns": names, "gross_m2": repr(math.fsum(pieces["gross_m2"])),
        "digest": _digest(lines),
    }  # fmt: skip
    for name in ("overlaps", "outside", "amiss"):
        for role, rows in getattr(fabric, name).items():
            plain = rows.drop(columns="geometry", errors="ignore").to_numpy(dtype=float)
            found[f"{name}.{role}"] = [len(rows), _digest(sorted(row.tobytes() for row in plain))]
    return found


def _digest(lines: list[bytes]) -> str:
    return hashlib.sha256(b"".join(lines)).hexdigest()[:24]


def made_with() -> dict[str, str]:
    """Name the versions that the last digits hang on."""
    return {"geos": shapely.geos_version_string, "numpy": np.__version__}


def main() -> None:
    """Record all cases."""
    sys.path.insert(0, str(ROOT / "build" / "path"))
    with tempfile.TemporaryDirectory() as folder:
        kept = {name: facts(dossier) for name, dossier in cases(Path(folder))}
    text = json.dumps({"versions": made_with(), "cases": kept}, indent=1, ensure_ascii=False)
    FILE.write_text(text + "\n", encoding="utf-8")
    print(f"{len(kept)} fabrics -> {FILE}")


if __name__ == "__main__":
    main()
