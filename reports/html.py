# SPDX-License-Identifier: GPL-2.0-or-later
"""Write report.html: one page that a review panel reads, verdict first, nothing fetched."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..layers.words import language, say
from . import tables
from .columns import complete
from .gaps import gaps
from .labels import COLOURS, OUTCOMES, SIGNS, SYMBOLS, field, hectares, word
from .maps import WIDTH, Cartographer
from .provenance import inputs, provenance, stamp
from .raster import HATCH
from .sectors import sector_content
from .summary import (
    clusters,
    county_name,
    headline,
    notes,
    parts,
    quota_findings,
    tally,
    verdict_lines,
)

if TYPE_CHECKING:
    from ..checks.results import Results

_TEMPLATES = Path(__file__).resolve().parent / "templates"


class Captions:
    """Numbers tables and figures in the order in which the page shows them."""

    def __init__(self) -> None:
        self.counts = {"table": 0, "figure": 0}

    def table(self, text: str) -> str:
        """Number the next table."""
        return self._next("table", text)

    def figure(self, text: str) -> str:
        """Number the next figure."""
        return self._next("figure", text)

    def _next(self, kind: str, text: str) -> str:
        self.counts[kind] += 1
        return f"{say(f'reports.{kind}', number=self.counts[kind])}　{text}"


def write_html(results: Results, path: Path) -> Path:
    """Write the page in the language in force."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        say=say, word=word, field=field, hectares=hectares, COLOURS=COLOURS, SYMBOLS=SYMBOLS,
        SIGNS=SIGNS, OUTCOMES=OUTCOMES, WIDTH=WIDTH, HATCH=HATCH,
    )  # fmt: skip
    page = environment.get_template("report.html.j2").render(**content(results))
    path.write_bytes(page.encode("utf-8"))
    return path


def content(results: Results) -> dict[str, Any]:
    """Gather all that the page says."""
    dossier, standard = results.county.dossier, results.county.standard
    name = county_name(results)
    data, data_list = tables.data_groups(results)
    return {
        "language": {"zh": "zh-CN", "en": "en"}[language()],
        "title": say("reports.title", name=name),
        "county_name": name,
        "meta": say(
            "reports.made",
            crs=dossier.crs,
            area=word("area", dossier.area),
            standard=f"{standard.name} ({standard.id} {standard.version})",
            stamp=stamp(results.run.get("stamp")),
        ),
        "years": _years(dossier),
        "crs": dossier.crs,
        "caption": Captions(),
        "gaps": gaps(results),
        "county": tally(results),
        "headline": headline(results),
        "verdict": verdict_lines(results),
        "clusters": [tally(results, code) for code, _ in parts(results)],
        **_quotas(results),
        **_control(results),
        "problems": _per_cluster(results, "problem_list", tables.problem_rows),
        "negatives": _per_cluster(results, "negative_list", tables.negative_rows),
        **_balance(results),
        "sectors": sector_content(results),
        "data": data,
        "data_rows": tables.finding_rows(results, data_list),
        "data_total": len(data_list),
        "notes": notes(results),
        "inputs": inputs(results),
        "provenance": provenance(results),
        "shown": tables.SHOWN,
    }


def _years(dossier: Any) -> str:
    """Say base and target year where both are known."""
    if not (dossier.base_year and dossier.target_year):
        return ""
    return say("reports.years", base=dossier.base_year, target=dossier.target_year)


def _quotas(results: Results) -> dict[str, Any]:
    """Lay out the quotas of county, clusters and towns, and count those of the villages."""
    table = results.indicators
    blocks = []
    for level in ("county", "cluster") if parts(results) else ("county",):
        for (_, name), group in table[table["level"] == level].groupby(
            ["unit", "unit_name"], sort=True
        ):
            blocks.append({"name": name, "rows": tables.quota_rows(group)})
    rows = table[table["level"] == "village"]
    villages = rows["outcome"].value_counts()
    bad = rows[rows["outcome"].isin(["failed", "warning"])].sort_values("outcome", kind="stable")
    return {
        "quotas": blocks,
        "towns": tables.town_table(table),
        "villages": {each: int(villages.get(each, 0)) for each in OUTCOMES},
        "village_rows": tables.village_rows(bad),
        "village_total": len(bad),
        "reserve": tables.reserve_names(results),
        "quota_findings": tables.finding_rows(
            results, tables.graded(quota_findings(results), ["level", "unit", "rule"])
        ),
        "reasons": _reasons(table[table["level"] != "village"]),
    }


def _reasons(table: pd.DataFrame) -> list[str]:
    """Say for each indicator why it was not checked somewhere, each reason once."""
    skipped = table[table["outcome"] == "not_checked"]
    pairs = dict.fromkeys(zip(skipped["name"], skipped["reason"].astype(str)))
    return [
        say("reports.quotas.reason", name=name, reason=reason.rstrip("\u3002.\uff1b; "))
        for name, reason in pairs
    ]


def _control(results: Results) -> dict[str, Any]:
    """Draw the maps and lay out the conflicts of each cluster."""
    maker = Cartographer(results)
    blocks = []
    homeless = [("", say("reports.clusters.none"))] if len(maker.ordered("")) else []
    for code, name in [*clusters(results), *homeless]:
        found = maker.ordered(code)
        blocks.append(
            {
                "name": name,
                "map": maker.cluster(code),
                "rows": tables.finding_rows(results, found),
                "total": len(found),
            }
        )
    overview = maker.overview() if len(blocks) > 1 else None
    settled = tables.settled_rows(results)
    return {"overview": overview, "control": blocks, "backdrop": maker.role, "settled": settled}


def _per_cluster(results: Results, list_name: str, lay_out: Any) -> list[dict[str, Any]]:
    """Lay out a list for each cluster; what belongs to none stands under the county's name."""
    names = clusters(results)
    table = complete(getattr(results, list_name), list_name)
    blocks = [
        {"name": name, "rows": lay_out(table[table["cluster"] == code])} for code, name in names
    ]
    rest = table[~table["cluster"].isin([code for code, _ in names])]
    if len(rest):
        whole = county_name(results) if parts(results) else say("reports.county")
        blocks.insert(0, {"name": whole, "rows": lay_out(rest)})
    return [block for block in blocks if block["rows"]]


def _balance(results: Results) -> dict[str, Any]:
    """Lay out structure, transfers and ledgers of the county and of each cluster."""
    balance = complete(results.land_balance, "land_balance")
    transfers = complete(results.transfers, "transfers")
    blocks = []
    levels = ("county", "cluster") if parts(results) else ("county",)
    for level in levels:
        units = balance[balance["level"] == level]
        for (unit, name), group in units.groupby(["unit", "unit_name"], sort=True):
            moved = transfers[(transfers["level"] == level) & (transfers["unit"] == unit)]
            blocks.append(
                {
                    "name": name,
                    "rows": tables.balance_rows(group),
                    "matrix": tables.transfer_matrix(moved, group["class"].tolist()),
                }
            )
    return {
        "balance": blocks,
        "ledgers": tables.ledger_tables(complete(results.ledgers, "ledgers")),
    }
