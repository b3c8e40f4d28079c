# SPDX-License-Identifier: GPL-2.0-or-later
"""A finding of any check as the browser shows it; its shape is made only when asked for.

Results of a county may hold tens of thousands: so the record is small, and only the rectangle in
the header of the stored shape is read until somebody looks.
"""

from __future__ import annotations

import struct
from typing import Any, Mapping, Optional, Sequence

from qgis.core import QgsGeometry

TEXTS = (
    "id", "rule", "severity", "level", "unit", "unit_name", "cluster", "subject_layer",
    "subject_id", "subject_label", "object_layer", "object_id", "verdict", "change",
    "unit_of_measure", "message", "remedy", "status", "status_by", "status_at", "status_reason",
)  # fmt: skip
FIGURES = ("area_m2", "value", "limit", "excess")
COLUMNS = TEXTS + FIGURES
DECISION = ("status", "status_by", "status_at", "status_reason")
STATUS = ("open", "accepted", "fixed")
SINCE = ("new", "unchanged", "gone")
CHECKS = ("quota", "control", "sector", "data")
CHANGES = ("new", "existing")

Box = Optional[tuple[float, float, float, float]]
# Bytes of a GeoPackage header's envelope, by the three bits of the flags that tell its kind.
_ENVELOPES = (0, 32, 48, 48, 64)


class Finding:
    """One finding; `since` says how it stands to the run before: new, unchanged or gone.

    `town` and `path` (codes of its unit and all units above) come from the tree of units; `live`
    marks what an edit brought.
    """

    __slots__ = (
        *COLUMNS, "cluster_name", "town", "town_name", "path", "since", "live", "box", "_shape",
    )  # fmt: skip

    def __init__(self, values: Sequence[Any], shape: bytes | None) -> None:
        """Take the values of COLUMNS in their order, and the shape as GeoPackage stores it."""
        for name, value in zip(TEXTS, values):
            setattr(self, name, value or "")
        for name, value in zip(FIGURES, values[len(TEXTS) :]):
            setattr(self, name, value)
        self.cluster_name = self.town = self.town_name = self.since = ""
        self.path: tuple[str, ...] = ()
        self.live = False
        self._shape = shape or b""
        self.box = box_of(self._shape)

    @property
    def check(self) -> str:
        """Name the check: the first word of the rule."""
        return self.rule.split(".", 1)[0]

    @property
    def geometry(self) -> QgsGeometry:
        """Give the shape, an empty one where there is none."""
        shape, start = QgsGeometry(), _start(self._shape)
        if start:
            shape.fromWkb(self._shape[start:])
        return shape

    @property
    def whole_unit(self) -> bool:
        """Tell whether the shape is that of the whole unit, which would cover all others."""
        return self.subject_layer == "units" or self.rule == "sector.demand"

    def decide(self, row: Mapping[str, Any]) -> None:
        """Take over the columns of a decision."""
        for name in DECISION:
            setattr(self, name, str(row.get(name) or ""))


def from_live(row: Mapping[str, Any]) -> Finding:
    """Make a finding of what the resident engine says; its shape is `wkb`, hex text or None."""
    wkb = bytes.fromhex(str(row.get("wkb") or ""))
    one = Finding([row.get(name) for name in COLUMNS], None)
    if wkb:
        one._shape = b"GP\x00\x01" + b"\x00" * 4 + wkb
        box = one.geometry.boundingBox()
        one.box = (box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum())
    one.live = True
    return one


def box_of(blob: bytes) -> Box:
    """Read the rectangle in a stored shape's header; a point has none there, so it is looked at."""
    start = _start(blob)
    if not start:
        return None
    if start > 8:
        west, east, south, north = struct.unpack_from("<4d" if blob[3] & 1 else ">4d", blob, 8)
        return west, south, east, north
    shape = QgsGeometry()
    shape.fromWkb(blob[start:])
    if shape.isEmpty():
        return None
    box = shape.boundingBox()
    return box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()


def _start(blob: bytes) -> int:
    """Give where the well-known binary begins; 0 where there is no shape."""
    if len(blob) < 8 or blob[:2] != b"GP" or blob[3] & 0x10:
        return 0
    kind = (blob[3] >> 1) & 7
    return 8 + _ENVELOPES[kind] if kind < len(_ENVELOPES) else 0
