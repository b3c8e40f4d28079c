# SPDX-License-Identifier: GPL-2.0-or-later
"""The engine's task `newdossier`: what it is asked, what it tells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .errors import InputError
from .new_dossier import new_dossier
from .schema import listed
from .words import say


def make(job: Any, voice: Any) -> dict[str, Any]:
    """Write the dossier that a job asks for and give what was recognised.

    The job has `place` (what to look through), `out` (the file) and, where given, `name`, `code`,
    `crs` and `standard`. In the result `roles` and `doubts` map roles to the word for how sure
    they are; `recognised` and `doubtful` count them.
    """
    out = Path(job.out).absolute()
    if out.is_dir():
        raise InputError("newdossier.out_is_folder", out=out)
    made = new_dossier(
        Path(job.place).absolute(), out, job.name, job.code, job.crs, job.standard, voice.progress
    )
    for note in made.notes:
        voice.note("warning", note)
    for role, level in made.recognised.items():
        words = {"role": say(f"layers.role_{role}"), "sure": say(f"newdossier.level.{level}")}
        voice.note("info" if level == "sure" else "warning", say("newdossier.told", **words))
    for role in made.doubtful.keys() - made.recognised.keys():
        voice.note("warning", say("newdossier.told_off", role=say(f"layers.role_{role}")))
    if made.missing:
        names = listed(say(f"layers.role_{role}") for role in made.missing)
        voice.note("warning", say("newdossier.missing", roles=names))
    return {
        "dossier": str(made.path),
        "recognised": len(made.recognised),
        "doubtful": len(made.doubtful),
        "roles": dict(made.recognised),
        "doubts": dict(made.doubtful),
        "missing": list(made.missing),
    }
