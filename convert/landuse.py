# SPDX-License-Identifier: GPL-2.0-or-later
"""The task `convertcodes`: a copy of a layer with the codes and names of the guide of 2023."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ..jobs.aliases import Alias
from ..layers.errors import InputError
from ..layers.schema import listed
from ..layers.words import say
from .codes import SETTLED, Outcome, convert, remarks, summary, told_apart
from .frame import Frame, frame, placed
from .giving import column, with_columns, write_copy, write_remarks, write_table
from .measuring import square_metres
from .rules import OwnRule, conversions, known_table, own_rules
from .taking import Taken

AUTO = "auto"
OPTIONS = {"from": AUTO, "mode": "main", "table": "", "code_field": "", "name_field": "",
           "how_field": ""}  # fmt: skip
_NAMES = tuple(  # which no role of a dossier asks for
    Alias("field", "landuse", name, "name", weight)
    for name, weight in (("DLMC", 1.0), ("JQDLMC", 0.9), ("GHDLMC", 0.9), ("YDYHFLMC", 0.9))
)
_FIELDS = {"code_field": ("YDYHFLDM", "YDYHDM2023"), "name_field": ("YDYHFLMC", "YDYHMC2023"),
           "how_field": ("ZHFS", "ZHFS2023")}  # fmt: skip


def convertcodes(job: Any, voice: Any, folder: Path) -> dict[str, Any]:
    """Convert a layer's land-use codes into those of the standard's plan table."""
    work = frame(job, voice, folder, OPTIONS)
    taken = work.layer()
    outcome, own = _convert(work, taken)
    work.progress(0.3)
    area, _, _ = square_metres(taken)
    work.progress(0.6)
    names = taken.texts("name")
    rows = remarks(outcome, names, work.standard, taken.label, taken.ids)
    told, shapes = placed(taken, rows.assign(area_m2=area[rows["row"].to_numpy(dtype=int)]))
    added = {
        field: column(values, "text")
        for field, values in zip(
            _new_fields(work, taken), (outcome.to, outcome.names, outcome.how)
        )
    }  # fmt: skip
    write_copy(taken, with_columns(taken.table, added), work.path)
    work.progress(0.9)
    write_remarks(told, shapes, taken.crs, work.path)
    write_table(summary(outcome, area), work.path, "conversions")
    _tell(taken, outcome, own)
    work.tell(taken)
    return {
        "from_table": outcome.way.source.name,
        "features": len(taken),
        "converted": int(np.isin(outcome.how, SETTLED).sum()),
        "ambiguous": len(set(told.index[told["kind"] == "ambiguous"])),
        "left": int(np.isin(outcome.how, ("open", "none")).sum()),
        "class_changed": int(outcome.changed.sum()),
    }


def _convert(work: Frame, taken: Taken) -> tuple[Outcome, list[OwnRule]]:
    standard = work.standard
    ways = conversions(standard, standard.settings.get("plan_table", ""))
    taken.find("code", standard.aliases, needed=True)
    taken.find("id", standard.aliases)
    taken.find("name", [*standard.aliases, *_NAMES])
    given = taken.texts("code")
    table = str(work.option("from"))
    if table == AUTO:
        table = told_apart(given, taken.texts("name"), ways, taken.label)
        taken.notes.append(("info", say("convert.from_told", layer=taken.label, table=table)))
    way = known_table(table, ways)
    own, idle = own_rules(work.option("table"), way, taken.fields) if work.option("table") else (
        [], [])  # fmt: skip
    if idle:
        text = say("convert.table_idle", table=work.option("table"), columns=listed(idle))
        taken.notes.append(("warning", text))
    asked = {name for rule in own for name, _ in rule.where}
    taken.named.update({f"own.{name}": name for name in asked})
    columns = {name: taken.texts(f"own.{name}") for name in asked}
    return convert(way, given, str(work.option("mode")), own, columns), own


def _new_fields(work: Frame, taken: Taken) -> list[str]:
    """Name the new fields: as asked for, else the plan's own names, else those with the year.

    InputError where a name that was asked for is taken.
    """
    there = {name.lower() for name in taken.fields}
    out: list[str] = []
    for option, usual in _FIELDS.items():
        asked = str(work.option(option))
        if asked and asked.lower() in {*there, *(name.lower() for name in out)}:
            raise InputError("convert.field_taken", layer=taken.label, field=asked)
        free = [name for name in usual if name.lower() not in there]
        if not asked and not free:
            raise InputError("convert.field_taken", layer=taken.label, field=usual[-1])
        out.append(asked or free[0])
        if not asked and free[0] != usual[0]:
            text = say("convert.field_renamed", layer=taken.label, field=usual[0], now=free[0])
            taken.notes.append(("info", text))
    return out


def _tell(taken: Taken, outcome: Outcome, own: list[OwnRule]) -> None:
    """Tell of codes that were given back, and of the user's rules that met nothing."""
    for code, whole in outcome.mended.items():
        text = say("convert.code_restored", layer=taken.label, code=code, now=whole)
        taken.notes.append(("warning", text))
    idle = [str(rule.line) for rule in own if rule.line not in outcome.used]
    if idle:
        taken.notes.append(("warning", say("convert.rules_idle", lines=listed(idle))))
