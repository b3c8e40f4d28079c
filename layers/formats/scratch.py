# SPDX-License-Identifier: GPL-2.0-or-later
"""A passing folder for what must lie in files to be read: unpacked archives, relabelled texts."""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path


def stamp_of(path: Path) -> tuple[int, ...]:
    """Give what changes whenever a file or folder was written anew."""
    files = [path, path.with_name(path.name + "-wal")]  # SQLite's newest pages
    if path.is_dir():
        files += sorted(path.iterdir())
    else:
        files += [path.with_suffix(one) for one in (".dbf", ".cpg", ".mid", ".dat", ".prj")]
    facts = [one.stat() for one in files if one.exists()]
    return tuple(number for one in facts for number in (one.st_mtime_ns, one.st_size))


@lru_cache(maxsize=4)
def _root(process: int) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="pianqu-reading-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def place_for(path: Path, *more: object) -> Path:
    """Give the folder that holds what is made of a file; it is new where the file is.

    A half-made one never bears this name: fill `draft_for` it, then rename.
    """
    said = repr((str(path.absolute()), stamp_of(path), more))
    name = hashlib.blake2b(said.encode("utf-8", errors="surrogatepass"), digest_size=12).hexdigest()
    return _root(os.getpid()) / name


def draft_for(place: Path) -> Path:
    """Make a folder to fill; `settle` gives it its name."""
    return Path(tempfile.mkdtemp(prefix="draft-", dir=place.parent))


def settle(draft: Path, place: Path) -> Path:
    """Give a filled folder its name; where another was quicker, that one stays."""
    try:
        draft.replace(place)
    except OSError:
        if not place.is_dir():
            raise
        shutil.rmtree(draft, ignore_errors=True)
    return place
