# SPDX-License-Identifier: GPL-2.0-or-later
"""One word for one thing, and the same facts in both languages."""

from __future__ import annotations

import re
import string
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pianqu.layers.words import LANGUAGES, catalogue

ROOT = Path(__file__).resolve().parents[2]
# Programs, keys and paths are no sentences: fenced blocks and code between backticks are left out.
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def banned():
    """Read the last column of TERMS.md: patterns of words that are not to be used."""
    found = {}
    for line in (ROOT / "i18n" / "TERMS.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|") or len(cells) != 3 or cells[2] in ("not to be used", "---"):
            continue
        for word in filter(None, cells[2].split("、")):
            needed, rest = re.fullmatch(r"(?:（(.+)）)?(.+)", word).groups()
            found[word] = re.compile(f"(?<!{needed}){rest}" if needed else rest)
    return found


def texts():
    """Give every Chinese text a user reads, with its place."""
    for key, entry in catalogue().items():
        yield f"catalogue {key}", entry["zh"]
    for path in sorted((ROOT / "help").glob("*.zh.html")):
        yield path.name, re.sub(r"<code>.*?</code>", "", path.read_text(encoding="utf-8"))
    root = ElementTree.parse(ROOT / "i18n" / "pianqu_zh.ts").getroot()
    for message in root.iter("message"):
        yield f"ts {message.findtext('source')}", message.findtext("translation")
    yield "README.zh.md", CODE.sub("", (ROOT / "README.zh.md").read_text(encoding="utf-8"))


def placeholders(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_the_table_of_terms_is_read():
    words = banned()
    assert {"卷宗", "不合格", "编码表", "（计算）引擎"} <= words.keys()
    assert words["（计算）引擎"].search("引擎的 Python")
    assert not words["（计算）引擎"].search("计算引擎的 Python")


@pytest.mark.parametrize("word", sorted(banned()))
def test_a_banned_word_stands_nowhere(word):
    pattern = banned()[word]
    assert [place for place, text in texts() if pattern.search(text)] == []


def test_no_ascii_punctuation_follows_a_chinese_character():
    wrong = re.compile(r"[\u3400-\u9fff][,;:()]")
    found = {place: wrong.findall(text) for place, text in texts()}
    assert {place: marks for place, marks in found.items() if marks} == {}


def test_every_sentence_of_the_catalogue_is_there_in_both_languages():
    for key, entry in catalogue().items():
        assert set(entry) == set(LANGUAGES), key
        assert all(isinstance(text, str) and text for text in entry.values()), key
        assert placeholders(entry["zh"]) == placeholders(entry["en"]), key


def test_a_translated_sentence_keeps_its_placeholders():
    root = ElementTree.parse(ROOT / "i18n" / "pianqu_zh.ts").getroot()
    for message in root.iter("message"):
        source, translation = message.findtext("source"), message.findtext("translation")
        assert placeholders(source) == placeholders(translation), source
