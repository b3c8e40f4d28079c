# SPDX-License-Identifier: GPL-2.0-or-later
"""A dossier told in plain values, for the QGIS side, which reads no YAML.

What is told is what the engine would read: layers and fields in their files' own spelling, plans in
the colours that reports use; and the words of map sheets, in the language in force.
"""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from pyogrio.errors import DataLayerError, DataSourceError

from .borders import write_borders
from .crs import project_crs
from .dossier import Dossier, SectorSource, Source, read_dossier
from .errors import InputError
from .opening import file_facts, open_source
from .sector_palette import colour_of
from .standard import load_standard
from .words import catalogue, language, say

_WORDS = "map."


def describe(path: str | Path) -> dict[str, Any]:
    """Read a dossier and tell it as values that JSON can hold; InputError where it can't be read.

    name, code, crs, years, area, standard (its folder, id, name, version); `layers`: role ->
    path, layer, filter, fields, codes, encoding, assumed (has no CRS of its own), modified;
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
    except (InputError, DataSourceError, DataLayerError, OSError) as error:
        missing[role] = str(error)
        return None
    return {
        **_source(source),
        "layer": opened.layer,
        "fields": fields,
        "encoding": str(opened.options.get("ENCODING") or ""),
        "assumed": opened.crs is None,
        "modified": str(file_facts(source, dossier.base)["modified"]),
    }


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
    """
    values = describe(path)
    if folder:
        file = Path(folder).absolute() / f"{Path(path).stem}_borders.gpkg"
        if not _newer(file, values):
            _write(read_dossier(path), file)
        values["borders"] = str(file)
    return values


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
