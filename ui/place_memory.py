# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the docks' data lie: remembered per project and per user, never in the project itself.

Writing into the project would make it dirty and ask every colleague to save it. What one dock
remembers the other one hears by `NEWS`.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass

from qgis.core import QgsProject, QgsSettings
from qgis.PyQt.QtCore import QObject, pyqtSignal

_ROOT = "pianqu/sectors/places"
_LAST = "last"


@dataclass(frozen=True)
class Places:
    """Dossier file, folder of results, register (file or address; "" beside the results)."""

    dossier: str = ""
    results: str = ""
    register: str = ""


class News(QObject):
    """Tells everyone who works on a project that other places are used from now on."""

    changed = pyqtSignal(object)


NEWS = News()


def _group(project: QgsProject) -> str:
    """Give the settings' group of a project; projects without a file share that of the user."""
    path = project.absoluteFilePath()
    if not path:
        return f"{_ROOT}/{_LAST}"
    return f"{_ROOT}/{hashlib.sha256(path.encode()).hexdigest()[:16]}"


def remembered(project: QgsProject) -> Places:
    """Give what was last used with a project."""
    settings, group = QgsSettings(), _group(project)
    return Places(**{
        name: str(settings.value(f"{group}/{name}", "") or "") for name in asdict(Places())
    })  # fmt: skip


def remember(project: QgsProject, places: Places) -> None:
    """Keep what is used with a project, and as the user's last."""
    settings = QgsSettings()
    for group in {_group(project), f"{_ROOT}/{_LAST}"}:
        for name, value in asdict(places).items():
            settings.setValue(f"{group}/{name}", value)
    NEWS.changed.emit(places)
