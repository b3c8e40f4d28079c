# SPDX-License-Identifier: GPL-2.0-or-later
"""Years of construction out of what people write: 2026年, 2026-03, 2026—2028, a date."""

from __future__ import annotations

import re
from typing import Tuple

import numpy as np
import pandas as pd

from .texts import clean_text, text_column

Years = Tuple[float, float]
_NONE = ("", "-", "--", "—", "——", "/", "\\", "无", "0", "n/a", "na", "nan", "none", "null")
_YEAR = re.compile(r"(?<!\d)((?:19|20|21)\d\d)(?:0[1-9]|1[0-2])?(?:[0-3]\d)?(?!\d)")
_SHORT_SPAN = re.compile(  # 2026-28: what follows is no month
    r"(?<!\d)((?:19|20|21)\d\d)年?\s*[-—–―－~～至到]+\s*(\d\d)年?(?![\d.])"
)


def years_of(text: str) -> Years | None:
    """Give the first and the last year a text names, alike where it names one.

    A blank gives NaN twice; a text without a year is None.
    """
    bare = clean_text(text)
    if bare.lower() in _NONE:
        return np.nan, np.nan
    short = _SHORT_SPAN.search(bare)
    if short and int(short.group(2)) > 12:
        first = float(short.group(1))
        return first, first // 100 * 100 + float(short.group(2))
    found = [float(year) for year in _YEAR.findall(bare)]
    return (found[0], found[-1]) if found else None


def year_columns(start: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read two columns of years: start and end as floats, and which rows can't be read in full.

    A span in the column of starts gives the end too, where the column of ends says nothing.
    """
    first, first_last, bad_start = _column(start)
    end_first, last, bad_end = _column(end)
    spans = np.isnan(last) & ~bad_end & (first_last > first)
    last = np.where(spans, first_last, last)
    alone = np.isnan(first) & ~bad_start & (last > end_first)  # a span in the column of ends
    first = np.where(alone, end_first, first)
    return first, last, bad_start | bad_end


def _column(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    keys, words = pd.factorize(text_column(values))
    read = [years_of(word) for word in words]
    pairs = np.array([one or (np.nan, np.nan) for one in read], dtype=float).reshape(-1, 2)
    bad = np.array([one is None for one in read], dtype=bool)
    return pairs[keys, 0], pairs[keys, 1], bad[keys]
