# SPDX-License-Identifier: GPL-2.0-or-later
"""Results get their names at the very end: a run that stops leaves the former ones whole."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Sequence

from ..jobs.lifeline import STOPPED
from ..layers.errors import InputError
from ..layers.words import say

if TYPE_CHECKING:
    from ..layers.dossier import Dossier

PREFIX = ".pianqu-"
_STALE_SECONDS = 24 * 3600


def open_folder(out: Path, name: str) -> Path:
    """Make `out` and, inside it, an empty folder of that name to write into.

    Folders that killed runs left behind more than a day ago are cleared away. InputError where
    `out` is a file or can't be written.
    """
    if out.is_file():
        raise InputError("engine.out_is_file", path=out)
    if STOPPED.is_set():  # who ends the process has cleared up already
        raise InputError("engine.cancelled")
    work = out / name
    try:
        out.mkdir(parents=True, exist_ok=True)
        _sweep(out)
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
    except OSError as error:
        raise InputError("engine.out_unwritable", path=out, reason=error.strerror) from error
    return work


def refuse_inputs(dossier: Dossier, out: Path, names: Sequence[str]) -> None:
    """Raise InputError where a result would replace what the dossier reads, or the dossier."""
    read = [Path(source.path) for source in dossier.sources if not source.is_connection]
    if dossier.path:
        read.append(dossier.path)
    for name in names:
        target = (out / name).resolve()
        if any(path.resolve() == target for path in read):
            raise InputError("engine.out_is_input", name=name, path=out)


def publish(work: Path, out: Path) -> tuple[list[Path], list[str]]:
    """Give the files in `work` their final names in `out`, all or none; `work` is gone afterwards.

    Returns the files as they now stand, and a sentence for each whose name is held by another
    program or by a folder: that one stays as it was, and the new file is kept beside it. Where the
    disk fails, what was replaced is put back and an InputError says so.
    """
    files, notes = [], []
    former = work / "former"
    former.mkdir()
    moved: list[tuple[Path, Path]] = []  # from, to: what has to be undone
    try:
        for path in sorted(p for p in work.iterdir() if p != former):
            target = out / path.name
            if not _set_aside(target, former / path.name, moved):
                target = _beside(target)
                notes.append(say("engine.locked", name=path.name, other=target.name))
            path.replace(target)
            moved.append((path, target))
            files.append(target)
    except OSError as error:
        for source, target in reversed(moved):
            with suppress(OSError):
                target.replace(source)
        raise InputError("engine.out_unwritable", path=out, reason=error.strerror) from error
    shutil.rmtree(work, ignore_errors=True)
    return files, notes


def _set_aside(target: Path, place: Path, moved: list[tuple[Path, Path]]) -> bool:
    """Move a former result out of the way; False where it can't be."""
    if target.is_dir():
        return False
    if target.exists():
        try:
            target.replace(place)
        except PermissionError:
            return False
        moved.append((target, place))
    return True


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
