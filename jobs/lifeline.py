# SPDX-License-Identifier: GPL-2.0-or-later
"""The engine dies with its parent: the standard input is the line that holds it."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import threading
from pathlib import Path
from typing import Sequence

from .schema import EXIT_CANCELLED

# Held while results get their names: whoever wants to end the process then waits for it.
FINISHING = threading.Lock()
# Set once the process is to end: nobody makes a folder for results any more.
STOPPED = threading.Event()


def missing_folders(out: str | Path) -> list[Path]:
    """List the folders that a run will have to make for its results, the innermost first."""
    place = Path(out)
    return [one for one in (place, *place.parents) if str(out) and not one.exists()]


def remove_empty(folders: Sequence[Path]) -> None:
    """Take folders away again where they are empty; what holds anything stays."""
    for one in folders:
        with contextlib.suppress(OSError):
            one.rmdir()


def die_with_parent(leftover: Path | None = None, new: Sequence[Path] = ()) -> threading.Thread:
    """End this process at once when the standard input ends; give the thread that watches.

    `leftover` is the folder of half-written results, `new` folders made for it; nobody is left to
    remove them but us.

    The parent keeps its end of the pipe open as long as it lives; the system closes it even where
    the parent was killed. Results get their names at the very end, so nothing half-written bears
    a final name.
    """

    def watch() -> None:
        # The raw descriptor: a buffered stdin held by a thread blocks the interpreter's exit.
        while os.read(descriptor, 4096):
            continue
        STOPPED.set()
        with FINISHING:
            if leftover is not None:
                shutil.rmtree(leftover, ignore_errors=True)
            remove_empty(new)
            os._exit(EXIT_CANCELLED)

    descriptor = sys.stdin.fileno()
    thread = threading.Thread(target=watch, name="lifeline", daemon=True)
    thread.start()
    return thread
