# SPDX-License-Identifier: GPL-2.0-or-later
"""How the engine speaks to whoever started it."""

from __future__ import annotations

import sys
import threading
from typing import Any

from .jobs import schema

STAGES = {
    "start": (0, 0), "read": (0, 20), "fabric": (20, 65), "data": (65, 68), "quotas": (68, 71),
    "controllines": (71, 74), "landbalance": (74, 77), "sectors": (77, 81), "lists": (81, 82),
    "report": (82, 98), "publish": (98, 100), "sample": (0, 98), "sectors_only": (20, 81),
    "sites": (20, 98), "register": (0, 98), "meeting": (0, 98), "newdossier": (0, 98),
    "data_rules": (20, 82),
    "convert": (20, 98),
}  # fmt: skip
FIRST = "read"  # who comes back to this stage begins anew: the engine of the desk, say


class Voice:
    """Speaks to whoever started the engine: JSON lines for QGIS, sentences for a person."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.stage = "start"
        self._last = (-1, "")
        self._reached = 0.0
        self._lock = threading.Lock()

    def progress(self, stage: str, fraction: float, detail: str = "") -> None:
        """Tell the stage and how far it is, never less than before.

        Repeats of the same percent are left out.
        """
        from .layers.words import say

        low, high = STAGES.get(stage, (0, 100))
        percent = low + (high - low) * min(max(fraction, 0.0), 1.0)
        with self._lock:
            if stage == FIRST and self.stage not in ("start", FIRST):
                self._reached = 0.0
            self.stage = stage
            # Some stages tell parts of their work one after another, each from its own nought.
            percent = self._reached = max(percent, self._reached)
            if (int(percent), stage) == self._last:
                return
            self._last = (int(percent), stage)
        self._emit(schema.Progress(stage, say(f"engine.stage.{stage}"), round(percent, 1)))

    def note(self, level: str, text: str) -> None:
        """Tell a sentence."""
        self._emit(schema.Note(level, text))

    def result(self, values: dict[str, Any], text: str) -> None:
        """Tell what came out."""
        self._emit(schema.Result(values), text)

    def failure(self, text: str) -> None:
        """Tell in one line why there is no result."""
        self._emit(schema.Failure(self.stage, " ".join(text.split())))

    def _emit(self, message: schema.Message, text: str = "") -> None:
        if self.as_json:
            line, stream = schema.to_line(message), sys.stdout
        elif isinstance(message, schema.Progress):
            line, stream = f"{message.percent:5.1f} %  {message.title}", sys.stderr
        elif isinstance(message, schema.Result):
            line, stream = text, sys.stdout
        else:
            line, stream = getattr(message, "text", ""), sys.stderr
        with self._lock:
            stream.write(line + "\n")
            stream.flush()
