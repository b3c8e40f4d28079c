# SPDX-License-Identifier: GPL-2.0-or-later
"""The user's settings: kept in QGIS's own, under plugins/pianqu.

The engine's Python is not among them: the setting of the toolbox is the one source for it.
"""

from __future__ import annotations

import contextlib
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from qgis.core import QgsProject, QgsSettings
from qgis.PyQt.QtCore import QStandardPaths

from ..jobs.client import SETTING
from ..jobs.engine import forget
from ..processing.base import language as own_language

ROOT = "plugins/pianqu"
ENGINE = f"Processing/Configuration/{SETTING}"
LANGUAGES = ("", "zh", "en")
_FOLDER = "pianqu"


@dataclass(frozen=True)
class Settings:
    """What the user may set; "" is the default of each text.

    `language` of results ("": QGIS's), `results_folder` (""; beside the project), `standard` (name
    or folder), `live` whether edits are followed from the start, `person` and `department` whom
    decisions are signed with.
    """

    language: str = ""
    results_folder: str = ""
    standard: str = ""
    live: bool = True
    person: str = ""
    department: str = ""


def load_settings() -> Settings:
    """Read the settings."""
    stored = QgsSettings()
    values = {}
    for one in fields(Settings):
        kind = bool if one.name == "live" else str
        values[one.name] = stored.value(f"{ROOT}/{one.name}", one.default, type=kind)
    return Settings(**values)


def save_settings(settings: Settings) -> None:
    """Keep the settings."""
    stored = QgsSettings()
    for name, value in asdict(settings).items():
        stored.setValue(f"{ROOT}/{name}", value)


def results_language() -> str:
    """Give the language that results are written in: `zh` or `en`."""
    chosen = load_settings().language
    return chosen if chosen in LANGUAGES[1:] else own_language()


def engine_python() -> str:
    """Give the Python that the user chose for the engine; "" where it is found by itself."""
    return str(QgsSettings().value(ENGINE) or "")


def set_engine_python(path: str) -> None:
    """Choose the engine's Python; the toolbox, where it is loaded, hears of it too.

    The toolbox refuses a file that is not there; then only the kept setting holds it.
    """
    from processing.core.ProcessingConfig import ProcessingConfig

    if SETTING in ProcessingConfig.settings:
        with contextlib.suppress(ValueError):
            ProcessingConfig.setSettingValue(SETTING, path)
    QgsSettings().setValue(ENGINE, path)
    forget()


def work_place(project: QgsProject | None = None) -> Path:
    """Give the folder that checks of open layers write into.

    The user's choice; else beside the project; else among the user's documents.
    """
    project = project or QgsProject.instance()
    chosen = load_settings().results_folder
    if chosen:
        return Path(chosen) / (project.baseName() or _FOLDER)
    if project.absolutePath():
        return Path(project.absolutePath()) / _FOLDER
    return own_place()


def own_place() -> Path:
    """Give the folder for what belongs to no project: the user's for results, else in Documents."""
    chosen = load_settings().results_folder
    if chosen:
        return Path(chosen)
    place = QStandardPaths.StandardLocation.DocumentsLocation
    return Path(QStandardPaths.writableLocation(place) or str(Path.home())) / _FOLDER
