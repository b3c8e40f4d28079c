# SPDX-License-Identifier: GPL-2.0-or-later
"""What the meeting's papers must not pass over: plans and rules that could not be checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Collection, Iterable, Mapping

import pandas as pd

from ..layers.words import catalogue, say
from .labels import join_words, missing, text

if TYPE_CHECKING:
    from ..checks.sectors.run import SectorResults

RULE = "sector."
PAIRS = ("sector.overlap", "sector.sequence", "sector.duplicate")


@dataclass(frozen=True)
class Gaps:
    """Why plans (by id, in the dossier's order) and rules (by id) were not checked, or not whole.

    `blank` are the plans of which nothing could be laid on the map, `asked` those that a limited
    run was about (none: all), `names` the names of all plans by id.
    """

    plans: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    blank: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.plans or self.rules)

    def degree(self, plan: str) -> str:
        """Say of a plan with a gap whether nothing of it was checked, or not all."""
        return say("meeting.gap.none" if plan in self.blank else "meeting.gap.part")

    def of(self, plans: Iterable[str]) -> list[str]:
        """Say of each of these plans that has a gap what was not checked and why."""
        return [
            say("meeting.gap.plan", plan=self.names.get(plan, plan), degree=self.degree(plan),
                reason=self.plans[plan])
            for plan in plans if plan in self.plans
        ]  # fmt: skip

    def rule_names(self) -> str:
        """Name the rules that were not asked, or not of everything."""
        return join_words([_rule(one) for one in self.rules])

    def plan_names(self, wanted: Collection[str] | None = None) -> str:
        """Name the plans with a gap, all or those wanted."""
        names = [self.names.get(one, one) for one in self.plans if wanted is None or one in wanted]
        return join_words(names)

    def rows(self) -> list[tuple[str, str, str]]:
        """List all gaps: plan or rule, how far it was checked, why not."""
        plans = [(self.names.get(one, one), self.degree(one), why)
                 for one, why in self.plans.items()]  # fmt: skip
        part = say("meeting.gap.part")
        return plans + [(_rule(one), part, why) for one, why in self.rules.items()]

    def notes(self) -> list[str]:
        """Say in sentences for a log how many plans were not checked, and which."""
        out = []
        for key, names in (("none", self.blank), ("part", self.plans.keys() - self.blank)):
            lost = [one for one in self.plans if one in names]
            if lost:
                shown = self.plan_names(lost)
                out.append(say(f"meeting.gap.note_{key}", count=len(lost), names=shown))
        if self.rules:
            out.append(say("meeting.gap.note_rules", names=self.rule_names()))
        return out

    def unknown(self, first: str, second: str) -> bool:
        """Tell whether 'nothing in common' can't be said of two plans."""
        if first in self.plans or second in self.plans:
            return True
        return bool(self.rules.keys() & set(PAIRS)) and not self.asked & {first, second}

    def shorter(self, reason: str) -> str:
        """Take out of a reason what is told of unread plans elsewhere; name the plans instead."""
        rest, lost = reason, []
        for plan, why in self.plans.items():
            name = self.names.get(plan, plan)
            for mark in ("：", ": ", ":"):
                for known in (plan, name, f"“{name}”"):
                    if f"{known}{mark}{why}" in rest:
                        rest = rest.replace(f"{known}{mark}{why}", "")
                        lost.append(name)
        lost = list(dict.fromkeys(lost))
        said = [say("meeting.gap.without", names=join_words(lost))] if lost else []
        return " ".join(filter(None, [*said, " ".join(rest.split())]))


def find_gaps(plans: pd.DataFrame, told: pd.DataFrame, run: Mapping[str, Any]) -> Gaps:
    """Read what results say was not checked.

    `plans` is their table of plans, whose `reason` is what counts; `told` (subject, reason) parts
    it into plans and rules. Results without that table are taken at what run.json has.
    """
    ids = plans["sector"].tolist()
    reasons = dict(zip(ids, plans["reason"]))
    known = dict(zip(told["subject"], told["reason"])) if len(told) else {}
    known = known or {str(key): text(why) for key, why in
                      (run.get("unchecked_sectors") or {}).items()}  # fmt: skip
    rules = {
        key: why for key, why in known.items()
        if key.startswith(RULE) and key not in reasons
        and any(why in reason for reason in reasons.values())
    }  # fmt: skip
    own = {plan: _own(reasons[plan], known.get(plan, ""), rules.values()) for plan in ids}
    lost = plans["outcome"] == "not_checked"
    silent = set(plans["sector"][lost & (plans["reason"] == "")])
    return Gaps(
        {plan: why or say("meeting.gap.unsaid") for plan, why in own.items()
         if why or plan in silent},
        rules,
        frozenset(
            row.sector for row in plans.itertuples() if missing(row.features) or not row.features
        ),
        frozenset(run.get("sector_plans") or ()),
        dict(zip(ids, plans["name"])),
    )  # fmt: skip


def gaps_of(sectors: SectorResults, run: Mapping[str, Any]) -> Gaps:
    """Tell what a check of sector plans that was just made left out."""
    told = pd.DataFrame({"subject": [*sectors.unchecked], "reason": [*sectors.unchecked.values()]})
    return find_gaps(sectors.sectors, told, run)


def _own(reason: str, told: str, of_rules: Iterable[str]) -> str:
    """Give what of a plan's reason is about the plan itself."""
    if told:
        return told
    for why in of_rules:
        reason = reason.replace(why, "")
    return " ".join(reason.split())


def _rule(name: str) -> str:
    key = f"register.rule.{name}"
    return say(key) if key in catalogue() else name
