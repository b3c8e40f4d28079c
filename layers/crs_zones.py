# SPDX-License-Identifier: GPL-2.0-or-later
"""Gauss-Krueger zones of China's three datums: their EPSG codes, and what an easting tells."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from pyproj import CRS, Transformer

PREFIX = 1_000_000.0  # the zone's number stands before the easting: 35 500 000
FALSE_EASTING = 500_000.0
UTM_SCALE = 0.9996
CGCS2000, XIAN80, BEIJING54 = "cgcs2000", "xian80", "beijing54"
GEOGRAPHIC = {CGCS2000: 4490, XIAN80: 4610, BEIJING54: 4214}
# (datum, degrees of a zone) -> first zone, how many, EPSG of the first with and without the prefix
_SERIES = {
    (CGCS2000, 3): (25, 21, 4513, 4534), (CGCS2000, 6): (13, 11, 4491, 4502),
    (XIAN80, 3): (25, 21, 2349, 2370), (XIAN80, 6): (13, 11, 2327, 2338),
    (BEIJING54, 3): (25, 21, 2401, 2422), (BEIJING54, 6): (13, 11, 21413, 21453),
}  # fmt: skip
_DATUM_WORDS = (
    (CGCS2000, r"cgcs|2000|china.?geodetic"),
    (XIAN80, r"xi.?an|西安|1980|80"),
    (BEIJING54, r"beijing|peking|北京|1954|54"),
)
# Names with a number that is no datum's of China: an ellipsoid, and other countries' datums.
_NO_DATUM = re.compile(r"grs[ _]?(19)?80|hong kong (19)?80|jgd ?2000")
CHINA = (73.0, 3.0, 136.0, 54.0)  # west, south, east, north in degrees, a little wide
EASTINGS = (20_000.0, 980_000.0)  # without a prefix, however far a plane is stretched
NORTHINGS = (300_000.0, 6_200_000.0)


@dataclass(frozen=True)
class Zone:
    """A zone of a datum: its number, its width in degrees, whether eastings bear the number."""

    datum: str
    degrees: int
    number: int
    prefixed: bool

    @property
    def meridian(self) -> int:
        """Give the central meridian in degrees east."""
        return self.number * self.degrees - (3 if self.degrees == 6 else 0)

    @property
    def epsg(self) -> int:
        """Give the EPSG code."""
        first, _, with_number, without = _SERIES[self.datum, self.degrees]
        return (with_number if self.prefixed else without) + self.number - first

    @property
    def name(self) -> str:
        """Give the code as a dossier writes it."""
        return f"EPSG:{self.epsg}"

    def other(self, prefixed: bool) -> Zone:
        """Give the same zone with or without the number in its eastings."""
        return Zone(self.datum, self.degrees, self.number, prefixed)


def zone(datum: str, degrees: int, number: int, prefixed: bool) -> Zone | None:
    """Give a zone; None where China has none of that number."""
    series = _SERIES.get((datum, degrees))
    if series is None or not series[0] <= number < series[0] + series[1]:
        return None
    return Zone(datum, degrees, number, prefixed)


def zones(datum: str = CGCS2000) -> list[Zone]:
    """List all zones of a datum, those of three degrees first, those without prefix first."""
    return [
        Zone(datum, degrees, first + step, prefixed)
        for (of, degrees), (first, count, _, _) in _SERIES.items()
        for prefixed in (False, True)
        for step in range(count)
        if of == datum
    ]


def datum_of(text: str) -> str:
    """Tell the datum from a name as people write it (2000国家大地坐标系, 西安80); "" if unknown."""
    bare = _NO_DATUM.sub("", text.lower())
    return next((name for name, words in _DATUM_WORDS if re.search(words, bare)), "")


@lru_cache(maxsize=64)
def zone_of(crs: CRS) -> Zone | None:
    """Tell which zone a CRS is, however it is written; None where it is none.

    Without prefix a zone of six degrees is, but for its name, the one of three degrees with the
    same meridian, and is given as that.
    """
    operation, base = crs.coordinate_operation, crs.geodetic_crs
    if operation is None or base is None or "Transverse Mercator" not in operation.method_name:
        return None
    datum = datum_of(f"{base.name} {base.datum.name if base.datum else ''}")
    values = {one.name: float(one.value) for one in operation.params}
    meridian = values.get("Longitude of natural origin", float("nan"))
    east = values.get("False easting", float("nan"))
    if not (math.isfinite(meridian) and math.isfinite(east)):
        return None
    if abs(values.get("Scale factor at natural origin", 1) - 1) > 1e-9 or not datum:
        return None
    prefix = round((east - FALSE_EASTING) / PREFIX)
    for degrees in (3, 6):
        number = (meridian + (3 if degrees == 6 else 0)) / degrees
        if abs(number - round(number)) > 1e-9 or prefix not in (0, round(number)):
            continue
        found = zone(datum, degrees, round(number), prefix > 0)
        if found is not None and abs(east - FALSE_EASTING - prefix * PREFIX) < 1e-3:
            return found
    return None


@lru_cache(maxsize=64)
def utm_zone(crs: CRS) -> Zone | None:
    """Give the zone of CGCS2000 (3 degrees, no prefix) on the meridian of a zone of UTM, else None.

    Both have the same numbers but for UTM's scale of 0.9996: a tag of one may stand for the other.
    """
    operation = crs.coordinate_operation
    if operation is None or "Transverse Mercator" not in operation.method_name:
        return None
    values = {one.name: float(one.value) for one in operation.params}
    scale = values.get("Scale factor at natural origin", 1.0)
    usual = values.get("False northing") == 0 and values.get("False easting") == FALSE_EASTING
    number = values.get("Longitude of natural origin", float("nan")) / 3
    if not usual or abs(scale - UTM_SCALE) > 1e-9 or not number.is_integer():
        return None
    return zone(CGCS2000, 3, int(number), False)


def zone_in_easting(east: float, datum: str = CGCS2000) -> Zone | None:
    """Tell the zone from an easting that bears its number: 35 500 000 is zone 35."""
    number, rest = divmod(east, PREFIX)
    if not EASTINGS[0] <= rest <= EASTINGS[1]:
        return None
    return zone(datum, 3, int(number), True) or zone(datum, 6, int(number), True)


def is_northing(value: float) -> bool:
    """Tell whether a number can be a northing in China."""
    return NORTHINGS[0] <= value <= NORTHINGS[1]


def is_easting(value: float) -> bool:
    """Tell whether a number can be an easting in China, with or without the zone's number."""
    return EASTINGS[0] <= value <= EASTINGS[1] or zone_in_easting(value) is not None


def in_china(longitude: float, latitude: float) -> bool:
    """Tell whether a place in degrees lies in China or just beside it."""
    return CHINA[0] <= longitude <= CHINA[2] and CHINA[1] <= latitude <= CHINA[3]


def far_off(crs: CRS, x: float, y: float) -> tuple[float, Zone] | None:
    """Tell of a place beyond the next zone of its CRS: how far off the meridian, a zone nearer.

    Far from its meridian a Gauss-Krueger plane stretches shapes by half a percent and more; mostly
    the tag is wrong, or coordinates of several zones were brought into one.
    """
    own = zone_of(crs)
    if own is None or not np.isfinite([x, y]).all():
        return None
    geographic = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
    longitude = geographic.transform(x, y)[0]
    off = abs(longitude - own.meridian)
    if not np.isfinite(longitude) or off <= 1.5 * own.degrees:
        return None
    shift = 3 if own.degrees == 6 else 0
    nearer = zone(own.datum, own.degrees, round((longitude + shift) / own.degrees), own.prefixed)
    return (float(off), nearer) if nearer is not None else None
