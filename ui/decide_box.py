# SPDX-License-Identifier: GPL-2.0-or-later
"""Decide on the conflicts that are selected, in place."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from ..jobs.words import tr
from .labels import STATES, sign, word
from .sector_records import Conflict

PERSON, DEPARTMENT = "pianqu/sectors/person", "pianqu/sectors/department"
CHOICES = ("agreed", "waived", "fixed", "open")


class DecideBox(QWidget):
    """State, who, why and what; `decided` carries them with the conflicts they are for."""

    decided = pyqtSignal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._conflicts: list[Conflict] = []
        self._busy = False
        self.state = QComboBox()
        self.state.setAccessibleName(tr("New state"))
        for choice in CHOICES:
            self.state.addItem(sign(choice), word(STATES, choice), choice)
        self.person = _line("pianqu_decide_person", tr("Person"))
        self.department = QComboBox()
        self.department.setEditable(True)
        self.department.setAccessibleName(tr("Department"))
        self.department.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.department.setMinimumContentsLength(8)
        self.reason = _line("pianqu_decide_reason", tr("Reason"))
        self.decision = _line("pianqu_decide_decision", tr("Decision"))
        self.button = QPushButton()
        self.button.setObjectName("pianqu_decide")
        self._lay_out()
        self._connect()
        self._remember()
        self.show_for([])

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(4)
        pairs = (
            (tr("State"), self.state, 0, 0), (tr("Person"), self.person, 0, 2),
            (tr("Department"), self.department, 0, 4), (tr("Reason"), self.reason, 1, 0),
            (tr("Decision"), self.decision, 1, 2),
        )  # fmt: skip
        for title, widget, row, column in pairs:
            label = QLabel(title)
            label.setBuddy(widget)
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(label, row, column)
            grid.addWidget(widget, row, column + 1)
        grid.addWidget(self.button, 1, 4, 1, 2)
        for column, stretch in ((1, 3), (3, 3), (5, 4)):
            grid.setColumnStretch(column, stretch)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _connect(self) -> None:
        self.button.clicked.connect(self._decide)
        self.state.currentIndexChanged.connect(self._judge)
        for line in (self.person, self.reason, self.decision):
            line.textChanged.connect(self._judge)
            line.returnPressed.connect(self.button.click)
        self.department.editTextChanged.connect(self._judge)

    def _remember(self) -> None:
        settings = QgsSettings()
        self.person.setText(str(settings.value(PERSON, "") or ""))
        self.department.setEditText(str(settings.value(DEPARTMENT, "") or ""))

    def offer(self, departments: list[str]) -> None:
        """Offer the dossier's departments."""
        typed = self.department.currentText()
        self.department.blockSignals(True)
        self.department.clear()
        self.department.addItems(departments)
        self.department.setEditText(typed)
        self.department.blockSignals(False)

    def show_for(self, conflicts: list[Conflict]) -> None:
        """Take the conflicts that are to be decided on."""
        self._conflicts = conflicts
        self._judge()

    def set_busy(self, busy: bool) -> None:
        """Wait while the engine works."""
        self._busy = busy
        self._judge()

    def missing(self) -> str:
        """Say what is still lacking for a decision, "" where nothing is."""
        state = self.state.currentData()
        if not self._conflicts:
            return tr("Choose conflicts in the list")
        if not self.person.text().strip():
            return tr("Say who decides")
        if state == "waived" and not self.reason.text().strip():
            return tr("A waiver needs a reason")
        if state == "agreed" and not self.decision.text().strip():
            return tr("An agreement needs its text")
        return ""

    def _judge(self) -> None:
        lack = self.missing()
        count = len(self._conflicts)
        said = tr("Decide for {count} conflicts").format(count=count)
        said = said if count != 1 else tr("Decide for 1 conflict")
        # The button itself says what is lacking: nobody looks for a hint over a grey button.
        self.button.setText(lack or said)
        self.button.setEnabled(not lack and not self._busy)

    def _decide(self) -> None:
        if self.missing() or self._busy:
            return
        settings = QgsSettings()
        settings.setValue(PERSON, self.person.text().strip())
        settings.setValue(DEPARTMENT, self.department.currentText().strip())
        self.decided.emit([self._order(conflict) for conflict in self._conflicts])

    def _order(self, conflict: Conflict) -> dict[str, Any]:
        return {
            "id": conflict.id,
            # One that is not in the register yet is decided on as it will first be entered.
            "version": conflict.version or 1,
            "state": str(self.state.currentData()),
            "person": self.person.text().strip(),
            "department": self.department.currentText().strip(),
            "reason": self.reason.text().strip(),
            "decision": self.decision.text().strip(),
        }

    def clear(self) -> None:
        """Empty the words of a decision that was taken; who decides stays."""
        self.reason.clear()
        self.decision.clear()


def _line(name: str, title: str) -> QLineEdit:
    line = QLineEdit()
    line.setObjectName(name)
    line.setAccessibleName(title)
    return line
