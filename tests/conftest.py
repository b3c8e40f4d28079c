# SPDX-License-Identifier: GPL-2.0-or-later
"""Make the repository importable as the package `pianqu`, as QGIS and the engine see it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LINK = ROOT / "build" / "path" / "pianqu"
SHARED = ROOT.parent / "shared"


def _link() -> None:
    LINK.parent.mkdir(parents=True, exist_ok=True)
    if not LINK.is_symlink():
        try:
            LINK.symlink_to(ROOT, target_is_directory=True)
        except FileExistsError:  # another test process was quicker
            return


_link()
for place in (LINK.parent, ROOT / "tests" / "support"):
    if str(place) not in sys.path:
        sys.path.insert(0, str(place))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of real data; skip where it is absent."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the folder of real data (../shared) is not beside this checkout")
    return SHARED
