# SPDX-License-Identifier: GPL-2.0-or-later
"""Attribute values made comparable: text without stray blanks, numbers out of text, encodings."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .formats.dbf import table_encoding

_HALF = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.%-,"
_FOLD = {ord(half) + 0xFEE0: half for half in _HALF}  # full-width forms lie this much above
_NULLS = {"", "nan", "none", "null", "<null>", "<空>"}


def clean_text(value: Any) -> str:
    """Strip a value's blanks (full-width ones too) and fold full-width digits and letters."""
    text = value if isinstance(value, str) else _plain(value)
    text = text.strip().strip("\u3000\xa0\ufeff\x00").strip()
    return text if text.isascii() else text.translate(_FOLD)


def _plain(value: Any) -> str:
    """Write a code that came as a number the way it was meant: 101.0 as 101."""
    if value is None or value is pd.NaT:
        return ""
    if isinstance(value, (float, np.floating)):
        if np.isnan(value):
            return ""
        return f"{value:.0f}" if float(value).is_integer() else repr(float(value))
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return str(value)


def text_column(values: np.ndarray) -> np.ndarray:
    """Clean a column: an object array of str, "" where null."""
    codes, uniques = pd.factorize(np.asarray(values), use_na_sentinel=True)
    words = np.empty(len(uniques) + 1, dtype=object)
    words[:-1] = [clean_text(value) for value in uniques]
    words[-1] = ""
    return words[codes]


def number_of(text: str) -> float:
    """Read a number as people write it: full-width, with separators, with a % sign; else NaN.

    One comma before three digits parts thousands, but no thousands begin with 0: 0,125 is an
    eighth. Neither infinity nor what Python alone takes for a number (1_000) is one here.
    """
    bare = clean_text(text).replace(" ", "")
    if bare.lower() in _NULLS or "_" in bare:
        return float("nan")
    percent = bare.endswith("%")
    bare = bare.rstrip("%")
    if re.fullmatch(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?", bare):
        bare = bare.replace(",", "")
    elif re.fullmatch(r"[+-]?\d+,\d+", bare):  # a decimal comma
        bare = bare.replace(",", ".")
    try:
        value = float(bare)
    except ValueError:
        return float("nan")
    if not np.isfinite(value):
        return float("nan")
    return value / 100 if percent else value


def number_column(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Turn a column into floats, NaN where null; also the rows whose text is no number."""
    values = np.asarray(values)
    if values.dtype != object:
        return values.astype(float), np.empty(0, dtype=int)
    texts = text_column(values)
    codes, uniques = pd.factorize(texts)
    numbers = np.array([number_of(text) for text in uniques], dtype=float)[codes]
    blank = np.array([text.lower() in _NULLS for text in uniques], dtype=bool)[codes]
    return numbers, np.flatnonzero(np.isnan(numbers) & ~blank)


def dbf_encoding(shapefile: Path) -> str:
    """Give a Shapefile's encoding where its text tells it; "" where what is stated stands."""
    told = table_encoding(shapefile)
    return told.encoding if told.guessed else ""
