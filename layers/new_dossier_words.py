# SPDX-License-Identifier: GPL-2.0-or-later
"""What a new dossier says of itself: how sure each role is, why, and what to look at."""

from __future__ import annotations

from typing import Mapping, Sequence

from ..jobs.alias_roles import LIKELY, level
from ..jobs.aliases import Match, Reason
from .finding_layers import Found
from .new_dossier_quotas import QuotaGuess
from .new_dossier_sectors import PlanGuess, PlansGuess
from .schema import listed
from .standard import Standard
from .words import say

_NAMED, _SAID = 20, 5


def head(name: str, troubles: Sequence[str]) -> list[str]:
    """Give the sentences at the top of the file: what it is, what could not be read and why."""
    more = [say("newdossier.more_troubles", count=len(troubles) - _NAMED)]
    lines = [*troubles[:_NAMED], *(more if len(troubles) > _NAMED else ())]
    return [say("newdossier.head", name=name), say("newdossier.head_check"), *lines]


def reader_remarks(found: Found) -> list[str]:
    """Tell what a layer's reader assumed or left out; of its encoding the key tells."""
    if found.guess is not None:
        return []
    return [message for rule, _, message in found.notes if rule != "data.area"][:_SAID]


def remarks(
    match: Match, found: Mapping[str, Found], proposed: bool, standard: Standard
) -> list[str]:
    """Tell how sure a role is and why; what else may be it; what it lacks."""
    sure = say(f"newdossier.level.{level(match.sure)}")
    role = say(f"layers.role_{match.role}")
    lines = [say("newdossier.role", role=role, sure=sure, percent=f"{match.sure:.0%}")]
    lines += [sentence(reason, match, found) for reason in match.reasons]
    if proposed:
        lines.append(say("newdossier.proposed"))
    return lines


def sentence(reason: Reason, match: Match, found: Mapping[str, Found]) -> str:
    """Word one reason."""
    values = dict(reason.values)
    if reason.key == "rival":
        values["layers"] = listed(found[key].label for key in match.rivals)
    return say(f"newdossier.why.{reason.key}", **values)


def quota_remarks(quotas: QuotaGuess) -> list[str]:
    """Tell how sure the table of quotas is."""
    sure = say(f"newdossier.level.{level(quotas.sure)}")
    role = say("layers.role_quotas")
    lines = [
        say("newdossier.role", role=role, sure=sure, percent=f"{quotas.sure:.0%}"),
        say("newdossier.why.header"),
    ]
    if quotas.rivals:
        lines.append(say("newdossier.why.rival", layers=listed(quotas.rivals)))
    return lines


def plan_remarks(plan: PlanGuess) -> list[str]:
    """Tell how sure a sector plan is and why."""
    sure = say(f"newdossier.level.{level(plan.sure)}")
    lines = [say("newdossier.plan", plan=plan.name, sure=sure, percent=f"{plan.sure:.0%}")]
    if plan.words:
        lines.append(say("newdossier.plan_word", word=plan.words[0], department=plan.department))
    if plan.fields:
        names = " ".join(name for _, name in plan.fields)
        lines.append(say("newdossier.why.fields", fields=names))
    if plan.layout is None:
        lines.append(say("newdossier.plan_no_layout"))
    elif plan.list_path is None:
        lines.append(say("newdossier.plan_no_list"))
    return lines if plan.sure >= LIKELY else [*lines, say("newdossier.proposed")]


def catalogue_remarks(plans: PlansGuess) -> list[str]:
    """Tell of a catalogue of sector plans."""
    name = plans.catalogue.name if plans.catalogue else ""
    return [say("newdossier.catalogue", name=name, count=plans.listed)]
