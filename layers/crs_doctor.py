# SPDX-License-Identifier: GPL-2.0-or-later
"""The CRS doctor: what coordinates say of the CRS they are tagged with, and the mend it offers.

It says what it saw, what it assumed, and the dossier's key that would mend it; it never moves
anything by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Mapping

import numpy as np
from pyproj import CRS

from .crs import check_coordinates
from .crs_zones import (
    CGCS2000,
    EASTINGS,
    GEOGRAPHIC,
    PREFIX,
    UTM_SCALE,
    Zone,
    in_china,
    is_easting,
    is_northing,
    utm_zone,
    zone_in_easting,
    zone_of,
    zones,
)  # fmt: skip
from .errors import InputError
from .words import say


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong, or was assumed, with a layer's CRS.

    `kind`: swapped, degrees, metres, prefix, untagged, datum, utm, abroad, apart, zone, gcj02,
    shifted. `mend` maps keys of the layer's entry in the dossier to values; {} where there is none
    to offer: then `advice` may say what to do. `value` is a distance in metres, NaN for none.
    """

    kind: str
    severity: str
    role: str
    label: str
    message: str
    mend: Mapping[str, str] = field(default_factory=dict)
    value: float = float("nan")
    advice: str = ""

    @property
    def remedy(self) -> str:
        """Say what to write into the dossier, or to do; "" where there is nothing."""
        if not self.mend:
            return self.advice
        lines = ", ".join(f"{key}: {value}" for key, value in self.mend.items())
        return say("doctor.mend", role=self.role, lines=lines)


@dataclass(frozen=True)
class Tagged:
    """A layer as the doctor sees it: its tag, and points (n x 2) in its own coordinates."""

    role: str
    label: str
    crs: CRS | None
    points: np.ndarray

    @property
    def middle(self) -> tuple[float, float]:
        """Give the middle point, so that one stray feature does not decide; NaN for none."""
        if not len(self.points):
            return float("nan"), float("nan")
        x, y = np.median(self.points, axis=0)
        return float(x), float(y)


def look_at(layer: Tagged, target: CRS) -> Diagnosis | None:
    """Hold one layer's coordinates against its tag; None where they agree.

    Severity error: they contradict each other, and the layer can't be used as it is.
    """
    x, y = layer.middle
    if not np.isfinite([x, y]).all():
        return None
    tag = layer.crs
    if _turned(x, y, tag or target):
        return _made("swapped", "error", layer, {"axes": "yx"}, x=x, y=y)
    if tag is None:
        return _untagged(layer, target, x, y)
    if tag.is_geographic:
        if abs(x) > 360 or abs(y) > 90:
            found = zone_in_easting(x) if is_northing(y) else None
            code = found.name if found else _name(target) if _suits(target, x, y) else ""
            return _made("metres", "error", layer, {"crs": code} if code else {}, x=x, y=y)
        return _datum(layer, tag)
    own = zone_of(tag)
    if own is None:
        return _utm(layer, tag, target, x, y)
    if in_china(x, y):
        mend = {"crs": f"EPSG:{GEOGRAPHIC[own.datum]}"}
        return _made("degrees", "error", layer, mend, x=x, y=y)
    if not _suits(tag, x, y):
        return _of_size(layer, own, x, y)
    return _datum(layer, tag)


def _of_size(layer: Tagged, own: Zone, x: float, y: float) -> Diagnosis | None:
    """Read the zone out of the easting's size: 4523 and 4544 differ by nothing else."""
    seen = zone_in_easting(x, own.datum)
    if seen is not None:
        if own.degrees == 6 and 13 <= seen.number <= 23:
            seen = Zone(own.datum, 6, seen.number, True)
        kind = "prefix" if seen.number == own.number else "zone"
        return _made(kind, "error", layer, {"crs": seen.name}, x=x, y=y)
    if EASTINGS[0] <= x <= EASTINGS[1] and own.prefixed:
        return _made("prefix", "error", layer, {"crs": own.other(False).name}, x=x, y=y)
    return None


def _untagged(layer: Tagged, target: CRS, x: float, y: float) -> Diagnosis | None:
    """Say what a layer without a tag was taken for: the dossier's CRS, else what its numbers say.

    Only what the numbers leave no doubt of is assumed, and that is told.
    """
    if _suits(target, x, y):
        return _made("untagged", "info", layer, {"crs": _name(target)}, crs=target.name)
    crs = guess_crs(x, y)
    if not crs:
        return None
    return _made("untagged", "warning", layer, {"crs": crs}, crs=f"{crs} {CRS(crs).name}")


def guess_crs(x: float, y: float) -> str:
    """Give the CGCS2000 CRS that numbers alone settle (degrees, a zone in front), else ""."""
    if in_china(x, y):
        return f"EPSG:{GEOGRAPHIC[CGCS2000]}"
    found = zone_in_easting(x) if is_northing(y) else None
    return found.name if found else ""


def is_old(crs: CRS | None) -> bool:
    """Tell whether a CRS stands on Xian 1980 or Beijing 1954."""
    base = crs.geodetic_crs if crs is not None else None
    name = f"{base.name} {base.datum.name if base.datum else ''}".lower() if base else ""
    return "xian" in name or "beijing" in name


def _datum(layer: Tagged, tag: CRS) -> Diagnosis | None:
    """Warn of the old datums: their way to CGCS2000 is local, so a new tag alone mends nothing."""
    if not is_old(tag):
        return None
    found = _made("datum", "warning", layer, {}, crs=tag.name)
    return replace(found, advice=say("doctor.datum_advice"))


def _utm(layer: Tagged, tag: CRS, target: CRS, x: float, y: float) -> Diagnosis | None:
    """Doubt a tag of UTM: China's plans are in Gauss-Krueger zones, whose numbers look the same."""
    likely = utm_zone(tag)
    if likely is None or not (is_northing(y) and EASTINGS[0] <= x <= EASTINGS[1]):
        return None
    code = _name(target) if zone_of(target) == likely else likely.name
    off = y * (1 / UTM_SCALE - 1)
    found = _made("utm", "warning", layer, {"crs": code}, likely=f"{code} {CRS(code).name}",
                  km=off / 1000)  # fmt: skip
    return replace(found, value=off)


def _turned(x: float, y: float, crs: CRS) -> bool:
    """Tell whether the northing stands first: only where the other order is out of the question."""
    if crs.is_geographic or (abs(x) <= 360 and abs(y) <= 360):
        return in_china(y, x) and not in_china(x, y) and (zone_of(crs) is not None or abs(y) > 90
                                                          or _chinese(crs))  # fmt: skip
    if zone_of(crs) is None:
        return False
    return is_northing(x) and is_easting(y) and not (is_easting(x) and is_northing(y))


def _chinese(crs: CRS) -> bool:
    return any(word in crs.name.lower() for word in ("china", "cgcs", "xian", "beijing"))


def _suits(crs: CRS, x: float, y: float) -> bool:
    """Tell whether numbers can be coordinates in a CRS, by their size alone."""
    try:
        check_coordinates(crs, np.array([x, y, x, y]), "")
    except InputError:
        return False
    own = zone_of(crs)
    if own is None:
        return True
    if own.prefixed:  # a neighbour's number in front is another zone, however near
        return EASTINGS[0] <= x - own.number * PREFIX <= EASTINGS[1]
    return -EASTINGS[1] <= x <= 2 * EASTINGS[1] and not in_china(x, y)


def candidates(crs: CRS | None, target: CRS) -> list[tuple[str, str, CRS]]:
    """List other readings of coordinates: (key, value, CRS), the likeliest first."""
    own = zone_of(crs or target) or zone_of(target)
    out = []
    if own is not None:
        same = [one for one in zones(own.datum) if one.degrees == own.degrees]
        near = sorted(same, key=lambda one: abs(one.number - own.number))
        out = [("crs", one.name, CRS(one.name)) for one in near if one != own]
        out += [("crs", one.name, CRS(one.name)) for one in zones(own.datum) if one not in same]
    return out


def _name(crs: CRS) -> str:
    authority = crs.to_authority(min_confidence=70)
    return ":".join(authority) if authority else crs.name


def _made(
    kind: str, severity: str, layer: Tagged, mend: Mapping[str, str], **values: object
) -> Diagnosis:
    tag = f"{_name(layer.crs)} {layer.crs.name}" if layer.crs is not None else ""
    message = say(f"doctor.{kind}", source=layer.label, **{"crs": tag, **values})
    return Diagnosis(kind, severity, layer.role, layer.label, message, dict(mend))
