# SPDX-License-Identifier: GPL-2.0-or-later
"""Presence and structure: layers, fields, types, lengths, mandatory and allowed values, ids."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...layers.findings import Batch
from ...layers.schema import listed
from ...layers.spared import failure_of
from ...layers.standard_quality import FieldSpec, QualityCheck
from ...layers.words import say
from .case import Case, NotApplicableError, NotCheckedError, role_words

_NUMERIC = ("int", "uint", "float")
_ALIKE, _ENOUGH = 0.6, 6  # share of a layer's mandatory fields by which a renamed one is known


def layer_given(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Tell of a layer the standard asks for that the dossier does not name."""
    if role in case.arrivals.roles:
        return []
    dossier = case.county.dossier
    message = say("quality.layer_given", file=dossier.file, role=role_words(role))
    return [case.whole(check, role, message)]


def layer_read(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Tell of a layer that could not be read."""
    found = case.arrivals.roles[role]
    if found.layer is not None:
        return []
    rule, remedy = failure_of(found.failure)
    more = {"remedy": remedy} if remedy else {}
    told = found.failure.values if found.failure else {}
    message = str(told.get("message", found.reason)) if remedy else found.reason
    return [case.whole(check, role, message, rule=rule, **more)]


def layer_filled(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Tell of a layer without features."""
    found = case.arrivals.roles[role]
    if found.layer is None:
        raise NotCheckedError(found.reason)
    if len(found.shapes):
        return []
    return [case.whole(check, role, say("layers.empty", source=found.label))]


def field_given(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Tell of fields that the dossier names and the layer lacks."""
    found = case.arrivals.roles[role]
    if found.layer is None:
        raise NotCheckedError(found.reason)
    return [
        case.whole(check, role, message, object_id=found.source.fields[ours])
        for ours, message in found.lost.items()
    ]


def field_needed(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Tell of mandatory fields that a layer of a known name lacks."""
    found = case.arrivals.roles[role]
    specs = _specs(case, role)
    have = {name.upper() for name in found.kinds}
    lacking = [one for one in specs if one.needed and one.field.upper() not in have]
    return [
        case.whole(
            check, role, object_id=one.field,
            message=say("quality.field_needed", source=found.label, field=one.field,
                        name=one.name_zh, layer=one.layer),
        )
        for one in lacking
    ]  # fmt: skip


def _specs(case: Case, role: str) -> tuple[FieldSpec, ...]:
    """Give the fields of a layer by its name, else of the one it has most fields of."""
    found = case.arrivals.roles[role]
    if found.layer is None:
        raise NotCheckedError(found.reason)
    specs = case.standard.quality.layer_fields(found.name, role) or _alike(case, role)
    if not specs:
        raise NotApplicableError(say("quality.no_schema", source=found.label))
    return specs


def _alike(case: Case, role: str) -> tuple[FieldSpec, ...]:
    """Give the fields of the layer of this role whose mandatory ones are mostly there; () if none.

    So a layer that was only renamed is still held against its standard.
    """
    have = {name.upper() for name in case.arrivals.roles[role].kinds}
    best, share = "", _ALIKE
    for name in dict.fromkeys(one.layer for one in case.standard.quality.fields):
        needed = [one for one in case.standard.quality.layer_fields(name, role) if one.needed]
        if len(needed) < _ENOUGH:
            continue
        there = sum(one.field.upper() in have for one in needed) / len(needed)
        if there > share:
            best, share = name, there
    return case.standard.quality.layer_fields(best, role) if best else ()


def _known_fields(case: Case, role: str) -> list[tuple[str, FieldSpec]]:
    """Pair the fields of a layer with what the standard says of them."""
    found = case.arrived(role)
    pairs = [(name, case.standard.quality.field(found.name, role, name)) for name in found.columns]
    known = [(name, spec) for name, spec in pairs if spec is not None]
    if not known:
        raise NotApplicableError(say("quality.no_schema", source=found.label))
    return known


def field_type(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Tell of numbers kept as text and texts kept as numbers: codes lose their zeros so."""
    found, out = case.arrived(role), []
    for name, spec in _known_fields(case, role):
        number = found.kinds.get(name, "").startswith(_NUMERIC)
        if spec.kind == "date" or number == (spec.kind != "text"):
            continue
        message = say("quality.field_type", source=found.label, field=name,
                      have=say("quality.kind.real" if number else "quality.kind.text"),
                      want=say(f"quality.kind.{spec.kind}"))  # fmt: skip
        out.append(case.whole(check, role, message, object_id=name))
    return out


def field_length(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Tell of fields whose longest value is longer than the field may be."""
    found, out = case.arrived(role), []
    for name, spec in _known_fields(case, role):
        if not spec.length:
            continue
        longest, count = _longest(found.columns[name], spec)
        if not count:
            continue
        message = say("quality.field_length", source=found.label, field=name, value=longest,
                      limit=_size(spec), count=count)  # fmt: skip
        out.append(
            case.whole(check, role, message, object_id=name, value=float(len(longest)),
                       limit=float(spec.length))
        )  # fmt: skip
    return out


def _size(spec: FieldSpec) -> str:
    return f"{spec.length},{spec.decimals}" if spec.decimals else str(spec.length)


def _longest(values: np.ndarray, spec: FieldSpec) -> tuple[str, int]:
    """Give the longest value that is too long, and how many there are."""
    if spec.kind == "text":
        rows, words = pd.factorize(np.asarray(values))
        sizes = np.array([len(str(one)) for one in words], dtype=int)
        wrong = sizes > spec.length
        if not wrong.any():
            return "", 0
        counts = np.bincount(rows[rows >= 0], minlength=len(words))
        return str(words[int(np.argmax(sizes))]), int(counts[wrong].sum())
    numbers = pd.to_numeric(pd.Series(values), errors="coerce").abs().to_numpy(dtype=float)
    limit = 10.0 ** (spec.length - spec.decimals)
    wrong = numbers >= limit
    return (f"{np.nanmax(numbers):.0f}", int(wrong.sum())) if wrong.any() else ("", 0)


def value_needed(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Tell of features whose mandatory fields are empty."""
    found, out = case.arrived(role), []
    have = {name.upper(): name for name in found.columns}
    needed = [one for one in _specs(case, role) if one.needed and one.field.upper() in have]
    if not needed:
        raise NotApplicableError(say("quality.none_needed", source=found.label))
    for spec in needed:
        name = have[spec.field.upper()]
        rows = np.flatnonzero(found.texts(name) == "")
        messages = [
            say("quality.value_needed", source=found.label, id=one, field=name, name=spec.name_zh)
            for one in _ids(case, role, rows)
        ]
        out.append(case.tell(check, role, rows, messages, object_id=name))
    return out


def value_known(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Tell of values that are not among those a field may have."""
    found, out = case.arrived(role), []
    asked = [(name, spec) for name, spec in _known_fields(case, role) if spec.values]
    tags = frozenset(one.tag for one in case.standard.quality.settlements)
    asked_values = [(name, spec.values) for name, spec in asked]
    if tags:
        names = found.meaning(case.standard, "settlement")
        asked_values += [(name, tags) for name in names]
    if not asked_values:
        raise NotApplicableError(say("quality.no_values", source=found.label))
    for name, allowed in asked_values:
        texts = found.texts(name)
        rows = np.flatnonzero((texts != "") & ~np.isin(texts, list(allowed)))
        messages = [
            say("quality.value_known", source=found.label, id=one, field=name, value=value,
                values=listed(sorted(allowed)))
            for one, value in zip(_ids(case, role, rows), texts[rows])
        ]  # fmt: skip
        out.append(case.tell(check, role, rows, messages, object_id=name))
    return out


def id_unique(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Tell of ids that several features bear, and of features without one."""
    found = case.arrived(role)
    names = case.fields(role, "id")
    ids = pd.Series(found.texts(names[0]), dtype=object)
    count = ids.map(ids.value_counts())
    twice = np.flatnonzero((ids.duplicated(keep="first") & (ids != "")).to_numpy())
    blank = np.flatnonzero((ids == "").to_numpy())
    rows = np.concatenate([twice, blank])
    messages = [
        say("quality.id_twice", source=found.label, id=ids[row], count=int(count[row]),
            field=names[0])
        for row in twice
    ] + [say("quality.id_blank", source=found.label, field=names[0], number=row + 1)
         for row in blank]  # fmt: skip
    return [case.tell(check, role, rows, messages, object_id=names[0])]


def _ids(case: Case, role: str, rows: np.ndarray) -> np.ndarray:
    return case.layer(role).data["id"].to_numpy(dtype=object)[rows]
