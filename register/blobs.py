# SPDX-License-Identifier: GPL-2.0-or-later
"""Geometry as a GeoPackage stores it: a small header, then WKB."""

from __future__ import annotations

import struct
from typing import Iterable, Sequence

import numpy as np
import shapely

# Envelope indicator of the header's flags: bytes of envelope.
_ENVELOPES = (0, 32, 48, 48, 64)
_HEADER = struct.Struct("<2sBBi")
HEADER_BYTES = 8 + 64


def encode(shapes: Sequence[shapely.Geometry | None], srs_id: int) -> list[bytes | None]:
    """Give each shape as a blob with its xy envelope; None stays None."""
    array = np.empty(len(shapes), dtype=object)
    array[:] = list(shapes)
    wkb = shapely.to_wkb(shapely.force_2d(array), byte_order=1)
    bounds = shapely.bounds(array)
    out: list[bytes | None] = []
    for shape, body, (x0, y0, x1, y1) in zip(array, wkb, bounds):
        if shape is None:
            out.append(None)
        elif shape.is_empty:
            out.append(_HEADER.pack(b"GP", 0, 0b10001, srs_id) + body)
        else:
            envelope = struct.pack("<4d", x0, x1, y0, y1)
            out.append(_HEADER.pack(b"GP", 0, 0b00011, srs_id) + envelope + body)
    return out


def decode(blobs: Iterable[bytes | None]) -> np.ndarray:
    """Give the shapes of blobs; ValueError where one is no geometry."""
    bodies = []
    for blob in blobs:
        if blob is not None and (len(blob) < 8 or blob[:2] != b"GP"):
            raise ValueError("no GeoPackage geometry")
        bodies.append(None if blob is None else blob[8 + _ENVELOPES[_indicator(blob)] :])
    array = np.empty(len(bodies), dtype=object)
    array[:] = bodies
    try:
        return np.asarray(shapely.from_wkb(array))
    except shapely.errors.GEOSException as error:
        raise ValueError(str(error)) from error


def extent(blobs: Iterable[bytes | None]) -> tuple[float, ...] | None:
    """Give x0, y0, x1, y1 around all blobs, None without any; whole blobs or their beginnings."""
    boxes = [envelope for blob in blobs if blob and (envelope := _envelope(blob))]
    if not boxes:
        return None
    x0, x1, y0, y1 = zip(*boxes)
    return min(x0), min(y0), max(x1), max(y1)


def _indicator(blob: bytes) -> int:
    return min((blob[3] >> 1) & 7, 4)


def _envelope(blob: bytes) -> tuple[float, ...] | None:
    if not _indicator(blob):
        return None
    return struct.unpack("<4d" if blob[3] & 1 else ">4d", blob[8:40])
