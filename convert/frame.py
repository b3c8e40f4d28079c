# SPDX-License-Identifier: GPL-2.0-or-later
"""What all conversions share: the layer taken in, the standard, the options, the file to write."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Mapping

import numpy as np
import pandas as pd

from ..layers.errors import InputError
from ..layers.schema import listed, nearest_first
from ..layers.standard import Standard, load_standard
from ..layers.words import say
from .taking import Taken, take

STANDARD = "cn-2023"


@dataclass
class Frame:
    """One conversion under way: the layer, the standard, the options, the file to write."""

    job: Any
    voice: Any
    path: Path
    options: Mapping[str, Any]
    _standard: list[Standard] = field(default_factory=list)

    @property
    def standard(self) -> Standard:
        """Give the standard the job names, else the shipped one."""
        if not self._standard:
            self._standard.append(load_standard(self.job.standard or STANDARD))
        return self._standard[0]

    def option(self, name: str) -> Any:
        """Give an option's value, its default where the job does not say."""
        return self.options[name]

    def number(self, name: str) -> float:
        """Give an option as a number that is not negative."""
        try:
            value = float(self.options[name])
        except (TypeError, ValueError):
            value = -1.0
        if not (np.isfinite(value) and value >= 0):
            raise InputError("convert.number", option=name, value=self.options[name])
        return value

    def flag(self, name: str) -> bool:
        """Give an option as yes or no, in words too: the command line knows no others."""
        return str(self.options[name]).strip().lower() not in ("", "0", "false", "no", "否")

    def progress(self, fraction: float) -> None:
        """Tell how far the work is."""
        self.voice.progress("convert", fraction)

    def layer(self) -> Taken:
        """Take the layer in and tell what was assumed of it."""
        self.voice.progress("read", 0.0)
        taken = take(self.job.source)
        self.voice.progress("read", 1.0)
        return taken

    def tell(self, taken: Taken) -> None:
        """Pass on what there is to say of the layer as a whole."""
        if not len(taken):
            taken.notes.append(("warning", say("convert.empty_layer", layer=taken.label)))
        for level, text in taken.notes:
            self.voice.note(level, text)
        taken.notes.clear()


def frame(job: Any, voice: Any, folder: Path, defaults: Mapping[str, Any]) -> Frame:
    """Open a conversion; InputError for an option that it does not know."""
    for name in job.options:
        if name not in defaults:
            known = listed(nearest_first(name, defaults))
            raise InputError("convert.option", option=name, task=job.task, known=known)
    given = {name: value for name, value in job.options.items() if value is not None}
    return Frame(job, voice, folder / f"{job.task}.gpkg", {**defaults, **given})


def placed(taken: Taken, rows: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Say in remarks which feature instead of which `row`; give their shapes too."""
    row = rows["row"].to_numpy(dtype=int)
    table = rows.drop(columns="row")
    table.insert(0, "feature", taken.ids[row])
    table.insert(1, "source_fid", taken.fids[row])
    return table, taken.shapes[row]
