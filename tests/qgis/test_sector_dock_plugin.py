# SPDX-License-Identifier: GPL-2.0-or-later
"""The dock in a QGIS window: it comes by its action and goes with the plugin, without trace."""

from __future__ import annotations

import gc
import sys

import pianqu
import pytest
from qgis.core import QgsApplication, QgsProject
from qgis.gui import QgsGui, QgsMapCanvas
from qgis.PyQt.QtCore import QEvent, QProcess, Qt
from qgis.PyQt.QtWidgets import QApplication, QMainWindow

pytestmark = pytest.mark.usefixtures("qgis_processing", "qgis_new_project")


class Desktop:
    """As much of QgisInterface as plugin and dock may touch."""

    def __init__(self):
        self.window = QMainWindow()
        self.canvas = QgsMapCanvas()
        self.window.setCentralWidget(self.canvas)
        self.menu, self.toolbar, self.docks, self.options = [], [], [], []

    def mainWindow(self):
        return self.window

    def mapCanvas(self):
        return self.canvas

    def addPluginToVectorMenu(self, name, action):
        self.menu.append(action)

    def removePluginVectorMenu(self, name, action):
        self.menu.remove(action)

    def addVectorToolBarIcon(self, action):
        self.toolbar.append(action)

    def removeVectorToolBarIcon(self, action):
        self.toolbar.remove(action)

    def registerOptionsWidgetFactory(self, factory):
        self.options.append(factory)

    def unregisterOptionsWidgetFactory(self, factory):
        self.options.remove(factory)

    def addTabifiedDockWidget(self, area, dock, mates, raised):
        self.window.addDockWidget(area, dock)
        dock.show()  # as QGIS does, before it makes the dock a tab
        QApplication.processEvents()
        for other in self.docks:
            self.window.tabifyDockWidget(other, dock)
        self.docks.append(dock)

    def removeDockWidget(self, dock):
        self.window.removeDockWidget(dock)
        self.docks.remove(dock)


@pytest.fixture()
def desktop():
    desktop = Desktop()
    desktop.window.show()
    QApplication.processEvents()
    yield desktop
    desktop.window.close()


def loaded(desktop):
    plugin = pianqu.classFactory(desktop)
    plugin.initGui()
    return plugin


def opened(entry):
    """Open a dock by its action; it is in the window a moment later."""
    entry.action.trigger()
    QApplication.processEvents()
    assert entry.dock.isVisible() or not entry.action.isChecked()


def settle():
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()
    gc.collect()


def test_the_dock_is_made_only_when_its_action_is_used(desktop):
    plugin = loaded(desktop)
    assert desktop.docks == []
    assert plugin.sectors.action in desktop.menu
    assert plugin.sectors.action in desktop.toolbar
    opened(plugin.sectors)
    assert desktop.docks[0].isVisible()
    plugin.unload()


def test_a_plugin_that_goes_before_its_dock_is_shown_takes_it_along(desktop):
    plugin = loaded(desktop)
    plugin.sectors.action.trigger()
    assert desktop.docks == []
    plugin.unload()
    settle()
    assert desktop.docks == []


def test_action_and_dock_follow_each_other(desktop):
    plugin = loaded(desktop)
    action = plugin.sectors.action
    action.trigger()
    QApplication.processEvents()
    dock = desktop.docks[0]
    action.trigger()
    QApplication.processEvents()
    assert not dock.isVisible()
    action.trigger()
    QApplication.processEvents()
    assert dock.isVisible()
    dock.close()
    QApplication.processEvents()
    assert not action.isChecked()
    assert desktop.docks == [dock]
    plugin.unload()


def test_both_docks_leave_the_window_on_a_screen_of_1366_by_768(desktop):
    desktop.window.resize(1366, 700)
    plugin = loaded(desktop)
    for entry in (plugin.desk, plugin.sectors):
        opened(entry)
    QApplication.processEvents()
    size = desktop.window.width(), desktop.window.height()
    low = [dock.widget().minimumSize().height() for dock in desktop.docks]
    plugin.unload()
    assert size == (1366, 700)
    assert low == [0, 0]


@pytest.mark.parametrize("chosen, other", [("desk", "sectors"), ("sectors", "desk")])
def test_a_dock_follows_the_dossier_that_is_chosen_in_the_other(chosen, other, desktop, tmp_path):
    from pianqu.ui.place_memory import Places

    plugin = loaded(desktop)
    for entry in (plugin.desk, plugin.sectors):
        opened(entry)
    docks = {"desk": plugin.desk.dock, "sectors": plugin.sectors.dock}
    for name in ("first", "second"):
        places = Places(str(tmp_path / name / "dossier.yaml"), str(tmp_path / name / "out"), "")
        head = getattr(docks[chosen].face, "head", None) or docks[chosen].face.source
        head.set_places(places)
        head.changed.emit()
        assert docks[chosen].places == docks[other].places == places
        assert docks[other].given() == places
    QgsProject.instance().clear()
    assert docks["desk"].places == docks["sectors"].places == Places()
    plugin.unload()


def test_quitting_takes_docks_and_ending_engines_along(desktop):
    from pianqu.ui import endings

    plugin = loaded(desktop)
    for entry in (plugin.desk, plugin.sectors):
        opened(entry)
    process = QProcess(QApplication.instance())
    process.start(sys.executable, ["-c", "input()"])
    assert process.waitForStarted()
    endings.let_end(process)
    plugin._quit()
    assert desktop.docks == [] and desktop.menu == [] and desktop.options == []
    assert process.state() == QProcess.ProcessState.NotRunning
    assert not endings._ending
    plugin.unload()  # a second time harms nothing


def traces(desktop):
    """Count what a plugin could leave behind."""
    actions = QgsGui.shortcutsManager().listActions()
    return {
        "docks": len(desktop.docks),
        "menu": len(desktop.menu),
        "toolbar": len(desktop.toolbar),
        "shortcuts": len([one for one in actions if "pianqu" in one.objectName()]),
        "items": len(desktop.canvas.scene().items()),
        "widgets": len([one for one in QApplication.allWidgets() if ours(one)]),
        "provider": QgsApplication.processingRegistry().providerById("pianqu") is not None,
        "listeners": QgsProject.instance().receivers(QgsProject.instance().cleared),
    }


def ours(widget):
    return type(widget).__module__.startswith("pianqu") or "ianqu" in widget.objectName()


def test_ten_reloads_leave_nothing_behind(desktop):
    before = traces(desktop)
    for round_ in range(10):
        plugin = loaded(desktop)
        opened(plugin.sectors)
        if round_ % 2:
            desktop.docks[0].close()  # closed or open, both must go
        plugin.unload()
        del plugin
        settle()
    assert traces(desktop) == before


def test_unloading_survives_a_dock_that_is_gone_already(desktop):
    from qgis.PyQt import sip

    plugin = loaded(desktop)
    opened(plugin.sectors)
    dock = plugin.sectors.dock
    dock.remove()
    sip.delete(dock)
    desktop.docks.clear()
    plugin.unload()
    assert desktop.menu == []


def test_the_dock_stands_at_the_right_and_may_be_moved(desktop):
    plugin = loaded(desktop)
    opened(plugin.sectors)
    dock = desktop.docks[0]
    assert desktop.window.dockWidgetArea(dock) == Qt.DockWidgetArea.RightDockWidgetArea
    assert dock.objectName() == "PianquSectorPlans"
    plugin.unload()


def test_both_docks_share_the_right_side_as_tabs_with_room_to_work(desktop):
    desktop.window.resize(1600, 900)
    plugin = loaded(desktop)
    for entry in (plugin.sectors, plugin.desk):
        opened(entry)
    first, second = desktop.docks
    assert desktop.window.tabifiedDockWidgets(first) == [second]
    assert second.objectName() == "PianquClusterCheck"
    assert 500 <= second.width() <= 1600 * 0.45
    plugin.unload()


@pytest.mark.parametrize("name", ["desk", "sectors"])
def test_ten_reloads_of_either_dock_leave_nothing_behind(desktop, name):
    before = traces(desktop)
    for _ in range(10):
        plugin = loaded(desktop)
        opened(getattr(plugin, name))
        plugin.unload()
        del plugin
        settle()
    assert traces(desktop) == before
