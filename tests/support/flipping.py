# SPDX-License-Identifier: GPL-2.0-or-later
"""Files with random bytes turned over, read in a process of their own, bounded in time and memory.

Run as a script it reads one file again and again, each time with other bytes turned over, and
prints a line a reading: its number and `read`, `refused` or the name of what escaped.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

SECONDS = 20  # a reading that takes longer hangs
MEMORY = 6 * 2**30


def flipped(raw, seed):
    """Turn over one to eight bits at places that `seed` tells; heads of files more often."""
    turn = random.Random(seed)
    out = bytearray(raw)
    for _ in range(turn.choice((1, 1, 2, 4, 8))):
        reach = min(len(out), turn.choice((256, 4096, len(out))))
        out[turn.randrange(reach)] ^= 1 << turn.randrange(8)
    return bytes(out)


def child(folder, name, target, first, last, options):
    """Read a file so many times; `target` is the part of it that is spoilt."""
    from pianqu.layers.dossier import Source
    from pianqu.layers.errors import InputError
    from pianqu.layers.reading import read_features
    from pianqu.layers.repair import usable
    from pianqu.layers.tables import read_tables
    from pyproj import CRS

    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    warnings.simplefilter("ignore")
    place = Path(folder)
    raw = (place / target).read_bytes()
    source = Source(str(place / name), **options)
    for number in range(first, last):
        (place / target).write_bytes(flipped(raw, number))
        os.utime(place / target, ns=(number * 1000, number * 1000))  # another file to any cache
        signal.alarm(SECONDS)
        try:
            if name.endswith(".xlsx"):
                read_tables(source, "d.yaml")
            else:
                usable(read_features(source, "plan", CRS(4544), "d.yaml", place).shapes)
            outcome = "read"
        except InputError:
            outcome = "refused"
        except BaseException as error:
            outcome = f"escaped {type(error).__name__} {' '.join(str(error).split())[:200]}"
        signal.alarm(0)
        print(number, outcome, flush=True)


def run(folder, name, target, count, options, first=0):
    """Read a spoilt file `count` times; give how often each outcome came, and what was bad.

    A reading that ends the process is bad, as one that never ends; the rest is read nonetheless.
    """
    tally, bad, at = {}, [], first
    while at < first + count:
        place = Path(tempfile.mkdtemp(prefix="pianqu-flip-"))
        try:
            copy = place / "data"
            shutil.copytree(folder, copy)
            words = [copy, name, target, at, first + count, json.dumps(options)]
            done = subprocess.run(
                [sys.executable, __file__, *map(str, words)], capture_output=True, text=True,
                check=False, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            )  # fmt: skip
        finally:
            shutil.rmtree(place, ignore_errors=True)
        lines = [line.split(" ", 1) for line in done.stdout.splitlines() if line[:1].isdigit()]
        for number, outcome in lines:
            word = outcome.split(" ")[0]
            tally[word] = tally.get(word, 0) + 1
            if word == "escaped":
                bad.append((int(number), outcome))
        at = int(lines[-1][0]) + 1 if lines else at
        if done.returncode:
            reason = f"ended {done.returncode} {done.stderr.strip()[-300:]}"
            bad.append((at, reason))
            tally["ended"] = tally.get("ended", 0) + 1
            at += 1
    return tally, bad


if __name__ == "__main__":
    child(*sys.argv[1:4], int(sys.argv[4]), int(sys.argv[5]), json.loads(sys.argv[6]))
