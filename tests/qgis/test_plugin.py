# SPDX-License-Identifier: GPL-2.0-or-later
"""The front door: the plugin loads with and without a desktop and goes without trace."""

from __future__ import annotations

import configparser

import pianqu
import pytest
from pianqu.jobs.words import tr
from places import ROOT
from qgis.core import QgsApplication, QgsSettings
from qgis.PyQt.QtWidgets import QMainWindow

pytestmark = pytest.mark.usefixtures("qgis_processing")


class Desktop:
    """As much of QgisInterface as the plugin may touch."""

    def __init__(self):
        self.window = QMainWindow()
        self.menu = []
        self.toolbar = []
        self.options = []

    def mainWindow(self):
        return self.window

    def addPluginToVectorMenu(self, name, action):
        self.menu.append((name, action))

    def removePluginVectorMenu(self, name, action):
        self.menu.remove((name, action))

    def addVectorToolBarIcon(self, action):
        self.toolbar.append(action)

    def removeVectorToolBarIcon(self, action):
        self.toolbar.remove(action)

    def registerOptionsWidgetFactory(self, factory):
        self.options.append(factory)

    def unregisterOptionsWidgetFactory(self, factory):
        self.options.remove(factory)


def provider():
    return QgsApplication.processingRegistry().providerById("pianqu")


@pytest.mark.parametrize("headless", [True, False])
def test_plugin_loads_and_unloads_without_trace(headless):
    desktop = None if headless else Desktop()
    plugin = pianqu.classFactory(desktop)
    assert provider() is None
    plugin.initProcessing()
    plugin.initGui()
    assert provider() is not None
    assert headless or (len(desktop.menu), len(desktop.toolbar), len(desktop.options)) == (3, 2, 1)
    plugin.unload()
    assert provider() is None
    left = [] if headless else [*desktop.menu, *desktop.toolbar, *desktop.options]
    assert left == []
    assert plugin.action is None


def test_it_can_be_loaded_again_after_unloading():
    for _ in range(2):
        plugin = pianqu.classFactory(None)
        plugin.initProcessing()
        plugin.unload()
    assert provider() is None


@pytest.mark.parametrize(
    ("locale", "title"),
    [("zh-Hans", "指标检查"), ("zh_CN", "指标检查"), ("zh", "指标检查"), ("en", "Check quotas")],
)
def test_chinese_is_spoken_under_every_name_of_the_locale(locale, title):
    settings = QgsSettings()
    settings.setValue("locale/userLocale", locale)
    settings.setValue("locale/overrideFlag", True)
    plugin = pianqu.classFactory(None)
    plugin.initProcessing()
    try:
        algorithm = QgsApplication.processingRegistry().algorithmById("pianqu:checkquotas")
        assert algorithm.displayName() == title
        assert ("指标" in algorithm.shortHelpString()) == (title == "指标检查")
    finally:
        plugin.unload()
        settings.remove("locale/userLocale")
        settings.remove("locale/overrideFlag")
    assert tr("Check quotas") == "Check quotas"


def test_metadata_has_what_the_plugin_site_asks():
    parser = configparser.ConfigParser()
    parser.read(ROOT / "metadata.txt", encoding="utf-8")
    general = parser["general"]
    needed = "name description version qgisMinimumVersion author email about tracker repository"
    assert all(general[name] for name in needed.split())
    assert general["version"] == pianqu.__version__
    assert general["qgisMinimumVersion"] == "3.40"
    assert general["qgisMaximumVersion"] == "4.99"
    assert general["hasProcessingProvider"] == "yes"
    assert "supportsQt6" not in general
    assert (ROOT / general["icon"]).is_file()
    assert "GNU GENERAL PUBLIC LICENSE" in (ROOT / "LICENSE").read_text()
