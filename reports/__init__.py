# SPDX-License-Identifier: GPL-2.0-or-later
"""What goes out: GeoPackage, page, workbook and the record of the run."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from ..layers.progress import Progress, silent

if TYPE_CHECKING:
    from ..checks.results import Results

OUTPUTS = ("results.gpkg", "report.html", "report.xlsx", "run.json")


def write_results(results: Results, folder: Path, progress: Progress = silent) -> list[Path]:
    """Write a run's four files into an existing, empty folder and give their paths.

    The language is the one in force; dates inside the files are the run's stamp, so that the same
    results make the same bytes. The caller gives the files their final place.
    """
    from .geopackage import write_geopackage
    from .html import write_html
    from .runfile import write_run
    from .workbook import write_workbook

    paths = [Path(folder) / name for name in OUTPUTS]
    writers = (write_geopackage, write_html, write_workbook)
    seconds = dict(results.run.get("seconds", {}))
    for step, (write, path) in enumerate(zip(writers, paths)):
        progress("report", step / len(OUTPUTS), path.name)
        start = time.perf_counter()
        write(results, path)
        seconds[path.name] = round(time.perf_counter() - start, 3)
    progress("report", 1 - 1 / len(OUTPUTS), paths[-1].name)
    write_run({**results.run, "seconds": seconds}, paths[-1])
    progress("report", 1.0, "")
    return paths
