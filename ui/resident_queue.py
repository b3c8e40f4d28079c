# SPDX-License-Identifier: GPL-2.0-or-later
"""The requests to a resident engine: one is under way, the others wait their turn."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any, Callable, Mapping

Done = Callable[[dict[str, Any]], None]
Refused = Callable[[str], None]


@dataclass
class Request:
    """A request and who waits for its answer."""

    id: int
    values: dict[str, Any]
    done: Done | None
    failed: Refused | None


class Requests:
    """Numbers requests and hands them out one after the other."""

    def __init__(self) -> None:
        self._count = 0
        self._waiting: deque[Request] = deque()
        self._sent: Request | None = None

    @property
    def idle(self) -> bool:
        """Tell whether nothing is asked."""
        return self._sent is None and not self._waiting

    def number(
        self, do: str, values: Mapping[str, Any], done: Done | None, failed: Refused | None
    ) -> Request:
        """Make a request with the next number."""
        self._count += 1
        return Request(self._count, {"id": self._count, "do": do, **values}, done, failed)

    def add(self, request: Request) -> None:
        """Let a request wait its turn."""
        self._waiting.append(request)

    def next(self) -> Request | None:
        """Give the request to send now, None while one is under way or none waits."""
        if self._sent is not None or not self._waiting:
            return None
        self._sent = self._waiting.popleft()
        return self._sent

    def answered(self, number: Any) -> Request | None:
        """Give the request that an answer is for and free the line; None for a stray one."""
        if self._sent is None or number != self._sent.id:
            return None
        request, self._sent = self._sent, None
        return request

    def forget(self, number: int) -> None:
        """Take back a request: it is not sent, or its answer is nobody's."""
        self._waiting = deque(one for one in self._waiting if one.id != number)
        if self._sent is not None and self._sent.id == number:
            self._sent.done = self._sent.failed = None

    def drop(self) -> list[Request]:
        """Give up all requests and give them."""
        dropped = [self._sent, *self._waiting] if self._sent else list(self._waiting)
        self._sent = None
        self._waiting.clear()
        return dropped
