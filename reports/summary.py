# SPDX-License-Identifier: GPL-2.0-or-later
"""The verdict in figures: what page and workbook both say first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Mapping

import pandas as pd

from ..checks.levels import counted_once
from ..checks.lists import rule_name as name_of_rule
from ..checks.results import is_open, of_lines, of_sectors, sector_gaps
from ..checks.results import verdict as judge
from ..layers.words import language, say
from .gaps import gaps
from .labels import OUTCOMES, hectares, join_words, missing, square_metres, word

if TYPE_CHECKING:
    import geopandas as gpd

    from ..checks.results import Results


@dataclass(frozen=True)
class Tally:
    """The figures of one cluster or of the county; areas in m2."""

    unit: str
    name: str
    outcomes: Mapping[str, int]
    unset: int  # of those not checked, how many have no quota
    verdict: str  # one of the four outcomes
    new: int
    new_m2: float
    new_hard: int
    existing: int
    existing_m2: float
    other: int
    other_m2: float
    sectors: int  # open conflicts of sector plans
    sectors_hard: int

    @property
    def total(self) -> int:
        """Count the quotas asked."""
        return sum(self.outcomes.values())


def clusters(results: Results) -> list[tuple[str, str]]:
    """List code and name of each cluster in order of code; a county without any is its own.

    Villages whose cluster the data leave blank make none.
    """
    finest = results.county.tree.finest
    finest = finest[finest["cluster"] != ""]
    first = finest.drop_duplicates("cluster").sort_values("cluster")
    return [(code, name or code) for code, name in zip(first["cluster"], first["cluster_name"])]


def parts(results: Results) -> list[tuple[str, str]]:
    """List the clusters where they are more than another word for the county."""
    found = clusters(results)
    return [] if [code for code, _ in found] == [results.county.dossier.code] else found


def county_name(results: Results) -> str:
    """Give the county's name as the dossier has it."""
    return str(results.county.dossier.name or results.county.dossier.code or say("reports.county"))


def is_data(findings: gpd.GeoDataFrame) -> pd.Series:
    """Tell which findings are about the quality of the data."""
    return findings["rule"].astype(str).str.startswith("data.")


def quota_findings(results: Results) -> gpd.GeoDataFrame:
    """Give what is wrong with the quotas themselves, such as towns that exceed their cluster."""
    found = results.findings[is_open(results.findings)]
    kind = found["rule"].astype(str)
    own = "quota." + results.indicators["indicator"].astype(str)
    return found[kind.str.startswith("quota.") & ~kind.isin(set(own))]


def tally(results: Results, cluster: str | None = None) -> Tally:
    """Count one cluster, its towns and villages; without a cluster the whole county."""
    found, table = results.findings, results.indicators
    unit, name = str(results.county.dossier.code), county_name(results)
    if cluster is not None:
        found = found[found["cluster"] == cluster]
        unit, name = cluster, dict(clusters(results))[cluster]
        table = table[inside(results, table, cluster)]
    table = counted_once(table)
    counts = table["outcome"].value_counts()
    unset = int(((table["outcome"] == "not_checked") & table["quota_ha"].isna()).sum())
    outcome = judge(results, table, found)
    found = found[is_open(found)]
    sectors = found[of_sectors(found)]
    found = found[of_lines(found)]
    new, existing = found[found["change"] == "new"], found[found["change"] == "existing"]
    other = found[~found["change"].isin(["new", "existing"])]
    return Tally(
        unit,
        name,
        {outcome: int(counts.get(outcome, 0)) for outcome in OUTCOMES},
        unset,
        outcome,
        len(new),
        float(new["area_m2"].sum()),
        int((new["severity"] == "error").sum()),
        len(existing),
        float(existing["area_m2"].sum()),
        len(other),
        float(other["area_m2"].sum()),
        len(sectors),
        int((sectors["severity"] == "error").sum()),
    )


def inside(results: Results, table: pd.DataFrame, cluster: str) -> pd.Series:
    """Tell which rows (level, unit) of a table are this cluster or lie in it."""
    finest = results.county.tree.finest
    finest = finest[finest["cluster"] == cluster]
    mask = (table["level"] == "cluster") & (table["unit"] == cluster)
    for level, column in (("town", "town"), ("village", "code")):
        mask |= (table["level"] == level) & table["unit"].isin(finest[column])
    return mask


def headline(results: Results) -> str:
    """Say the verdict in one line, and how much of what could be asked it rests on."""
    count, held = tally(results), gaps(results)
    shown = say(f"reports.verdict.all.{count.verdict}")
    parts = []
    if count.outcomes["not_checked"]:
        done = count.total - count.outcomes["not_checked"]
        parts.append(say("reports.verdict.scope.quotas", done=done, total=count.total))
    zones = sum(bool(zone.role) for zone in results.county.standard.zones())  # others no layer has
    if zones and held.asked and (held.nothing or held.zones):
        done = 0 if held.nothing else zones - len(held.zones)
        parts.append(say("reports.verdict.scope.zones", done=done, total=zones))
    if not parts:
        return shown
    kind = "held" if count.verdict in ("passed", "warning") else "broken"
    together = ("，" if language() == "zh" else ", ").join(parts)
    return say(f"reports.verdict.scope.{kind}", verdict=shown, parts=together)


def verdict_lines(results: Results) -> list[str]:
    """Say the verdict in plain sentences."""
    count = tally(results)
    lines = [say("reports.verdict.quotas", total=count.total, **count.outcomes)]
    if not count.total:
        lines = [say("reports.verdict.no_quotas")]
    elif count.unset:
        rest = count.outcomes["not_checked"] - count.unset
        lines.append(say("reports.verdict.unset", unset=count.unset, rest=rest))
    if count.new:
        area = hectares(count.new_m2 / 1e4)
        lines.append(say("reports.verdict.new", count=count.new, area=area, hard=count.new_hard))
    if count.existing:
        area = hectares(count.existing_m2 / 1e4)
        lines.append(say("reports.verdict.existing", count=count.existing, area=area))
    if count.other:
        area = hectares(count.other_m2 / 1e4)
        lines.append(say("reports.verdict.other", count=count.other, area=area))
    held = gaps(results)
    if count.new + count.existing + count.other:
        lines.append(say("reports.verdict.summed"))
    elif held.outcome != "unchecked":
        lines.append(say(f"reports.verdict.{held.outcome}"))
    lines += held.lines()
    lines += sector_lines(results, count)
    bad_data = results.findings[is_data(results.findings) & is_open(results.findings)]
    if len(bad_data):
        errors = int((bad_data["severity"] == "error").sum())
        lines.append(say("reports.verdict.data", count=len(bad_data), errors=errors))
    settled = int((~is_open(results.findings)).sum())
    if settled:
        lines.append(say("reports.verdict.accepted", count=settled))
    if len(results.decisions):
        lines.append(say("reports.verdict.kept", count=len(results.decisions)))
    return lines


def sector_lines(results: Results, count: Tally) -> list[str]:
    """Say what became of the sector plans, where the dossier names any and they were asked for."""
    if results.sectors is None:
        return []
    plans = len(results.sectors.sectors)
    lines = [say("reports.verdict.sectors_none", plans=plans)]
    if count.sectors:
        words = {"plans": plans, "count": count.sectors, "hard": count.sectors_hard}
        lines = [say("reports.verdict.sectors", **words)]
    held = sector_gaps(results)
    if held:
        # Names here, reasons once in the part on sector plans: together they are a wall of text.
        names = plan_names(results)
        lost = join_words([names[key] for key in held if key in names])
        rules = join_words([rule_name(results, key) for key in held if key not in names])
        told = {"plans": lost, "rules": rules}
        lines += [say(f"reports.verdict.sectors_gaps_{key}", names=text)
                  for key, text in told.items() if text]  # fmt: skip
        if not count.sectors:
            lines[0] = say("reports.verdict.sectors_none_in_part", plans=plans)
    return lines


def plan_names(results: Results) -> dict[str, str]:
    """Map the ids of the sector plans to their names; empty where there are none."""
    plans = results.county.plans
    if plans is None:
        return {}
    return dict(zip(plans.sectors["sector"], plans.sectors["name"]))


def rule_name(results: Results, rule: str, severity: str = "error") -> str:
    """Name a finding's rule in the language of the run; one the standard lacks keeps its id."""
    try:
        return name_of_rule(results.county.standard, rule, severity) or rule
    except KeyError:
        return rule


def notes(results: Results) -> list[str]:
    """Explain method, tolerances, what was dropped and what could not be checked."""
    county, run = results.county, results.run
    margin = f"{100 * county.dossier.tolerance.warn_margin:g}"
    noise = county.dossier.tolerance
    lines = [
        say(f"reports.notes.area.{county.dossier.area}", crs=county.dossier.crs),
        say("reports.notes.outcomes", margin=margin),
        say(
            "reports.notes.tolerance", area=f"{noise.min_area_m2:g}", width=f"{noise.min_width_m:g}"
        ),
        say("reports.notes.change"),
    ]
    lines.append(_dropped(results))
    for role, reason in county.missing.items():
        lines.append(say("reports.notes.missing", role=word("role", role), reason=reason))
    for role, layer in [("units", county.units), *county.layers.items()]:
        if layer.unread:
            count = len(layer.unread)
            lines.append(say("reports.notes.unread", role=word("role", role), count=count))
    for zone, reason in gaps(results).zones.items():
        lines.append(say("reports.notes.zone", zone=zone, reason=reason))
    lines += _balance_notes(run.get("balance") or {})
    if not missing(run.get("residual_m2")):
        lines.append(say("reports.notes.residual", value=residual(run["residual_m2"])))
    lines.append(say("reports.notes.files"))
    lines.append(say("reports.notes.rule"))
    return lines


def residual(value: float) -> str:
    """Show a residual in m2 with two decimals, no sign before a zero; run.json has it all."""
    return f"{round(value, 2) + 0.0:,.2f}"


def _balance_notes(balance: Mapping[str, Any]) -> list[str]:
    """Say where the tables of the land balance do not add up to the last hundredth."""
    if not balance.get("settled", True):
        return [say("reports.notes.unsettled")]
    misses = int(balance.get("misses", 0))
    return [say("reports.notes.misses", count=misses)] if misses else []


def _dropped(results: Results) -> str:
    """Say what the tolerance left out, by rule: how many pieces, how much land."""
    shown = []
    for rule, entry in sorted((results.run.get("dropped") or {}).items()):
        count, area = int(entry.get("count", 0)), square_metres(entry.get("area_m2", 0.0))
        name = rule_name(results, rule)
        if count:
            shown.append(say("reports.notes.dropped_one", rule=name, count=count, area=area))
    if not shown:
        return say("reports.notes.dropped_none")
    return say("reports.notes.dropped") + join_words(shown)
