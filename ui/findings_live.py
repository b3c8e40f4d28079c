# SPDX-License-Identifier: GPL-2.0-or-later
"""What a live engine says of findings: taken over by little, a whole state by and by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generator, Mapping, Sequence

from qgis.PyQt.QtCore import QObject

from .findings_records import DECISION, Finding, from_live
from .slices import Job, Slices

if TYPE_CHECKING:
    from .findings_browser import FindingsBrowser

PORTION = 300  # findings taken over in a step
_LOOKS = 5000  # findings only looked at in a step
_FACTS = ("area_m2", "value", "severity", "verdict", "message")
Rows = Sequence[Mapping[str, Any]]


class FindingsLive(QObject):
    """Brings a browser to what the engine holds; changes that come meanwhile wait their turn."""

    def __init__(self, browser: FindingsBrowser) -> None:
        super().__init__(browser)
        self.browser = browser
        self.slices = Slices(self)
        self._later: list[tuple[Sequence[str], Rows]] = []

    @property
    def busy(self) -> bool:
        """Tell whether a state is still being taken over."""
        return self.slices.busy

    def drop(self) -> None:
        """Forget what is under way: other findings are shown."""
        self.slices.drop()
        self._later = []

    def apply_delta(self, gone: Sequence[str], findings: Rows) -> None:
        """Take findings away by id, add new ones, replace changed ones."""
        if self.busy:
            self._later.append((gone, findings))
        elif gone or findings:
            self.browser.change(set(map(str, gone)), [from_live(row) for row in findings])

    def apply_state(self, findings: Rows) -> None:
        """Show all that the engine finds; a short state at once."""
        self.drop()
        job = self._take_over(findings)
        if len(findings) + len(self.browser.desk.findings) > PORTION:
            self.slices.begin("state", job)
        else:
            for _ in job:
                pass

    def _take_over(self, findings: Rows) -> Job:
        came: list[Finding] = []
        for start in range(0, len(findings), PORTION):
            came += [from_live(row) for row in findings[start : start + PORTION]]
            yield
        gone = yield from self._gone(came)
        fresh = []
        for start in range(0, len(came), _LOOKS):
            fresh += [one for one in came[start : start + _LOOKS] if self._differs(one)]
            yield
        if gone:
            self.browser.change(gone, [])
        for start in range(0, len(fresh), PORTION):
            yield
            self.browser.change(set(), fresh[start : start + PORTION])
        while self._later:
            yield
            ids, rows = self._later.pop(0)
            self.browser.change(set(map(str, ids)), [from_live(row) for row in rows])

    def _gone(self, came: list[Finding]) -> Generator[None, None, set[str]]:
        """List what the engine finds no more; it may not look at sector plans at all."""
        ids, listed = {one.id for one in came}, self.browser.desk.findings
        sectors = any(one.check == "sector" for one in came)
        gone: set[str] = set()
        for start in range(0, len(listed), _LOOKS):
            gone.update(
                one.id
                for one in listed[start : start + _LOOKS]
                if one.id not in ids
                and one.since != "gone"
                and (sectors or one.check != "sector")
                and self.browser.known(one.id) is not None
            )
            yield
        return gone

    def _differs(self, one: Finding) -> bool:
        was = self.browser.known(one.id)
        if was is None or was.since == "gone":
            return True
        return any(getattr(one, name) != getattr(was, name) for name in _FACTS)


def inherit(one: Finding, was: Finding) -> None:
    """Keep what was decided about a finding, and how it stood to the run before."""
    one.since = "unchanged" if was.since == "gone" else was.since
    if one.status == "open":
        for name in DECISION:
            setattr(one, name, getattr(was, name))
