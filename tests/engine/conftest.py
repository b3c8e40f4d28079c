# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of the engine share: the language it speaks."""

from __future__ import annotations

import pytest
from pianqu.layers.words import set_language


@pytest.fixture(autouse=True)
def english(request):
    """Let the engine speak English in tests marked `english`; it is Chinese again afterwards.

    A mark and not a fixture to ask for: hypothesis takes no fixtures of single tests but such as
    work by themselves.
    """
    if request.node.get_closest_marker("english") is None:
        yield
        return
    set_language("en")
    yield
    set_language("zh")
