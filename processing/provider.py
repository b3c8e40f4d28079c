# SPDX-License-Identifier: GPL-2.0-or-later
"""The provider `pianqu` of QGIS's toolbox."""

from __future__ import annotations

import contextlib
from pathlib import Path

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from ..jobs.client import SETTING
from ..jobs.engine import forget
from ..jobs.words import tr
from .boundary_points import BoundaryPoints
from .check_control_lines import CheckControlLines
from .check_data import CheckData
from .check_engine import CheckEngine
from .check_quotas import CheckQuotas
from .check_sectors import CheckSectors
from .convert_codes import ConvertCodes
from .ellipsoidal_area import EllipsoidalArea
from .joint_meeting import JointMeeting
from .land_balance import LandBalance
from .map_sheets import MapSheets
from .mend_coverage import MendCoverage
from .new_dossier import NewDossier
from .register_decide import RegisterDecide
from .register_update import RegisterUpdate
from .run_dossier import RunDossier
from .sample_county import SampleCounty
from .setup_engine import SetupEngine
from .suggest_sites import SuggestSites

ICON = Path(__file__).resolve().parent.parent / "icons" / "pianqu.svg"
ALGORITHMS = (
    RunDossier,
    CheckQuotas,
    CheckControlLines,
    LandBalance,
    CheckData,
    CheckSectors,
    SuggestSites,
    RegisterUpdate,
    RegisterDecide,
    JointMeeting,
    MapSheets,
    ConvertCodes,
    EllipsoidalArea,
    BoundaryPoints,
    MendCoverage,
    NewDossier,
    SampleCounty,
    SetupEngine,
    CheckEngine,
)


class PianquProvider(QgsProcessingProvider):
    """Holds Pianqu's algorithms and its one setting, the engine's Python."""

    def id(self) -> str:
        """Give the public id."""
        return "pianqu"

    def name(self) -> str:
        """Give the toolbox's title."""
        return tr("Pianqu")

    def longName(self) -> str:  # noqa: N802
        """Give the title with what it is for."""
        return tr("Pianqu: county plans against quotas and control lines")

    def icon(self) -> QIcon:
        """Give the plugin's picture."""
        return QIcon(str(ICON))

    def svgIconPath(self) -> str:  # noqa: N802
        """Give the picture's path."""
        return str(ICON)

    def load(self) -> bool:
        """Add the setting under Options > Processing > Providers, and the algorithms."""
        from processing.core.ProcessingConfig import ProcessingConfig, Setting

        ProcessingConfig.settingIcons[self.name()] = self.icon()
        ProcessingConfig.addSetting(
            Setting(
                self.name(),
                SETTING,
                tr("Python of the computing engine (empty: found automatically)"),
                "",
                valuetype=Setting.FILE,
            )
        )
        ProcessingConfig.readSettings()
        forget()
        self.refreshAlgorithms()
        return True

    def unload(self) -> None:
        """Take the setting away."""
        from processing.core.ProcessingConfig import ProcessingConfig

        with contextlib.suppress(KeyError):  # QGIS may have taken its settings down before us
            ProcessingConfig.removeSetting(SETTING)
        ProcessingConfig.settingIcons.pop(self.name(), None)

    def loadAlgorithms(self) -> None:  # noqa: N802
        """Add one of each algorithm."""
        for algorithm in ALGORITHMS:
            self.addAlgorithm(algorithm())
