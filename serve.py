# SPDX-License-Identifier: GPL-2.0-or-later
"""The resident engine: it holds a county and answers requests, JSON lines in and out.

One request at a time; each gets one reply or one error, and an error ends nothing. The end of the
standard input ends the engine.
"""

from __future__ import annotations

import gc
import json
import os
import queue
import sys
import threading
import time
import traceback
from typing import TYPE_CHECKING, Any, Callable, Mapping

from .checks.live.answers import RequestError, Requests
from .jobs.schema import EXIT_CANCELLED
from .layers.errors import InputError
from .layers.words import say

if TYPE_CHECKING:
    from .jobs.schema import Job
    from .voice import Voice

_CHUNK = 1 << 16


def main(job: Job, voice: Voice) -> None:
    """Read and cut a dossier's county, then answer until the standard input ends."""
    start = time.perf_counter()
    lines = Lines()
    requests = Requests.of(job.dossier, voice.progress)
    gc.collect()
    gc.freeze()  # the county stays: what lives for ever need not be looked through at every edit
    lines.ready = True
    _say({"type": "ready", "name": requests.name, "parcels": requests.parcels,
          "roles": requests.roles(), "seconds": round(time.perf_counter() - start, 3)})  # fmt: skip
    while True:
        line = lines.next()
        if line is None:
            return
        if line.strip():
            _say(answer(requests.handlers(), line))


def answer(handlers: Mapping[str, Callable[..., dict[str, Any]]], line: bytes) -> dict[str, Any]:
    """Answer one line; whatever goes wrong becomes an error line."""
    start = time.perf_counter()
    number: Any = None
    try:
        request = _parsed(line)
        number = request.pop("id", None)
        name = request.pop("do", "")
        if name not in handlers:
            raise InputError("live.unknown", given=name, known=", ".join(handlers))
        values = handlers[name](**request)
    except (InputError, RequestError) as error:
        return _error(number, str(error))
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        traceback.print_exc()
        reason = f"{type(error).__name__}: {error}"
        return _error(number, say("live.request", reason=reason))
    except Exception as error:  # the last net: the engine lives on, the state is computed anew
        traceback.print_exc()
        return _error(number, say("live.failed", error=f"{type(error).__name__}: {error}"))
    seconds = round(time.perf_counter() - start, 4)
    return {"type": "reply", "id": number, "seconds": seconds, **values}


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        request = json.loads(line.decode("utf-8"))
    except ValueError as error:
        raise RequestError(say("live.request", reason=str(error))) from error
    if not isinstance(request, dict):
        raise RequestError(say("live.request", reason=type(request).__name__))
    return request


def _error(number: Any, text: str) -> dict[str, Any]:
    return {"type": "error", "id": number, "text": " ".join(text.split())}


def _say(values: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(values, ensure_ascii=False, allow_nan=False) + "\n")
    sys.stdout.flush()


class Lines:
    """Reads the standard input line by line in a thread, so that its end is noticed at once.

    Until the engine is `ready` the end of the input ends the process: nobody waits any more.
    """

    def __init__(self) -> None:
        self.ready = False
        self._queue: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        # The raw descriptor: a buffered stdin held by a thread blocks the interpreter's exit.
        self._descriptor = sys.stdin.fileno()
        threading.Thread(target=self._read, name="requests", daemon=True).start()

    def next(self) -> bytes | None:
        """Wait for a line; None at the end."""
        return self._queue.get()

    def _read(self) -> None:
        rest = b""
        while True:
            chunk = os.read(self._descriptor, _CHUNK)
            if not chunk:
                break
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                self._queue.put(line)
        if rest:
            self._queue.put(rest)
        if not self.ready and self._queue.empty():
            os._exit(EXIT_CANCELLED)
        self._queue.put(None)
