# SPDX-License-Identifier: GPL-2.0-or-later
"""What paints ends with its paint event, whoever still holds the frame."""

from __future__ import annotations

import sys

import pytest


@pytest.fixture
def label(qgis_app):
    from pianqu.ui.roles_label import Line

    line = Line("基本农田")
    line.resize(80, 20)
    yield line
    line.deleteLater()


def test_a_painter_ends_though_its_frame_is_held(label):
    held = []

    def watch(frame, event, _arg):
        if frame.f_code.co_name == "paintEvent":
            held.append(frame)
        return None

    sys.setprofile(watch)
    try:
        label.grab()
    finally:
        sys.setprofile(None)
    painters = [frame.f_locals["painter"] for frame in held if "painter" in frame.f_locals]
    assert painters and not any(painter.isActive() for painter in painters)


def test_a_painter_ends_where_painting_fails(label):
    from pianqu.ui.painting import painting
    from qgis.PyQt.QtGui import QPixmap

    sheet = QPixmap(10, 10)
    with pytest.raises(ZeroDivisionError), painting(sheet) as painter:
        assert painter.isActive()
        1 / 0  # noqa: B018
    assert not painter.isActive()
