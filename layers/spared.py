# SPDX-License-Identifier: GPL-2.0-or-later
"""Layers that can't be read: each told of once, and no hindrance to what does not need it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Collection, Iterator

import shapely

from .dossier import Dossier
from .errors import InputError
from .formats.gdal_source import GDAL_ERRORS
from .notes import Notes

_VITAL = "units"  # what all else is placed by
# A name in the dossier that nothing bears is a slip in the dossier, not broken data: it is answered
# at once, by the nearest name there is.
_SLIPS = (
    "layers.no_such_source", "layers.no_layer", "layers.no_field", "layers.bad_filter",
    "layers.no_header", "layers.which_sheet",
)  # fmt: skip


class Spared:
    """What could not be read, by role; where nothing is to be spared, its first error ends all."""

    def __init__(self, dossier: Dossier, notes: Notes, sparing: bool) -> None:
        self.lost: dict[str, InputError] = {}
        self._dossier, self._notes, self._sparing = dossier, notes, sparing

    @property
    def reasons(self) -> dict[str, str]:
        """Say for each role that was lost why."""
        return {role: str(error) for role, error in self.lost.items()}

    @contextmanager
    def role(self, role: str) -> Iterator[None]:
        """Read a role; an error that it may be spared for becomes a finding."""
        try:
            yield
        except InputError as error:
            self._lose(role, error)
        except (*GDAL_ERRORS, shapely.GEOSException) as error:
            source = self._dossier.quotas if role == "quotas" else self._dossier.layers[role]
            label = source.label if source is not None else role
            reason = " ".join(str(error).split()) or type(error).__name__
            self._lose(role, InputError("layers.read_failed", source=label, reason=reason))

    def _lose(self, role: str, error: InputError) -> None:
        if not self._sparing or role == _VITAL or error.key in _SLIPS:
            raise error
        self.lost[role] = error
        rule, remedy = failure_of(error)
        more = {"remedy": remedy} if remedy else {}
        self._notes.add(rule, "error", role, str(error), **more)

    def settle(self, read: Collection[str]) -> None:
        """Raise the first error where no layer is left to be checked."""
        layers = [error for role, error in self.lost.items() if role != "quotas"]
        if layers and not read:
            raise layers[0]


def failure_of(error: InputError | None) -> tuple[str, str]:
    """Give rule and remedy for a layer that could not be read ("" for the rule's own remedy)."""
    if error is not None and error.key == "formats.crs_wrong":
        return "data.crs", str(error.values.get("remedy", ""))
    return "data.layer", ""
