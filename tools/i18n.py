# SPDX-License-Identifier: GPL-2.0-or-later
"""Bring i18n/pianqu_zh.ts up to date with the sources and compile it.

pylupdate can't know that our `tr` means one context; this reads the calls from the syntax tree.
Translations are kept, vanished sentences go, new ones are marked unfinished.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "i18n" / "pianqu_zh.ts"
SOURCES = ("plugin.py", "processing", "jobs", "ui")
LRELEASE = ("/usr/lib/qt5/bin/lrelease", "lrelease")


def sentences() -> list[str]:
    """List the literals given to `tr` and `later`, in order of file and line."""
    found: dict[str, None] = {}
    for name in SOURCES:
        place = ROOT / name
        for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
            for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
                literal = call.args[0] if call.args else None
                ours = getattr(call.func, "id", "") in ("tr", "later")
                if ours and isinstance(literal, ast.Constant):
                    found[str(literal.value)] = None
    return list(found)


def known() -> dict[str, str]:
    """Read the translations there are."""
    if not CATALOGUE.is_file():
        return {}
    messages = ElementTree.parse(CATALOGUE).getroot().iter("message")
    return {one.findtext("source", ""): one.findtext("translation", "") for one in messages}


def write(translations: dict[str, str]) -> None:
    """Write the catalogue."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        "<!DOCTYPE TS>",
        '<TS version="2.1" language="zh_CN" sourcelanguage="en">',
        "<context>",
        "    <name>Pianqu</name>",
    ]
    for source, translation in translations.items():
        mark = "" if translation else ' type="unfinished"'
        lines += [
            "    <message>",
            f"        <source>{escape(source)}</source>",
            f"        <translation{mark}>{escape(translation)}</translation>",
            "    </message>",
        ]
    lines += ["</context>", "</TS>", ""]
    CATALOGUE.write_text("\n".join(lines), encoding="utf-8")


def main() -> int:
    """Update and compile; status 1 where a sentence has no translation."""
    before = known()
    translations = {source: before.get(source, "") for source in sentences()}
    write(translations)
    compiler = next((found for name in LRELEASE if (found := shutil.which(name))), None)
    if compiler is None:
        sys.stderr.write("lrelease is missing: install qttools5-dev-tools\n")
        return 1
    target = CATALOGUE.with_suffix(".qm")
    subprocess.run([compiler, "-silent", str(CATALOGUE), "-qm", str(target)], check=True)
    missing = [source for source, translation in translations.items() if not translation]
    for source in missing:
        sys.stderr.write(f"not translated: {source}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
