# SPDX-License-Identifier: GPL-2.0-or-later
"""The sector plans of a county as the checks see them: plans, projects, plots."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

SECTOR_COLUMNS = ("sector", "name", "department", "colour", "layout", "project_list", "features")
PROJECT_COLUMNS = (
    "sector", "project", "name", "content", "standard", "use", "start", "end", "list_start",
    "list_end", "listed_m2", "in_list", "in_layout", "kind", "label", "whole",
)  # fmt: skip
PLOT_COLUMNS = ("project", "use", "start", "end")
KINDS = ("polygon", "line", "point")


@dataclass
class Plans:
    """All sector plans of a county, read and joined to their project lists.

    `sectors` has a row a plan in the dossier's order (SECTOR_COLUMNS; `features` counts those of
    the layout). `projects` has a row a project (PROJECT_COLUMNS): `sector` is a row of `sectors`,
    `project` the code ("" for a feature without one, which is a project of its own), years are
    floats (NaN unknown; `start` and `end` the layout's, else the list's), `listed_m2` is NaN where
    the list says nothing, `kind` one of KINDS, "" without layout; `whole` is False where some
    features can't be used, so that the ground is not all of it. `ground` has a valid polygon a
    project, None where it has no usable layout. `plots` has a row for each use and pair of years
    of a project (PLOT_COLUMNS), `plot_shapes` their polygons. `missing` maps a plan's id to the
    reason where its layout or list could not be read whole; `unread` holds the ids of plans of
    which one of the two could not be read at all, so that they can't be compared.
    """

    sectors: pd.DataFrame
    projects: pd.DataFrame
    ground: np.ndarray
    plots: pd.DataFrame
    plot_shapes: np.ndarray
    missing: dict[str, str] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)

    def ids(self, projects: np.ndarray) -> np.ndarray:
        """Give the plan's id of each project (rows of `projects`)."""
        rows = self.projects["sector"].to_numpy()[projects]
        return self.sectors["sector"].to_numpy(dtype=object)[rows]
