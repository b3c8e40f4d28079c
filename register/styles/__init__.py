# SPDX-License-Identifier: GPL-2.0-or-later
"""How QGIS shows a register: colour by severity, pattern by state, names of the fields."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Mapping, Sequence

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ...jobs.schema import SECTOR_RULES
from ...layers.findings import SEVERITIES
from ...layers.words import catalogue, say
from .. import model

_FOLDER = Path(__file__).resolve().parent
# The reports' red, amber and blue: they stay apart for the colour-blind.
_COLOURS = {"error": "178,24,43", "warning": "199,119,0", "info": "33,102,172"}
_GREY = "107,107,107"
_PATTERNS = {model.OPEN: "solid", model.REOPENED: "cross", model.AGREED: "b_diagonal"}
_TIP = (
    '<b>[% "subject_label" %]</b> · <b>[% "object_label" %]</b><br>[% "message" %]<br>'
    '[% represent_value("severity") %] · [% represent_value("state") %] · '
    '[% format_number("area_m2", 1) %] m²<br><i>[% "decision" %] [% "reason" %]</i>'
)
_VALUES = {
    "rule": SECTOR_RULES,
    "severity": SEVERITIES,
    "verdict": ("forbid", "conditional"),
    **dict.fromkeys(("state", "state_from", "state_to"), model.STATES),
}


def style_rows(tables: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Make the content of `layer_styles`: one default style for each table, columns as QGIS's."""
    rows = []
    for name, columns in tables.items():
        on_map = name == "conflicts"
        rows.append(
            {
                "f_table_catalog": "",
                "f_table_schema": "",
                "f_table_name": name,
                "f_geometry_column": model.GEOMETRY if on_map else "",
                "styleName": name,
                "styleQML": _render(columns, _marks() if on_map else []),
                "styleSLD": "",
                "useAsDefault": True,
                "description": say("register.style"),
                "owner": "",
                "ui": "",
            }
        )
    return pd.DataFrame(rows)


def _marks() -> list[dict[str, str]]:
    """Describe the symbols: what waits or is agreed by severity, what is settled in outline."""
    marks = [
        _mark(say(f"reports.severity.{severity}"), state, _COLOURS[severity], pattern,
              f" AND \"severity\" = '{severity}'")
        for state, pattern in _PATTERNS.items()
        for severity in SEVERITIES
    ]  # fmt: skip
    for state, dash in ((model.WAIVED, "dash"), (model.FIXED, "dot")):
        marks.append({**_mark("", state, _GREY, "no", ""), "dash": dash})
    return marks


def _mark(severity: str, state: str, colour: str, pattern: str, more: str) -> dict[str, str]:
    clear = f"{colour},120" if pattern == "solid" else f"{colour},255"
    return {
        "label": " · ".join(filter(None, (model.state_word(state), severity))),
        "filter": f"\"state\" = '{state}'{more}",
        "fill": clear,
        "pattern": pattern,
        "line": f"{colour},255",
        "dash": "solid",
    }


def _fields(columns: Sequence[str]) -> list[dict[str, Any]]:
    """Give alias and value map of each field, in the order of the file's: the id is first."""
    return [
        {
            "name": name,
            "alias": field(name),
            "choices": [(value, _word(name, value)) for value in _VALUES.get(name, ())],
        }
        for name in columns
    ]


def field(name: str) -> str:
    """Give a column's heading; one without words in our catalogues stays as it is."""
    side, _, rest = name.partition("_")
    if side in ("subject", "object"):
        return say(f"register.side.{side}", field=field(rest))
    for key in (f"register.field.{name}", f"reports.field.{name}"):
        if key in catalogue():
            return say(key)
    return name


def _word(name: str, value: str) -> str:
    room = "register" if name == "rule" or name.startswith("state") else "reports"
    return say(f"{room}.{name.partition('_')[0]}.{value}")


def _render(columns: Sequence[str], marks: Sequence[Mapping[str, str]]) -> str:
    """Fill the template; markup in values is escaped."""
    environment = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined
    )
    template = environment.get_template("register.qml")
    return template.render(fields=_fields(columns), marks=marks, tip=_TIP)
