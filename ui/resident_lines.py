# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines out of a stream; a state of a whole county may be one line of many megabytes."""

from __future__ import annotations

from typing import Iterator

_LOGGED = 400


class LineCutter:
    """Cuts what comes into lines, in time that grows with what came and not with its square."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def feed(self, chunk: bytes) -> Iterator[str]:
        """Take in a chunk and give the lines that it ends."""
        first, *more = chunk.split(b"\n")
        self._parts.append(first)
        if not more:
            return
        lines = [b"".join(self._parts), *more[:-1]]
        self._parts = [more[-1]]
        for line in lines:
            yield line.decode("utf-8", "replace").rstrip("\r")


def shortened(line: str) -> str:
    """Give a line as the log keeps it: geometries are long and say a reader nothing."""
    return line if len(line) <= _LOGGED else f"{line[:_LOGGED]}… ({len(line)})"
