# SPDX-License-Identifier: GPL-2.0-or-later
"""How the papers of the joint meeting say rules, states, places, years and ways out."""

from __future__ import annotations

import math
from typing import Any, Mapping

from ..jobs.moments import local_time
from ..jobs.sector_rules import is_code
from ..layers.words import catalogue, say
from .labels import half_up, hectares, join_words, missing, text, word

_NOTHING = 0.5  # m2: what is left of a project is shown without decimals


def named(vocabulary: str, value: Any) -> str:
    """Give the papers' word for a value; an unknown value stays as it is."""
    key = f"meeting.{vocabulary}.{value}"
    return say(key) if key in catalogue() else text(value)


def rule(value: str) -> str:
    """Name a rule as a heading of a table can hold it, and as the register does."""
    key = f"register.rule.{value}"
    return say(key) if key in catalogue() else text(value)


def place(row: Mapping[str, Any]) -> str:
    """Say where a conflict lies, from cluster to village, each once."""
    names = [row["cluster_name"] or row["cluster"], row["town_name"] or row["town"]]
    names.append(row["unit_name"] if row["level"] in ("village", "county") else "")
    return " ".join(dict.fromkeys(filter(None, names))) or "—"


def years(start: float, end: float) -> str:
    """Say a period of whole years, both inclusive; what is not known is left open."""
    if missing(start) and missing(end):
        return "—"
    if missing(end):
        return say("meeting.years.from", year=f"{start:.0f}")
    if missing(start):
        return say("meeting.years.until", year=f"{end:.0f}")
    return f"{start:.0f}" if start == end else f"{start:.0f}–{end:.0f}"


def area(value: Any) -> str:
    """Show square metres as hectares."""
    return hectares(None if missing(value) else float(value) / 1e4)


def area_with_unit(value: Any, digits: int = 0) -> str:
    """Show an area with its unit: hectares, below one hectare square metres."""
    if missing(value):
        return "—"
    if abs(value) >= 1e4 and not digits:
        return say("meeting.ha", value=area(value))
    return say("meeting.m2", value=f"{half_up(value, digits):,.{digits}f}")


def percent(value: Any) -> str:
    """Show a share (0 to 1) as a percentage with one decimal; little is not nothing."""
    if missing(value):
        return "—"
    shown = half_up(100 * float(value), 1)
    return "<0.1%" if shown == 0 < value else f"{shown:.1f}%"


def distance(value: Any) -> str:
    """Show metres: kilometres from a thousand on."""
    if missing(value):
        return "—"
    if value >= 1000:
        return say("meeting.km", value=f"{half_up(value / 1000, 1):.1f}")
    return say("meeting.m", value=f"{half_up(value, 0):.0f}")


def measure(row: Mapping[str, Any]) -> str:
    """Show how large a conflict is: its ground, else its value against its limit."""
    if not missing(row["area_m2"]) and row["area_m2"] > 0 and row["unit_of_measure"] != "m":
        return area_with_unit(row["area_m2"])
    if missing(row["value"]):
        return "—"
    unit = row["unit_of_measure"]
    if missing(row["limit"]):
        return _amount(row["value"], unit)
    return say(
        "meeting.against", value=_amount(row["value"], unit), limit=_amount(row["limit"], unit)
    )


def _amount(value: float, unit: str) -> str:
    """Show an amount in the unit a finding names."""
    if unit == "m":
        return distance(value)
    if unit in ("m2", "m²"):
        return area_with_unit(value)
    if unit == "ha":
        return say("meeting.ha", value=hectares(value))
    number = f"{value:,.0f}" if float(value).is_integer() else f"{half_up(value, 2):,.2f}"
    return f"{number} {unit}".strip()


def department(row: Mapping[str, Any], side: str) -> str:
    """Give the department of a side; a plan that names none stands for itself."""
    return text(row[f"{side}_department"]) or text(row[f"{side}_name"])


def other_side(row: Mapping[str, Any], side: str) -> str:
    """Name a side that may be a project, a control line, the quotas or nothing."""
    layer = row[f"{side}_layer"]
    parts = [department(row, side), row[f"{side}_label"]]
    if row[f"{side}_department"]:  # the id of a line's or a quota's own is nothing to a reader
        parts[1] = parts[1] or (row[f"{side}_id"] if is_code(row[f"{side}_id"]) else "")
    shown = " ".join(dict.fromkeys(filter(None, parts)))
    return shown or (word("role", layer) if layer else "—")


def project(row: Mapping[str, Any], side: str) -> str:
    """Name a side's project with its code; a place that stands for one is no word for people."""
    label, code = text(row[f"{side}_label"]), text(row[f"{side}_id"])
    if is_code(code) and code != label:
        return say("meeting.coded", name=label, code=code) if label else code
    return label


def remains(row: Mapping[str, Any], side: str) -> str:
    """Say what is left of a side's project without the conflicting part, and if that is enough."""
    left, meets = row[f"{side}_remain_m2"], row[f"{side}_meets"]
    if missing(left):
        return ""
    if left < _NOTHING:
        return say("meeting.remains.none")
    needed = row[f"{side}_demand_m2"]
    key = f"meeting.remains.{meets}" if meets in ("yes", "no") else "meeting.remains.unknown"
    shown = area_with_unit(left), area_with_unit(needed)
    if shown[0] == shown[1]:  # they differ by less than the figures show
        shown = area_with_unit(left, 2), area_with_unit(needed, 2)
    return say(key, left=shown[0], needed=shown[1])


def sites(found: list[dict[str, Any]]) -> list[str]:
    """Say the suggested sites of one project, nearest town first as they are ranked."""
    return [
        say(
            "meeting.site",
            number=f"{row['rank']:.0f}",
            kind=named("site", row["kind"]),
            area=area_with_unit(row["area_m2"]),
            distance=f"{row.get('direction', '')} {distance(row['distance_m'])}".strip(),
            town=row["town_name"] or row["town"] or "—",
        )
        for row in found
    ]


def short_sites(found: list[dict[str, Any]]) -> str:
    """Say the suggested sites of one project as briefly as a table's cell needs."""
    shown = [
        say(
            "meeting.site.short",
            area=area_with_unit(row["area_m2"]),
            distance=distance(row["distance_m"]),
        )
        for row in found
    ]
    return say("meeting.way.own_sites", text=join_words(shown)) if shown else ""


def decided(row: Mapping[str, Any]) -> str:
    """Say a decision in one line: what, why, by whom and when."""
    who = join_words(list(filter(None, [text(row["decided_by"]), text(row["person"])])))
    parts = [text(row["decision"]), text(row["reason"]), who, day(row["decided_at"])]
    return say("meeting.semicolon").join(dict.fromkeys(filter(None, parts)))


def scale_words(scale: int) -> str:
    """Show a map's scale."""
    return f"1:{scale:,}".replace(",", " ")


def day(stamp: Any) -> str:
    """Show the day of an ISO stamp in the time of this place; what is none stays as it is."""
    shown = local_time(text(stamp))
    return shown[:10] if len(shown) > 10 and shown[4:5] == "-" and shown[10] in "T " else shown


def direction(dx: float, dy: float) -> str:
    """Name the direction of a vector in metres, one of eight."""
    names = ("east", "northeast", "north", "northwest", "west", "southwest", "south", "southeast")
    return say(f"meeting.direction.{names[round(math.degrees(math.atan2(dy, dx)) / 45) % 8]}")
