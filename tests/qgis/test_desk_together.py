# SPDX-License-Identifier: GPL-2.0-or-later
"""Two docks, one choice of dossier and results."""

from __future__ import annotations

from contextlib import closing

import pytest
from both_docks import Both, small

pytestmark = pytest.mark.usefixtures("qgis_new_project", "forgotten")


def test_either_dock_takes_over_what_the_other_one_chooses(both, tmp_path):
    one, two = small(tmp_path / "one", 30, 12), small(tmp_path / "two", 20, 6)
    both.choose(one, both.sectors)
    both.settle()
    assert both.desk.places == both.sectors.places
    assert len(both.desk.results.findings) == 30
    both.choose(two, both.desk)
    both.settle()
    assert both.sectors.places.results == str(two)
    assert len(both.sectors.results.conflicts) == 6


def test_a_register_chosen_among_the_sector_plans_outlives_the_other_docks_choice(both, tmp_path):
    from dataclasses import replace

    folder = small(tmp_path / "one", 30, 12)
    both.choose(folder, both.sectors)
    both.sectors.choose_places(replace(both.sectors.places, register="D:/register.gpkg"))
    assert both.desk.places.register == "D:/register.gpkg"
    both.desk.face.head.results.setFilePath(str(tmp_path / "two"))
    assert both.sectors.places.results == str(tmp_path / "two")
    assert both.sectors.places.register == "D:/register.gpkg"
    both.settle()


def test_a_choice_is_told_once_and_does_not_go_round(both, tmp_path):
    from pianqu.ui.place_memory import NEWS

    told = []
    NEWS.changed.connect(told.append)
    both.choose(small(tmp_path / "one", 30, 12), both.sectors)
    both.settle()
    NEWS.changed.disconnect(told.append)
    assert len(told) == 1


def test_a_dock_that_is_gone_hears_of_no_choice(tmp_path):
    from pianqu.ui.place_memory import NEWS

    before = NEWS.receivers(NEWS.changed)
    with closing(Both()):
        assert NEWS.receivers(NEWS.changed) == before + 2
    assert NEWS.receivers(NEWS.changed) == before
