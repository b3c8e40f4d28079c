# SPDX-License-Identifier: GPL-2.0-or-later
"""How names, fields and codes add up to being sure of a role. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Mapping

from .alias_codes import TableGuess

SURE, LIKELY, DOUBTFUL = 0.85, 0.6, 0.25
RIVAL = 0.1  # a second layer this near makes the first one no longer sure
BY_CODE = ("units", "landuse", "plan")  # roles that are nothing without their field of codes
SHAPES = ("polygon", "")
_WITHOUT_CODE = 0.35


@dataclass(frozen=True)
class Evidence:
    """What speaks for one layer as one role.

    `name` is weight and alias; `misnamed` an alias that says it is something else; `land` tells
    that it has a field of land-use codes, `digits` that the codes look like codes of places;
    `usual` are the roles' code tables.
    """

    name: tuple[float, str]
    misnamed: str
    context: float
    fields: Mapping[str, tuple[str, float]]
    shape: str
    codes: TableGuess
    sampled: bool
    digits: bool
    land: bool
    usual: Mapping[str, str]


def level(sure: float) -> str:
    """Give the word for a confidence: `sure`, `likely`, `doubtful` or `none`."""
    grades = ((SURE, "sure"), (LIKELY, "likely"), (DOUBTFUL, "doubtful"))
    return next((word for least, word in grades if sure >= least), "none")


def confidence(role: str, seen: Evidence) -> float:
    """Add the evidence up: independent signs, each leaves less room for doubt."""
    if seen.shape not in SHAPES:
        return 0.0
    if role not in BY_CODE:
        mark = max(seen.fields.get(name, ("", 0.0))[1] for name in ("mark", "allowed"))
        signs = [0.95 * seen.name[0], 0.55 * mark]
    else:
        signs = _of_codes(role, seen)
    room = 1.0
    for sign in [*signs, 0.3 * seen.context if any(signs) else 0.0]:
        room *= 1.0 - sign
    sure = 1.0 - room
    if role in BY_CODE and "code" not in seen.fields:
        sure = min(sure, _WITHOUT_CODE)
    return round(sure * _discount(role, seen), 4)


def _of_codes(role: str, seen: Evidence) -> list[float]:
    weight = seen.fields.get("code", ("", 0.0))[1]
    if role == "units":
        return [0.85 * seen.name[0], 0.4 * weight, 0.3 if seen.digits and weight else 0.0]
    return [0.85 * seen.name[0], 0.55 * weight, 0.6 * _codes_fit(role, seen)]


def _codes_fit(role: str, seen: Evidence) -> float:
    """Grade the codes: of the role's own table, of the other role's, of a third.

    A base may be in the plan's codes, but hardly a plan in the survey's.
    """
    codes = seen.codes
    other = seen.usual.get("landuse" if role == "plan" else "plan", "")
    fit = {seen.usual.get(role, ""): 1.0}.get(codes.table, 0.6)
    if codes.table == other and other != seen.usual.get(role, ""):
        fit = 0.0 if role == "plan" else 0.3
    return codes.share * max(codes.sure, 0.5) * fit if codes.table else 0.0


def _discount(role: str, seen: Evidence) -> float:
    """Give the factor for what speaks against it."""
    factor = 0.95 if seen.shape == "" else 1.0
    if seen.misnamed:
        factor *= 0.3
    if role == "units" and seen.land:
        factor *= 0.35  # every parcel says where it lies
    if role in BY_CODE and role != "units" and seen.sampled:
        if not seen.codes.table:
            factor *= 0.6
        elif _codes_fit(role, seen) == 0.0 and seen.codes.own:
            factor *= 0.8
        if seen.codes.foreign:
            factor *= 0.9
    return factor
