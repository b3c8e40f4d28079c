# SPDX-License-Identifier: GPL-2.0-or-later
"""Make a picture of a window small enough for a plugin: fewer colours, and narrower if need be."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageChops

COLOURS = (224, 128, 80, 48)
NARROWER = 0.85
# What a viewer does not see: pictures that differ by less stay as they are in the history.
SAME = 24


def shrink(source: Path, target: Path, most: int, width: int = 0) -> int:
    """Write `source` as a PNG of at most `most` bytes; give its size.

    `width` is the widest it may be (0: as wide as it is). A target that looks the same stays.
    """
    picture = Image.open(source).convert("RGB")
    if width and picture.width > width:
        picture = _scaled(picture, width / picture.width)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_file() and alike(picture, Image.open(target).convert("RGB")):
        return target.stat().st_size
    while True:
        for colours in COLOURS:
            small = picture.quantize(colours, dither=Image.Dither.NONE)
            small.save(target, optimize=True)
            if target.stat().st_size <= most:
                return target.stat().st_size
        picture = _scaled(picture, NARROWER)


def alike(one: Image.Image, other: Image.Image) -> bool:
    """Tell whether two pictures look the same."""
    if one.size != other.size:
        return False
    most = max(high for _, high in ImageChops.difference(one, other).getextrema())
    return most <= SAME


def _scaled(picture: Image.Image, factor: float) -> Image.Image:
    size = (round(picture.width * factor), round(picture.height * factor))
    return picture.resize(size, Image.Resampling.LANCZOS)
