# SPDX-License-Identifier: GPL-2.0-or-later
"""Made names of villages, towns and clusters, in the manner of central Sichuan."""

from __future__ import annotations

import numpy as np

_FIRST = "石双龙凤柳观大新永金白青太高云黄竹红三五广福安乐兴长清玉仙麻"
_SECOND = "桥河林山坝沟坪台湾井岭泉塘溪庙堰寨店垭坡"


def place_names(many: int, rng: np.random.Generator) -> list[str]:
    """Give so many different names of two characters; three where two do not suffice."""
    pairs = [one + two for one in _FIRST for two in _SECOND]
    order = rng.permutation(len(pairs))
    names = [pairs[i] for i in order[:many]]
    extra = iter(order)
    while len(names) < many:
        names.append("上中下东西南北"[len(names) % 7] + pairs[next(extra)])
    return names
