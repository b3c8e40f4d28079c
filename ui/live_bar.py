# SPDX-License-Identifier: GPL-2.0-or-later
"""The switch of the live board and the sign beside it: live, busy, behind, off, engine gone."""

from __future__ import annotations

from typing import Callable

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from ..jobs.words import tr
from .labels import number, sign
from .live_watch import BEHIND, BUSY, LIVE, OFF
from .resident import GONE, STARTING

_SIDE = 16
_SIGNS = {
    LIVE: "fixed", BUSY: "reopened", BEHIND: "warning", OFF: "waived", STARTING: "reopened",
    GONE: "error",
}  # fmt: skip
_TEXTS: dict[str, Callable[[], str]] = {
    LIVE: lambda: tr("Up to date"),
    BUSY: lambda: tr("Computing"),
    BEHIND: lambda: tr("Behind the edits"),
    OFF: lambda: tr("Live is off"),
    STARTING: lambda: tr("Reading the data"),
    GONE: lambda: tr("The engine is gone"),
}
_MEANINGS: dict[str, Callable[[], str]] = {
    LIVE: lambda: tr("Quotas and findings show the layers as they are edited."),
    BUSY: lambda: tr("The last edit is being computed."),
    BEHIND: lambda: tr("Edits come faster than they are computed; the board follows."),
    OFF: lambda: tr("Quotas and findings stay as the last run left them."),
    STARTING: lambda: tr("The engine reads the dossier's layers; edits made now are not lost."),
    GONE: lambda: tr("Edits are not followed until the engine is started again."),
}


class LiveBar(QWidget):
    """One line: switch, sign and state, a button to read again, what is not followed."""

    switched = pyqtSignal(bool)
    again_wanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.switch = QToolButton()
        self.switch.setText(tr("Live"))
        self.switch.setCheckable(True)
        self.switch.setToolTip(tr("Let quotas and findings follow every edit"))
        self.sign = QLabel()
        self.text = QLabel()
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.notes = QLabel()
        self.again = QToolButton()
        self.again.setIcon(QgsApplication.getThemeIcon("/mActionRefresh.svg"))
        self.again.setAutoRaise(True)
        self.again.setToolTip(tr("Read the files again and start the engine anew"))
        self.again.setAccessibleName(self.again.toolTip())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (self.switch, self.sign, self.text, self.notes, self.again):
            row.addWidget(widget, int(widget is self.text))
        self.switch.toggled.connect(self.switched)
        self.again.clicked.connect(self.again_wanted)
        self._state, self._p95, self._trouble = OFF, None, ""
        self.set_notes([])
        self.show_state(OFF)

    def show_state(self, state: str) -> None:
        """Show how the live board stands."""
        self._state = state
        if state == LIVE:
            self._trouble = ""
        self.text.setText(_TEXTS[state]())
        self.sign.setPixmap(sign(_SIGNS[state]).pixmap(_SIDE, _SIDE))
        self.again.setVisible(state != OFF)
        if state == OFF:
            self.set_notes([])
        if self.switch.isChecked() != (state != OFF):
            self.switch.blockSignals(True)
            self.switch.setChecked(state != OFF)
            self.switch.blockSignals(False)
        self._explain()

    def show_pace(self, p95: float | None) -> None:
        """Take over how long edits take to be seen, in milliseconds."""
        self._p95 = p95
        self._explain()

    def show_progress(self, percent: float, title: str) -> None:
        """Show how far the engine is with reading."""
        if self._state == STARTING:
            self.text.setText(f"{title} {percent:.0f} %")

    def show_trouble(self, text: str) -> None:
        """Show what went wrong, until all is well again."""
        self._trouble = text
        if text and self._state in (OFF, GONE):
            self.text.setText(text.splitlines()[0])
        self._explain()

    def set_notes(self, notes: list[str]) -> None:
        """Tell, behind a sign, which layers are not followed."""
        self.notes.setVisible(bool(notes))
        self.notes.setPixmap(sign("warning").pixmap(_SIDE, _SIDE))
        self.notes.setToolTip("\n".join(notes))
        self.notes.setAccessibleName(self.notes.toolTip())

    def _explain(self) -> None:
        lines = [_MEANINGS[self._state](), self._trouble]
        if self._p95 is not None:
            said = tr("95 of 100 edits are shown within {number} ms")
            lines.append(said.format(number=number(self._p95, 0)))
        hint = "\n".join(filter(None, lines))
        for widget in (self.sign, self.text):
            widget.setToolTip(hint)
        self.sign.setAccessibleName(f"{_TEXTS[self._state]()}: {hint}")
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
