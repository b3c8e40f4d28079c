# SPDX-License-Identifier: GPL-2.0-or-later
"""The facts of a finding: what, where, how much, what to do, what was decided."""

from __future__ import annotations

from html import escape

from qgis.PyQt.QtCore import QUrl, pyqtSignal
from qgis.PyQt.QtWidgets import QTextBrowser, QWidget

from ..jobs.moments import local_time
from ..jobs.words import tr
from .desk_words import ROLE_WORDS, SINCE_WORDS, STATUS_WORDS
from .findings_names import FindingNames
from .findings_records import Finding
from .findings_table import extent
from .labels import CHANGES, COLOURS, DASH, SEVERITIES, VERDICTS, hectares, quantity, word

_GREY = "#6b7280"


class FindingFacts(QTextBrowser):
    """Shows one finding; a link opens the subject's form."""

    form_wanted = pyqtSignal(str, str)

    def __init__(self, names: FindingNames, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pianqu_desk_facts")
        self.setAccessibleName(tr("Facts of the finding"))
        self.setOpenLinks(False)
        self._names = names
        self._one: Finding | None = None
        self.anchorClicked.connect(self._follow)
        self.show_finding(None)

    def show_finding(self, one: Finding | None) -> None:
        """Show a finding, or what to do where none is chosen."""
        self._one = one
        if one is None:
            text = escape(tr("Choose a finding in the list."))
            self.setHtml(f"<p style='color:{_GREY}'>{text}</p>")
            return
        self.setHtml("".join([self._head(one), self._rows(one), _remedy(one), _decided(one)]))

    def _head(self, one: Finding) -> str:
        kind = (word(SEVERITIES, one.severity), word(VERDICTS, one.verdict),
                word(CHANGES, one.change), word(SINCE_WORDS, one.since))  # fmt: skip
        said = escape(" · ".join(filter(None, kind)))
        colour = COLOURS.get(one.severity, _GREY)
        return (
            f"<p style='margin-bottom:2px'><b>{escape(self._names.rule(one.rule))}</b> "
            f"<span style='color:{colour}'>{said}</span></p>"
            f"<p style='margin-top:2px'>{escape(one.message)}</p>"
        )

    def _rows(self, one: Finding) -> str:
        where = " · ".join(filter(None, dict.fromkeys((one.unit_name, one.town_name,
                                                      one.cluster_name))))  # fmt: skip
        facts = [
            (tr("Where"), escape(where)),
            (tr("Subject"), self._end(one, "subject")),
            (tr("Against"), self._end(one, "object")),
            (tr("Extent"), escape(extent(one))),
        ]
        if one.area_m2 is not None and extent(one) != hectares(one.area_m2):
            facts.append((tr("Area"), escape(hectares(one.area_m2))))
        if one.limit:
            facts.append((tr("Limit"), escape(quantity(one.limit, one.unit_of_measure))))
        rows = "".join(
            f"<tr><td style='color:{_GREY}'>{escape(title)}&nbsp;&nbsp;</td><td>{text}</td></tr>"
            for title, text in facts
            if text and text != DASH
        )
        return f"<table cellspacing='0' cellpadding='1'>{rows}</table>"

    def _end(self, one: Finding, end: str) -> str:
        layer, id_ = getattr(one, f"{end}_layer"), getattr(one, f"{end}_id")
        label = one.subject_label if end == "subject" else ""
        said = escape(" ".join(filter(None, (word(ROLE_WORDS, layer), label))))
        if not id_ or (end == "object" and layer == "quotas"):
            return said
        link = f"<a href='form:{end}'>{escape(id_)}</a>"
        return f"{said} {link}"

    def _follow(self, link: QUrl) -> None:
        if self._one is not None and link.scheme() == "form":
            end = link.path()
            self.form_wanted.emit(
                getattr(self._one, f"{end}_layer"), getattr(self._one, f"{end}_id")
            )


def _remedy(one: Finding) -> str:
    if not one.remedy:
        return ""
    return f"<p><b>{escape(tr('Way out'))}</b> {escape(one.remedy)}</p>"


def _decided(one: Finding) -> str:
    if one.status == "open" and not one.status_reason:
        return ""
    when = local_time(one.status_at)
    who = escape(" · ".join(filter(None, (one.status_by, when))))
    colour = COLOURS["agreed"] if one.status == "accepted" else _GREY
    return (
        f"<p><b style='color:{colour}'>{escape(word(STATUS_WORDS, one.status))}</b> {who}<br>"
        f"{escape(one.status_reason)}</p>"
    )
