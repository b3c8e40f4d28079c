# SPDX-License-Identifier: GPL-2.0-or-later
"""Control lines: what the plan does where a zone forbids or restricts it, existing or new."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..layers import findings
from ..layers.rules import ControlRules, borne_out
from ..layers.words import pick, say
from .net import change_groups, known, take
from .noise import Groups, Noise, grouped
from .places import Places, labels, noise_of
from .values import planned_role, role_name, unread_reason

if TYPE_CHECKING:
    import geopandas as gpd

    from ..layers.model import County
    from ..layers.standard import Zone
    from .fabric import Fabric

SEVERITY = {
    ("forbid", "new"): "error",
    ("forbid", "existing"): "warning",
    ("conditional", "new"): "warning",
    ("conditional", "existing"): "info",
}
SHOWN = 5  # zone features named in object_id


@dataclass(frozen=True)
class Cases:
    """The pieces of planned use in one zone and what the zone's rules say to each feature."""

    rows: np.ndarray  # of the fabric
    subject: np.ndarray  # feature of the planned layer, as long as rows
    verdict: np.ndarray  # as long as rows; "" where no rule covers the code
    codes: np.ndarray  # of each feature of the planned layer, in the vocabulary of the rules
    control: ControlRules

    def rules(self, features: np.ndarray) -> pd.DataFrame:
        """Give for each feature what the zone says: verdict, basis, note, remedy."""
        return self.control.match(self.codes[features])


def check_control_lines(
    county: County, fabric: Fabric, noise: Noise | None = None
) -> tuple[gpd.GeoDataFrame, dict[str, dict[str, float]]]:
    """Find every planned (or, without a plan, existing) use that a control zone does not allow.

    Returns the findings and what noise was dropped per rule. Zones that could not be looked at are
    told by `unchecked_zones`.
    """
    noise = noise or noise_of(county)
    tables = []
    for zone in checked_zones(county):
        cases = zone_cases(county, fabric, zone)
        found = zone_findings(county, fabric, zone, cases, noise)
        tables.append(found.frame(county.dossier.crs))
    return findings.join(tables, county.dossier.crs), noise.dropped


def checked_zones(county: County) -> list[Zone]:
    """List the zones whose layer is there, if there is a use to hold against them."""
    if planned_role(county) not in county.layers:
        return []
    return [zone for zone in county.standard.zones() if zone.role in county.layers]


def unchecked_zones(county: County, fabric: Fabric | None = None) -> dict[str, str]:
    """Map each zone of a dossier's role that could not be checked, or not whole, to the reason.

    With the fabric also the zones in which land bears a code that no rule covers.
    """
    out: dict[str, str] = {}
    for zone in county.standard.zones():
        for role in (zone.role, planned_role(county)) if zone.role else ():
            if role not in county.layers:
                fallback = say("checks.missing.layer", role=role_name(role))
                out.setdefault(zone.id, county.missing.get(role) or fallback)
            elif county.layers[role].unread:
                out.setdefault(zone.id, unread_reason(county.layers[role]))
    if fabric is None:
        return out
    for zone in checked_zones(county):
        land = unruled_land(county, fabric, zone)
        if len(land):
            named = pick("、", ", ").join(land.index[:SHOWN]) + (" …" if len(land) > SHOWN else "")
            reason = say("checks.no_rule.zone", codes=named, area=land.sum())
            out[zone.id] = " ".join(filter(None, [out.get(zone.id, ""), reason]))
    return out


def in_zone(fabric: Fabric, zone: Zone) -> np.ndarray:
    """Tell which pieces lie in a zone; a zone on the outside is all that the layer leaves free."""
    covered = fabric.pieces[zone.role].to_numpy() >= 0
    return ~covered if zone.side == "outside" else covered


def zone_cases(county: County, fabric: Fabric, zone: Zone) -> Cases:
    """Look up a zone's rules for every planned feature and the pieces of them in the zone."""
    role = planned_role(county)
    layer = county.layers[role]
    subject = fabric.pieces[role].to_numpy()
    rows = np.flatnonzero(in_zone(fabric, zone) & (subject >= 0))
    codes = layer.data["code"].to_numpy(dtype=object)
    rule_codes = county.standard.code_table(layer.table).rule_codes(codes)
    control = county.standard.control_rules(zone.id)
    verdict = take(control.verdicts(rule_codes), subject[rows], "")
    return Cases(rows, subject[rows], verdict, rule_codes, control)


def unruled_land(county: County, fabric: Fabric, zone: Zone) -> pd.Series:
    """Sum the m2 in a zone by known code that no rule of the zone covers; noise is left out."""
    land = unruled_sums(county, fabric, zone_cases(county, fabric, zone))
    return land[land >= county.dossier.tolerance.min_area_m2]


def unruled_sums(county: County, fabric: Fabric, cases: Cases) -> pd.Series:
    """Sum the m2 by known code that no rule of a zone covers, noise and all."""
    layer = county.layers[planned_role(county)]
    left = (cases.verdict == "") & take(known(county, layer), cases.subject, False)
    if not left.any():
        return pd.Series(dtype=float)
    codes = layer.data["code"].to_numpy(dtype=object)[cases.subject[left]]
    area = pd.Series(fabric.pieces["gross_m2"].to_numpy()[cases.rows[left]])
    return area.groupby(codes).sum()


def existing(county: County, fabric: Fabric, rows: np.ndarray) -> np.ndarray:
    """Tell which pieces keep their class group from base to plan; unknown base counts as new."""
    base = county.layers.get("landuse")
    role = planned_role(county)
    if role == "landuse":
        return np.ones(len(rows), dtype=bool)
    if base is None:
        return np.zeros(len(rows), dtype=bool)
    before = take(change_groups(base, county), fabric.pieces["landuse"].to_numpy()[rows], "")
    after = take(
        change_groups(county.layers[role], county), fabric.pieces[role].to_numpy()[rows], ""
    )
    return (before == after) & (before != "")


def zone_findings(
    county: County, fabric: Fabric, zone: Zone, cases: Cases, noise: Noise
) -> findings.Batch:
    """Find what a zone does not allow; one finding a feature, and for new and existing apart."""
    told = np.isin(cases.verdict, ("forbid", "conditional"))
    rows = cases.rows[told]
    if len(rows) == 0:
        return findings.NOTHING
    stood = existing(county, fabric, rows)
    keys = pd.DataFrame({"subject": cases.subject[told], "existing": stood})
    groups = grouped(rows, keys, fabric, noise, zone.rule)
    if len(groups.keys) == 0:
        return findings.NOTHING
    subject = groups.keys["subject"].to_numpy()
    change = np.where(groups.keys["existing"], "existing", "new").astype(object)
    rules = cases.rules(subject)
    layer = county.layers[planned_role(county)]
    places = Places.of(county, groups.unit)
    label = labels(county, layer, subject)
    ids = layer.data["id"].to_numpy(dtype=object)[subject]
    values = {
        "rule": zone.rule,
        "severity": np.array([SEVERITY[two] for two in zip(rules["verdict"], change)], object),
        **places.columns(),
        "subject_layer": layer.role, "subject_id": ids, "subject_label": label,
        "object_layer": zone.role, "object_id": _object_ids(county, fabric, zone, rows, groups),
        "verdict": rules["verdict"].to_numpy(dtype=object), "change": change,
        "area_m2": groups.area_m2, "value": groups.area_m2, "limit": 0.0,
        "excess": groups.area_m2, "unit_of_measure": "m2",
        "message": _messages(
            zone, label, ids, places, groups.area_m2, _told_change(county, change), rules
        ),
        "remedy": _remedies(county, zone, rules),
    }  # fmt: skip
    return findings.Batch(values, groups.shapes, subject)


def _told_change(county: County, change: np.ndarray) -> np.ndarray:
    """Say `untold` for every change where no base tells new from existing: nobody is accused."""
    if "landuse" in county.layers or planned_role(county) == "landuse":
        return change
    return np.full(len(change), "untold", dtype=object)


def _messages(
    zone: Zone,
    label: np.ndarray,
    ids: np.ndarray,
    places: Places,
    area: np.ndarray,
    change: np.ndarray,
    rules: pd.DataFrame,
) -> np.ndarray:
    """Say who does what where, how much, and on which legal ground that is judged."""
    name = zone.name
    out = np.empty(len(rules), dtype=object)
    lines = zip(
        label, ids, places.names, area, change, rules["verdict"], rules["note"],
        zip(rules["basis"], rules["confidence"]),
    )  # fmt: skip
    for i, (what, who, where, much, when, verdict, note, basis) in enumerate(lines):
        out[i] = say(
            f"checks.control.{zone.side}.{when}", label=what, id=who, unit=where, zone=name,
            area=much, verdict=say(f"checks.control.{verdict}.{when}"),
        )  # fmt: skip
        out[i] += say("checks.control.note", text=note) if note else ""
        out[i] += say("checks.control.basis", text=basis[0]) if borne_out(*basis) else ""
    return out


def _remedies(county: County, zone: Zone, rules: pd.DataFrame) -> np.ndarray:
    """Give the rule row's own remedy, else the rule's."""
    rule = county.standard.rule(zone.rule)
    general = rule.remedy
    own = rules["remedy"].to_numpy(dtype=object)
    return np.where(own == "", general, own)


def _object_ids(
    county: County, fabric: Fabric, zone: Zone, rows: np.ndarray, groups: Groups
) -> np.ndarray:
    """Name the zone features each group lies in, largest share first; none for an outside."""
    out = np.full(len(groups.keys), "", dtype=object)
    if zone.side == "outside":
        return out
    kept = groups.group >= 0
    share = pd.DataFrame(
        {
            "group": groups.group[kept],
            "feature": fabric.pieces[zone.role].to_numpy()[rows[kept]],
            "area": fabric.pieces["gross_m2"].to_numpy()[rows[kept]],
        }
    )
    share = share.groupby(["group", "feature"], sort=True)["area"].sum().reset_index()
    share = share.sort_values(["group", "area"], ascending=[True, False], kind="stable")
    ids = county.layers[zone.role].data["id"].to_numpy(dtype=object)[share["feature"].to_numpy()]
    group = share["group"].to_numpy()
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    for start, end in zip(starts, [*starts[1:], len(group)]):
        more = end - start - SHOWN
        named = ",".join(ids[start : min(end, start + SHOWN)])
        out[group[start]] = named + (f"…+{more}" if more > 0 else "")
    return out
