# SPDX-License-Identifier: GPL-2.0-or-later
"""A resident engine in a process of its own, talked to line by line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def command(dossier, *more) -> list[str]:
    """Give the line that starts a resident engine as QGIS does."""
    launch = str(ROOT / "jobs" / "launch.py")
    return [sys.executable, "-I", "-X", "utf8", launch, "serve", str(dossier), "--json",
            "--watch-stdin", "--language", "en", *more]  # fmt: skip


class Served:
    """Starts the engine and asks it."""

    def __init__(self, dossier, *more):
        self.process = subprocess.Popen(
            command(dossier, *more), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, encoding="utf-8",
        )  # fmt: skip
        self.heard = []
        self.count = 0

    def hear(self):
        """Read one line; None at the end."""
        line = self.process.stdout.readline()
        if not line:
            return None
        self.heard.append(json.loads(line))
        return self.heard[-1]

    def until(self, *kinds):
        """Read on to a line of one of these types; None where none comes."""
        while True:
            line = self.hear()
            if line is None or line["type"] in kinds:
                return line

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def ask(self, do, **more):
        """Ask one thing and give the answer to it."""
        self.count += 1
        self.say(json.dumps({"id": self.count, "do": do, **more}))
        answer = self.until("reply", "error")
        assert answer["id"] == self.count
        return answer

    def end(self):
        """Close the standard input; gives the exit status."""
        self.process.stdin.close()
        status = self.process.wait(20)
        self.process.stdout.close()
        self.process.stderr.close()
        return status
