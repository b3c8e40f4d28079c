# SPDX-License-Identifier: GPL-2.0-or-later
"""What of the control lines a run did not check: silence must not read as 'no conflict'."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Mapping

from ..checks.control import checked_zones
from ..layers.words import pick, say
from .labels import join_words, word

if TYPE_CHECKING:
    from ..checks.results import Results


@dataclass(frozen=True)
class Gaps:
    """How far the control lines were checked."""

    asked: bool
    nothing: bool  # no control line was held against any land use
    zones: Mapping[str, str]  # name of each zone not checked, or not whole -> reason
    only_present: bool  # no plan: present use alone was held against the lines
    undivided: bool  # no base: new and existing could not be told apart

    @property
    def complete(self) -> bool:
        """Tell if 'no conflict' may be said without more."""
        return not (self.nothing or self.zones or self.only_present)

    @property
    def outcome(self) -> str:
        """Give the key of what a place without conflicts may be called."""
        if self.nothing:
            return "unchecked"
        return "none" if self.complete else "part"

    def unchecked(self) -> str:
        """Name the zones not checked and why."""
        return join_words(
            [say("reports.gaps.zone", zone=zone, reason=why) for zone, why in self.zones.items()]
        )

    def short(self) -> list[str]:
        """Say the same beside counts, without the reasons of each zone."""
        if not self.asked or self.nothing or not self.zones:
            return self.lines()
        first = say("reports.gaps.short", zones=join_words(list(self.zones)))
        return [first, *self.lines()[1:]]

    def lines(self) -> list[str]:
        """Say in sentences what was not checked."""
        if not self.asked:
            return [say("reports.findings.skipped")]
        out = []
        if self.nothing:
            out.append(say("reports.gaps.all", zones=self.unchecked()))
        elif self.zones:
            out.append(say("reports.gaps.some", zones=self.unchecked()))
        if self.only_present and not self.nothing:
            out.append(say("reports.gaps.only_present"))
        if self.undivided and not self.nothing:
            out.append(say("reports.gaps.undivided"))
        return out


def gaps(results: Results) -> Gaps:
    """Find out what of the control lines was not checked."""
    county, run = results.county, results.run
    told = run.get("unchecked_zones") or {}
    reasons = {
        pick(zone.name_zh, zone.name_en): _reason(results, zone.role, told[zone.id]).rstrip(
            "\u3002. "
        )
        for zone in county.standard.zones()
        if zone.id in told
    }
    asked = "controllines" in run.get("checks", ("controllines",))
    named = "plan" in county.layers or "plan" in county.dossier.layers
    return Gaps(
        asked,
        not asked or not checked_zones(county),
        reasons,
        not named and "landuse" in county.layers,
        named and "landuse" not in county.layers,
    )


def _reason(results: Results, role: str, told: str) -> str:
    """Say which layers a zone lacks; where all are there, what the check itself told."""
    county = results.county
    lacking = [] if role in county.layers else [role]
    named = "plan" in county.dossier.layers
    if "plan" not in county.layers and (named or "landuse" not in county.layers):
        lacking.append("plan")
    if not lacking:
        return told
    read = [each for each in lacking if each in county.dossier.layers and county.missing.get(each)]
    lack = say("reports.gaps.layer", roles=join_words([word("role", each) for each in lacking]))
    return pick("：", ": ").join([lack, *(county.missing[each] for each in read)])
