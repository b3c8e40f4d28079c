# SPDX-License-Identifier: GPL-2.0-or-later
"""How long an edit takes to be seen: the last latencies and their 95th percentile."""

from __future__ import annotations

import math
import time
from collections import deque

_KEPT = 200


class Pace:
    """Takes the time from the first edit of a turn of the event loop to its answer on screen."""

    def __init__(self) -> None:
        self.milliseconds: deque[float] = deque(maxlen=_KEPT)
        self._since: float | None = None

    def touch(self) -> None:
        """Note that an edit waits, if none does yet."""
        if self._since is None:
            self._since = time.perf_counter()

    def leave(self) -> float | None:
        """Give the moment since which the edits that are sent now have waited."""
        since, self._since = self._since, None
        return since

    def arrive(self, since: float | None) -> None:
        """Note that the answer to edits is shown."""
        if since is not None:
            self.milliseconds.append((time.perf_counter() - since) * 1000)

    def p95(self) -> float | None:
        """Give the 95th percentile in milliseconds, None before the first answer."""
        if not self.milliseconds:
            return None
        ordered = sorted(self.milliseconds)
        return ordered[math.ceil(0.95 * len(ordered)) - 1]

    def clear(self) -> None:
        """Forget what waits; the latencies stay."""
        self._since = None
