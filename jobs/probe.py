# SPDX-License-Identifier: GPL-2.0-or-later
"""Tell what a Python lacks for the engine: `PYTHON -I probe.py REQUIREMENTS [--import]`.

Prints one JSON object: `python` (version), `missing` (lines of the requirements not met). Without
`--import` only the installed versions are read, which takes a twentieth of a second. This file is
run by foreign Pythons, also such as are too old for the engine.
"""

from __future__ import annotations

import importlib
import json
import re
import sys

OLDEST = (3, 9)
MODULES = {"PyYAML": "yaml"}


def numbers(version: str) -> tuple[int, ...]:
    """Read the leading numbers of a version, `2.0.2rc1` as (2, 0, 2)."""
    return tuple(int(part) for part in re.findall(r"\d+", version.split("+")[0])[:3])


def lacks(line: str, load: bool) -> bool:
    """Tell whether a requirement `name>=version` is not met here."""
    from importlib import metadata

    name, _, floor = line.partition(">=")
    try:
        if numbers(metadata.version(name)) < numbers(floor or "0"):
            return True
        if load:
            importlib.import_module(MODULES.get(name, name))
    except (metadata.PackageNotFoundError, ImportError, OSError):
        return True
    return False


def missing(lines: list[str], load: bool) -> list[str]:
    """List the requirements that are not met, or the Python itself where it is too old."""
    if sys.version_info < OLDEST:
        return ["Python>=" + ".".join(str(number) for number in OLDEST)]
    wanted = [line.split("#")[0].strip() for line in lines]
    return [line for line in wanted if line and lacks(line, load)]


def main() -> None:
    """Print the answer."""
    with open(sys.argv[1], encoding="utf-8") as file:  # noqa: PTH123
        lines = file.readlines()
    answer = {
        "python": sys.version.split()[0],
        "missing": missing(lines, "--import" in sys.argv[2:]),
    }
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
