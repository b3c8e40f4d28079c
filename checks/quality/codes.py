# SPDX-License-Identifier: GPL-2.0-or-later
"""Codes: known, with their own names, of one edition; units' codes; tags of settlements."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...layers.codes import CodeTable
from ...layers.findings import CODED, Batch
from ...layers.prefixes import longest_prefix
from ...layers.schema import listed
from ...layers.standard_quality import QualityCheck
from ...layers.words import say
from ..data import code_batch
from .arrivals import Arrived
from .case import Case, NotApplicableError, NotCheckedError


def code_known(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Tell of features whose code no table knows."""
    layer = case.layer(role)
    if not layer.table or "code" not in layer.data:
        raise NotCheckedError(_no_code(case.arrived(role)))
    return [code_batch(case.county, case.scene, role)]


def _no_code(found: Arrived) -> str:
    if "code" in found.lost:
        return found.lost["code"]
    return say("quality.no_field", source=found.label, meaning=say("quality.meaning.code"))


def codes_of(case: Case, role: str) -> tuple[np.ndarray, CodeTable]:
    """Give a layer's codes and the table they are of; NotCheckedError where it has none."""
    layer = case.layer(role)
    if layer.table and "code" in layer.data:
        codes = layer.data["code"].to_numpy(dtype=object)
        return codes, case.standard.code_table(layer.table)
    found = case.arrived(role)
    names = found.meaning(case.standard, "code")
    table = case.standard.settings.get("base_table", "")
    if not names or table not in case.standard.tables:
        kind = NotCheckedError if role in CODED or "code" in found.lost else NotApplicableError
        raise kind(_no_code(found))
    return found.texts(names[0]), case.standard.code_table(table)


def code_name(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Tell of features whose name is not the one of their code."""
    codes, table = codes_of(case, role)
    found = case.arrived(role)
    field = case.field(role, "name")
    names = found.texts(field)
    right = table.codes["name_zh"].to_dict()
    pairs = pd.Series(list(zip(codes, names)), dtype=object)
    wrong = {
        pair: bool(pair[0] in right and pair[1] and _bare(pair[1]) != _bare(right[pair[0]]))
        for pair in pairs.unique()
    }
    rows = np.flatnonzero(pairs.map(wrong).to_numpy(dtype=bool))
    ids = case.layer(role).data["id"].to_numpy(dtype=object)[rows]
    messages = [
        say("quality.code_name", source=found.label, id=one, code=code, name=name,
            right=right[code], table=table.name)
        for one, code, name in zip(ids, codes[rows], names[rows])
    ]  # fmt: skip
    return [case.tell(check, role, rows, messages, object_id=field)]


def _bare(name: str) -> str:
    """Take from a name what people write in several ways: brackets, blanks."""
    return "".join(name.replace("（", "(").replace("）", ")").split())


def edition(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Tell of a layer that mixes two editions of the guide, or is of another than it is said."""
    layer, found = case.layer(role), case.arrived(role)
    if layer.table not in check.tables:
        raise NotApplicableError(say("quality.no_edition", source=found.label))
    if "code" not in layer.data:
        raise NotCheckedError(_no_code(found))
    codes = layer.data["code"].to_numpy(dtype=object)
    given = codes if layer.restored is None else np.where(layer.restored == "", codes,
                                                          layer.restored)  # fmt: skip
    fields = found.meaning(case.standard, "name")
    names = found.texts(fields[0]) if fields else np.full(len(codes), "", dtype=object)
    marks = _evidence(case, check, given, names)
    seen = {table: int((marks == number).sum()) for number, table in enumerate(check.tables)}
    present = [table for table, count in seen.items() if count]
    if len(present) > 1:
        parts = [
            say(
                "quality.edition_part",
                table=table,
                count=seen[table],
                codes=listed(sorted(set(given[marks == check.tables.index(table)])), 8),
            )
            for table in present
        ]
        text = say("quality.edition_mixed", source=found.label, parts=listed(parts))
        fewer = min(present, key=lambda table: seen[table])
        rows = np.flatnonzero(marks == check.tables.index(fewer))
        return [case.whole(check, role, text, value=float(len(rows)), object_id=fewer,
                           object_layer=role)]  # fmt: skip
    if present and present[0] != layer.table:
        text = say("quality.edition_other", source=found.label, stated=layer.table,
                   found=present[0], codes=listed(sorted(set(given[marks >= 0])), 8))  # fmt: skip
        return [case.whole(check, role, text, value=float(seen[present[0]]),
                           object_id=present[0], object_layer=role)]  # fmt: skip
    return []


def _evidence(case: Case, check: QualityCheck, codes: np.ndarray, names: np.ndarray) -> np.ndarray:
    """Tell for each feature the one edition that its code, or code and name, can be of; else -1."""
    tables = [case.standard.code_table(name).codes["name_zh"].to_dict() for name in check.tables]
    pairs = pd.Series(list(zip(codes, names)), dtype=object)
    verdict = {}
    for code, name in pairs.unique():
        able = [number for number, one in enumerate(tables) if code in one]
        if len(able) > 1 and name:
            named = [number for number in able if _bare(tables[number][code]) == _bare(name)]
            able = named or able
        verdict[code, name] = able[0] if len(able) == 1 else -1
    return pairs.map(verdict).to_numpy(dtype=int)


def unit_code(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Tell of codes of units that are not 19 digits long or begin with no unit of the county."""
    found = case.arrived(role)
    fields = case.fields(role, "unit_code") + found.meaning(case.standard, "owner_code")
    case.need_units()
    units = frozenset(case.county.tree.finest["code"])
    digits = int(check.absolute)
    out = []
    for field in fields:
        texts = found.texts(field)
        faults = {text: _unit_fault(text, digits, units) for text in dict.fromkeys(texts)}
        keys = np.array([faults[text] for text in texts], dtype=object)
        rows = np.flatnonzero(keys != "")
        ids = case.layer(role).data["id"].to_numpy(dtype=object)[rows]
        messages = [
            say(keys[row], source=found.label, id=one, field=field, value=texts[row],
                digits=digits)
            for row, one in zip(rows, ids)
        ]  # fmt: skip
        out.append(case.tell(check, role, rows, messages, object_id=field))
    return out


def _unit_fault(text: str, digits: int, units: frozenset[str]) -> str:
    if not text:
        return "quality.unit_code_blank"
    if len(text) != digits or not text.isdigit():
        return "quality.unit_code_digits"
    return "" if longest_prefix(text, units) else "quality.unit_code_unknown"


def settlement(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Tell of features whose settlement tag may not stand on their use."""
    codes, tags, field = _tags(case, role)
    known = {one.tag: one for one in case.standard.quality.settlements}
    pairs = pd.Series(list(zip(codes, tags)), dtype=object)
    wrong = {(code, tag): bool(code and tag in known and not known[tag].fits(code))
             for code, tag in pairs.unique()}  # fmt: skip
    rows = np.flatnonzero(pairs.map(wrong).to_numpy(dtype=bool))
    layer = case.layer(role)
    messages = [
        say("quality.settlement", source=layer.source, id=one, code=code, tag=tag,
            name=known[tag].name)
        for one, code, tag in zip(layer.data["id"].to_numpy()[rows], codes[rows], tags[rows])
    ]  # fmt: skip
    return [case.tell(check, role, rows, messages, object_id=field)]


def settlement_missing(case: Case, check: QualityCheck, role: str) -> list[Batch]:
    """Tell of features without a settlement tag whose use stands in settlements only."""
    codes, tags, field = _tags(case, role)
    wanting = {code: code in check.codes for code in dict.fromkeys(codes)}
    rows = np.flatnonzero((tags == "") & np.array([wanting[code] for code in codes], dtype=bool))
    if len(rows) and not (tags != "").any():
        raise NotCheckedError(say("quality.no_tags", source=case.layer(role).source, field=field))
    layer = case.layer(role)
    messages = [
        say("quality.settlement_missing", source=layer.source, id=one, code=code, field=field)
        for one, code in zip(layer.data["id"].to_numpy()[rows], codes[rows])
    ]
    return [case.tell(check, role, rows, messages, object_id=field)]


def _tags(case: Case, role: str) -> tuple[np.ndarray, np.ndarray, str]:
    field = case.field(role, "settlement")
    if not case.standard.quality.settlements:
        raise NotApplicableError(say("quality.no_settlements"))
    codes, _ = codes_of(case, role)
    return codes, case.arrived(role).texts(field), field
