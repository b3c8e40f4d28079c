# SPDX-License-Identifier: GPL-2.0-or-later
"""Run as a program: decide on a register again and again, and log what was acknowledged.

`register_writer.py PLACE NAME DECISIONS CONFLICTS LOG`. Each line of the log is a decision that the
register accepted or refused; it is written only after the register answered. A broken connection or
a locked file is tried again for a minute.
"""

from __future__ import annotations

import json
import random
import sys
import time

from pianqu.layers.errors import InputError
from pianqu.register import open_register
from register_made import decision

PATIENCE = 60


def main(place, name, decisions, conflicts, log):
    register, chance = open_register(place), random.Random(name)
    versions, accepted = {}, 0
    with open(log, "a", encoding="utf-8") as file:  # noqa: PTH123
        while accepted < decisions:
            number = chance.randrange(conflicts)
            state = chance.choice(("agreed", "waived", "fixed"))
            given = decision(
                number, state, versions.get(number, 1), name, reason=f"{name}-{accepted}"
            )
            outcome = answered(register, given)
            versions[number] = outcome.row["version"]
            accepted += outcome.decided
            line = {
                "id": outcome.id, "decided": outcome.decided, "why": outcome.why,
                "given": given.version, "version": outcome.row["version"], "reason": given.reason,
                "seen": outcome.row["reason"], "state": state,
            }  # fmt: skip
            file.write(json.dumps(line) + "\n")
            file.flush()


def answered(register, given):
    """Decide until the register answers: what broke in between is not acknowledged."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return register.decide([given])[0]
        except InputError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
