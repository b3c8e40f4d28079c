# SPDX-License-Identifier: GPL-2.0-or-later
"""A dossier told in plain values, for the QGIS side, which reads no YAML.

What is told is what the engine would read: layers and fields in their files' own spelling, plans in
the colours that reports use; and the words of map sheets, in the language in force.
"""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any, Mapping

from pyproj import CRS

from .borders import write_borders
from .crs import project_crs
from .crs_doctor import look_at
from .crs_doctor_layers import tagged
from .dossier import Dossier, SectorSource, Source, read_dossier
from .errors import InputError
from .formats.gdal_source import GDAL_ERRORS
from .map_copies import copies, layer_of, needs_copy
from .opening import Opened, file_facts, open_source
from .repair import from_wkb
from .sector_palette import colour_of
from .standard import load_standard
from .words import catalogue, language, say

_WORDS = "map."
_FEW = 500  # features whose numbers tell the CRS of a layer without a tag


def describe(path: str | Path) -> dict[str, Any]:
    """Read a dossier and tell it as values that JSON can hold; InputError where it can't be read.

    name, code, crs, years, area, standard (its folder, id, name, version); `layers`: role ->
    path, layer, filter, fields, codes, encoding, assumed (has no CRS of its own), crs (what it is
    to be taken for, "" what it says, else the dossier's), copied (QGIS can't show it from its
    path: `tell` puts a copy in its place), modified;
    `sectors`: the plans with a layout, with id, name, department, colour, width_m and the like;
    `quotas`; `missing`: role or `sector:<id>` -> why its layer can't be opened; `modified`: the
    newest change of all files; `words`.
    """
    dossier = read_dossier(path)
    project_crs(dossier.crs, dossier.file)
    standard = load_standard(dossier.standard, dossier.base)
    missing: dict[str, str] = {}
    layers = {role: _layer(dossier, role, one, missing) for role, one in dossier.layers.items()}
    sectors = [_sector(dossier, row, one, missing) for row, one in enumerate(dossier.sectors)]
    changed = [str(file_facts(one, dossier.base)["modified"]) for one in dossier.sources]
    return {
        "path": str(dossier.path),
        "name": dossier.name,
        "code": dossier.code,
        "crs": dossier.crs,
        "area": dossier.area,
        "base_year": dossier.base_year,
        "target_year": dossier.target_year,
        "standard": {
            "folder": str(standard.folder),
            "id": standard.id,
            "name": standard.name,
            "version": standard.version,
            "plan_table": standard.settings.get("plan_table", ""),
        },
        "layers": {role: one for role, one in layers.items() if one},
        "sectors": [one for one in sectors if one],
        "quotas": _source(dossier.quotas) if dossier.quotas else None,
        "missing": missing,
        "modified": max(filter(None, changed), default=""),
        "words": words(),
    }


def words() -> dict[str, str]:
    """Give the words of map sheets without the room's name in front; placeholders stay."""
    return {
        key[len(_WORDS) :]: entry[language()]
        for key, entry in catalogue().items()
        if key.startswith(_WORDS)
    }


def _source(source: Source) -> dict[str, Any]:
    """Tell of a source what the dossier says."""
    return {
        "path": source.path,
        "layer": source.layer,
        "filter": source.filter,
        "fields": dict(source.fields),
        "codes": source.codes,
    }


def _layer(
    dossier: Dossier, role: str, source: Source, missing: dict[str, str]
) -> dict[str, Any] | None:
    """Tell of a layer what its file says too; None, and the reason, where it can't be opened."""
    try:
        opened = open_source(source, dossier.file)
        fields = {ours: opened.column(ours) for ours in source.fields}
        assumed = opened.crs is None
        crs = source.crs or (_by_numbers(role, opened, dossier.crs) if assumed else "")
    except (InputError, *GDAL_ERRORS) as error:
        missing[role] = str(error)
        return None
    return {
        **_source(source),
        "layer": opened.layer,
        "fields": fields,
        "encoding": str(opened.options.get("ENCODING") or ""),
        "assumed": assumed,
        "crs": crs,
        "copied": needs_copy(opened),
        "modified": str(file_facts(source, dossier.base)["modified"]),
    }


def _by_numbers(role: str, opened: Opened, target: str) -> str:
    """Give the CRS that reading takes a layer without a tag for; "" where that is the dossier's."""
    wkb = opened.read([], "", True, _FEW)[2]
    if wkb is None or opened.source.axes:
        return ""
    seen = tagged(role, opened.label, None, from_wkb(wkb))
    found = look_at(seen, CRS.from_user_input(target))
    sure = found is not None and found.kind == "untagged" and found.severity == "warning"
    return str(found.mend["crs"]) if found is not None and sure else ""


def _sector(
    dossier: Dossier, row: int, sector: SectorSource, missing: dict[str, str]
) -> dict[str, Any] | None:
    if sector.layout is None:
        missing[f"sector:{sector.id}"] = say("map.no_layout")
        return None
    layer = _layer(dossier, f"sector:{sector.id}", sector.layout, missing)
    if layer is None:
        return None
    return {
        **layer,
        "id": sector.id,
        "name": sector.name or sector.id,
        "department": sector.department,
        "colour": sector.colour or colour_of(row),
        "width_m": sector.width_m,
    }


def tell(path: str | Path, folder: str | Path = "") -> dict[str, Any]:
    """Describe a dossier; with a folder, have its units as polygons there too.

    `borders` then names their file: layer `units` of `<dossier>_borders.gpkg`, made anew where the
    dossier or its units are newer. One that another program holds open is left as it is.

    What QGIS can't show from its path is told as its copy in `<dossier>_layers.gpkg` beside that,
    `copy_of` naming the source; without a folder, or where it can't be copied, it is `missing`.
    """
    values = describe(path)
    dossier = read_dossier(path)
    if folder:
        file = Path(folder).absolute() / f"{Path(path).stem}_borders.gpkg"
        if not _newer(file, values):
            _write(dossier, file)
        values["borders"] = str(file)
    place = Path(folder).absolute() / f"{Path(path).stem}_layers.gpkg" if folder else None
    _put_copies(dossier, values, place)
    return values


def _plan(sector: Mapping[str, Any]) -> str:
    return f"sector:{sector['id']}"


def _put_copies(dossier: Dossier, values: dict[str, Any], file: Path | None) -> None:
    """Tell copies in place of what QGIS can't show, or why there are none."""
    told = {**values["layers"], **{_plan(one): one for one in values["sectors"]}}
    wanted = {role: one for role, one in told.items() if one["copied"]}
    if not wanted:
        return
    missing: dict[str, str] = {}
    have: dict[str, dict[str, str]] = {}
    if file is None:
        missing = {
            role: say("map.no_copy", source=Path(one["path"]).name) for role, one in wanted.items()
        }
    else:
        plans = {f"sector:{one.id}": one.layout for one in dossier.sectors if one.layout}
        known = {**dossier.layers, **plans}
        have = copies(dossier, {role: known[role] for role in wanted}, file, missing)
    for role, names in have.items():
        one = wanted[role]
        one.update(
            copy_of=one["path"], path=str(file), layer=layer_of(role), filter="", encoding="",
            assumed=False, crs="", fields={key: names[name] for key, name in one["fields"].items()},
        )  # fmt: skip
        if isinstance(one.get("width_m"), str):
            one["width_m"] = names.get(one["width_m"], one["width_m"])
    values["missing"].update(missing)
    values["layers"] = {key: one for key, one in values["layers"].items() if key not in missing}
    values["sectors"] = [one for one in values["sectors"] if _plan(one) not in missing]


def _newer(file: Path, values: dict[str, Any]) -> bool:
    """Tell whether a file is newer than the dossier and its units."""
    if not file.is_file():
        return False
    changed = values["layers"].get("units", {}).get("modified", "")
    limit = datetime.fromisoformat(changed).timestamp() + 1 if changed else float("inf")
    return file.stat().st_mtime > max(limit, Path(values["path"]).stat().st_mtime)


def _write(dossier: Dossier, file: Path) -> None:
    """Write the borders under another name first: a half-written file never has theirs."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".pianqu-", dir=file.parent) as place:
        draft = Path(place) / file.name
        write_borders(dossier, draft)
        try:
            draft.replace(file)
        except PermissionError:  # another program reads the former one: it will do
            if not file.exists():
                raise
