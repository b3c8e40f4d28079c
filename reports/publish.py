# SPDX-License-Identifier: GPL-2.0-or-later
"""Results get their names at the very end: a run that stops leaves the former ones whole."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from pathlib import Path

from ..layers.errors import InputError
from ..layers.words import say

PREFIX = ".pianqu-"
_STALE_SECONDS = 24 * 3600


def open_folder(out: Path, name: str) -> Path:
    """Make `out` and, inside it, an empty folder of that name to write into.

    Folders that killed runs left behind more than a day ago are cleared away. InputError where
    `out` is a file or can't be written.
    """
    if out.is_file():
        raise InputError("engine.out_is_file", path=out)
    work = out / name
    try:
        out.mkdir(parents=True, exist_ok=True)
        _sweep(out)
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
    except OSError as error:
        raise InputError("engine.out_unwritable", path=out, reason=error.strerror) from error
    return work


def publish(work: Path, out: Path) -> tuple[list[Path], list[str]]:
    """Give the files in `work` their final names in `out`; `work` is gone afterwards.

    Returns the files as they now stand, and a sentence for each that another program holds: such a
    file stays as it was, and the new one is kept beside it under another name.
    """
    files, notes = [], []
    for path in sorted(work.iterdir(), key=lambda p: (p.name == "run.json", p.name)):
        target = out / path.name
        try:
            path.replace(target)
        except PermissionError:
            target = _beside(target)
            path.replace(target)
            notes.append(say("engine.locked", name=path.name, other=target.name))
        files.append(target)
    work.rmdir()
    return files, notes


def _beside(path: Path) -> Path:
    """Find a free name next to a file that can't be replaced."""
    number = 2
    while (other := path.with_name(f"{path.stem}-{number}{path.suffix}")).exists():
        number += 1
    return other


def _sweep(out: Path) -> None:
    for folder in out.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if folder.is_dir() and time.time() - folder.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)
