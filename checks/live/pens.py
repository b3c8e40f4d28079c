# SPDX-License-Identifier: GPL-2.0-or-later
"""What the pen does: edits of features, put together feature by feature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Container, Mapping, Sequence

from ...layers.errors import InputError

OPS = ("add", "set", "remove")


@dataclass(frozen=True)
class Pen:
    """What edits leave of a feature: its raw shape and the raw values that changed.

    `wkb` is None where the shape stays as it was, b"" where there is none.
    """

    key: str
    wkb: bytes | None
    values: Mapping[str, Any]


def coalesced(
    edits: Sequence[Mapping[str, Any]], known: Container[str]
) -> tuple[list[Pen], list[str]]:
    """Give what becomes of each feature in the end, in the order the edits first name them.

    `known` are the keys of the features there are. Gives the features that are drawn or changed,
    and the keys of those taken away. An edit of a feature that is not there is an InputError.
    """
    wanted: dict[str, Pen | None] = {}
    for one in edits:
        key, op = str(one["key"]), one["op"]
        there = wanted[key] is not None if key in wanted else key in known
        if op not in OPS:
            raise InputError("live.op", op=op, known=", ".join(OPS))
        if op != "add" and not there:
            raise InputError("live.no_feature", feature=key)
        if op == "remove":
            wanted[key] = None
            continue
        before = wanted.get(key) if op == "set" else None
        wkb = before.wkb if before else (b"" if op == "add" else None)
        if "wkb" in one:
            wkb = one["wkb"] or b""  # none is no shape, which is a finding
        values = {**(before.values if before else {}), **(one.get("values") or {})}
        wanted[key] = Pen(key, wkb, values)
    pens = [pen for pen in wanted.values() if pen is not None]
    return pens, [key for key, pen in wanted.items() if pen is None and key in known]
