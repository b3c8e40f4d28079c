# SPDX-License-Identifier: GPL-2.0-or-later
"""Make the pages of help: `help.py [--check]`, with the Python that QGIS runs on.

An algorithm's page comes from its definitions (parameters, outputs) and its short text in help/,
a dock's from its text there; each in both languages, with a picture from help/img. `--check` writes
nothing and names the pages that are out of date. tools/shots takes the pictures.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Iterator

ROOT = Path(__file__).resolve().parent.parent
LINK = ROOT / "build" / "path"
PAGES = ROOT / "help" / "pages"
LANGUAGES = ("en", "zh")
DOCKS = ("clustercheck", "sectorplans")


def definitions(language: str) -> dict[str, Any]:
    """Give the provider's algorithms by their ids, speaking a language."""
    from qgis.PyQt.QtCore import QCoreApplication, QTranslator

    translator = QTranslator()
    if language != "en" and translator.load(str(ROOT / "i18n" / f"pianqu_{language}.qm")):
        QCoreApplication.installTranslator(translator)
    try:
        from pianqu.processing.provider import ALGORITHMS

        made = [kind().create() for kind in ALGORITHMS]
        return {one.name(): describe(one) for one in made}
    finally:
        QCoreApplication.removeTranslator(translator)


def describe(algorithm: Any) -> dict[str, Any]:
    """Give what a page tells of an algorithm, in the language in force."""
    from qgis.core import Qgis

    advanced = Qgis.ProcessingParameterFlag.Advanced
    rows = []
    for one in algorithm.parameterDefinitions():
        flags = one.flags()
        if flags & Qgis.ProcessingParameterFlag.Hidden:
            continue
        rows.append({
            "name": one.name(), "title": one.description(), "type": kind_of(one),
            "default": default_of(one), "help": one.help(), "file": extension_of(one),
            "optional": bool(flags & Qgis.ProcessingParameterFlag.Optional),
            "rare": bool(flags & advanced),
            "options": list(one.options()) if one.type() == "enum" else [],
        })  # fmt: skip
    outputs = [
        {"name": one.name(), "title": one.description(), "type": one.type()}
        for one in algorithm.outputDefinitions()
    ]
    return {
        "id": algorithm.name(), "title": algorithm.displayName(), "group": algorithm.group(),
        "summary": algorithm.shortDescription(), "parameters": rows, "outputs": outputs,
    }  # fmt: skip


def kind_of(definition: Any) -> str:
    """Give a parameter's type, with files and folders told apart."""
    from qgis.core import QgsProcessingParameterFile

    kind = str(definition.type())
    folder = QgsProcessingParameterFile.Behavior.Folder
    return "folder" if kind == "file" and definition.behavior() == folder else kind


def default_of(definition: Any) -> str:
    """Give a parameter's default as one writes it on the command line, "" for none."""
    value = definition.defaultValue()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        options = list(getattr(definition, "options", list)())
        return "*" if list(value) == options else ",".join(map(str, value))
    return "" if value is None else str(value)


def extension_of(definition: Any) -> str:
    """Give the ending of a file to read or to write, "" where any will do."""
    if definition.type() == "file":
        return str(definition.extension())
    if definition.type() == "fileDestination":
        return str(definition.defaultFileExtension())
    return ""


def pages() -> Iterator[tuple[Path, str]]:
    """Give the path and the text of every page."""
    from help_pages import algorithm_page, dock_page, index_page

    for language in LANGUAGES:
        known = definitions(language)
        for name, facts in known.items():
            yield PAGES / f"{name}.{language}.html", algorithm_page(facts, language)
        for name in DOCKS:
            yield PAGES / f"{name}.{language}.html", dock_page(name, language)
        yield PAGES / f"index.{language}.html", index_page(list(known.values()), DOCKS, language)


def stale(made: dict[Path, str]) -> list[Path]:
    """List the pages that differ from what they should be, and those of things that are gone."""
    wrong = [
        path
        for path, text in made.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    return wrong + [path for path in sorted(PAGES.glob("*.html")) if path not in made]


def write(made: dict[Path, str]) -> None:
    """Bring the pages up to date; those of algorithms that are gone go too."""
    PAGES.mkdir(parents=True, exist_ok=True)
    for path in stale(made):
        if path in made:
            path.write_text(made[path], encoding="utf-8", newline="\n")
        else:
            path.unlink()
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")


def start_qgis() -> Any:
    """Start as much of QGIS as definitions of parameters need."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # Our folder `processing` must not hide QGIS's.
    sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != ROOT]
    sys.path.insert(0, str(LINK))
    from qgis.core import QgsApplication

    application = QgsApplication([], False)
    sys.path.append(str(Path(QgsApplication.pkgDataPath()) / "python" / "plugins"))
    application.initQgis()
    return application


def link() -> None:
    """Make the repository importable under the plugin's name."""
    LINK.mkdir(parents=True, exist_ok=True)
    if not (LINK / "pianqu").exists():
        (LINK / "pianqu").symlink_to(ROOT, target_is_directory=True)


def main() -> int:
    """Write the pages, or with --check say what is out of date (status 1)."""
    link()
    application = start_qgis()
    made = dict(pages())
    if "--check" not in sys.argv:
        write(made)
    wrong = stale(made)
    for path in wrong:
        sys.stderr.write(f"out of date: {path.relative_to(ROOT)} (make help-pages)\n")
    application.exitQgis()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
