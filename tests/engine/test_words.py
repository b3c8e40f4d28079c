# SPDX-License-Identifier: GPL-2.0-or-later
"""One word for one thing, and the same facts in both languages."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pianqu.layers.words import LANGUAGES, catalogue

ROOT = Path(__file__).resolve().parents[2]
# Programs, keys and paths are no sentences: fenced blocks and code between backticks are left out.
HIDDEN = re.compile(r"<(code|pre|kbd|title)>.*?</\1>|<[^>]*>", re.DOTALL)
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
    for path in sorted((ROOT / "help").rglob("*.zh.html")):
        yield path.name, HIDDEN.sub("", path.read_text(encoding="utf-8"))
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


ENGINE = ("layers", "checks", "register", "reports", "sample", "serve.py", "tasks.py", "voice.py",
          "doctor.py", "usage.py", "__main__.py")  # fmt: skip
KEY = re.compile(r"[a-z]\w*(\.\w+)+")


def nodes():
    """Give every node of the engine's code with its file."""
    for name in ENGINE:
        place = ROOT / name
        for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                yield path, node


def sayings():
    """Give every call of `say` with a key that is written out."""
    for path, node in nodes():
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say" and node.args:
            key = node.args[0]
            if isinstance(key, ast.Constant):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", key.value, node


def pattern(joined):
    """Give the pattern of the keys that an f-string can make; None where it can make no key."""
    parts = [
        re.escape(part.value) if isinstance(part, ast.Constant) else r"[\w.\-]+"
        for part in joined.values
    ]
    whole = "".join(parts)
    literal = "".join(str(part.value) for part in joined.values if isinstance(part, ast.Constant))
    return re.compile(whole) if re.fullmatch(r"[\w.]+", literal) and "." in literal else None


def test_what_the_engine_says_stands_in_the_catalogue():
    assert [(place, key) for place, key, _ in sayings() if key not in catalogue()] == []
    assert len(list(sayings())) > 200


def test_a_sentence_gets_what_its_blanks_ask_for():
    lacking = {}
    for place, key, node in sayings():
        given = {keyword.arg for keyword in node.keywords}
        if None not in given:  # **values: what they hold is told at run time
            lacking[place] = placeholders(catalogue()[key]["zh"]) - given
    assert {place: names for place, names in lacking.items() if names} == {}


def test_every_sentence_of_the_catalogue_is_said_somewhere():
    literal, patterns = set(), set()
    for _, node in nodes():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            literal.update(found.group() for found in KEY.finditer(node.value))
        elif isinstance(node, ast.JoinedStr):
            patterns.add(pattern(node))
    for path in (ROOT / "reports" / "templates").glob("*.j2"):
        text = path.read_text(encoding="utf-8")
        literal.update(found.group() for found in KEY.finditer(text))
        for found in re.finditer(r"""['"]([a-z][\w.]*\.)['"]\s*~""", text):
            patterns.add(re.compile(re.escape(found[1]) + r"[\w.]+"))
    made = [one for one in patterns if one]
    silent = [
        key
        for key in catalogue()
        if key not in literal and not any(one.fullmatch(key) for one in made)
    ]
    assert silent == []


def test_a_key_stands_once_in_its_file():
    for path in sorted((ROOT / "i18n" / "engine").glob("*.yaml")):
        keys = re.findall(r"^([A-Za-z][\w.\-]*):", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert len(keys) == len(set(keys)), path.name


def test_chinese_stands_in_chinese_and_english_in_english():
    for key, entry in catalogue().items():
        han = re.compile(r"[\u3400-\u9fff]")
        words = re.sub(r"{[^}]*}|<[^>]*>", "", entry["zh"])
        plain = re.sub(r"[^A-Za-z]", "", words)
        # Names of programs, files, formats and units are the same in both languages.
        assert han.search(words) or len(plain) < 8, key
        shared = re.findall(r"[\u3400-\u9fff]+", entry["en"])
        assert all(word in entry["zh"] for word in shared), key
