# SPDX-License-Identifier: GPL-2.0-or-later
"""Accept the findings that are selected, with a name and a reason; or open them again."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QSizePolicy, QWidget

from ..jobs.words import tr
from .decide_box import PERSON
from .findings_records import Finding


class AcceptBox(QWidget):
    """Who and why; `decided` carries ids, status, person and reason."""

    decided = pyqtSignal(dict)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._findings: list[Finding] = []
        self._busy = False
        self.person = _line("pianqu_accept_person", tr("Who accepts"))
        self.reason = _line("pianqu_accept_reason", tr("Why it may stay"))
        self.accept = QPushButton()
        self.accept.setObjectName("pianqu_accept")
        self.reopen = QPushButton(tr("Open again"))
        self.reopen.setToolTip(tr("Take the acceptance back"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for widget, stretch in (
            (self.person, 2), (self.reason, 5), (self.accept, 0), (self.reopen, 0)
        ):  # fmt: skip
            row.addWidget(widget, stretch)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.person.setText(str(QgsSettings().value(PERSON, "") or ""))
        for line in (self.person, self.reason):
            line.textChanged.connect(self._judge)
            line.returnPressed.connect(self.accept.click)
        self.accept.clicked.connect(lambda: self._decide("accepted"))
        self.reopen.clicked.connect(lambda: self._decide("open"))
        self.show_for([])

    def show_for(self, findings: list[Finding]) -> None:
        """Take the findings that are to be decided on; what is gone can't be."""
        self._findings = [one for one in findings if one.since != "gone"]
        self._judge()

    def set_busy(self, busy: bool) -> None:
        """Wait while the engine works."""
        self._busy = busy
        self._judge()

    def missing(self) -> str:
        """Say what is still lacking to accept, "" where nothing is."""
        if not self._findings:
            return tr("Choose findings in the list")
        if not self.person.text().strip():
            return tr("Say who accepts")
        if not self.reason.text().strip():
            return tr("Say why it may stay")
        return ""

    def _judge(self) -> None:
        count = len(self._findings)
        said = tr("Accept {count} findings") if count != 1 else tr("Accept 1 finding")
        lack = self.missing()
        # The button itself says what is lacking: nobody looks for a hint over a grey button.
        self.accept.setText(lack or said.format(count=count))
        self.accept.setEnabled(not lack and not self._busy)
        settled = any(one.status != "open" for one in self._findings)
        self.reopen.setVisible(settled)
        self.reopen.setEnabled(not self._busy and bool(self.person.text().strip()))

    def _decide(self, status: str) -> None:
        if self._busy or not self._findings or (status == "accepted" and self.missing()):
            return
        person = self.person.text().strip()
        QgsSettings().setValue(PERSON, person)
        order: dict[str, Any] = {
            "ids": tuple(one.id for one in self._findings), "status": status, "person": person,
            "reason": self.reason.text().strip(),
        }  # fmt: skip
        self.decided.emit(order)

    def clear(self) -> None:
        """Empty the reason of a decision that was taken."""
        self.reason.clear()


def _line(name: str, title: str) -> QLineEdit:
    line = QLineEdit()
    line.setObjectName(name)
    line.setAccessibleName(title)
    line.setPlaceholderText(title)
    return line
