# SPDX-License-Identifier: GPL-2.0-or-later
"""The engine's tasks that make a layer anew: what each is asked, what it leaves.

All leave one GeoPackage in a folder, named after the task: the copy as layer `result`, what is to
be said of single features as layer `remarks`, and tables.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .boundary import boundarypoints
from .coverage import mendcoverage
from .ellipsoidal import ellipsoidalarea
from .landuse import convertcodes

TASKS = {
    "convertcodes": convertcodes, "ellipsoidalarea": ellipsoidalarea,
    "mendcoverage": mendcoverage, "boundarypoints": boundarypoints,
}  # fmt: skip


def run(job: Any, voice: Any, folder: Path) -> dict[str, Any]:
    """Do a conversion into a folder; give the counts that its result tells."""
    return TASKS[job.task](job, voice, folder)
