# SPDX-License-Identifier: GPL-2.0-or-later
"""A first dossier for data as they lie there: roles and fields recognised, doubts told."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Mapping, Sequence

from ..jobs.alias_roles import LIKELY, level
from ..jobs.aliases import ROLES, Match, recognise
from ..jobs.dossier_text import dossier_text
from .dossier import read_dossier
from .errors import InputError
from .finding_layers import Found, column_values, files_in, look_into
from .formats.arrival import arrive
from .formats.gdal_source import GDAL_ERRORS
from .formats.kinds import TEXTS
from .new_dossier_crs import Settled, entry_keys, remarks_on, settle
from .new_dossier_quotas import QuotaGuess, guess_quotas
from .new_dossier_sectors import PlansGuess, guess_plans
from .new_dossier_words import (
    catalogue_remarks,
    head,
    plan_remarks,
    quota_remarks,
    reader_remarks,
    remarks,
)
from .schema import listed
from .sources import Source, relative
from .standard import Standard, load_standard
from .standard_files import SHIPPED
from .words import say

Progress = Callable[[str, float], None]
_NEEDS_CODE = ("units", "landuse", "plan")
_COUNTY_DIGITS = 6
_OWN_MARK = "UTF-8"  # hardly any text in another encoding decodes as this one


@dataclass
class Draft:
    """A dossier in the making: what was found, what it was taken for, what is to be checked."""

    place: Path
    base: Path
    standard: Standard
    found: dict[str, Found] = field(default_factory=dict)
    matches: dict[str, Match] = field(default_factory=dict)
    quotas: QuotaGuess | None = None
    plans: PlansGuess = field(default_factory=PlansGuess)
    troubles: list[str] = field(default_factory=list)
    off: list[str] = field(default_factory=list)

    def usable(self, role: str) -> bool:
        """Tell whether what was recognised is good enough to be checked with.

        Without units there is no dossier: of these the best guess stands, with its doubt told.
        """
        match = self.matches.get(role)
        if match is None or (role in _NEEDS_CODE and "code" not in match.fields):
            return False
        return match.sure >= LIKELY or role == "units"


@dataclass(frozen=True)
class Made:
    """A dossier that was written: roles in use and how sure, those only proposed."""

    path: Path
    recognised: dict[str, str]
    doubtful: dict[str, str]
    missing: tuple[str, ...]
    notes: tuple[str, ...]


def new_dossier(
    place: Path,
    out: Path,
    name: str = "",
    code: str = "",
    crs: str = "",
    standard: str = "",
    progress: Progress | None = None,
) -> Made:
    """Look through a folder, file geodatabase or GeoPackage and write a first dossier.

    InputError where there is nothing, or nothing that could be the units. What is likely is used;
    what is doubtful is written as a comment. The file is read again before it is given out.
    """
    progress = progress or (lambda stage, done: None)
    if not place.exists():
        raise InputError("newdossier.no_place", place=place)
    known = load_standard(standard or "cn-2023")
    draft = Draft(place, out.absolute().parent, known)
    _look(draft, progress)
    if not draft.usable("units"):
        raise InputError("newdossier.no_units", place=place, found=_seen(draft))
    content, told = _content(draft, name, code, crs)
    out.parent.mkdir(parents=True, exist_ok=True)
    _write(out, content, told, draft.off)
    progress("newdossier", 1.0)
    return _made(draft, out)


def _look(draft: Draft, progress: Progress) -> None:
    files = files_in(draft.place)
    words = draft.standard.vocabulary()
    root = draft.place if draft.place.is_dir() else draft.place.parent
    for number, path in enumerate(files.layers):
        progress("newdossier", 0.9 * number / len(files.layers))
        for found in look_into(path, root, words, draft.troubles):
            draft.found[found.facts.key] = found
    draft.troubles += [_conversion(path) for path in files.foreign]
    if not draft.found:
        raise InputError("newdossier.nothing", place=draft.place, reason=listed(draft.troubles)
                         if draft.troubles else "")  # fmt: skip
    facts = [found.facts for found in draft.found.values()]
    draft.matches = recognise(facts, words)
    draft.quotas = guess_quotas(files.sheets, draft.found.values(), draft.standard)
    table = (draft.quotas.path, draft.quotas.layer) if draft.quotas else None
    taken = [match.layer for role, match in draft.matches.items() if draft.usable(role)]
    draft.plans = guess_plans(files.sheets, list(draft.found.values()), taken, words, table)


def _conversion(path: Path) -> str:
    """Say how to convert a file that can't be read here."""
    try:
        arrive(Source(str(path)))
    except (InputError, *GDAL_ERRORS) as error:
        return str(error)
    return say("newdossier.not_looked_at", name=path.name)


def _seen(draft: Draft) -> str:
    """List the layers there are, for whoever has to name the units himself."""
    return listed(
        f"{found.label} ({' '.join(found.facts.fields[:6])})" for found in draft.found.values()
    )


def _content(
    draft: Draft, name: str, code: str, crs: str
) -> tuple[dict[str, Any], dict[str, Sequence[str]]]:
    """Give the dossier's content and the remarks on its places."""
    told: dict[str, Sequence[str]] = {"": head(draft.place.name, draft.troubles)}
    content: dict[str, Any] = {"dossier": 1, "name": name or draft.place.stem}
    if not name:
        told["name"] = [say("newdossier.name_guessed")]
    content["code"], told["code"] = (code, ()) if code else _county_code(draft)
    settled = _settled(draft, crs)
    content["crs"], told["crs"] = settled.crs, settled.remarks
    shipped = draft.standard.folder.parent == SHIPPED
    content["standard"] = draft.standard.id if shipped else str(draft.standard.folder)
    content["layers"] = {
        role: _entry(draft, role, settled, told)
        for role in ROLES
        if draft.usable(role) or _proposed(draft, role)
    }
    if draft.quotas is not None:
        content["quotas"] = draft.quotas.entry(draft.base)
        told["quotas"] = quota_remarks(draft.quotas)
    _put_plans(draft, content, told)
    return content, told


def _put_plans(draft: Draft, content: dict[str, Any], told: dict[str, Sequence[str]]) -> None:
    """Enter the sector plans: a catalogue as such, else a plan each; the doubtful as comments."""
    found = draft.plans
    if found.catalogue is not None:
        content["sectors"] = {"path": relative(str(found.catalogue.absolute()), draft.base)}
        told["sectors"] = catalogue_remarks(found)
    elif found.plans:
        content["sectors"] = [plan.entry(draft.base) for plan in found.plans]
        for number, plan in enumerate(found.plans):
            told[f"sectors[{number}]"] = plan_remarks(plan)
        off = [number for number, plan in enumerate(found.plans) if plan.sure < LIKELY]
        draft.off += [f"sectors[{number}]" for number in off] if found.usable else ["sectors"]


def _settled(draft: Draft, crs: str) -> Settled:
    """Have the CRS doctor look at every layer, those in use first."""
    roles = sorted(
        (role for role in ROLES if role in draft.matches), key=draft.usable, reverse=True
    )
    settled = settle({role: draft.found[draft.matches[role].layer] for role in roles}, crs)
    if settled is None:
        raise InputError("newdossier.no_crs", place=draft.place)
    return settled


def _proposed(draft: Draft, role: str) -> bool:
    """Tell whether a role stands in the file as a comment only."""
    return role in draft.matches and not draft.usable(role)


def _entry(
    draft: Draft, role: str, settled: Settled, told: dict[str, Sequence[str]]
) -> dict[str, Any]:
    """Give a role's entry; what is said of it goes to `told`, what is only offered to `off`."""
    match, place = draft.matches[role], f"layers.{role}"
    found, case = draft.found[match.layer], settled.cases.get(role)
    entry: dict[str, Any] = {"path": relative(str(found.path.absolute()), draft.base)}
    if found.layer:
        entry["layer"] = found.layer
    entry.update(_encoding(draft, found, place, told))
    if case is not None:
        entry.update(entry_keys(case))
        told.update(remarks_on(place, case))
        draft.off += [f"{place}.{key}" for key in case.offered]
    if role in ("landuse", "plan"):
        entry["codes"] = match.codes.table or _usual(draft.standard, role)
    if match.fields:
        entry["fields"] = dict(match.fields)
    lines = remarks(match, draft.found, _proposed(draft, role), draft.standard)
    told[place] = [*lines, *reader_remarks(found), *(case.told if case else ())]
    if _proposed(draft, role):
        draft.off.append(place)
    return entry


def _encoding(
    draft: Draft, found: Found, place: str, told: dict[str, Sequence[str]]
) -> dict[str, str]:
    """Give the key for an encoding that only the text tells, or that the file states wrongly."""
    guess = found.guess
    if guess is None or not guess.guessed or not guess.encoding:
        return {}
    sure = guess.encoding == _OWN_MARK
    if sure and guess.why == "text" and found.path.suffix.lower() in TEXTS:
        return {}  # what such files are in unless they say otherwise
    offer = () if sure else (say("newdossier.mend_offered"),)
    told[f"{place}.encoding"] = [*(message for *_, message in found.notes), *offer]
    if not sure:
        draft.off.append(f"{place}.encoding")
    return {"encoding": guess.encoding}


def _usual(standard: Standard, role: str) -> str:
    return standard.settings.get("base_table" if role == "landuse" else "plan_table", "")


def _county_code(draft: Draft) -> tuple[str, Sequence[str]]:
    """Take the county's code from the codes of its units: six digits that most begin with."""
    match = draft.matches["units"]
    codes = column_values(draft.found[match.layer], match.fields["code"])
    starts = Counter(one[:_COUNTY_DIGITS] for one in codes)
    if not starts:
        return "county", [say("newdossier.code_none")]
    best, _ = min(starts.items(), key=lambda item: (-item[1], item[0]))
    if len(starts) > 1:
        return best, [say("newdossier.code_several", codes=listed(sorted(starts)))]
    return best, [say("newdossier.code_guessed", field=match.fields["code"])]


def _write(
    out: Path, content: Mapping[str, Any], told: Mapping[str, Sequence[str]], off: Sequence[str]
) -> None:
    """Write the file under another name first: what can't be read again is not given out."""
    fresh = out.with_name(f".{out.name}.new.yaml")
    try:
        fresh.write_text(dossier_text(content, told, off), encoding="utf-8", newline="\n")
        read_dossier(fresh)
        fresh.replace(out)
    finally:
        fresh.unlink(missing_ok=True)


def _made(draft: Draft, out: Path) -> Made:
    used = {role: draft.matches[role] for role in ROLES if draft.usable(role)}
    told = {role: level(match.sure) for role, match in draft.matches.items()}
    recognised = {role: told[role] for role in used}
    doubtful = {role: word for role, word in told.items() if word != "sure"}
    if draft.quotas is not None:
        recognised["quotas"] = level(draft.quotas.sure)
        if recognised["quotas"] != "sure":
            doubtful["quotas"] = recognised["quotas"]
    plans = draft.plans
    if plans.catalogue is not None:
        recognised["sectors"] = "sure"
    elif plans.plans:
        word = level(max(plan.sure for plan in plans.plans))
        if plans.usable:
            recognised["sectors"] = word
        if word != "sure":
            doubtful["sectors"] = word
    missing = tuple(role for role in (*ROLES[:-1], "quotas") if role not in recognised)
    return Made(out, recognised, doubtful, missing, tuple(draft.troubles))
