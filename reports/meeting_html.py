# SPDX-License-Identifier: GPL-2.0-or-later
"""Write meeting.html: one page for the table of the joint meeting, A4 landscape, offline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..layers.progress import Progress
from ..layers.words import language, pick, say
from . import meeting_figures as figures
from .html import Captions
from .labels import COLOURS, OUTCOMES, SIGNS, SYMBOLS, hectares, join_words, missing, text, word
from .meeting_data import STATES, Papers
from .meeting_demand import demand_notes, demand_rows
from .meeting_land import land
from .meeting_map import INSET, Drawer
from .meeting_scene import HEIGHT, WIDTH
from .meeting_sheets import FACTS, Sheets
from .meeting_words import (
    area,
    day,
    named,
    other_side,
    percent,
    place,
    project,
    remains,
    rule,
    short_sites,
    years,
)  # fmt: skip
from .provenance import stamp

_TEMPLATES = Path(__file__).resolve().parent / "templates"
SHEETS = 200  # map sheets that the page holds; more make it too heavy to open and to print


def write_page(papers: Papers, sheets: Sheets, drawer: Drawer, path: Path, tell: Progress) -> Path:
    """Write the page in the language in force; the gravest SHEETS conflicts get a map."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.globals.update(
        say=say, word=word, named=named, rule=rule, area=area, hectares=hectares, COLOURS=COLOURS,
        SYMBOLS=SYMBOLS, SIGNS=SIGNS, OUTCOMES=OUTCOMES, STATES=STATES, FACTS=FACTS, WIDTH=WIDTH,
        HEIGHT=HEIGHT, INSET=INSET,
    )  # fmt: skip
    values = _content(papers, sheets)
    page = environment.get_template("meeting.html.j2").render(
        **values, **_sheets(sheets, drawer, tell), outline=drawer.county()
    )
    path.write_bytes(page.encode("utf-8"))
    return path


def county_name(papers: Papers) -> str:
    """Give the county's name as the run has it."""
    return text(papers.run.get("name")) or text(papers.run.get("code")) or say("reports.county")


def block(papers: Papers) -> list[tuple[str, str]]:
    """List what the title block says: county, date, period, standard, plans, register, versions."""
    run, register = papers.run, papers.register
    standard = run.get("standard") or {}
    years_ = [run.get("base_year"), run.get("target_year")]
    counts = say(
        "meeting.block.plan_count", plans=len(papers.plans),
        departments=len(figures.names(papers)), projects=len(papers.projects),
    )  # fmt: skip
    missed = papers.gaps.plan_names()
    if missed:
        missed = say("meeting.block.unchecked", names=missed)
        counts = f"{counts}{say('meeting.semicolon')}{missed}"
    kept = say("meeting.register.none")
    if register.there:
        kept = say("meeting.register.there", name=register.label, count=len(register.conflicts))
    measured = [text(run.get("crs")), word("area", run.get("area") or run.get("area_method"))]
    made = [text(run.get("dossier")), _version(run)]
    rows = {
        "county": " ".join(filter(None, [county_name(papers), text(run.get("code"))])),
        "date": stamp(run.get("stamp")),
        "years": say("meeting.block.period", base=years_[0], target=years_[1])
        if all(years_) else "",
        "standard": _standard(standard),
        "plans": counts,
        "register": kept,
        "crs": join_words(list(filter(None, measured))),
        "made": join_words(list(filter(None, made))),
    }  # fmt: skip
    return [(say(f"meeting.block.{key}"), value) for key, value in rows.items() if value]


def _standard(standard: Any) -> str:
    """Name the standard with its version."""
    if not isinstance(standard, dict):
        return text(standard)
    return " ".join(text(standard.get(name)) for name in ("name", "id", "version")).strip()


def _version(run: dict[str, Any]) -> str:
    """Name the version that computed the results."""
    versions = run.get("versions") if isinstance(run.get("versions"), dict) else {}
    found = run.get("pianqu") or run.get("version") or (versions or {}).get("pianqu")
    return say("meeting.block.version", version=found) if found else ""


def _content(papers: Papers, sheets: Sheets) -> dict[str, Any]:
    """Gather all that the page says before the map sheets."""
    whole = figures.tally(papers.conflicts)
    departments = figures.departments(papers)
    rules, plans = figures.plan_table(papers)
    return {
        "language": {"zh": "zh-CN", "en": "en"}[language()],
        "title": say("meeting.title", name=county_name(papers)),
        "block": block(papers),
        "caption": Captions(),
        "whole": whole,
        "land": area(land(papers)),
        "gaps": papers.gaps,
        "lead": _lead(papers, whole, departments),
        "severities": figures.severity_table(papers),
        "kinds": figures.kind_table(papers),
        "agenda": figures.between(papers),
        "plans": plans,
        "rules": rules,
        "matrix": figures.matrix(papers),
        "demand": demand_rows(papers),
        "demand_notes": demand_notes(papers),
        "none_found": none_found(papers),
        "warnings": warnings(papers),
        "without": {one.name: without_conflicts(papers, one) for one in departments},
        "departments": [
            (one, [department_row(papers, sheets, at, one.name) for at in one.rows])
            for one in departments
        ],
        "decisions": decision_rows(papers),
        "register": papers.register.there,
    }


def _lead(papers: Papers, whole: Any, departments: list[Any]) -> list[str]:
    """Answer what the chair asks first, in sentences."""
    gaps = papers.gaps
    if not whole.count:
        out = [none_found(papers)]
    else:
        waiting = papers.conflicts[papers.conflicts["state"].isin(figures.PENDING)]
        errors = int((waiting["severity"] == "error").sum())
        out = [
            say("meeting.lead.pending", pending=whole.pending, errors=errors, decided=whole.decided)
        ]
        known = set(figures.names(papers))
        pairs = [one for one in figures.between(papers) if known.issuperset(one[0])]
        if pairs:
            (first, second), most, _ = max(pairs, key=lambda one: (one[1].count, one[1].m2))
        if pairs and most.count > 1:
            out.append(
                say("meeting.lead.pairs", first=first, second=second, count=most.count,
                    area=most.area)
            )  # fmt: skip
    joint = papers.joint_use
    if len(joint):
        size = area(float(joint["area_m2"].sum()))
        out.append(say("meeting.lead.joint", count=len(joint), area=size))
    quiet = [one.name for one in departments if not (one.tally.count or one.gaps)]
    if quiet and whole.count:
        key = "meeting.lead.quiet_part" if gaps.rules else "meeting.lead.quiet"
        out.append(say(key, names=join_words(quiet)))
    return out


def warnings(papers: Papers) -> list[str]:
    """Say what was not checked, so that no figure is taken for the whole."""
    gaps, out = papers.gaps, []
    for key, names in (("none", gaps.blank), ("part", gaps.plans.keys() - gaps.blank)):
        lost = [one for one in gaps.plans if one in names]
        if lost:
            shown = gaps.plan_names(lost)
            out.append(say(f"meeting.lead.gaps_{key}", count=len(lost), names=shown))
    if gaps.rules:
        out.append(say("meeting.lead.gaps_rules", names=gaps.rule_names()))
    return out


def none_found(papers: Papers) -> str:
    """Say that there is no conflict, as far as that can be said."""
    return say("meeting.none_in_part" if papers.gaps else "meeting.none_at_all")


def without_conflicts(papers: Papers, one: figures.Department) -> str:
    """Say of a department without conflicts whether its plans were looked at."""
    if one.gaps:
        return say("meeting.semicolon").join(one.gaps)
    if papers.gaps.rules:
        return say("meeting.department.none_part", names=papers.gaps.rule_names())
    return say("meeting.department.none")


def department_row(papers: Papers, sheets: Sheets, at: int, name: str) -> dict[str, Any]:
    """Say one conflict as a department sees it: its own project first, then the other side."""
    row = sheets.rows[at]
    own, other = figures.side_of(row, name)
    words = sheets.words(row)
    near = short_sites(sheets.scenes.sites(row, own))
    periods = [years(row[f"{side}_start"], row[f"{side}_end"]) for side in (own, other)]
    return {
        "words": words,
        "own": project(row, own) or row[f"{own}_name"],
        "own_plan": row[f"{own}_name"],
        "other": other_side(row, other),
        "other_plan": row[f"{other}_name"] if row[f"{other}_department"] else "",
        "place": place(row),
        "measure": words.measure,
        "share": percent(row[f"{own}_share"]),
        "ways": [line for line in (remains(row, own), near) if line] or [words.remedy or "—"],
        "years": periods[0] if periods[1] == "—" else " / ".join(periods),
    }


def decision_rows(papers: Papers) -> list[dict[str, Any]]:
    """Lay out the decisions of the register with the steps that led to each."""
    history = papers.register.history
    steps = dict(list(history.groupby("id")))
    out = []
    for row in figures.decisions(papers).to_dict("records"):
        what = [other_side_of(row, side) for side in ("subject", "object")]
        out.append(
            {
                **row,
                "number": "" if missing(row["number"]) else str(int(row["number"])),
                "what": say("meeting.versus").join(filter(None, what)),
                "day": day(row["decided_at"]),
                "steps": [_step(each) for each in steps[row["id"]].to_dict("records")]
                if row["id"] in steps else [],
            }
        )  # fmt: skip
    return out


def other_side_of(row: dict[str, Any], side: str) -> str:
    """Name a side of a conflict of the register: department and project, else the plan."""
    parts = [row[f"{side}_department"], row[f"{side}_label"]]
    return " ".join(filter(None, parts)) or row[f"{side}_name"]


def _step(row: dict[str, Any]) -> str:
    """Say one step of a conflict's history."""
    before, after = named("state", row["state_from"]), named("state", row["state_to"])
    same = not before or before == after
    key = "meeting.step.same" if same else "meeting.step"
    shown = say(key, at=day(row["at"]), before=before, after=after)
    rest = [row["department"], row["person"], row["decision"], row["reason"], row["note"]]
    words = pick("，", ", ").join(dict.fromkeys(filter(None, rest)))
    return pick("：", ": ").join(filter(None, [shown, words]))


def _sheets(sheets: Sheets, drawer: Drawer, tell: Progress) -> dict[str, Any]:
    """Draw the map sheets of the gravest conflicts that have a place."""
    drawn: list[Any] = []
    placeless, kept = [], 0
    for place_, row in enumerate(sheets.rows):
        if place_ % 20 == 0:
            tell("meeting", 0.1 + 0.6 * min(place_, SHEETS) / max(len(sheets.rows), 1), "")
        if len(drawn) == SHEETS:
            kept = len(sheets.rows) - place_
            break
        map_ = drawer.draw(row)
        if map_ is None:
            placeless.append(str(row["number"]))
        else:
            drawn.append((sheets.words(row), map_))
    return {"sheets": drawn, "placeless": placeless, "kept": kept, "total": len(sheets.rows)}
