# SPDX-License-Identifier: GPL-2.0-or-later
"""Which task the dock orders: results of a whole run are renewed whole, others alone."""

from __future__ import annotations

import json

import pytest
from pianqu.ui.place_memory import Places
from pianqu.ui.sector_runs import SectorRuns


def ordered(folder, monkeypatch, **limits):
    """Give the first job that a check of this folder starts."""
    runs, jobs = SectorRuns(), []
    monkeypatch.setattr(runs._task, "start", jobs.append)
    runs.recheck(Places(dossier="county.yaml", results=str(folder), register=""), **limits)
    return jobs[0]


def test_results_of_a_whole_run_are_renewed_whole(qgis_app, tmp_path, monkeypatch):
    record = {"checks": ["quotas", "sectors"]}
    (tmp_path / "run.json").write_text(json.dumps(record), encoding="utf-8")
    job = ordered(tmp_path, monkeypatch, rules=["sector.plan"])
    assert (job.task, job.checks, job.rules) == ("run", ("quotas", "sectors"), ("sector.plan",))


@pytest.mark.parametrize("text", ["", "{}", '{"checks": ["sectors"]}', "[1]"])
def test_other_folders_get_the_check_of_sector_plans_alone(qgis_app, tmp_path, monkeypatch, text):
    (tmp_path / "run.json").write_text(text, encoding="utf-8")
    job = ordered(tmp_path, monkeypatch)
    assert (job.task, job.checks) == ("sectors", ())
