# SPDX-License-Identifier: GPL-2.0-or-later
"""The facts of a conflict: both projects side by side, the way out, the history."""

from __future__ import annotations

from html import escape
from typing import Callable, Iterable

from qgis.PyQt.QtCore import QUrl, pyqtSignal
from qgis.PyQt.QtGui import QPalette
from qgis.PyQt.QtWidgets import QTextBrowser, QWidget

from ..jobs.moments import local_time
from ..jobs.words import tr
from .conflict_model import end_text, measure
from .labels import (
    CHANGES,
    COLOURS,
    DASH,
    KINDS,
    OBJECTS,
    RULES,
    SEVERITIES,
    STATES,
    VERDICTS,
    hectares,
    number,
    percent,
    word,
    years,
)
from .sector_records import Conflict, Event, Project, Results, Side, Site

Fact = Callable[[Side, "Project | None"], str]
_GOOD, _BAD = COLOURS["fixed"], COLOURS["error"]


def _use(side: Side, project: Project | None) -> str:
    name = project.use_name if project and project.use == side.use else ""
    return f"{side.use} {name}".strip()


def _meets(side: Side, project: Project | None) -> str:
    return {"yes": tr("✔ yes"), "no": tr("✘ no")}.get(side.meets, "")


def _figure(show: Callable[[float | None], str], value: float | None) -> str:
    return "" if value is None else show(value)


FACTS: tuple[tuple[Callable[[], str], Fact], ...] = (
    (lambda: tr("Plan"), lambda side, _: side.name or word(OBJECTS, side.layer)),
    (lambda: tr("Department"), lambda side, _: side.department),
    (lambda: tr("Use"), _use),
    (lambda: tr("Years"), lambda side, _: years(side.start, side.end).strip(DASH)),
    (lambda: tr("Area"), lambda side, _: _figure(hectares, side.area_m2)),
    (lambda: tr("Share in conflict"), lambda side, _: _figure(percent, side.share)),
    (lambda: tr("Demand"), lambda side, _: _figure(hectares, side.demand_m2)),
    (lambda: tr("Left if cut off"), lambda side, _: _figure(hectares, side.remain_m2)),
    (lambda: tr("Still meets its demand"), _meets),
    (lambda: tr("Content"), lambda _, project: project.content if project else ""),
    (lambda: tr("Building standard"), lambda _, project: project.standard if project else ""),
)


class FactsView(QTextBrowser):
    """Shows one conflict; links lead to the suggested sites."""

    site_wanted = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pianqu_sector_facts")
        self.setAccessibleName(tr("Facts of the conflict"))
        self.setOpenLinks(False)
        self.anchorClicked.connect(self._follow)
        self._sites: list[Site] = []
        self.show_nothing()

    def show_nothing(self) -> None:
        """Say what to do where no conflict is chosen."""
        self._sites = []
        self.setHtml(f"<p style='color:#6b7280'>{escape(tr('Choose a conflict in the list.'))}</p>")

    def show_conflict(self, conflict: Conflict, results: Results) -> None:
        """Show a conflict's facts."""
        self._sites = []
        parts = [
            _head(conflict),
            self._table(conflict, results),
            _way_out(conflict),
            _decided(conflict),
            _history(results.history.get(conflict.id, ())),
        ]
        self.setHtml("".join(parts))

    def _table(self, conflict: Conflict, results: Results) -> str:
        sides = [conflict.subject]
        if conflict.object.layer:
            sides.append(conflict.object)
        projects = [results.projects.get(side.project) for side in sides]
        shaded = self.palette().color(QPalette.ColorRole.AlternateBase).name()
        width = 78 // len(sides)
        heads = "".join(
            f"<th align='left' width='{width}%'>{_title(side, results)}</th>" for side in sides
        )
        rows = [f"<tr bgcolor='{shaded}'><th width='22%'></th>{heads}</tr>"]
        for title, fact in FACTS:
            told = [fact(side, project) for side, project in zip(sides, projects)]
            if any(told):
                rows.append(_row(title(), [escape(text) or DASH for text in told]))
        sites = [self._site_links(results.sites.get(side.project, ())) for side in sides]
        if any(sites):
            rows.append(_row(tr("Other sites"), [text or DASH for text in sites]))
        return f"<table width='100%' cellspacing='0' cellpadding='2'>{''.join(rows)}</table>"

    def _site_links(self, sites: Iterable[Site]) -> str:
        links = []
        for site in sites:
            said = tr("{kind} in {town}: {area}, {distance} m away").format(
                kind=word(KINDS, site.kind),
                town=site.town_name or DASH,
                area=hectares(site.area_m2),
                distance=number(site.distance_m, 0),
            )
            links.append(f"<a href='site:{len(self._sites)}'>{site.rank}. {escape(said)}</a>")
            self._sites.append(site)
        return "<br>".join(links)

    def _follow(self, link: QUrl) -> None:
        if link.scheme() == "site" and link.path().isdigit():
            place = int(link.path())
            if place < len(self._sites):
                self.site_wanted.emit(self._sites[place])


def _head(conflict: Conflict) -> str:
    words = [word(SEVERITIES, conflict.severity), word(VERDICTS, conflict.verdict)]
    words.append(word(CHANGES, conflict.change))
    colour = COLOURS.get(conflict.severity, "#000000")
    kind = escape(" · ".join(filter(None, words)))
    where = " · ".join(filter(None, (conflict.town_name, conflict.cluster_name)))
    place = escape(where or conflict.unit_name)
    return (
        f"<p style='margin-bottom:2px'><b>{escape(word(RULES, conflict.rule))}</b> "
        f"<span style='color:{colour}'>{kind}</span> — {escape(measure(conflict))} — {place}</p>"
        f"<p style='margin-top:2px'>{escape(conflict.message)}</p>"
    )


def _title(side: Side, results: Results) -> str:
    plan = results.plan(side.layer)
    mark = f"<span style='color:{escape(plan.colour)}'>■</span> " if plan else ""
    if side.is_thing:
        return mark + escape(" ".join(filter(None, (end_text(side), side.id))))
    number = f" <span style='font-weight:normal'>{escape(side.id)}</span>" if side.label else ""
    return mark + escape(side.label or side.id or side.name) + number


def _row(title: str, told: list[str]) -> str:
    cells = "".join(f"<td>{_coloured(text)}</td>" for text in told)
    return f"<tr><td style='color:#6b7280'>{escape(title)}</td>{cells}</tr>"


def _coloured(text: str) -> str:
    for mark, colour in (("✔", _GOOD), ("✘", _BAD)):
        if text.startswith(mark):
            return f"<span style='color:{colour}'>{text}</span>"
    return text


def _way_out(conflict: Conflict) -> str:
    parts = []
    if conflict.remedy:
        parts.append(f"<b>{escape(tr('Way out'))}</b> {escape(conflict.remedy)}")
    if conflict.basis:
        parts.append(f"<span style='color:#6b7280'>{escape(conflict.basis)}</span>")
    return "".join(f"<p>{part}</p>" for part in parts)


def _decided(conflict: Conflict) -> str:
    if not conflict.decided_at and conflict.state == "open":
        return ""
    who = " · ".join(
        filter(None, (conflict.person, conflict.decided_by, _moment(conflict.decided_at)))
    )
    said = " — ".join(filter(None, (conflict.decision, conflict.reason)))
    colour = COLOURS.get(conflict.state, "#000000")
    return (
        f"<p><b style='color:{colour}'>{escape(word(STATES, conflict.state))}</b> "
        f"{escape(who)}<br>{escape(said)}</p>"
    )


def _history(events: Iterable[Event]) -> str:
    lines = []
    for event in events:
        step = " → ".join(word(STATES, state) for state in (event.state_from, event.state_to)
                          if state)  # fmt: skip
        who = " · ".join(filter(None, (event.person, event.department)))
        why = " — ".join(filter(None, (event.decision, event.reason, event.note)))
        told = "  ".join(filter(None, (_moment(event.at), step, who, why)))
        lines.append(f"<li>{escape(told)}</li>")
    if not lines:
        return ""
    return f"<p><b>{escape(tr('History'))}</b></p><ul style='margin-top:0'>{''.join(lines)}</ul>"


def _moment(stamp: str) -> str:
    """Give a time stamp to the minute, in the time of this place."""
    return local_time(stamp)
