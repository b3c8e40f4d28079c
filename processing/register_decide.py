# SPDX-License-Identifier: GPL-2.0-or-later
"""`registerdecide`: write one decision about one or more conflicts into the register."""

from __future__ import annotations

import re
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterString,
)

from ..jobs.addresses import register_place
from ..jobs.client import run_job
from ..jobs.schema import Job
from ..jobs.words import later, tr
from .base import PianquAlgorithm, static_enum

STATES = ["open", "agreed", "waived", "fixed"]


class RegisterDecide(PianquAlgorithm):
    """Decide on conflicts."""

    ID = "registerdecide"
    TITLE = later("Decide on conflicts")
    SUMMARY = later("Writes a decision about one or more conflicts into the register.")
    GROUP = "tools"
    TAGS = "sector plan conflict register decision waive agree 专项规划 冲突 台账 决定 豁免 商定"

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Declare parameters and outputs."""
        self._text(
            "REGISTER",
            tr("Register of conflicts"),
            tr("A GeoPackage or a PostgreSQL address."),
            needed=True,
        )
        self._text(
            "IDS", tr("Conflicts"), tr("Ids of conflicts, separated by commas."), needed=True
        )
        self.add(
            static_enum("STATE", tr("State"), STATES, STATES[0]),
            tr("open, agreed, waived or fixed; waived asks for a reason, agreed for a decision."),
        )
        self._text("PERSON", tr("Person"), tr("Who decides."), needed=True)
        self._text("DEPARTMENT", tr("Department"), tr("On whose behalf."))
        self._text("REASON", tr("Reason"), tr("Needed to waive a conflict."))
        self._text("DECISION", tr("Decision"), tr("What was agreed; needed for agreed."))
        self._text(
            "VERSIONS",
            tr("Versions"),
            tr("Versions that the decision was made on, in the order of the ids; empty: current."),
        )
        self.add_language()
        self.addOutput(QgsProcessingOutputNumber("DECIDED", tr("Decisions written")))
        self.addOutput(QgsProcessingOutputNumber("REFUSED", tr("Decisions refused")))

    def _text(self, name: str, title: str, help_text: str, needed: bool = False) -> None:
        self.add(QgsProcessingParameterString(name, title, optional=not needed), help_text)

    def processAlgorithm(  # noqa: N802
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Have the engine write the decision on each conflict, in the version given if any."""
        ids, versions = (
            _parts(self.parameterAsString(parameters, name, context))
            for name in ("IDS", "VERSIONS")
        )
        seen = _seen(ids, versions)
        said = {
            name.lower(): self.parameterAsString(parameters, name, context)
            for name in ("PERSON", "DEPARTMENT", "REASON", "DECISION")
        }
        said["state"] = self.parameterAsEnumString(parameters, "STATE", context)
        job = Job(
            task="decide",
            register=register_place(self.parameterAsString(parameters, "REGISTER", context)),
            decisions=tuple({**one, **said} for one in seen),
            language=self.parameterAsEnumString(parameters, "LANGUAGE", context),
        )
        result = run_job(job, feedback)
        for refused in result["refused"]:
            feedback.reportError(refused["text"])
        return {name.upper(): len(result[name]) for name in ("decided", "refused")}


def _parts(text: str) -> list[str]:
    return [part for part in re.split(r"[\s,，、;；]+", text) if part]


def _seen(ids: list[str], versions: list[str]) -> list[dict[str, Any]]:
    """Pair conflicts with the versions that were seen; without any, whatever is current counts."""
    if not ids:
        raise QgsProcessingException(tr("IDS must name at least one conflict."))
    if not versions:
        return [{"id": id_, "version": 0, "force": True} for id_ in dict.fromkeys(ids)]
    numbers = [int(part) for part in versions if part.isascii() and part.isdigit() and int(part)]
    if len(numbers) != len(versions) or len(numbers) != len(ids):
        raise QgsProcessingException(
            tr("VERSIONS must hold a whole number from 1 on for each of IDS.")
        )
    return [{"id": id_, "version": number} for id_, number in dict(zip(ids, numbers)).items()]
