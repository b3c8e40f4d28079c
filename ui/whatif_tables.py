# SPDX-License-Identifier: GPL-2.0-or-later
"""What a what-if answers, as tables: quotas, lines, sector plans, what is planned there now."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import (
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ..jobs.words import tr
from .desk_words import OUTCOME_SIGNS, OUTCOME_WORDS
from .labels import (
    CHANGES,
    DASH,
    OBJECTS,
    VERDICTS,
    Words,
    exact_hectares,
    number,
    sign,
    word,
    years,
)

Row = Mapping[str, Any]
RELATIONS: Words = {
    "exclude": lambda: tr("exclude each other"),
    "together": lambda: tr("go together"),
}
_GRAVITY = {"failed": 3, "not_checked": 2, "warning": 1, "passed": 0}
_LEVELS = ("county", "cluster", "town", "village")
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Table(QWidget):
    """A heading with a count and, under it, rows; `numbers` are columns set to the right."""

    def __init__(self, heads: Sequence[str], numbers: Sequence[int], none: str) -> None:
        super().__init__()
        self.title = QLabel()
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.rows = QTreeWidget()
        self.rows.setHeaderLabels(list(heads))
        self.rows.setRootIsDecorated(False)
        self.rows.setUniformRowHeights(True)
        self.rows.setAlternatingRowColors(True)
        self.rows.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.rows.header().setStretchLastSection(True)
        self._numbers, self._none = numbers, none
        for place in numbers:
            self.rows.headerItem().setTextAlignment(place, _RIGHT)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.title)
        column.addWidget(self.rows)

    def fill(self, title: str, rows: Sequence[tuple[QIcon, Sequence[str], str]]) -> None:
        """Show rows of an icon, texts and a hint; none at all is said in the heading."""
        self.title.setText(title if rows else self._none)
        self.rows.setVisible(bool(rows))
        self.rows.clear()
        items = []
        for icon, texts, hint in rows:
            item = QTreeWidgetItem(list(texts))
            item.setIcon(0, icon)
            for place in range(len(texts)):
                item.setToolTip(place, hint)
            for place in self._numbers:
                item.setTextAlignment(place, _RIGHT)
            items.append(item)
        self.rows.addTopLevelItems(items)
        self.rows.setAccessibleName(self.title.text())
        self._fit(len(rows))

    def _fit(self, count: int) -> None:
        """Be as high as the rows need, up to a dozen."""
        height = self.rows.sizeHintForRow(0) if count else 0
        frame = self.rows.header().sizeHint().height() + 2 * self.rows.frameWidth() + 16
        self.rows.setFixedHeight(max(height, 18) * min(count, 12) + frame)

    def texts(self) -> list[list[str]]:
        """Give what the rows say."""
        items = [self.rows.topLevelItem(row) for row in range(self.rows.topLevelItemCount())]
        return [[item.text(place) for place in range(item.columnCount())] for item in items]


class WhatIfTables(QWidget):
    """The four tables of an answer."""

    def __init__(self) -> None:
        super().__init__()
        self.quotas = Table(
            [
                tr("Administrative unit"), tr("Indicator"), tr("Outcome"), tr("Change"),
                tr("Margin"), tr("Before"), tr("After"), tr("Quota"),
            ],
            range(3, 8),
            tr("No quota is touched."),
        )  # fmt: skip
        self.lines = Table(
            [tr("Line"), tr("Verdict"), tr("New or existing"), tr("Area"), tr("Remark"),
             tr("Basis")],
            [3], tr("No control line is broken."),
        )  # fmt: skip
        self.plans = Table(
            [tr("Sector plan"), tr("Project"), tr("Uses"), tr("Area"), tr("Years"),
             tr("Department")],
            [3], tr("No sector plan is met."),
        )  # fmt: skip
        self.uses = Table([tr("Use"), tr("Area")], [1], tr("Nothing is planned."))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for table in (self.quotas, self.lines, self.plans, self.uses):
            column.addWidget(table)
        column.addStretch(1)

    def show_answer(self, reply: Row) -> None:
        """Fill the tables."""
        parts = {name: reply.get(name) or () for name in ("indicators", "lines", "plans", "uses")}
        quotas = sorted(parts["indicators"], key=_importance)
        self.quotas.fill(tr("Quotas that change: {count}").format(count=len(quotas)),
                         [_quota(row) for row in quotas])  # fmt: skip
        self.lines.fill(tr("Control lines that are broken: {count}").format(
            count=len(parts["lines"])), [_line(row) for row in parts["lines"]])  # fmt: skip
        self.plans.fill(tr("Projects of sector plans that are met: {count}").format(
            count=len(parts["plans"])), [_plan(row) for row in parts["plans"]])  # fmt: skip
        self.uses.fill(tr("Planned there now"), [_use(row) for row in parts["uses"]])


def verdict(reply: Row) -> tuple[str, str]:
    """Give the sign and the sentence for the whole answer."""
    worse = [row for row in reply.get("indicators") or () if _worse(row) > 0]
    lines = [row for row in reply.get("lines") or () if row.get("verdict") == "forbid"]
    clashes = [row for row in reply.get("plans") or () if row.get("relation") == "exclude"]
    if not (worse or lines or clashes):
        others = bool(reply.get("lines"))
        said = tr("On conditions only.") if others else tr("Nothing stands against it.")
        return ("warning" if others else "agreed"), said
    said = []
    if worse:
        said.append(tr("quotas that become worse: {count}").format(count=len(worse)))
    if lines:
        said.append(tr("lines that forbid it: {count}").format(count=len(lines)))
    if clashes:
        said.append(tr("projects it clashes with: {count}").format(count=len(clashes)))
    return "error", tr("Against it: {reasons}").format(reasons=tr("; ").join(said))


def _worse(row: Row) -> int:
    before, after = (_GRAVITY.get(str(row.get(key)), 0) for key in ("outcome_before", "outcome"))
    return after - before


def _importance(row: Row) -> tuple[int, int, int, str]:
    """Order quotas: what becomes worse first, then by the unit's rank."""
    level = str(row.get("level"))
    rank = _LEVELS.index(level) if level in _LEVELS else len(_LEVELS)
    worse = _worse(row)
    return -max(worse, 0), -_GRAVITY.get(str(row.get("outcome")), 0), rank, str(row.get("unit"))


def _quota(row: Row) -> tuple[QIcon, Sequence[str], str]:
    before, after = row.get("before_ha"), row.get("after_ha")
    outcome, former = str(row.get("outcome") or ""), str(row.get("outcome_before") or "")
    said = word(OUTCOME_WORDS, outcome)
    if former and former != outcome:
        said = f"{word(OUTCOME_WORDS, former)} → {said}"
    texts = [
        str(row.get("unit_name") or row.get("unit") or ""), str(row.get("name") or ""), said,
        _signed(row.get("change_m2")), number(row.get("margin_ha"), 2), number(before, 2),
        number(after, 2), number(row.get("quota_ha"), 2),
    ]  # fmt: skip
    return sign(OUTCOME_SIGNS.get(outcome, "")), texts, _rounding()


def _rounding() -> str:
    return tr(
        "Hectares, rounded to 0.01 as in the results; the change is rounded by itself, so it can "
        "differ by 0.01 from the difference of the rounded figures"
    )


def _line(row: Row) -> tuple[QIcon, Sequence[str], str]:
    role = str(row.get("role") or "")
    name = str(row.get("name") or word(OBJECTS, f"@{role}"))
    texts = [
        name, word(VERDICTS, str(row.get("verdict") or "")),
        word(CHANGES, str(row.get("change") or "")), exact_hectares(row.get("area_m2")),
        str(row.get("note") or ""), str(row.get("basis") or ""),
    ]  # fmt: skip
    mark = "error" if row.get("verdict") == "forbid" else "warning"
    return sign(mark), texts, "\n".join(filter(None, texts[4:]))


def _plan(row: Row) -> tuple[QIcon, Sequence[str], str]:
    relation = str(row.get("relation") or "")
    texts = [
        str(row.get("name") or row.get("sector") or ""),
        str(row.get("label") or row.get("project") or ""),
        word(RELATIONS, relation), exact_hectares(row.get("area_m2")),
        years(row.get("start"), row.get("end")), str(row.get("department") or ""),
    ]  # fmt: skip
    hint = f"{row.get('project') or DASH} {row.get('use') or ''}"
    return sign("error" if relation == "exclude" else "agreed"), texts, hint.strip()


def _use(row: Row) -> tuple[QIcon, Sequence[str], str]:
    code, label = str(row.get("code") or ""), str(row.get("label") or "")
    texts = [
        label if label.startswith(code) else f"{code} {label}",
        exact_hectares(row.get("area_m2")),
    ]
    return QIcon(), texts, texts[0]


def _signed(square_metres: float | None) -> str:
    """Give a change in hectares with its sign; it comes unrounded and is rounded here alone."""
    if square_metres is None:
        return DASH
    hectares = round(square_metres / 1e4, 2) + 0.0
    return ("+" if hectares > 0 else "") + number(hectares, 2)
