# SPDX-License-Identifier: GPL-2.0-or-later
"""The words of each conflict's sheet: facts of both sides, way out, decision."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ..layers.words import say
from .labels import SIGNS, missing, text, word
from .meeting_data import SIDES
from .meeting_scene import DEMAND, GREY, Scenes
from .meeting_words import (
    area_with_unit,
    decided,
    department,
    direction,
    distance,
    measure,
    named,
    percent,
    place,
    project,
    remains,
    rule,
    sites,
    years,
)

FACTS = (
    "department", "plan", "project", "use", "years", "content", "standard", "listed", "laid_out",
    "share",
)  # fmt: skip


@dataclass(frozen=True)
class Side:
    """One side of a conflict in words; `facts` follow FACTS, "" where there is nothing to say."""

    letter: str
    name: str
    colour: str
    is_project: bool
    facts: tuple[str, ...]
    remains: str
    sites: tuple[str, ...]


@dataclass(frozen=True)
class Words:
    """All that the sheet of one conflict says, in the language in force."""

    number: int
    id: str
    sign: str
    severity: str
    severity_word: str
    rule: str
    place: str
    measure: str
    title: str
    message: str
    remedy: str
    basis: str
    state: str
    state_word: str
    decision: str
    sides: tuple[Side, Side]
    more: tuple[str, ...] = ()

    @property
    def ways(self) -> list[str]:
        """List the ways out of both sides, each under its letter, and what else helps to decide."""
        out = list(self.more)
        for side in self.sides:
            if side.remains:
                out.append(say("meeting.way.remains", letter=side.letter, text=side.remains))
            if side.sites:
                shown = say("meeting.semicolon").join(side.sites)
                out.append(say("meeting.way.sites", letter=side.letter, text=shown))
        return out


_ASKING = 6  # projects named on the sheet of a unit that asks for too much


class Sheets:
    """Says what is known of each conflict."""

    def __init__(self, scenes: Scenes) -> None:
        self.scenes = scenes
        self.colours = scenes.colours
        self.rows = scenes.papers.conflicts.to_dict("records")
        self._said: dict[int, Words] = {}

    def words(self, row: dict[str, Any]) -> Words:
        """Say all about one conflict; several papers ask for the same words."""
        number = int(row["number"])
        if number not in self._said:
            self._said[number] = self._say(row)
        return self._said[number]

    def _say(self, row: dict[str, Any]) -> Words:
        first, second = (self._side(row, side) for side in SIDES)
        names = [first.name, second.name] if second.name else [first.name]
        return Words(
            number=int(row["number"]),
            id=row["id"],
            sign=SIGNS.get(row["severity"], ""),
            severity=row["severity"],
            severity_word=word("severity", row["severity"]),
            rule=rule(row["rule"]),
            place=place(row),
            measure=measure(row),
            title=say("meeting.versus").join(names),
            message=row["message"],
            remedy=row["remedy"],
            basis=row["basis"],
            state=row["state"],
            state_word=named("state", row["state"]),
            decision=decided(row),
            sides=(first, second),
            more=tuple(self._more(row)),
        )

    def _more(self, row: dict[str, Any]) -> list[str]:
        """Say where the line lies that a conflict is about, or who asks for the land of a unit."""
        scene = self.scenes.scene(row)
        if scene is None:
            return []
        out = []
        way = self.scenes.nearest_zone(scene)
        if way is not None:
            away = {"direction": direction(*way), "distance": distance(math.hypot(*way))}
            out.append(say("meeting.zone.away", zone=word("role", scene.zone), **away))
        if row["rule"] == DEMAND and scene.asking is not None and len(scene.asking):
            asking = [self.scenes.projects[at] for at in scene.asking[:_ASKING]]
            names = [
                say("meeting.demand.project", project=_named(one), plan=one["sector_name"],
                    area=area_with_unit(one["new_construction_m2"]))
                for one in asking
            ]  # fmt: skip
            shown = say("meeting.semicolon").join(names)
            out.append(say("meeting.demand.asking", count=len(scene.asking), names=shown))
        return out

    def _side(self, row: dict[str, Any], side: str) -> Side:
        """Say what is known of a side: a project, a control line, the quotas, or nobody."""
        known = self.scenes.project(row, side) or {}
        plan = row[f"{side}_plan"]
        is_project = bool(plan)
        values = self._project_facts(row, side, known) if is_project else self._thing(row, side)
        name = project(row, side) if is_project else values["plan"]
        return Side(
            letter=say(f"meeting.side.{side}"),
            name=name or row[f"{side}_name"],
            colour=self.colours.get(plan) or GREY,
            is_project=is_project,
            facts=tuple(values.get(fact, "") for fact in FACTS),
            remains=remains(row, side),
            sites=tuple(sites(self._sites(row, side, known.get("geometry")))),
        )

    def _sites(self, row: dict[str, Any], side: str, ground: Any) -> list[dict[str, Any]]:
        """Give a side's sites with the direction in which each lies from its project."""
        found = self.scenes.sites(row, side)
        if ground is None or ground.is_empty:
            return found
        out = []
        for one in found:
            there, here = one["geometry"], ground.centroid
            if there is not None and not there.is_empty:
                spot = there.centroid
                one = {**one, "direction": direction(spot.x - here.x, spot.y - here.y)}
            out.append(one)
        return out

    def _project_facts(
        self, row: dict[str, Any], side: str, known: dict[str, Any]
    ) -> dict[str, str]:
        """Say what list and layout know of a side's project."""
        use, name = row[f"{side}_use"], text(known.get("use_name"))
        return {
            "department": department(row, side),
            "plan": row[f"{side}_name"],
            "project": project(row, side),
            "use": f"{use} {name}".strip() or "—",
            "years": years(row[f"{side}_start"], row[f"{side}_end"]),
            "content": text(known.get("content")) or "—",
            "standard": text(known.get("standard")) or "—",
            "listed": area_with_unit(known.get("listed_m2")),
            "laid_out": area_with_unit(_first(row[f"{side}_area_m2"], known.get("area_m2"))),
            "share": percent(row[f"{side}_share"]),
        }

    def _thing(self, row: dict[str, Any], side: str) -> dict[str, str]:
        """Name what is no project: a control line, planned land use, a reserve, the quotas."""
        layer = row[f"{side}_layer"]
        if not layer:
            return {"plan": ""}
        name = row[f"{side}_name"] or row[f"{side}_label"]
        return {
            "department": department(row, side) if row[f"{side}_department"] else "",
            "plan": name or word("role", layer),
            "project": row[f"{side}_label"] if row[f"{side}_label"] != name else "",
        }


def _named(known: dict[str, Any]) -> str:
    """Name a project with its code, as the facts do."""
    return project({"p_label": known["label"], "p_id": known["project"]}, "p")


def _first(value: Any, other: Any) -> Any:
    """Give the first of two numbers that is known."""
    return other if missing(value) else value
