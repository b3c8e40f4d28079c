# SPDX-License-Identifier: GPL-2.0-or-later
"""The engine dies with its parent: the standard input is the line that holds it."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from pathlib import Path

from .schema import EXIT_CANCELLED

# Held while results get their names: whoever wants to end the process then waits for it.
FINISHING = threading.Lock()


def die_with_parent(leftover: Path | None = None) -> threading.Thread:
    """End this process at once when the standard input ends; give the thread that watches.

    `leftover` is the folder of half-written results; nobody is left to remove it but us.

    The parent keeps its end of the pipe open as long as it lives; the system closes it even where
    the parent was killed. Results get their names at the very end, so nothing half-written bears
    a final name.
    """

    def watch() -> None:
        # The raw descriptor: a buffered stdin held by a thread blocks the interpreter's exit.
        while os.read(descriptor, 4096):
            continue
        with FINISHING:
            if leftover is not None:
                shutil.rmtree(leftover, ignore_errors=True)
            os._exit(EXIT_CANCELLED)

    descriptor = sys.stdin.fileno()
    thread = threading.Thread(target=watch, name="lifeline", daemon=True)
    thread.start()
    return thread
