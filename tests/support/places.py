# SPDX-License-Identifier: GPL-2.0-or-later
"""Where things lie."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FAKE_ENGINE = ROOT / "tests" / "support" / "fake_engine.py"
