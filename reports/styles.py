# SPDX-License-Identifier: GPL-2.0-or-later
"""QGIS styles in the language of the run: symbols, field names, map tips.

They go into the table `layer_styles` of results.gpkg, from which QGIS takes the default style of a
layer when it opens it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Mapping, Sequence

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..layers.findings import SEVERITIES
from ..layers.words import say
from .labels import COLOURS, FILLS, OUTCOMES, field, word

_FOLDER = Path(__file__).resolve().parent / "styles"
_VALUES = {
    "level": ("county", "cluster", "town", "village"),
    "outcome": OUTCOMES,
    "severity": SEVERITIES,
    "change": ("new", "existing"),
    "verdict": ("forbid", "conditional", "allow"),
    "status": ("open", "accepted", "fixed"),
}
_MARKERS = {"error": "square", "warning": "triangle", "info": "circle"}
_TIP = (
    '<b>[% "subject_label" %]</b> [% "subject_id" %]<br>[% "message" %]<br>'
    '[% represent_value("severity") %] · [% represent_value("change") %] · '
    '[% format_number("area_m2", 1) %] m²<br><i>[% "remedy" %]</i>'
)


def style_rows(tables: Mapping[str, Sequence[str]], geometry: str, stamp: str) -> pd.DataFrame:
    """Make the content of `layer_styles`: one default style for each table, columns as QGIS's.

    `tables` maps the name of a table to its columns; `geometry` names the geometry column of
    `findings`, the only layer on the map.
    """
    rows = []
    for name, columns in tables.items():
        on_map = name == "findings"
        rows.append(
            {
                "f_table_catalog": "",
                "f_table_schema": "",
                "f_table_name": name,
                "f_geometry_column": geometry if on_map else "",
                "styleName": name,
                "styleQML": findings_style(columns) if on_map else table_style(columns),
                "styleSLD": "",
                "useAsDefault": True,
                "description": say("reports.style.description"),
                "owner": "",
                "ui": "",
                "update_time": stamp,
            }
        )
    return pd.DataFrame(rows)


def findings_style(columns: Sequence[str]) -> str:
    """Write the style of the findings: colour and sign by severity, fill or hatch by change."""
    marks = [
        _mark(severity, change) for severity in SEVERITIES for change in ("new", "existing", "")
    ]
    return _render("findings.qml", marks=marks, fields=_fields(columns), tip=_TIP)


def table_style(columns: Sequence[str]) -> str:
    """Write the style of a table: names of its fields, colours of its outcomes."""
    outcomes = []
    if "outcome" in columns:
        for outcome in OUTCOMES:
            fill = "#" + FILLS[outcome]
            label = word("outcome", outcome)
            outcomes.append(
                {"value": outcome, "label": label, "fill": fill, "text": COLOURS[outcome]}
            )
    return _render("table.qml", fields=_fields(columns), outcomes=outcomes)


def _mark(severity: str, change: str) -> dict[str, str]:
    """Describe the symbol of one severity and change; no change is drawn as an outline."""
    red, green, blue = (int(COLOURS[severity][i : i + 2], 16) for i in (1, 3, 5))
    solid, clear = f"{red},{green},{blue},255", f"{red},{green},{blue},140"
    labels = [word("severity", severity), word("change", change)]
    if change:
        label = say("reports.style.legend", severity=labels[0], change=labels[1])
        where = f"\"change\" = '{change}'"
    else:
        label = say("reports.style.legend", severity=labels[0], change=say("reports.style.other"))
        where = "coalesce(\"change\", '') NOT IN ('new', 'existing')"
    return {
        "label": label,
        "filter": f"\"severity\" = '{severity}' AND {where}",
        "fill": clear if change == "new" else solid,
        "pattern": {"new": "solid", "existing": "b_diagonal", "": "no"}[change],
        "line": solid,
        "dash": "dash" if change == "existing" else "solid",
        "marker": _MARKERS[severity],
        "marker_fill": solid if change == "new" else "255,255,255,255",
        "marker_line": "255,255,255,255" if change == "new" else solid,
    }


def _fields(columns: Sequence[str]) -> list[dict[str, Any]]:
    """Give alias and value map of each field."""
    return [
        {
            "name": name,
            "alias": field(name),
            "choices": [(value, word(name, value)) for value in _VALUES.get(name, ())],
        }
        for name in columns
    ]


def _render(template: str, **values: Any) -> str:
    """Fill a style's template; markup in values is escaped."""
    environment = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template(template).render(**values)
