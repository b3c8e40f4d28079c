# SPDX-License-Identifier: GPL-2.0-or-later
"""Conflicts as a run of the sector plans leaves them, made by hand."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pianqu.register import model
from pianqu.register.model import Decision

CRS = "EPSG:4544"
FIRST, SECOND, THIRD = (f"2026-05-0{day}T08:00:00+00:00" for day in (1, 2, 3))
LATE = "2099-01-01T00:00:00+00:00"  # after whatever is decided in a test


def id_of(number):
    return f"{number:016x}"


def conflict(number=0, **values):
    """Give the row of one conflict: two plans on one ground."""
    return {
        "id": id_of(number), "rule": "sector.overlap", "severity": "error", "level": "county",
        "unit": "510799", "cluster": "c1", "subject_layer": "transport", "subject_id": "T1",
        "subject_label": "公路", "subject_use": "1202", "object_layer": "health",
        "object_id": "H1", "object_label": "医院", "object_use": "0806", "verdict": "",
        "change": "", "area_m2": 100.0, "excess": np.nan, "message": "重叠", **values,
    }  # fmt: skip


def found(*rows, crs=CRS, shapes=None):
    """Give the layer `conflicts` of a run that found these rows."""
    table = pd.DataFrame(list(rows), columns=list(conflict()))
    for row in rows:
        for name in set(row) - set(table.columns):
            table[name] = [one.get(name) for one in rows]
    made = shapes or [
        shapely.box(500_000 + 10 * i, 4_000_000, 500_009 + 10 * i, 4_000_009)
        for i in range(len(rows))
    ]
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(list(made), crs=crs), crs=crs)


def many(count, crs=CRS, **values):
    return found(*(conflict(number, **values) for number in range(count)), crs=crs)


def facts(*rows):
    """Give what merge takes of a run."""
    return model.facts_of(found(*rows))


def empty():
    """Give a register that holds nothing."""
    return model.plain(pd.DataFrame(), model.COLUMNS)


def decision(number, state="waived", version=0, person="李", reason="现状保留", **more):
    """Decide on a conflict as it stands, or as it stood in a version."""
    texts = {"department": "自然资源局", "decision": "调整选址", "force": not version, **more}
    return Decision(id_of(number), version, state, person, reason=reason, **texts)


def assert_consistent(conflicts, history):
    """See that every step of every conflict stands in the history, without a gap."""
    by_id = {id_: steps.sort_values("seq") for id_, steps in history.groupby("id")}
    assert set(by_id) == set(conflicts["id"])
    for row in conflicts.to_dict("records"):
        steps = by_id[row["id"]]
        assert steps["version"].tolist() == list(range(1, row["version"] + 1)), row["id"]
        assert steps["seq"].tolist() == steps["version"].tolist()
        assert steps["state_from"].tolist() == ["", *steps["state_to"].tolist()[:-1]]
        assert steps["state_to"].iloc[-1] == row["state"]
