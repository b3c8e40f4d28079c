# SPDX-License-Identifier: GPL-2.0-or-later
"""The engine may get faster; the fabrics it makes stay as they were recorded, to the last digit."""

from __future__ import annotations

import json

import pytest
from fabric_corpus import FILE, cases, facts, made_with

RECORDED = json.loads(FILE.read_text(encoding="utf-8"))


def counts(found):
    """Leave what other libraries give too: how many of everything, not the last digits."""
    tables = {k: v[0] for k, v in found.items() if "." in k}
    return {**tables, "pieces": found["pieces"], "columns": found["columns"]}


def test_fabrics_are_as_recorded(shared, tmp_path):
    same_libraries = RECORDED["versions"] == made_with()
    seen = []
    for name, dossier in cases(tmp_path):
        found, recorded = facts(dossier), RECORDED["cases"][name]
        if same_libraries:
            assert found == recorded, name
        else:
            assert counts(found) == counts(recorded), name
            assert float(found["gross_m2"]) == pytest.approx(float(recorded["gross_m2"]), rel=1e-12)
        seen.append(name)
    assert seen == list(RECORDED["cases"])


def test_the_corpus_holds_overlaps_land_outside_and_cut_parcels():
    every = RECORDED["cases"].values()
    assert sum(one.get("overlaps.landuse", [0])[0] for one in every) > 5
    assert sum(one.get("outside.farmland", [0])[0] for one in every) > 5
    assert sum(one["pieces"] for one in every) > 5000
