# SPDX-License-Identifier: GPL-2.0-or-later
"""Attribute values made comparable: text without stray blanks, numbers out of text, encodings."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

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


def decode(raw: bytes) -> tuple[str, str]:
    """Decode a text file's bytes: UTF-8 with or without a mark, else GB18030; names which.

    Excel's "Unicode text" is UTF-16 with a mark.
    """
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", errors="replace"), "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return raw.decode("gb18030", errors="replace"), "gb18030"


def dbf_encoding(shapefile: Path) -> str:
    """Guess the encoding of a Shapefile's table; "" where GDAL's own choice should stand.

    A .cpg other than UTF-8, or a language-driver id other than the ANSI default, is trusted.
    """
    table = next(
        (
            one
            for one in (shapefile.with_suffix(".dbf"), shapefile.with_suffix(".DBF"))
            if one.exists()
        ),
        None,
    )
    if table is None:
        return ""
    page = _code_page(shapefile)
    with table.open("rb") as stream:
        raw = stream.read(2_000_000)
    if page not in ("", "UTF-8", "UTF8") or (
        not page and len(raw) > 29 and raw[29] not in (0, 0x57)
    ):
        return ""
    words = {word for word in re.split(rb"[\x00-\x20]+", raw[32:]) if not word.isascii()}
    if not words:
        return ""
    faults = {name: _faults(words, name) for name in ("utf-8", "gb18030")}
    best = min(faults, key=lambda name: faults[name])  # a tie is UTF-8's
    return {"utf-8": "" if page else "UTF-8", "gb18030": "GB18030"}[best]


def _code_page(shapefile: Path) -> str:
    for suffix in (".cpg", ".CPG"):
        file = shapefile.with_suffix(suffix)
        if file.exists():
            return file.read_text(encoding="ascii", errors="replace").strip().upper()
    return ""


def _faults(words: set[bytes], encoding: str) -> int:
    """Count the words that do not decode; one cut off by the field's width is no fault twice."""
    count = 0
    for word in words:
        try:
            word.decode(encoding)
        except UnicodeDecodeError:
            count += 1
    return count
