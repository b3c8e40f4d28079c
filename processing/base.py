# SPDX-License-Identifier: GPL-2.0-or-later
"""What all of Pianqu's algorithms share: names, help, icon, language, results."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Callable

from qgis.core import (
    Qgis,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingOutputBoolean,
    QgsProcessingOutputNumber,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFile,
)
from qgis.PyQt.QtGui import QIcon

from ..jobs.client import CancelledError
from ..jobs.pages import page_url
from ..jobs.words import language, later, now, tr

HERE = Path(__file__).resolve().parent.parent
LANGUAGES = ["zh", "en"]


@dataclass(frozen=True)
class Count:
    """An output number and the entry of the engine's result that it shows."""

    output: str
    entry: str
    title: str


FAILED = Count("FAILED", "failed", later("Failed indicators"))


class PianquAlgorithm(QgsProcessingAlgorithm):
    """An algorithm of ours; `ID` is public and never changes, TAGS help to find it.

    `TITLE` and `SUMMARY` are marked by `later`. An algorithm that judges has `COUNTS` and then
    the output PASSED too.
    """

    ID = ""
    TITLE = ""
    SUMMARY = ""
    GROUP = "checks"
    TAGS = ""
    COUNTS: tuple[Count, ...] = ()

    def __init_subclass__(cls, **given: Any) -> None:
        """Let whatever algorithm it is end quietly when it is cancelled."""
        super().__init_subclass__(**given)
        if "processAlgorithm" in cls.__dict__:
            cls.processAlgorithm = _quietly(cls.processAlgorithm)

    def name(self) -> str:
        """Give the public id."""
        return self.ID

    def displayName(self) -> str:  # noqa: N802
        """Give the title."""
        return now(self.TITLE)

    def shortDescription(self) -> str:  # noqa: N802
        """Give one line."""
        return now(self.SUMMARY)

    def group(self) -> str:
        """Give the group's title."""
        return tr("Checks") if self.GROUP == "checks" else tr("Tools")

    def groupId(self) -> str:  # noqa: N802
        """Give the group's id."""
        return self.GROUP

    def tags(self) -> list[str]:
        """Give words, Chinese and English, by which the toolbox finds it."""
        return ["pianqu", "片区", *self.TAGS.split()]

    def icon(self) -> QIcon:
        """Give the algorithm's picture."""
        return QIcon(self.svgIconPath())

    def svgIconPath(self) -> str:  # noqa: N802
        """Give the picture's path."""
        return str(HERE / "icons" / f"{self.ID}.svg")

    def shortHelpString(self) -> str:  # noqa: N802
        """Give the help text in QGIS's language."""
        path = HERE / "help" / f"{self.ID}.{language()}.html"
        return path.read_text(encoding="utf-8")

    def helpUrl(self) -> str:  # noqa: N802
        """Give the page that the dialog's Help button opens: a file of the plugin."""
        return page_url(self.ID).toString()

    def createInstance(self) -> PianquAlgorithm:  # noqa: N802
        """Give a fresh one."""
        return type(self)()

    def add(
        self, parameter: QgsProcessingParameterDefinition, help_text: str = "", rare: bool = False
    ) -> None:
        """Add a parameter with its help; `rare` puts it among the advanced ones."""
        parameter.setHelp(help_text)
        if rare:
            parameter.setFlags(parameter.flags() | Qgis.ProcessingParameterFlag.Advanced)
        self.addParameter(parameter)

    def add_folder(self, name: str, title: str, help_text: str, rare: bool = False) -> None:
        """Add a parameter for a folder to read from, which may stay empty."""
        kind = QgsProcessingParameterFile.Behavior.Folder
        self.add(QgsProcessingParameterFile(name, title, kind, optional=True), help_text, rare)

    def add_language(self) -> None:
        """Add the parameter LANGUAGE."""
        self.add(
            QgsProcessingParameterEnum(
                "LANGUAGE",
                tr("Language of the results"),
                options=LANGUAGES,
                defaultValue="zh",
                usesStaticStrings=True,
            ),
            tr("Language of report, workbook and messages: zh or en."),
            rare=True,
        )

    def add_verdict(self) -> None:
        """Declare PASSED and the numbers."""
        if self.COUNTS:
            self.addOutput(QgsProcessingOutputBoolean("PASSED", tr("Passed")))
        for count in self.COUNTS:
            self.addOutput(QgsProcessingOutputNumber(count.output, now(count.title)))

    def verdict(self, result: dict[str, Any]) -> dict[str, Any]:
        """Give PASSED and the numbers of an engine's result."""
        numbers: dict[str, Any] = {
            count.output: int(result.get(count.entry) or 0) for count in self.COUNTS
        }
        return {"PASSED": bool(result.get("passed")), **numbers} if self.COUNTS else {}

    def folder(self, parameters: dict[str, Any], context: QgsProcessingContext) -> Path:
        """Give the absolute path of the folder OUTPUT; the engine makes it."""
        folder = self.parameterAsString(parameters, "OUTPUT", context)
        if not folder:
            raise QgsProcessingException(tr("OUTPUT must name a folder."))
        return Path(folder).resolve()

    def given(self, parameters: dict[str, Any], name: str) -> bool:
        """Tell whether the user gave a value for a parameter."""
        value = parameters.get(name)
        return value is not None and value != ""


def _quietly(work: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Turn CancelledError into its plain kin: QGIS shows a traceback of all but that one."""

    @wraps(work)
    def run(self: Any, *given: Any) -> dict[str, Any]:
        try:
            return work(self, *given)
        except CancelledError as error:
            raise QgsProcessingException(str(error)) from None

    return run


def static_enum(name: str, title: str, options: list[str], default: Any, **more: Any) -> Any:
    """Make an enum parameter whose values are words, so batch files stay readable."""
    return QgsProcessingParameterEnum(
        name, title, options=options, defaultValue=default, usesStaticStrings=True, **more
    )
