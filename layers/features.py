# SPDX-License-Identifier: GPL-2.0-or-later
"""Features as read turned into a Layer: valid shapes, clean columns, findings for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .model import Layer
from .notes import Notes
from .reading import Features
from .repair import usable
from .schema import UNIT_FIELDS
from .sources import Source
from .texts import number_column, text_column
from .words import say

if TYPE_CHECKING:
    from .standard import CodeTable, Standard


_CULTIVATED = "01"  # the class of cultivated land in every table of land use


def clean_layer(
    read: Features, role: str, source: Source, standard: Standard, notes: Notes
) -> Layer:
    """Make a role's layer; its columns are `id`, `deduction`, `settlement` and what is mapped."""
    _tell(read, role, notes)
    columns = {
        name: text_column(read.columns[name]) for name in source.fields if name != "deduction"
    }
    no_ids = "id" not in columns
    if no_ids:
        columns["id"] = text_column(read.fids)
    columns.setdefault("settlement", _blank(len(read)))
    if role == "reserve":
        columns.setdefault("allowed", _blank(len(read)))
    table = source.codes if "code" in columns else ""
    restored = _blank(len(read))
    if table:
        given = columns["code"]
        columns["code"] = restore_codes(given, standard.code_table(table), role, notes)
        restored = np.where(given == columns["code"], "", given).astype(object)
    data = pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()})
    labels = columns.get("name", _blank(len(read)))
    shapes, unread = usable_shapes(read, role, source.label, columns["id"], labels, notes)
    data["deduction"], misread = _deduction(read, role, source, columns["id"], shapes, notes)
    _tell_no_deduction(data, misread, role, source, notes)
    order = ["id", *(name for name in ("code", "name") if name in columns), "deduction"]
    data = data[order + [name for name in data if name not in order]]
    read.provenance["used"] = int(sum(shape is not None for shape in shapes))
    return Layer(
        role, source.label, shapes, data, table, unread, ids_are_fids=no_ids,
        fids=text_column(read.fids), restored=restored, misread=misread,
    )  # fmt: skip


def clean_units(read: Features, source: Source, notes: Notes) -> Layer:
    """Make the units layer; a unit's id is its code. Features without one are told and left out."""
    _tell(read, "units", notes)
    blank = _blank(len(read))
    columns = {
        name: text_column(read.columns[name]) if name in source.fields else blank
        for name in UNIT_FIELDS
    }
    fids = text_column(read.fids)
    ids = np.where(columns["code"] == "", fids, columns["code"])
    data = pd.DataFrame({"id": pd.Series(ids, dtype=object)}).assign(
        **{name: pd.Series(values, dtype=object) for name, values in columns.items()}
    )
    shapes, unread = usable_shapes(read, "units", source.label, ids, columns["code"], notes)
    nameless = (data["code"] == "").to_numpy()
    if nameless.any():
        message = say("layers.unit_without_code", source=source.label, field=source.fields["code"])
        notes.many("data.unusable", "error", shapes[nameless], subject_layer="units",
                   subject_id=ids[nameless], message=message)  # fmt: skip
        unread += [f"{one}: {message}" for one in ids[nameless]]
        shapes, data = shapes[~nameless], data[~nameless].reset_index(drop=True)
    return Layer("units", source.label, shapes, data, "", unread)


def _blank(count: int) -> np.ndarray:
    return np.full(count, "", dtype=object)


def _tell(read: Features, role: str, notes: Notes) -> None:
    for rule, severity, message in read.notes:
        notes.add(rule, severity, role, message)


def usable_shapes(
    read: Features,
    role: str,
    source: str,
    ids: np.ndarray,
    labels: np.ndarray,
    notes: Notes,
    names: np.ndarray | None = None,
) -> tuple[np.ndarray, list[str]]:
    """Make the shapes usable; each repaired or unusable one is a finding.

    `names` call the features in messages where their ids don't tell them apart. Also gives the
    messages on those that can't be used.
    """
    names = ids if names is None else names
    result = usable(read.shapes)
    read.provenance.update(repaired=len(result.mended), unusable=len(result.unusable))
    if not len(result.mended) and not len(result.unusable):
        return result.shapes, []
    mended, lost = result.mended, result.unusable
    rows = mended["row"].to_numpy(dtype=int)
    change = (mended["after_m2"] - mended["before_m2"]).abs()
    notes.many(
        "data.geometry", "warning", result.shapes[rows], subject_layer=role, subject_id=ids[rows],
        subject_label=labels[rows],
        area_m2=change.to_numpy(), value=mended["after_m2"].to_numpy(),
        limit=mended["before_m2"].to_numpy(), unit_of_measure="m2",
        message=[
            say("layers.repaired", source=source, id=names[row], reason=reason,
                before=before, after=after)
            for row, before, after, reason in mended.itertuples(index=False)
        ],
    )  # fmt: skip
    rows = lost["row"].to_numpy(dtype=int)
    messages = [
        say("layers.unusable", source=source, id=names[row], reason=reason)
        for row, reason in lost.itertuples(index=False)
    ]
    notes.many("data.unusable", "error", result.marks, subject_layer=role, subject_id=ids[rows],
               subject_label=labels[rows], message=messages)  # fmt: skip
    return result.shapes, messages


def restore_codes(codes: np.ndarray, table: CodeTable, role: str, notes: Notes) -> np.ndarray:
    """Give back what a spreadsheet or a numeric field took from codes: 101 is 0101, 05h1 05H1.

    Only where the code as it stands is unknown to the table and the restored one is known.
    """
    keys, uniques = pd.factorize(codes)
    words = np.array([*uniques], dtype=object)
    if not len(words):
        return codes
    unknown = ~np.asarray(table.known(words), dtype=bool) & (words != "")
    out = words.copy()
    for index in np.flatnonzero(unknown):
        for guess in (f"0{words[index]}", words[index].upper()):
            if np.asarray(table.known(np.array([guess], dtype=object)))[0]:
                out[index] = guess
                count = int((keys == index).sum())
                message = say("layers.code_restored", count=count, code=words[index], now=guess)
                notes.add("data.code", "warning", role, message, object_id=words[index])
                break
    return out[keys]


def _tell_no_deduction(
    data: pd.DataFrame, misread: np.ndarray, role: str, source: Source, notes: Notes
) -> None:
    """Warn of a column of coefficients that is empty: cultivated land then counts with its ridges.

    Single parcels without one are as they should be: flat land, or what the plan takes from the
    base year.
    """
    if "deduction" not in source.fields or "code" not in data:
        return
    farmed = cultivated(data["code"].to_numpy(dtype=object))
    stated = data["deduction"].to_numpy(dtype=float)[farmed]
    if len(stated) and np.isnan(stated).all() and not misread[farmed].any():
        tell_no_deduction(role, source, len(stated), notes)


def cultivated(codes: np.ndarray) -> np.ndarray:
    """Tell which codes are of cultivated land."""
    return np.array([code.startswith(_CULTIVATED) for code in codes], dtype=bool)


def tell_no_deduction(role: str, source: Source, count: int, notes: Notes) -> None:
    """Warn that none of so many parcels of cultivated land states a coefficient."""
    text = say("layers.deduction_empty", source=source.label,
               field=source.fields["deduction"], count=count)  # fmt: skip
    notes.add("data.deduction", "warning", role, text)


def _deduction(
    read: Features, role: str, source: Source, ids: np.ndarray, shapes: np.ndarray, notes: Notes
) -> tuple[np.ndarray, np.ndarray]:
    """Read the ridge coefficient: NaN where null or where the text is no number (told).

    Also marks where it is no number.
    """
    misread = np.zeros(len(read), dtype=bool)
    if "deduction" not in source.fields:
        return np.full(len(read), np.nan), misread
    raw = read.columns["deduction"]
    numbers, bad = number_column(raw)
    notes.many(
        "data.deduction", "error", shapes[bad], subject_layer=role, subject_id=ids[bad],
        message=[
            say("layers.deduction_text", source=source.label, id=ids[row], value=raw[row])
            for row in bad
        ],
    )  # fmt: skip
    misread[bad] = True
    return numbers, misread
