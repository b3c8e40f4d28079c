# SPDX-License-Identifier: GPL-2.0-or-later
"""Which encoding a text is in, told from its bytes: UTF-8, GB18030 (GBK, GB2312) or Big5."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Collection, Iterable

KNOWN = ("UTF-8", "GB18030", "Big5")
_HEAD, _TAIL = 4_000_000, 1_000_000  # bytes of a long text that its encoding is told by
_FOREIGN = re.compile(rb"[\x80-\xff][\x21-\xff]*")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_MARKS = "，。、；：？！（）《》〈〉“”‘’【】〔〕—…·\u3000"
_NAMES = {
    "utf8": "UTF-8", "65001": "UTF-8", "cp65001": "UTF-8",
    "gbk": "GB18030", "gb2312": "GB18030", "gb18030": "GB18030", "cp936": "GB18030",
    "936": "GB18030", "ansi936": "GB18030", "windowssimpchinese": "GB18030", "hzgb2312": "GB18030",
    "euccn": "GB18030", "ms936": "GB18030", "windows936": "GB18030",
    "big5": "Big5", "cp950": "Big5", "950": "Big5", "ansi950": "Big5", "ms950": "Big5",
    "big5hkscs": "Big5", "windowstradchinese": "Big5", "windows950": "Big5",
    "utf16": "UTF-16",
}  # fmt: skip
_SURE, _WILD = 0.9, 0.2  # share of usual characters that settles, or rules out, an encoding
_FAULT = 4.0  # a word that does not decode weighs as much as so many rare characters
_RARE_LEAD = {"GB18030": (0xB0, 0xD7, "gb2312"), "Big5": (0xA4, 0xC6, "big5")}


@dataclass(frozen=True)
class Guess:
    """An encoding, and how it is known.

    `encoding` is "" where nothing can be told. `why` is "ascii" (any would do), "text" (from the
    text itself), "stated" (said, and the text agrees), "against" (the text contradicts what is
    `stated`), "given" (by the dossier).
    """

    encoding: str
    why: str
    stated: str = ""

    @property
    def guessed(self) -> bool:
        """Tell whether nobody but the text itself says so."""
        return self.why in ("text", "against")


def canonical(name: str) -> str:
    """Give our name of an encoding (GBK and cp936 are GB18030); "" where Python has none such."""
    bare = re.sub(r"[^a-z0-9]", "", name.lower())
    if bare in _NAMES:
        return _NAMES[bare]
    try:
        return codecs.lookup(name.strip()).name if name.strip() else ""
    except LookupError:
        return ""


def guess(words: Collection[bytes], stated: str = "") -> Guess:
    """Tell the encoding of words that are not ASCII; `stated` wins where the text allows it.

    A word may be cut off inside its last character, as a field's width does.
    """
    told = canonical(stated)
    words = [word for word in words if not word.isascii()]
    if not words:
        return Guess(told or "UTF-8", "stated" if told else "ascii", stated)
    scores = {name: _score(words, name) for name in KNOWN}
    best = max(KNOWN, key=lambda name: scores[name])
    if told in scores and (told == best or _nearly(scores[told], scores[best], told, best)):
        return Guess(told, "stated", stated)
    sure = scores[best] >= _SURE
    if told and told not in scores and _faults(words, told) == 0 and not sure:
        return Guess(told, "stated", stated)  # a western code page decodes anything, so look closer
    if not told and scores[best] < _WILD:
        return Guess("", "ascii")  # neither Chinese nor UTF-8: left to the driver
    return Guess(best, "against" if told else "text", stated)


def _nearly(told: float, best: float, name: str, other: str) -> bool:
    """Tell whether what is stated is about as good as the best: no reason then to doubt it."""
    return told >= 0.5 and (best - told < 0.3 or ({name, other} == {"GB18030", "Big5"} and
                            best - told < 0.15))  # fmt: skip


def _score(words: Iterable[bytes], encoding: str) -> float:
    """Weigh an encoding: 1 where all decodes to usual characters, less for each rare one."""
    usual, rare, faults = 0, 0, 0
    for word in words:
        text = _decoded(word, encoding)
        if text is None:
            faults += 1
            continue
        for character in text:
            if ord(character) < 0x80:
                continue
            if _usual(character, encoding):
                usual += 1
            else:
                rare += 1
    whole = usual + rare + _FAULT * faults
    return usual / whole if whole else 0.0


def _usual(character: str, encoding: str) -> bool:
    """Tell whether a character is one that texts in an encoding are mostly made of."""
    if encoding == "UTF-8":  # hardly any other text decodes as UTF-8
        return True
    low, high, codec = _RARE_LEAD[encoding]
    if not _HAN.match(character):
        return (
            character in "，。、；：？！（）《》〈〉“”‘’【】〔〕—…·　" or "０" <= character <= "ｚ"
        )
    try:
        return low <= character.encode(codec)[0] <= high
    except UnicodeEncodeError:
        return False


def _faults(words: Iterable[bytes], encoding: str) -> int:
    return sum(_decoded(word, encoding) is None for word in words)


def _decoded(word: bytes, encoding: str) -> str | None:
    """Decode a word, the last character of which may be cut off; None where it does not decode."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(word, final=False)
    except (UnicodeDecodeError, LookupError):
        return None


def words_of(raw: bytes, limit: int = 20_000) -> list[bytes]:
    """List the words of a text that are not ASCII, each once, at most so many."""
    return list(dict.fromkeys(_FOREIGN.findall(raw)))[:limit]  # each from its first such byte


def decode_text(raw: bytes, given: str = "", stated: str = "") -> tuple[str, Guess]:
    """Decode a whole text; bytes that no encoding explains become the replacement character."""
    for mark, name in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
                       (codecs.BOM_UTF16_BE, "utf-16")):  # fmt: skip
        if raw.startswith(mark) and not given:
            said = name[:-4].upper() if name.endswith("-sig") else name.upper()
            return raw.decode(name, errors="replace"), Guess(said, "stated", name)
    if given:
        return raw.decode(given, errors="replace").lstrip("\ufeff"), Guess(given, "given", given)
    sample = raw if len(raw) < _HEAD + _TAIL else raw[:_HEAD] + b"\n" + raw[-_TAIL:]
    found = guess(words_of(sample), stated)
    return raw.decode(found.encoding or "GB18030", errors="replace"), found
