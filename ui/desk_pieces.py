# SPDX-License-Identifier: GPL-2.0-or-later
"""The pieces of ground that make up a number: where they come from, and the table of them."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Mapping, Protocol, Sequence

from qgis.core import QgsGeometry
from qgis.PyQt.QtCore import QObject

from ..jobs import schema
from ..jobs.words import tr
from ..processing.base import language
from .desk_records import Indicator
from .engine_task import EngineTask
from .geopackage import GeoPackage

MOST = 2000
TASK = "pieces"
Done = Callable[["Pieces"], None]
Refused = Callable[[str], None]


@dataclass
class Piece:
    """A piece: the feature it is of, its use, its areas in m2, its shape in the dossier's CRS."""

    role: str = ""
    feature: str = ""
    key: str = ""
    code: str = ""
    label: str = ""
    gross_m2: float = 0.0
    net_m2: float = 0.0
    geometry: QgsGeometry = field(default_factory=QgsGeometry)


@dataclass
class Pieces:
    """The largest pieces of a number, and how many and how much all of them are."""

    pieces: list[Piece] = field(default_factory=list)
    total: int = 0
    total_m2: float = 0.0


class PieceSource(Protocol):
    """Who can say which pieces make up a number."""

    def lacking(self) -> str:
        """Say why nothing can be asked at the moment, "" where it can."""

    def ask(self, one: Indicator, done: Done, failed: Refused) -> None:
        """Ask for the pieces of an indicator of a unit; only the last question is answered."""

    def stop(self) -> None:
        """Answer nothing any more."""


def pieces_from(reply: Mapping[str, Any]) -> Pieces:
    """Make pieces of the resident engine's reply."""
    found = []
    for row in reply.get("pieces") or ():
        shape = QgsGeometry()
        wkb = bytes.fromhex(str(row.get("wkb") or ""))
        if wkb:
            shape.fromWkb(wkb)
        found.append(_piece(row, shape))
    total = int(reply.get("total") or len(found))
    return Pieces(found, total, float(reply.get("total_m2") or 0.0))


def _piece(row: Mapping[str, Any], shape: QgsGeometry) -> Piece:
    texts = [str(row.get(name) or "") for name in ("role", "feature", "key", "code", "label")]
    areas = [float(row.get(name) or 0.0) for name in ("gross_m2", "net_m2")]
    return Piece(*texts, *areas, shape)


class ResidentPieces:
    """Asks the resident engine, as long as it runs; `resident` is that of ui/resident.py."""

    def __init__(self, resident: Any) -> None:
        self._resident = resident
        self._asked = 0

    def lacking(self) -> str:
        """Say that live is off, where it is."""
        if self._resident.state == "ready":
            return ""
        if self._resident.state == "starting":
            return tr("The engine reads the data; the pieces come when it is ready.")
        return tr("Start live to see the pieces.")

    def ask(self, one: Indicator, done: Done, failed: Refused) -> None:
        """Ask for the pieces; an earlier question is forgotten."""
        self.stop()
        self._asked = self._resident.ask(
            TASK,
            lambda reply: done(pieces_from(reply)),
            failed,
            level=one.level,
            unit=one.unit,
            indicator=one.indicator,
            most=MOST,
        )

    def stop(self) -> None:
        """Forget the question under way."""
        if self._asked:
            self._resident.forget(self._asked)
            self._asked = 0


class EnginePieces(QObject):
    """Asks by a short job of the engine: it reads and cuts the county for one answer."""

    def __init__(self, dossier: Callable[[], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._dossier = dossier
        self._done: Done = lambda pieces: None
        self._failed: Refused = lambda text: None
        self._folder = ""
        self._task = EngineTask(self)
        self._task.done.connect(self._came)
        self._task.failed.connect(self._refused)
        self._task.cancelled.connect(self._free)
        self._next: Callable[[], None] | None = None

    @staticmethod
    def known() -> bool:
        """Tell whether this engine has such a job."""
        return TASK in schema.TASKS

    def lacking(self) -> str:
        """Say what is missing."""
        if not self.known():
            return tr("Start live to see the pieces.")
        return "" if self._dossier() else tr("Choose a dossier first.")

    def ask(self, one: Indicator, done: Done, failed: Refused) -> None:
        """Start the job; one under way is ended."""
        self.stop()
        if self._task.busy:  # the one before is being ended
            self._next = lambda: self.ask(one, done, failed)
            return
        self._done, self._failed = done, failed
        self._folder = tempfile.mkdtemp(prefix="pianqu-pieces-")
        values: dict[str, Any] = {
            "task": TASK, "dossier": self._dossier(), "out": self._folder, "level": one.level,
            "unit": one.unit, "indicator": one.indicator, "count": MOST, "language": language(),
        }  # fmt: skip
        self._task.start(schema.Job(**values))

    def _came(self, result: Mapping[str, Any]) -> None:
        if not self._folder:  # it was ready just before it was told to end
            self._free()
            return
        with GeoPackage(Path(self._folder) / "pieces.gpkg") as file:
            rows = file.rows(TASK) or []
        pieces = [_piece(row, shape) for row, shape in rows]
        answer = Pieces(pieces, int(result.get("total") or len(pieces)),
                        float(result.get("total_m2") or 0.0))  # fmt: skip
        self._tidy()
        self._done(answer)

    def _refused(self, text: str) -> None:
        self._tidy()
        self._failed(text)
        self._free()

    def stop(self) -> None:
        """End the job under way."""
        self._done, self._failed, self._next = lambda pieces: None, lambda text: None, None
        if self._task.busy:
            self._task.cancel()
        self._tidy()

    def close_down(self) -> None:
        """End the job and see it end: before the dock goes."""
        self.stop()
        self._task.stop()

    def _free(self) -> None:
        """Ask what was asked last, now that the job before it is over."""
        go_on, self._next = self._next, None
        if go_on is not None:
            go_on()

    def _tidy(self) -> None:
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = ""


def choose(sources: Sequence[PieceSource]) -> tuple[PieceSource | None, str]:
    """Give the first source that can answer, else None and what the first one lacks."""
    told = ""
    for source in sources:
        lack = source.lacking()
        if not lack:
            return source, ""
        told = told or lack
    return None, told
