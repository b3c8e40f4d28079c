# SPDX-License-Identifier: GPL-2.0-or-later
"""What map sheets say: a feature for each sheet, with all its words, and a row for each quota."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Mapping, Sequence

from qgis.core import (
    QgsConditionalStyle,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsField,
    QgsFields,
    QgsGeometry,
    QgsMemoryProviderUtils,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QMetaType
from qgis.PyQt.QtGui import QColor

from .map_results import Indicator

LEVELS = ("cluster", "town")
# As the reports show them: a shape as well as a colour, and no green beside red.
SIGNS = {"failed": "■", "warning": "▲", "passed": "●", "not_checked": "○"}
INKS = {"failed": "#b2182b", "warning": "#9a5b00", "passed": "#2166ac", "not_checked": "#5a5a5a"}
FILLS = {"failed": "#f9d9dc", "warning": "#fbe6c2", "passed": "#dce9f5", "not_checked": "#ededed"}
COLUMNS = ("indicator", "quota", "base", "plan", "margin", "outcome")
_TEXT, _WHOLE, _REAL = QMetaType.Type.QString, QMetaType.Type.Int, QMetaType.Type.Double
_DASH = "—"
_SHORT = 22  # half-widths that an indicator's name may have in one line


@dataclass(frozen=True)
class Unit:
    """A unit that gets a sheet."""

    level: str
    code: str
    name: str
    cluster: str
    shape: QgsGeometry = field(compare=False)


def read_units(borders: QgsVectorLayer) -> list[Unit]:
    """Read clusters and towns, each cluster before its towns, in order of their codes."""
    units = [
        Unit(str(one["level"]), str(one["unit"]), str(one["unit_name"]),
             str(one["cluster"] or ""), one.geometry())
        for one in borders.getFeatures()
        if one["level"] in LEVELS
    ]  # fmt: skip
    return sorted(units, key=lambda one: (one.cluster, LEVELS.index(one.level), one.code))


def choose(units: Sequence[Unit], level: str, wanted: Sequence[str]) -> tuple[list[Unit], str]:
    """Choose units by level, and by code or name; gives the first name that fits none, too."""
    fit = [one for one in units if level in ("both", one.level)]
    if not wanted:
        return fit, ""
    lost = next((name for name in wanted if not _named(fit, name)), "")
    return [one for one in fit if one.code in wanted or one.name in wanted], lost


def _named(units: Sequence[Unit], name: str) -> bool:
    return any(name in (one.code, one.name) for one in units)


def sheet_words(county: Mapping[str, Any], theme: str, checked: str, author: str) -> dict[str, str]:
    """Give the words that all sheets share, by the names of the sheets' fields."""
    words = county["words"]
    crs = QgsCoordinateReferenceSystem(county["crs"])
    years = [str(county[name]) for name in ("base_year", "target_year") if county.get(name)]
    standard, more = county["standard"], words["word.with_more"]
    told = {
        "county": f"{county['name']}　{county['code']}",
        "theme": words[f"theme.{theme}"],
        "years": "—".join(years) or _DASH,
        "crs": more.format(text=crs.description(), more=crs.authid())
        if crs.isValid()
        else county["crs"],
        "area": words.get(f"area.{county['area']}", county["area"]),
        "standard": _folded(" ".join(filter(None, (standard["name"], standard["version"])))),
        "data": str(county.get("modified") or "")[:10] or _DASH,
        "checked": checked or _DASH,
        "author": author,
        "checker": "",
        "drawn": date.today().isoformat(),
    }
    told.update({f"word_{key[5:]}": text for key, text in words.items() if key[:5] == "word."})
    return told


def _folded(text: str, most: int = 38) -> str:
    """Break a long text in two; Chinese has no blanks at which a label would do it."""
    wide = [2 if ord(letter) > 0x2E80 else 1 for letter in text]
    if sum(wide) <= most:
        return text
    ends = [place for place in range(1, len(text)) if sum(wide[:place]) <= most]
    blanks = [place for place in ends if text[place] == " " and place > len(text) // 3]
    place = blanks[-1] if blanks else ends[-1]
    return text[:place].rstrip() + "\n" + text[place:].lstrip()


def sheet_layer(
    units: Sequence[Unit], county: Mapping[str, Any], shared: Mapping[str, str]
) -> QgsVectorLayer:
    """Make the layer that the atlas goes over; `scale` is filled in when the page is known."""
    own = ("level", "code", "unit", "title", "page", "file")
    fields = _fields({"number": _WHOLE, "scale": _REAL, "segment": _REAL}, [*own, *shared])
    crs = QgsCoordinateReferenceSystem(county["crs"])
    layer = QgsMemoryProviderUtils.createMemoryLayer(
        "sheets", fields, QgsWkbTypes.Type.MultiPolygon, crs
    )
    words, rows = county["words"], []
    more = words["word.with_more"]
    for number, unit in enumerate(units, 1):
        values = {
            **shared, "number": number, "level": unit.level, "code": unit.code,
            "unit": more.format(text=unit.name, more=words[f"level.{unit.level}"])
            + f"　{unit.code}",
            "title": _title(county["name"], unit.name, shared["theme"]),
            "page": words["word.page"].format(page=number, pages=len(units)),
            "file": f"{number:02d}_{unit.code}_{_plain(unit.name)}",
        }  # fmt: skip
        row = QgsFeature(fields)
        for name, value in values.items():
            row[name] = value
        row.setGeometry(unit.shape)
        rows.append(row)
    layer.dataProvider().addFeatures(rows)
    layer.updateExtents()
    return layer


def _title(county: str, unit: str, theme: str) -> str:
    """Name a sheet: without blanks between Chinese words, with them between others."""
    gap = "" if theme and ord(theme[0]) > 0x2E80 else " "
    return f"{county}{unit if unit != county else ''}{gap}{theme}"


def _plain(name: str) -> str:
    """Leave out of a file's name what file systems do not take."""
    return "".join(letter for letter in name if letter.isalnum() or letter in "-_")


def quota_layer(rows: Sequence[Indicator], words: Mapping[str, str]) -> QgsVectorLayer:
    """Make the table of quotas, a row an indicator of a unit, as it is printed."""
    fields = _fields({"row": _WHOLE}, ["level", "code", "key", "kind", *COLUMNS])
    layer = QgsMemoryProviderUtils.createMemoryLayer("quotas", fields, QgsWkbTypes.Type.NoGeometry)
    told = []
    for place, one in enumerate(rows):
        sign = {">=": "≥ ", "<=": "≤ "}.get(one.direction, "")
        values = {
            "row": place, "level": one.level, "code": one.unit, "key": one.indicator,
            "kind": one.outcome, "indicator": one.name,
            "quota": _DASH if one.quota is None else sign + hectares(one.quota),
            "base": hectares(one.base), "plan": hectares(one.plan),
            "margin": hectares(one.margin),
            "outcome": f"{SIGNS.get(one.outcome, '')} {words[f'outcome.{one.outcome}']}",
        }  # fmt: skip
        row = QgsFeature(fields)
        for name, value in values.items():
            row[name] = value
        told.append(row)
    layer.dataProvider().addFeatures(told)
    layer.conditionalStyles().setFieldStyles("outcome", [_style(kind) for kind in SIGNS])
    return layer


def _style(kind: str) -> QgsConditionalStyle:
    """Colour an outcome's cell."""
    style = QgsConditionalStyle(f"\"kind\" = '{kind}'")
    style.setBackgroundColor(QColor(FILLS[kind]))
    style.setTextColor(QColor(INKS[kind]))
    return style


def is_long(rows: Sequence[Indicator]) -> bool:
    """Tell whether names of indicators need two lines: Chinese ones do not."""
    return any(sum(2 if ord(one) > 0x2E80 else 1 for one in row.name) > _SHORT for row in rows)


def hectares(value: float | None) -> str:
    """Write hectares with two decimals, as the reports do."""
    return _DASH if value is None else f"{value + 0.0:,.2f}".replace("-", "−")


def _fields(typed: Mapping[str, QMetaType.Type], texts: Sequence[str]) -> QgsFields:
    fields = QgsFields()
    for name, kind in typed.items():
        fields.append(QgsField(name, kind))
    for name in texts:
        fields.append(QgsField(name, _TEXT))
    return fields
