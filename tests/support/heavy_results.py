# SPDX-License-Identifier: GPL-2.0-or-later
"""A folder of results as a large county leaves it: for the docks that must not stop the window."""

from __future__ import annotations

import desk_results
import sector_results


def write_heavy(folder, findings=50000, conflicts=5000):
    """Write findings, conflicts and their projects (some more than the conflicts) into one file."""
    rows = sector_results.many(conflicts)
    folder.mkdir(parents=True, exist_ok=True)
    path = sector_results.write_results(folder, rows)
    desk_results.write_many(folder, findings, fresh=False)
    return path
