# SPDX-License-Identifier: GPL-2.0-or-later
"""The county in the roles panel: name, code, CRS, quotas, standard."""

from __future__ import annotations

import os
from pathlib import Path

from qgis.core import QgsCoordinateReferenceSystem
from qgis.gui import QgsFileWidget, QgsProjectionSelectionWidget
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QWidget,
)

from ..jobs.alias_files import STANDARD, is_standard, shipped_standards
from ..jobs.words import tr
from ..processing.county import COUNTY_DIGITS, crs_text
from .roles_choice import Choice, Problem
from .roles_row import _coloured

_OTHER = "\n"  # the entry that asks for a folder; no standard is called so


class CountyForm(QWidget):
    """What a check has to know of the county as a whole."""

    changed = pyqtSignal()
    standard_changed = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.touched: set[str] = set()  # what the user typed is never overwritten
        self._quiet = False
        self.name = QLineEdit()
        self.code = QLineEdit()
        self.crs = QgsProjectionSelectionWidget()
        self.quotas = QgsFileWidget()
        self.standard = QComboBox()
        self.troubles = QLabel()
        self._dress()
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(3)
        form.addRow(tr("County's name"), self.name)
        form.addRow(tr("County's code"), self.code)
        form.addRow(tr("CRS of the checks"), self.crs)
        form.addRow(tr("Table of quotas"), self.quotas)
        form.addRow(tr("Standard"), self.standard)
        form.addRow(self.troubles)
        self._connect()

    def _dress(self) -> None:
        self.name.setPlaceholderText(tr("as reports should call it"))
        self.code.setPlaceholderText(tr("six digits"))
        option = QgsProjectionSelectionWidget.CrsOption
        self.crs.setOptionVisible(option.ProjectCrs, True)
        self.crs.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.quotas.setFilter(tr("Tables") + " (*.xlsx *.xlsm *.csv *.gpkg *.dbf)")
        self.quotas.setDialogTitle(tr("Table of quotas"))
        self.quotas.lineEdit().setAccessibleName(tr("Table of quotas"))
        self.troubles.setWordWrap(True)
        self.troubles.hide()
        for name in shipped_standards():
            self.standard.addItem(name, name)
        self.standard.addItem(tr("Other folder…"), _OTHER)
        self.standard.setCurrentIndex(max(self.standard.findData(STANDARD), 0))

    def _connect(self) -> None:
        self.name.textEdited.connect(lambda _: self._touch("name"))
        self.code.textEdited.connect(lambda _: self._touch("code"))
        self.crs.crsChanged.connect(lambda _: self._touch("crs"))
        self.quotas.fileChanged.connect(lambda _: self._touch("quotas"))
        self.standard.activated.connect(self._pick_standard)

    def fill(self, **values: str) -> None:
        """Put in what was recognised: `name`, `code`, `crs`, `quotas`; not over the user's own."""
        self._put({key: text for key, text in values.items() if text and key not in self.touched})

    def show_choice(self, choice: Choice) -> None:
        """Take what was saved; it counts as the user's own."""
        texts = {"name": choice.name, "code": choice.code, "crs": choice.crs}
        self._put({**texts, "quotas": choice.quotas})
        self.touched = {key for key in (*texts, "quotas") if getattr(choice, key)}
        if choice.standard:
            self.set_standard(choice.standard)

    def forget(self) -> None:
        """Empty the form for another project."""
        self.touched = set()
        self._put({"name": "", "code": "", "crs": "", "quotas": ""})

    def _put(self, values: dict[str, str]) -> None:
        self._quiet = True
        for key, text in values.items():
            if key == "crs":
                self.crs.setCrs(QgsCoordinateReferenceSystem(text))
            elif key == "quotas":
                self.quotas.setFilePath(text)
            else:
                getattr(self, key).setText(text)
        self._quiet = False

    def chosen(self) -> dict[str, str]:
        """Give what stands in the form, by the names of a choice."""
        crs = self.crs.crs()
        return {
            "name": self.name.text().strip(),
            "code": self.code.text().strip(),
            "crs": crs_text(crs) if crs.isValid() else "",
            "quotas": self.quotas.filePath().strip().strip('"'),
            "standard": str(self.standard.currentData() or STANDARD),
        }

    def set_standard(self, standard: str) -> None:
        """Choose a standard by name or folder; one that is no standard is told in the list."""
        place = self.standard.findData(standard)
        if place < 0 and is_standard(Path(standard)):
            place = self.standard.count() - 1
            self.standard.insertItem(place, Path(standard).name, os.path.abspath(standard))  # noqa: PTH100
        if place >= 0:
            self.standard.setCurrentIndex(place)

    def show_problems(self, found: list[Problem]) -> None:
        """Show what is wrong with the county."""
        self.troubles.setText("<br>".join(_coloured(one) for one in found))
        self.troubles.setVisible(bool(found))

    def _touch(self, key: str) -> None:
        if not self._quiet:
            self.touched.add(key)
            self.changed.emit()

    def _pick_standard(self, place: int) -> None:
        if self.standard.itemData(place) == _OTHER:
            self.standard.setCurrentIndex(max(self.standard.findData(STANDARD), 0))
            folder = QFileDialog.getExistingDirectory(self, tr("Folder of a standard"))
            if folder:
                self.set_standard(folder)
        self.standard_changed.emit(str(self.standard.currentData()))


def code_begun(codes: list[str]) -> str:
    """Give what most codes of units begin with, six digits; "" where they are no such codes."""
    starts = [one[:COUNTY_DIGITS] for one in codes if one[:COUNTY_DIGITS].isdigit()]
    return max(sorted(set(starts)), key=starts.count) if starts else ""
