# SPDX-License-Identifier: GPL-2.0-or-later
"""Write meeting.gpkg: what QGIS draws and says on each conflict's sheet, in words ready to show.

Layer `sheets` has a row a conflict in the papers' order: its geometry is the ground that the map
shows, its columns are the words of the sheet. `ground` holds the shapes of each sheet (`sheet` is
its number), `backdrop` borders and control lines, `county` what the overview shows.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from ..layers.findings import as_multi
from ..layers.words import say
from .geopackage import clock, moment
from .labels import word
from .meeting_data import SIDES, Papers
from .meeting_figures import SEVERITIES
from .meeting_html import county_name
from .meeting_map import Drawer
from .meeting_pointers import Pointer
from .meeting_scene import GREY, Scene, letter_spots
from .meeting_sheets import FACTS, Sheets, Words
from .meeting_words import department, scale_words
from .provenance import stamp
from .raster import Frame

_NOWHERE = (math.nan, math.nan)
_OVERVIEW = 1000  # steps that can be told apart across the overview
_ROOM = 60  # narrow letters that two lines of a fact hold
GROUND = ("sheet", "kind", "label", "colour", "anchor", "x", "y")
_ARROW = ((18.0, 0.0), (-8.0, -11.0), (-2.0, 0.0), (-8.0, 11.0))  # as meeting.html draws it
ZONES = {"farmland": "#8d8730", "redline": "#00695c", "boundary": "#6a3d9a", "reserve": "#8a6d00"}
_LINE_WORDS = ("farmland", "reserve", "redline", "boundary", "town", "cluster")
_FORM = (
    "rule", "way", "decision", "so_far", "sign", "day", "legend_conflict", "legend_site",
    "legend_near", "legend_far", "legend_unit", "legend_asking",
)  # fmt: skip


def write_layers(sheets: Sheets, drawer: Drawer, path: Path) -> Path:
    """Write the four layers to a new file; arrows to far sites stand where `drawer` puts them."""
    papers = sheets.scenes.papers
    rows, frames, ground = [], [], []
    for row in sheets.rows:
        scene = sheets.scenes.scene(row)
        words = sheets.words(row)
        rows.append(_sheet(sheets, row, words, scene))
        frames.append(_box(scene.frame if scene else sheets.scenes.whole()))
        if scene:
            ground += _ground(sheets, words, scene)
            ground += _pointers(words.number, scene.frame, drawer.pointers(scene))
    with clock(moment(papers.run.get("stamp"))):
        _write(pd.DataFrame(rows, columns=list(_COLUMNS)), frames, path, "sheets", papers)
        table = pd.DataFrame([one[:-1] for one in ground], columns=list(GROUND))
        table = table.astype({"sheet": "int64", "x": "float64", "y": "float64"})
        _write(table, [one[-1] for one in ground], path, "ground", papers)
        names, shapes = _backdrop(sheets)
        _write(pd.DataFrame(names, columns=["kind", "name"]), shapes, path, "backdrop", papers)
        shapes = list(_county(sheets))
        _write(pd.DataFrame({"kind": ["county"] * len(shapes)}), shapes, path, "county", papers)
    return path


_COLUMNS = (
    "number", "id", "severity", "cluster", "departments", "located", "scale", "crs", "heading",
    "title", "shown", "severity_word", "rule", "place", "measure", "message", "way", "basis",
    "so_far", "choices",
    "names", "values_a", "values_b", "side_a", "side_b", "colour_a", "colour_b", "colour_zone",
    "note", "county", "word_legend_zone",
    *(f"word_{name}" for name in (*_FORM, *_LINE_WORDS)),
)  # fmt: skip


def _sheet(
    sheets: Sheets, row: dict[str, Any], words: Words, scene: Scene | None
) -> dict[str, Any]:
    """Make the row of one sheet; facts stand in lists, a line each."""
    papers = sheets.scenes.papers
    first, second = words.sides
    shown = [at for at in range(len(FACTS)) if first.facts[at] or second.facts[at]]
    date = stamp(papers.run.get("stamp"))
    way = words.ways or [words.remedy or say("meeting.way.none")]
    return {
        "number": words.number,
        "id": words.id,
        "severity": words.severity if words.severity in SEVERITIES else "info",
        "cluster": row["cluster"],
        "departments": "\n".join(dict.fromkeys(_departments(row, words))),
        "located": int(scene is not None),
        "scale": say("meeting.map.scale", scale=scale_words(scene.scale)) if scene else "",
        "crs": say("reports.map.crs", crs=papers.crs.to_string()) if papers.crs else "",
        "heading": say("meeting.title", name=county_name(papers)),
        "title": words.title,
        "shown": ",".join(_shown(sheets, words, scene)),
        "severity_word": f"{words.sign} {words.severity_word}",
        "rule": words.rule,
        "place": words.place,
        "measure": words.measure,
        "message": words.message,
        "way": "\n".join(way),
        "basis": say("meeting.sheet.basis", basis=words.basis) if words.basis else "",
        "so_far": f"{say('meeting.sheet.so_far')}{words.state_word} {words.decision}".strip(),
        "choices": _in_lines(_choices(second.is_project)),
        "names": "\n".join(say(f"meeting.fact.{FACTS[at]}") for at in shown),
        "values_a": "\n".join(_line(first.facts[at]) for at in shown),
        "values_b": "\n".join(_line(second.facts[at]) for at in shown),
        "side_a": f"{first.letter} {first.name}",
        "side_b": f"{second.letter} {second.name}".strip() if second.name else "",
        "colour_a": first.colour,
        "colour_b": second.colour,
        "colour_zone": ZONES.get(scene.zone, GREY) if scene else GREY,
        "word_legend_zone": say("meeting.zone.legend", zone=word("role", scene.zone))
        if scene and scene.zone
        else "",
        "note": _note(sheets, scene),
        "county": f"{say('meeting.block.date')} {date}" if date else "",
        **{f"word_{name}": _form(name) for name in _FORM},
        **{f"word_{name}": _line_word(name) for name in _LINE_WORDS},
    }


def _note(sheets: Sheets, scene: Scene | None) -> str:
    """Say on the map what it can't show: a place, or the line that the conflict is about."""
    if scene is None:
        return say("meeting.sheet.placeless")
    if scene.zone and scene.zone not in sheets.scenes.backdrop.lines:
        return say("meeting.zone.no_dossier", zone=word("role", scene.zone))
    return ""


def _departments(row: dict[str, Any], words: Words) -> list[str]:
    """List the departments of the sides that are projects."""
    return [department(row, side) for side, one in zip(SIDES, words.sides) if one.is_project]


def _choices(both: bool) -> list[str]:
    """List what a meeting may decide, each with a box to tick."""
    names = ("subject", *(("object", "both") if both else ()), "move", "waive", "later")
    return [f"□\u00a0{say(f'meeting.sheet.choice.{name}')}" for name in names]


def _in_lines(choices: list[str]) -> str:
    """Set boxes to tick in lines of three: more run out of their frame."""
    rows = [choices[at : at + 3] for at in range(0, len(choices), 3)]
    return "\n".join("　".join(row) for row in rows)


def _form(name: str) -> str:
    """Give a fixed word of the form."""
    if name.startswith("legend_"):
        return say(f"meeting.legend.{name[7:]}")
    return say("meeting.field.rule" if name == "rule" else f"meeting.sheet.{name}")


def _shown(sheets: Sheets, words: Words, scene: Scene | None) -> list[str]:
    """List what the map shows, in the order of its legend."""
    if scene is None:
        return []
    sides = [side for side, one in zip(SIDES, words.sides) if one.is_project]
    scenes, is_unit = sheets.scenes, scene.asking is not None
    inside = [scenes.is_inside(scene, place) for _, place in scene.sites]
    there = {
        "conflict": scene.conflict is not None and not is_unit,
        "unit": is_unit, "asking": scene.asking is not None and len(scene.asking),
        "zone": len(scenes.zone(scene)), "site": any(inside), "far": not all(inside),
        "near": len(scene.near),
    }  # fmt: skip
    return [*sides, *(kind for kind, any_ in there.items() if any_), *scenes.lines(scene)]


def _line_word(name: str) -> str:
    """Name a border or a control line for the legend."""
    return say(f"reports.map.{name}_line") if name in ("town", "cluster") else word("role", name)


def _line(value: str) -> str:
    """Keep a fact to one line of the list, and to what two lines of its cell on paper hold."""
    shown, room = "", _ROOM
    for letter in " ".join(value.split()):
        room -= 2 if letter > "\u2010" else 1
        if room < 0:
            return f"{shown}…"
        shown += letter
    return shown


def _ground(sheets: Sheets, words: Words, scene: Scene) -> list[tuple[Any, ...]]:
    """List the shapes of one sheet as GROUND names them, the shape last; drawn in this order."""
    scenes, number = sheets.scenes, words.number
    out: list[tuple[Any, ...]] = []
    box = _box(scene.frame)

    def add(kind: str, shape: Any, label: str = "", colour: str = "", spot: Any = None) -> None:
        at = _NOWHERE if spot is None else (spot.x, spot.y)
        out.append((number, kind, label, colour, "Center", *at, shape))

    for place in scene.near:
        add("near", shapely.intersection(scenes.shapes[place], box))
    for place in () if scene.asking is None else scene.asking:
        add("asking", scenes.shapes[place],
            colour=scenes.colours.get(scenes.projects[place]["sector"]) or GREY)  # fmt: skip
    spots = letter_spots(scene)
    for side, words_of in zip(SIDES, words.sides):
        if side in scene.grounds:
            add(side, scene.grounds[side], words_of.letter, words_of.colour, spots.get(side))
    letters = dict(zip(SIDES, (side.letter for side in words.sides)))
    for side, place in scene.sites:
        site = scenes.site_rows[place]
        add("site", site["geometry"], f"{letters[side]}{site['rank']:.0f}")
    if scene.conflict is not None:
        add("conflict" if scene.asking is None else "unit", scene.conflict)
    for shape in scenes.zone(scene):
        add("zone", shapely.intersection(shape, box.buffer(0.05 * box.length)))
    return out


def _pointers(number: int, frame: Frame, pointers: list[Pointer]) -> list[tuple[Any, ...]]:
    """List the arrows to what lies off a map, each with its words beside it."""
    out: list[tuple[Any, ...]] = []
    for one in pointers:
        turn = math.radians(one.turn)
        tip = [
            (one.x + x * math.cos(turn) - y * math.sin(turn),
             one.y + x * math.sin(turn) + y * math.cos(turn))
            for x, y in _ARROW
        ]  # fmt: skip
        arrow = shapely.Polygon([_on_ground(frame, *corner) for corner in tip])
        words_at = one.x + (22 if one.anchor == "start" else -22)
        anchor = "Left" if one.anchor == "start" else "Right"
        label = f"{one.label}\u3000{one.text}"
        at = _on_ground(frame, words_at, one.y)
        out.append((number, "far", label, "", anchor, *at, arrow))
    return out


def _on_ground(frame: Frame, x: float, y: float) -> tuple[float, float]:
    """Give the place on the ground of a point of the drawing."""
    return frame.left + x / frame.scale, frame.high - y / frame.scale


def _backdrop(sheets: Sheets) -> tuple[list[tuple[str, str]], list[Any]]:
    """List borders and control lines: kind and name, and the shapes."""
    backdrop = sheets.scenes.backdrop
    names = [(row["kind"], str(row["name"])) for row in backdrop.borders.to_dict("records")]
    shapes = list(backdrop.borders["geometry"])
    for role, found in backdrop.lines.items():
        names += [(role, word("role", role))] * len(found)
        shapes += list(found)
    return names, shapes


def _county(sheets: Sheets) -> np.ndarray:
    """Give the ground of the overview, as fine as it is seen: the towns, else all projects."""
    borders = sheets.scenes.backdrop.borders
    towns = borders[borders["kind"] == "town"] if (borders["kind"] == "town").any() else borders
    shapes = towns["geometry"].to_numpy() if len(towns) else sheets.scenes.shapes
    frame = sheets.scenes.whole()
    return shapely.simplify(
        shapes[~shapely.is_missing(shapes)], (frame.right - frame.left) / _OVERVIEW
    )


def _box(frame: Frame) -> Any:
    return shapely.box(frame.left, frame.low, frame.right, frame.high)


def _write(table: pd.DataFrame, shapes: list[Any], path: Path, name: str, papers: Papers) -> None:
    """Add one layer of polygons; what is cut down to lines or points falls away."""
    multi = as_multi(np.array([_polygons(shape) for shape in shapes], dtype=object))
    frame = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(list(multi), crs=papers.crs))
    pyogrio.write_dataframe(
        frame, path, layer=name, driver="GPKG", append=path.exists(), geometry_type="MultiPolygon",
        dataset_options=None if path.exists() else {"VERSION": "1.3"},
        layer_options={"GEOMETRY_NAME": "geom"},
    )  # fmt: skip


def _polygons(shape: Any) -> Any:
    """Keep the polygons of a shape."""
    if shape is None or shape.is_empty:
        return None
    parts = shapely.get_parts(shape)
    parts = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    return shapely.multipolygons(parts) if len(parts) else None
