# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of quotas: one that is open, else a file beside the units that bears such a name."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Iterator, Sequence

from qgis.core import QgsProviderRegistry, QgsVectorLayer

from ..jobs.aliases import Vocabulary

_SUFFIXES = (".xlsx", ".xlsm", ".csv")


def find_quotas(
    layers: Sequence[QgsVectorLayer], units: QgsVectorLayer | None, words: Vocabulary
) -> str:
    """Give the file of the table that is most likely the quotas; "" where none is named so."""
    named = [
        *((layer.name(), file_of(layer)) for layer in layers if not layer.isSpatial()),
        *((path.stem, str(path)) for path in _beside(units)),
    ]
    weights = [(words.named(name).get("quotas", (0.0, ""))[0], path) for name, path in named]
    best = max((one for one in weights if one[1]), key=lambda one: one[0], default=(0.0, ""))
    return best[1] if best[0] else ""


def file_of(layer: QgsVectorLayer) -> str:
    """Give the file of a table; "" where it has none."""
    if layer.providerType() == "delimitedtext":
        return layer.source().partition("?")[0].replace("file://", "", 1)
    parts = QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source())
    path = str(parts.get("path") or "")
    return path if path and Path(path).exists() else ""


def _beside(units: QgsVectorLayer | None) -> Iterator[Path]:
    """List the tables in the folder of the units' file."""
    place = Path(file_of(units)) if units is not None else Path()
    if place.name:
        with contextlib.suppress(OSError):
            for path in sorted(place.parent.iterdir()):
                if path.suffix.lower() in _SUFFIXES and not path.name.startswith(("~", ".")):
                    yield path
