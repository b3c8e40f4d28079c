# SPDX-License-Identifier: GPL-2.0-or-later
"""Data and versions: the record of the run in words and units that a reader knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from ..layers.words import catalogue, pick, say
from .geopackage import moment
from .labels import half_up, join_words, missing, text, word
from .summary import plan_names, rule_name

if TYPE_CHECKING:
    from ..checks.results import Results

_HIDDEN = (
    "inputs", "seconds", "dropped", "residual_m2", "stamp", "finished", "verdict", "missing",
    "unchecked_zones", "compared", "name", "code", "balance", "looked", "unchecked_sectors",
    "unread_sectors",
)  # fmt: skip
_YEARS = ("base_year", "target_year")
_OF_SECTORS = ("sector_plans", "sector_rules", "sites_caveat")


def provenance(results: Results) -> list[tuple[str, str]]:
    """List what the run states about itself; how long it took stands in run.json only.

    The time a stage takes differs from run to run, and the same results shall make the same page.
    """
    run = results.run
    rows = [(word("run", "stamp"), stamp(run.get("stamp")) or "—")]
    for key in sorted(set(run) - set(_HIDDEN)):
        if key in _OF_SECTORS and "sectors" not in run.get("checks", ()):
            continue
        rows.append((word("run", key), _shown(key, run[key], results) or "—"))
    return rows


def _shown(key: str, value: Any, results: Results) -> str:
    """Show one entry of the record."""
    names = plan_names(results)
    if key == "sector_plans":
        shown = [names.get(one, one) for one in value]
        return join_words(shown) or say("reports.run.clusters.all")
    if key == "sector_rules":
        return join_words([rule_name(results, one) for one in value])
    if key in ("area", "area_method"):
        return word("area", value)
    if key == "checks":
        return join_words([word("check", each) for each in value])
    if key == "clusters" and not value:
        return say("reports.run.clusters.all")
    if key in _YEARS:
        return text(value)
    if key == "tolerance":
        return join_words([_tolerance(name, size) for name, size in value.items()])
    if key == "counts":
        return _counts(value, names)
    if key.endswith("_m2") and not missing(value):
        return f"{half_up(value, 2):,.2f}"
    return join_words([f"{_part(key, name)} {number(item)}".strip() for name, item in flat(value)])


def _part(key: str, name: str) -> str:
    """Name a part of an entry; what has no word, such as a library, keeps its name."""
    known = f"reports.run.{key}.{name}"
    return say(known) if known in catalogue() else name


def _tolerance(name: str, size: Any) -> str:
    """Show a tolerance with its unit: a ratio as a percentage."""
    key = f"reports.run.tolerance.{name}"
    if key not in catalogue():
        return f"{name} {number(size)}"
    return say(key, value=f"{100 * size if name == 'warn_margin' else size:g}")


def _counts(value: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Show the counts: each kind, its total or its parts."""
    out = []
    for kind, count in value.items():
        if isinstance(count, Mapping):
            vocabulary = "level" if kind == "units" else "role"
            parts = [
                f"{names.get(name) if kind == 'sectors' else word(vocabulary, name)} {number(item)}"
                for name, item in count.items()
            ]
            count = join_words(parts) or "—"
        out.append(say("reports.run.count", name=word("counted", kind), value=number(count)))
    return pick("；", "; ").join(out)


def inputs(results: Results) -> list[list[str]]:
    """List the inputs: role, source, layer, features, CRS, the rest; nothing is a dash."""
    rows, names = [], plan_names(results)
    for entry in results.run.get("inputs") or results.county.inputs:
        rest = [
            say(f"reports.input.{key}", value=number(entry[key]))
            for key in ("used", "repaired", "unusable", "filter", "encoding")
            if entry.get(key)
        ]
        if entry.get("modified"):
            rest.append(say("reports.input.modified", value=stamp(entry["modified"])))
        rest += [say(f"reports.input.{k}") for k in ("transformed", "crs_assumed") if entry.get(k)]
        row = [_role(entry, names), entry.get("file"), entry.get("layer"),
               number(entry.get("read", "")), entry.get("crs"), join_words(rest)]  # fmt: skip
        rows.append([text(value) or "—" for value in row])
    return rows


def _role(entry: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Name what an input is: a role of the dossier, or layout or list of a plan."""
    role = text(entry.get("role", ""))
    plan = role.partition(":")[2]
    if plan not in names:
        return word("role", role)
    key = "layout" if entry.get("driver") else "list"
    return say(f"reports.input.sector_{key}", plan=names[plan])


def stamp(value: Any) -> str:
    """Show a moment to the minute with its zone; what is none stays as it is."""
    try:
        return f"{moment(value):%Y-%m-%d %H:%M} (UTC)" if value else ""
    except ValueError:
        return str(value)


def flat(value: Any, name: str = "") -> list[tuple[str, Any]]:
    """Lay nested maps and lists out as pairs of dotted name and value."""
    if isinstance(value, Mapping):
        pairs = []
        for key in sorted(value, key=str):
            pairs += flat(value[key], f"{name}.{key}" if name else str(key))
        return pairs
    if isinstance(value, (list, tuple)):
        return [(name, join_words([number(item) for item in value]))]
    return [(name, value)]


def number(value: Any) -> str:
    """Show a value of the record: whole numbers with separators, others as they are."""
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value).lower()
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
