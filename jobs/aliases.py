# SPDX-License-Identifier: GPL-2.0-or-later
"""Recognise which layer is which role of a dossier, and which of its fields mean what.

Both sides use this module, so it needs the standard library only. What names mean is data: the
table `aliases` of a standard. Each answer says how sure it is and why; the reasons are keys with
values, which each side words in its own way.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Iterator, Mapping, Sequence

from .alias_codes import Table, TableGuess, guess_table
from .alias_roles import (
    BY_CODE,
    DOUBTFUL,
    RIVAL,
    SHAPES,
    Evidence,
    confidence,
)

ROLES = ("units", "landuse", "plan", "farmland", "redline", "boundary", "reserve")
NO_GUESS = TableGuess()
NONE = "-"  # the role of names that contain another's but mean something else
EVIDENCE = ("mark", "class_name")  # fields that tell what a layer is, but are none of the dossier's
_CUT = 9  # bytes from which on a Shapefile's field name may have been cut off
_NUMBERED = re.compile(r"^(.+?)_\d{1,2}$")  # of a join: DLBM_1


@dataclass(frozen=True)
class Alias:
    """A row of the table: a name of a layer (`role`) or of a field, and its weight, 0 to 1.

    Of the kind `sector` it is a word for a sector plan: `role` is its id, `field` its department.
    """

    kind: str
    role: str
    alias: str
    field: str = ""
    weight: float = 1.0


@dataclass(frozen=True)
class LayerFacts:
    """What is seen of a layer from outside; `key` is whatever the caller knows it by.

    `names` are the layer's own name, its title and that of a file that holds nothing else;
    `context` are the names of what lies around it; `shape` is `polygon`, `line`, `point`,
    `table` or "" where that is not known; `samples` are pairs of code and name a field.
    """

    key: str
    names: tuple[str, ...]
    fields: tuple[str, ...] = ()
    shape: str = "polygon"
    context: tuple[str, ...] = ()
    samples: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Reason:
    """Why we think so: a key and the words to fill in."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Match:
    """A layer taken for a role: how sure (0 to 1), by which fields and code table, and why."""

    layer: str
    role: str
    sure: float
    fields: Mapping[str, str] = field(default_factory=dict)
    codes: TableGuess = NO_GUESS
    reasons: tuple[Reason, ...] = ()
    rivals: tuple[str, ...] = ()


class Vocabulary:
    """What a standard knows of names and codes; `usual` are the code tables of the roles."""

    def __init__(
        self,
        aliases: Sequence[Alias],
        tables: Mapping[str, Table],
        usual: Mapping[str, str] | None = None,
    ) -> None:
        self.tables = tables
        self.usual = dict(usual or {})
        self._names = [
            (fold(one.alias), one) for one in aliases if one.kind == "role" and one.alias
        ]
        self._plans = [
            (fold(one.alias), one) for one in aliases if one.kind == "sector" and one.alias
        ]
        self._met: dict[str, dict[str, tuple[float, str]]] = {}
        self._fields: dict[str, dict[str, Alias]] = {}
        for one in aliases:
            if one.kind == "field":
                self._fields.setdefault(one.role, {})[fold(one.alias)] = one

    def order(self, role: str) -> list[str]:
        """List the code tables as a role most likely uses them: that of the other role last."""
        first = self.usual.get(role, "")
        last = self.usual.get("landuse" if role == "plan" else "plan", "")
        others = sorted(self.tables, reverse=role == "plan")
        return sorted(others, key=lambda name: (name != first, name == last))

    def named(self, text: str) -> dict[str, tuple[float, str]]:
        """Give the roles that a name speaks of, with weight and the alias met.

        A shorter alias inside a longer one does not count: `YJJBNTCBQ` is no `YJJBNT`.
        """
        if text not in self._met:  # each role asks of each layer
            self._met[text] = self._named(fold(text))
        return self._met[text]

    def _named(self, whole: str) -> dict[str, tuple[float, str]]:
        hits = [
            (start, start + len(folded), one, part)
            for folded, one in self._names
            for start, part in _places(whole, folded)
        ]
        found: dict[str, tuple[float, str]] = {}
        for start, end, one, part in hits:
            inside = any(a <= start and end <= b and b - a > end - start for a, b, *_ in hits)
            entry = (one.weight * part, one.alias)
            if not inside and entry > found.get(one.role, (0.0, "")):
                found[one.role] = entry
        return found

    def plan_of(self, text: str) -> tuple[Alias | None, float]:
        """Give the sector plan that a name speaks of, by its longest word, and the weight."""
        whole = fold(text)
        met = [
            (len(folded), one.weight * part, one)
            for folded, one in self._plans
            for _, part in _places(whole, folded)
        ]
        best = max(met, key=lambda hit: hit[:2], default=None)
        return (best[2], best[1]) if best else (None, 0.0)

    def fields_of(self, role: str, names: Sequence[str]) -> dict[str, tuple[str, float]]:
        """Map the role's fields to those of the names that mean them, with weight."""
        found: dict[str, tuple[str, float]] = {}
        for name in names:
            for one, part in self._field_aliases(role, name):
                entry = (name, one.weight * part)
                if entry[1] > found.get(one.field, ("", 0.0))[1]:
                    found[one.field] = entry
        return found

    def code_fields(self, names: Sequence[str]) -> dict[str, str]:
        """Give the fields whose codes are worth a sample, each with the field of their names."""
        out: dict[str, str] = {}
        for role in BY_CODE:
            found = self.fields_of(role, names)
            if "code" in found:
                beside = found.get("class_name", ("", 0.0))[0]
                out.setdefault(found["code"][0], beside if role != "units" else "")
        return out

    def _field_aliases(self, role: str, name: str) -> Iterator[tuple[Alias, float]]:
        known = self._fields.get(role, {})
        folded = fold(name)
        numbered = _NUMBERED.match(folded)
        if folded in known:
            yield known[folded], 1.0
        elif numbered and numbered[1] in known:
            yield known[numbered[1]], 0.8
        elif len(name.encode("utf-8")) >= _CUT and not name.isascii():
            yield from ((one, 0.9) for full, one in known.items() if full.startswith(folded))


def fold(text: str) -> str:
    """Make names comparable: full-width and case aside."""
    return unicodedata.normalize("NFKC", text).strip().upper()


def _places(text: str, alias: str) -> Iterator[tuple[int, float]]:
    """Find an alias in a name; a name of nothing else weighs most, part of a word least."""
    start = text.find(alias) if alias else -1
    while start >= 0:
        end = start + len(alias)
        before, after = text[start - 1 : start], text[end : end + 1]
        if text == alias:
            yield start, 1.0
        elif not alias.isascii() or not (_letter(before) or _letter(after)):
            yield start, 0.96
        elif len(alias) > 4:
            yield start, 0.85
        start = text.find(alias, start + 1)


def _letter(mark: str) -> bool:
    return mark.isascii() and mark.isalpha()


def match(facts: LayerFacts, role: str, words: Vocabulary) -> Match:
    """Judge one layer as one role."""
    seen = _evidence(facts, role, words)
    names = {ours: name for ours, (name, _) in seen.fields.items() if ours not in EVIDENCE}
    return Match(
        facts.key, role, confidence(role, seen), names, seen.codes, tuple(_reasons(role, seen))
    )


def _evidence(facts: LayerFacts, role: str, words: Vocabulary) -> Evidence:
    named = [words.named(name) for name in facts.names if name]
    around = [words.named(name).get(role, (0.0, ""))[0] for name in facts.context if name]
    fields = words.fields_of(role, facts.fields)
    column = fields.get("code", ("", 0.0))[0]
    sample = facts.samples.get(column, ())
    tables = words.tables if role != "units" else {}
    others = [words.fields_of(one, facts.fields).get("code") for one in ("landuse", "plan")]
    return Evidence(
        name=max((one.get(role, (0.0, "")) for one in named), default=(0.0, "")),
        misnamed=max((one.get(NONE, (0.0, "")) for one in named), default=(0.0, ""))[1],
        context=max(around, default=0.0),
        fields=fields,
        shape=facts.shape,
        codes=guess_table(sample, tables, words.order(role)),
        usual=words.usual,
        sampled=bool(sample),
        digits=_administrative(sample),
        land=any(found and found[1] >= 0.5 for found in others),
    )


def _administrative(sample: Sequence[tuple[str, str]]) -> bool:
    """Tell whether values look like codes of places: six digits or more."""
    values = [code for code, _ in sample if code]
    return bool(values) and all(code.isdigit() and len(code) >= 6 for code in values)


def _reasons(role: str, seen: Evidence) -> Iterator[Reason]:
    if seen.name[0]:
        yield Reason("name", {"alias": seen.name[1]})
    if seen.misnamed:
        yield Reason("misnamed", {"alias": seen.misnamed})
    if seen.shape not in SHAPES:
        yield Reason("shape")
    if role in BY_CODE and "code" not in seen.fields:
        yield Reason("no_code")
    names = [name for name, weight in seen.fields.values() if weight]
    if names:
        yield Reason("fields", {"fields": " ".join(names)})
    if role in BY_CODE and role != "units" and seen.sampled:
        yield from _code_reasons(role, seen.codes)


def _code_reasons(role: str, codes: TableGuess) -> Iterator[Reason]:
    percent = f"{codes.share:.0%}"
    if not codes.table:
        yield Reason("not_codes", {"share": percent})
        return
    yield Reason("codes", {"table": codes.table, "share": percent})
    if codes.foreign:
        yield Reason("mixed", {"codes": " ".join(codes.foreign[:6])})
    elif codes.own:
        yield Reason("own", {"codes": " ".join(codes.own[:6]), "table": codes.table})
    elif codes.sure < 1.0:
        yield Reason("edition", {"table": codes.table})


def recognise(
    layers: Sequence[LayerFacts], words: Vocabulary, roles: Sequence[str] = ROLES
) -> dict[str, Match]:
    """Give each role the layer that most likely is it; roles that none resembles are left out.

    A layer plays one role. Where another layer is about as likely, the answer is no longer sure.
    """
    matches = [match(facts, role, words) for facts in layers for role in roles]
    ranked = sorted(
        (one for one in matches if one.sure >= DOUBTFUL), key=lambda one: (-one.sure, one.role)
    )
    taken: dict[str, Match] = {}
    for one in ranked:
        if one.role not in taken and one.layer not in {other.layer for other in taken.values()}:
            taken[one.role] = one
    placed = {one.layer for one in taken.values()}
    return {
        role: _with_rivals(taken[role], [one for one in ranked if one.layer not in placed])
        for role in roles
        if role in taken
    }


def _with_rivals(best: Match, others: Sequence[Match]) -> Match:
    """Lower an answer that another layer might as well have been."""
    near = [one.layer for one in others if one.role == best.role and one.sure > best.sure - RIVAL]
    if not near:
        return best
    return Match(
        best.layer, best.role, min(best.sure, 0.75), best.fields, best.codes,
        (*best.reasons, Reason("rival")), tuple(near),
    )  # fmt: skip
