# SPDX-License-Identifier: GPL-2.0-or-later
"""Pianqu's page in QGIS's options."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from qgis.gui import QgsFileWidget, QgsOptionsPageWidget, QgsOptionsWidgetFactory
from qgis.PyQt import sip
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ..jobs.alias_files import is_standard, shipped_standards
from ..jobs.engine import Engine, EngineMissingError, find_engine, forget
from ..jobs.words import tr
from . import beside
from .beside import Task
from .settings_store import (
    LANGUAGES,
    Settings,
    engine_python,
    load_settings,
    save_settings,
    set_engine_python,
)
from .setup_box import SetupBox

ICON = Path(__file__).resolve().parent.parent / "icons" / "pianqu.svg"
GOOD, BAD = "#2f7d4f", "#b3261e"


class SettingsPage(QgsOptionsPageWidget):
    """The engine's Python, results, decisions; kept when the user presses OK."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pianqu_settings")
        self.python = _files(QgsFileWidget.StorageMode.GetFile, tr("Engine's Python"))
        self.found = QLabel()
        self.test = QPushButton(tr("Test"))
        self.set_up = QPushButton(tr("Set up…"))
        self.setup: SetupBox | None = None
        self.language = QComboBox()
        self.folder = _files(QgsFileWidget.StorageMode.GetDirectory, tr("Folder for results"))
        self.standard = QComboBox()
        self.live = QCheckBox(tr("Follow edits from the start (live)"))
        self.person = QLineEdit()
        self.department = QLineEdit()
        self._search: Task | None = None
        self._dress()
        self._lay_out()
        self._connect()
        self._load()

    def _dress(self) -> None:
        self.python.lineEdit().setPlaceholderText(tr("found automatically"))
        self.folder.lineEdit().setPlaceholderText(tr("beside the project"))
        self.found.setWordWrap(True)
        for code, title in zip(LANGUAGES, (tr("as QGIS"), "中文", "English")):
            self.language.addItem(title, code)
        self.standard.setEditable(True)
        self.standard.addItems(shipped_standards())
        self.standard.setToolTip(tr("A shipped standard's name, or the folder of one's own."))

    def _lay_out(self) -> None:
        engine = QGroupBox(tr("Computing engine"))
        form = QFormLayout(engine)
        line = QHBoxLayout()
        line.addWidget(self.python, 1)
        line.addWidget(self.test)
        line.addWidget(self.set_up)
        form.addRow(tr("Python"), line)
        form.addRow(self.found)
        self._engine_form = form
        results = QGroupBox(tr("Checks and results"))
        form = QFormLayout(results)
        form.addRow(tr("Language of the results"), self.language)
        form.addRow(tr("Folder for results"), self.folder)
        form.addRow(tr("Standard"), self.standard)
        form.addRow(self.live)
        signed = QGroupBox(tr("Decisions are signed by"))
        form = QFormLayout(signed)
        form.addRow(tr("Person"), self.person)
        form.addRow(tr("Department"), self.department)
        column = QVBoxLayout(self)
        for box in (engine, results, signed):
            column.addWidget(box)
        column.addStretch(1)

    def _connect(self) -> None:
        self.test.clicked.connect(self.look)
        self.set_up.clicked.connect(self._show_setup)
        self.python.fileChanged.connect(lambda _: self.found.setText(""))

    def _load(self) -> None:
        settings = load_settings()
        self.python.setFilePath(engine_python())
        self.language.setCurrentIndex(max(self.language.findData(settings.language), 0))
        self.folder.setFilePath(settings.results_folder)
        self.standard.setCurrentText(settings.standard or self.standard.itemText(0))
        self.live.setChecked(settings.live)
        self.person.setText(settings.person)
        self.department.setText(settings.department)
        self.look()

    def chosen(self) -> Settings:
        """Give what the page shows."""
        return Settings(
            language=str(self.language.currentData() or ""),
            results_folder=self.folder.filePath().strip(),
            standard=self.standard.currentText().strip(),
            live=self.live.isChecked(),
            person=self.person.text().strip(),
            department=self.department.text().strip(),
        )

    def isValid(self) -> bool:  # noqa: N802 (QGIS's name)
        """Tell whether the standard is one and the engine's Python is there."""
        return self._standard_fits() and self._python_fits()

    def _standard_fits(self) -> bool:
        name = self.standard.currentText().strip()
        return not name or name in shipped_standards() or is_standard(Path(name))

    def _python_fits(self) -> bool:
        path = self.python.filePath().strip()
        return not path or Path(path).is_file()

    def apply(self) -> None:
        """Keep what the page shows; a standard or a Python that is none is left as it was."""
        chosen = self.chosen()
        if not self._standard_fits():
            chosen = replace(chosen, standard=load_settings().standard)
        save_settings(chosen)
        python = self.python.filePath().strip()
        if self._python_fits() and python != engine_python():
            set_engine_python(python)

    def look(self) -> None:
        """Look, beside the window, whether the Python that is shown can be the engine."""
        if self._search is not None:
            return
        self.test.setEnabled(False)
        self.found.setText(tr("Looking…"))
        forget()

        def ended(error: Exception | None, answer: tuple[Engine | None, str] | None = None) -> None:
            self._search = None
            if not sip.isdeleted(self):
                self._show(*(answer or (None, str(error or ""))))

        python = self.python.filePath().strip()
        self._search = beside.begin(lambda task: _look(python), ended)

    def _show(self, engine: Engine | None, lack: str) -> None:
        self.test.setEnabled(True)
        colour = GOOD if engine else BAD
        self.found.setStyleSheet(f"color: {colour}")
        if engine:
            said = tr("✔ Works: {path} ({origin})")
            self.found.setText(said.format(path=engine.python, origin=engine.origin))
        else:
            said = tr("✖ No Python with the engine's libraries.")
            self.found.setText(f"{said}\n{lack}" if lack else said)

    def _show_setup(self) -> None:
        """Show the box that sets the engine up."""
        if self.setup is None:
            self.setup = SetupBox(self)
            self.setup.ready.connect(self._engine_ready)
            self.setup.given_up.connect(self.setup.hide)
            self._engine_form.addRow(self.setup)
        self.setup.show()

    def _engine_ready(self) -> None:
        self.python.setFilePath(engine_python())
        self.look()

    def helpKey(self) -> str:  # noqa: N802 (QGIS's name)
        """Name no page of QGIS's own manual."""
        return ""


class SettingsFactory(QgsOptionsWidgetFactory):
    """Adds the page; register it with `iface.registerOptionsWidgetFactory`."""

    def __init__(self) -> None:
        super().__init__(tr("Pianqu"), QIcon(str(ICON)))

    def icon(self) -> QIcon:
        """Give the plugin's picture."""
        return QIcon(str(ICON))

    def createWidget(self, parent: QWidget | None = None) -> SettingsPage:  # noqa: N802
        """Make the page."""
        return SettingsPage(parent)


def _look(setting: str) -> tuple[Engine | None, str]:
    try:
        return find_engine(setting), ""
    except EngineMissingError as error:
        return None, "\n".join(f"{place}: {lack}" for place, lack in error.tried)


def _files(mode: QgsFileWidget.StorageMode, title: str) -> QgsFileWidget:
    widget = QgsFileWidget()
    widget.setStorageMode(mode)
    widget.setDialogTitle(title)
    widget.lineEdit().setAccessibleName(title)
    return widget
