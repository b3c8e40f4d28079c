# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin's front door: registers translator, provider, menu and dock, and takes them away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsApplication, QgsSettings
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QLocale, QTranslator
from qgis.PyQt.QtGui import QAction, QIcon

HERE = Path(__file__).resolve().parent


def plugin_language() -> str:
    """Give the language QGIS speaks as far as we know it: `zh` for any Chinese, else `en`."""
    settings = QgsSettings()
    locale = str(settings.value("locale/userLocale") or "")
    if not locale or not settings.value("locale/overrideFlag", False, type=bool):
        # Without the override QGIS itself follows the system.
        locale = locale or QLocale.system().name()
    return "zh" if locale.lower().startswith("zh") else "en"


class PianquPlugin:
    """The plugin as QGIS holds it; `iface` is None in `qgis_process`."""

    def __init__(self, iface: Any) -> None:
        self.iface = iface
        self.provider: Any = None
        self.translator: QTranslator | None = None
        self.words = b""
        self.action: QAction | None = None
        self.desk: Any = None
        self.sectors: Any = None
        self.options: Any = None

    def initProcessing(self) -> None:  # noqa: N802 (QGIS's name)
        """Add the toolbox; all that `qgis_process` needs."""
        if self.provider is not None:
            return
        self._translate()
        from .processing.provider import PianquProvider

        self.provider = PianquProvider()
        QgsApplication.processingRegistry().addProvider(self.provider)

    def initGui(self) -> None:  # noqa: N802 (QGIS's name)
        """Add the toolbox, the menu entries under Vector, the docks' buttons and the options."""
        self.initProcessing()
        if self.iface is None:
            return
        from .jobs.words import tr

        icon = QIcon(str(HERE / "icons" / "rundossier.svg"))
        self.action = QAction(icon, tr("Check a county's dossier…"), self.iface.mainWindow())
        self.action.setObjectName("pianqu_run_dossier")
        self.action.triggered.connect(self._open_run)
        self.iface.addPluginToVectorMenu(tr("Pianqu"), self.action)
        from .ui.entry import DeskEntry, SectorEntry
        from .ui.settings_page import SettingsFactory

        self.desk, self.sectors = DeskEntry(self.iface), SectorEntry(self.iface)
        self.options = SettingsFactory()
        self.iface.registerOptionsWidgetFactory(self.options)
        # Not every way out of QGIS unloads plugins; what still listens then meets deleted objects.
        QCoreApplication.instance().aboutToQuit.connect(self._quit)

    def _quit(self) -> None:
        """Take everything away while all that it hangs on is still there."""
        self.unload()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def unload(self) -> None:
        """Take away everything that was added."""
        if self.options is not None:
            QCoreApplication.instance().aboutToQuit.disconnect(self._quit)
        for entry in (self.desk, self.sectors):
            if entry is not None:
                entry.remove()
        self.desk = self.sectors = None
        if self.options is not None:
            self.iface.unregisterOptionsWidgetFactory(self.options)
            self.options = None
            from .ui.entry import see_off

            see_off()
        if self.action is not None:
            from .jobs.words import tr

            self.iface.removePluginVectorMenu(tr("Pianqu"), self.action)
            self.action.deleteLater()
            self.action = None
        if self.provider is not None:
            QgsApplication.processingRegistry().removeProvider(self.provider)
            self.provider = None
        if self.translator is not None:
            QCoreApplication.removeTranslator(self.translator)
            self.translator = None

    def _translate(self) -> None:
        """Load the Chinese words where QGIS speaks Chinese.

        From memory: of a file Qt would keep but a map, and fall when the file is written anew,
        as by an update of the plugin. Qt copies nothing, so the words are kept as long as it.
        """
        file = HERE / "i18n" / f"pianqu_{plugin_language()}.qm"
        translator = QTranslator()
        self.words = file.read_bytes() if file.is_file() else b""
        if self.words and translator.loadFromData(self.words):
            QCoreApplication.installTranslator(translator)
            self.translator = translator

    def _open_run(self) -> None:
        """Open the dialog of the main algorithm."""
        from qgis import processing

        processing.execAlgorithmDialog("pianqu:rundossier", {})
