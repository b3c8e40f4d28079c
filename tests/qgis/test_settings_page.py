# SPDX-License-Identifier: GPL-2.0-or-later
"""The page in QGIS's options keeps what the user sets, when he says so."""

from __future__ import annotations

from pathlib import Path

import pytest
import start_desk as desk
from qgis.core import QgsProject, QgsSettings
from qgis.PyQt.QtTest import QTest
from sector_desk import wait

pytestmark = pytest.mark.usefixtures("qgis_processing", "qgis_new_project")


@pytest.fixture(autouse=True)
def settings(monkeypatch):
    from pianqu.ui.settings_store import (
        Settings,
        engine_python,
        load_settings,
        save_settings,
        set_engine_python,
    )

    before, python = load_settings(), engine_python()
    save_settings(Settings())
    set_engine_python("")
    monkeypatch.setenv("PIANQU_ENGINE_PYTHON", str(desk.ENGINE))
    yield
    save_settings(before)
    set_engine_python(python)


@pytest.fixture()
def page():
    from pianqu.ui.settings_page import SettingsFactory

    page = SettingsFactory().createWidget()
    page.show()
    wait(lambda: page._search is None)
    yield page
    page.deleteLater()


def test_the_engine_that_is_found_is_shown(page):
    assert str(desk.ENGINE) in page.found.text()
    assert page.found.text().startswith("✔")


def test_a_python_without_the_libraries_is_told(page, tmp_path):
    page.python.setFilePath(str(tmp_path / "no-python"))
    assert page.found.text() == ""
    desk.click(page.test)
    wait(lambda: page._search is None)
    assert page.found.text().startswith("✖")
    assert "no-python" in page.found.text()


def test_nothing_is_kept_until_ok(page):
    from pianqu.ui.settings_store import Settings, load_settings

    QTest.keyClicks(page.person, "Li")
    assert load_settings() == Settings()
    page.apply()
    assert load_settings().person == "Li"
    assert QgsSettings().value("plugins/pianqu/person") == "Li"


def test_everything_comes_back(page, tmp_path):
    from pianqu.ui.settings_page import SettingsPage
    from pianqu.ui.settings_store import Settings, load_settings

    page.language.setCurrentIndex(2)
    page.folder.setFilePath(str(tmp_path))
    page.live.setChecked(False)
    page.department.setText("自然资源局")
    page.apply()
    wanted = Settings("en", str(tmp_path), "cn-2023", False, "", "自然资源局")
    assert load_settings() == wanted
    again = SettingsPage()
    wait(lambda: again._search is None)
    assert again.chosen() == wanted
    again.deleteLater()


def test_a_standard_that_is_none_is_not_kept(page):
    from pianqu.ui.settings_store import load_settings

    page.standard.setCurrentText("/nowhere")
    assert not page.isValid()
    page.apply()
    assert load_settings().standard == ""


def test_a_python_that_is_not_there_is_not_kept(page):
    from pianqu.ui.settings_store import engine_python

    page.python.setFilePath("/nowhere/python")
    assert not page.isValid()
    page.apply()
    assert engine_python() == ""


def test_the_toolbox_and_the_page_share_one_setting(page, toolbox):
    from pianqu.jobs.client import SETTING
    from pianqu.ui.settings_store import engine_python
    from processing.core.ProcessingConfig import ProcessingConfig

    page.python.setFilePath(str(desk.ENGINE))
    page.apply()
    assert ProcessingConfig.getSetting(SETTING) == str(desk.ENGINE)
    ProcessingConfig.setSettingValue(SETTING, "")
    assert engine_python() == ""


def test_results_are_in_the_language_that_was_chosen():
    from pianqu.ui.settings_store import Settings, results_language, save_settings

    assert results_language() == "en"
    save_settings(Settings(language="zh"))
    assert results_language() == "zh"
    save_settings(Settings(language="fr"))
    assert results_language() == "en"


def test_checks_write_beside_the_project_unless_a_folder_is_set(tmp_path):
    from pianqu.ui.settings_store import Settings, own_place, save_settings, work_place

    project = QgsProject.instance()
    assert work_place() == own_place()
    project.write(str(tmp_path / "县.qgz"))
    assert work_place() == tmp_path / "pianqu"
    save_settings(Settings(results_folder=str(tmp_path / "out")))
    assert work_place() == tmp_path / "out" / "县"
    assert own_place() == Path(tmp_path / "out")


def test_the_page_survives_being_closed_while_it_looks(qgis_app):
    from pianqu.ui.settings_page import SettingsPage
    from qgis.PyQt import sip

    page = SettingsPage()
    sip.delete(page)
    QTest.qWait(500)
