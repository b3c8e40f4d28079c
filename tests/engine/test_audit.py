# SPDX-License-Identifier: GPL-2.0-or-later
"""An overlay that lost ground is told, and nothing that rests on it passes."""

from __future__ import annotations

import pandas as pd
from checks_county import box, county, naive_fabric
from pianqu.checks.audit import audit
from pianqu.checks.indicators import check_quotas


def lossy():
    one = county(
        [box(0, 0)],
        quotas=[("village", "v0", "redline", 0.5), ("village", "v0", "construction_total", 9.0)],
        plan=[(box(0, 0), "0101")],
        redline=[(box(0, 0), {})],
    )
    fabric = naive_fabric(one)
    fabric.amiss = {
        "plan": pd.DataFrame({"feature": [], "area_m2": []}),
        "redline": pd.DataFrame({"feature": [0], "area_m2": [-12.5]}),
    }
    return one, fabric


def outcome(indicators: pd.DataFrame, name: str) -> tuple[str, str]:
    rows = indicators[(indicators["level"] == "village") & (indicators["indicator"] == name)]
    return rows["outcome"].item(), rows["reason"].item()


def test_a_feature_whose_books_are_off_is_an_error_that_names_it():
    found = audit(*lossy())
    assert found["rule"].tolist() == ["data.overlay"]
    assert found["severity"].tolist() == ["error"]
    assert found["subject_id"].tolist() == ["r0"]
    assert found["area_m2"].tolist() == [12.5]
    assert "12.50" in found["message"][0]
    assert found["remedy"][0]


def test_what_rests_on_the_layer_is_not_checked_and_the_rest_is():
    one, fabric = lossy()
    before, _ = check_quotas(one, fabric)
    assert outcome(before, "redline")[0] == "passed"
    audit(one, fabric)
    after, _ = check_quotas(one, fabric)
    verdict, reason = outcome(after, "redline")
    assert verdict == "not_checked"
    assert "r0" in reason
    assert outcome(after, "construction_total")[0] == "passed"


def test_pieces_that_do_not_make_up_the_units_stop_every_verdict():
    one, fabric = lossy()
    fabric.amiss = {}
    fabric.residual_m2 = 40.0
    found = audit(one, fabric)
    assert found["rule"].tolist() == ["data.overlay"]
    indicators, _ = check_quotas(one, fabric)
    assert set(indicators["outcome"]) == {"not_checked"}


def test_books_in_order_say_nothing():
    one, fabric = lossy()
    fabric.amiss.pop("redline")
    assert len(audit(one, fabric)) == 0
    assert one.layers["redline"].unread == []
