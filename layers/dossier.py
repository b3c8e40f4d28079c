# SPDX-License-Identifier: GPL-2.0-or-later
"""The dossier: one YAML file that describes one county's data."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Hashable, Mapping

import yaml

from .catalogue import read_catalogue
from .errors import InputError
from .schema import AREAS, ROLES, SCHEMA, VERSION, checked, listed, nearest_first
from .sources import SectorSource, Source, sector_entry, sector_sources, source_entry, source_of
from .words import say
from .yaml_faults import fault

__all__ = [
    "ROLES", "Dossier", "SectorSource", "Source", "Tolerance", "dossier_from", "read_dossier",
    "write_dossier",
]  # fmt: skip


@dataclass(frozen=True)
class Tolerance:
    """The noise policy: what is smaller than this is counted, but is no finding.

    `given` names the values that the dossier sets; the others are the standard's.
    """

    min_area_m2: float = 1.0
    min_width_m: float = 0.2
    warn_margin: float = 0.02
    given: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dossier:
    """A county's data as its YAML file describes it, checked, with paths resolved."""

    path: Path | None
    name: str
    code: str
    crs: str
    base_year: int | None
    target_year: int | None
    standard: str
    area: str
    tolerance: Tolerance
    layers: Mapping[str, Source]
    quotas: Source | None = None
    sectors: tuple[SectorSource, ...] = ()
    catalogue: Source | None = None  # the table the sector plans are listed in, if they are
    delivered: Mapping[str, Source] = field(default_factory=dict)  # lines as handed down, by role
    remarks: tuple[tuple[str, str], ...] = ()  # what was left out of it: severity, sentence

    @property
    def sources(self) -> tuple[Source, ...]:
        """List every source that a run reads."""
        single = [one for one in (self.quotas, self.catalogue) if one]
        return (
            *self.layers.values(), *self.delivered.values(), *single,
            *(one for sector in self.sectors for one in sector.sources),
        )  # fmt: skip

    @property
    def base(self) -> Path:
        """Give the folder that relative paths start from."""
        return self.path.parent if self.path else Path.cwd()

    @property
    def file(self) -> str:
        """Name the dossier in messages."""
        return self.path.name if self.path else "dossier"


class _TextLoader(yaml.SafeLoader):
    """A safe loader that leaves scalars text: `510799`, `0101` and `012` stay as written."""


_TextLoader.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules if tag.endswith((":null", ":merge"))]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _unique_mapping(loader: _TextLoader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    seen: set[str] = set()
    for key, _ in node.value:
        if key.value in seen and key.value != "<<":
            raise yaml.MarkedYAMLError(
                problem=say("layers.yaml_twice", entry=key.value), problem_mark=key.start_mark
            )
        seen.add(str(key.value))
    loader.flatten_mapping(node)
    return loader.construct_mapping(node, deep=True)


_TextLoader.add_constructor("tag:yaml.org,2002:map", _unique_mapping)


def read_dossier(path: str | Path) -> Dossier:
    """Read and check a dossier file, UTF-8, GBK or UTF-16; InputError says what is wrong."""
    file = Path(path).expanduser().absolute()
    if not file.is_file():
        raise InputError("layers.no_file", path=str(path), files=listed(_siblings(file)))
    text = _decoded(file.read_bytes())
    try:
        loader = _TextLoader(text)
        try:
            content = loader.get_single_data()
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        line, reason = fault(error, text)
        raise InputError("layers.bad_yaml", file=file.name, line=line, reason=reason) from None
    if not isinstance(content, Mapping):
        raise InputError("layers.no_dossier", file=file.name)
    return _build(content, file.parent, file)


def _decoded(raw: bytes) -> str:
    """Decode a text as editors save it: UTF-8, UTF-16 with its mark, else GBK."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")


def dossier_from(mapping: Mapping[str, Any], base: Path) -> Dossier:
    """Make a dossier from a mapping laid out like the file; relative paths start at `base`."""
    return _build(mapping, Path(base).absolute(), None)


def _build(content: Any, base: Path, path: Path | None) -> Dossier:
    file = path.name if path else "dossier"
    given = checked(content, SCHEMA, file)
    for key in ("dossier", "code", "crs", "layers"):
        if not given.get(key):
            raise InputError("layers.key_missing", file=file, entry=key)
    if given["dossier"] != VERSION:
        raise InputError("layers.version", file=file, found=given["dossier"], known=VERSION)
    area = given.get("area", AREAS[0])
    if area not in AREAS:
        known = listed(nearest_first(area, AREAS))
        raise InputError("layers.bad_choice", file=file, entry="area", value=area, known=known)
    tolerance = given.get("tolerance", {})
    catalogue, sectors, remarks = _sectors(given.get("sectors"), base, file)
    return Dossier(
        path=path,
        name=given.get("name") or given["code"],
        code=given["code"],
        crs=given["crs"],
        base_year=given.get("base_year"),
        target_year=given.get("target_year"),
        standard=given.get("standard") or "cn-2023",
        area=area,
        tolerance=Tolerance(**tolerance, given=tuple(tolerance)),
        layers=_layers(given["layers"], base, file),
        quotas=source_of(given.get("quotas"), base, file, "quotas"),
        sectors=sectors,
        catalogue=catalogue,
        remarks=remarks,
        delivered=_delivered(given.get("delivered", {}), base, file),
    )


def _delivered(given: Mapping[str, Any], base: Path, file: str) -> dict[str, Source]:
    sources = {
        role: source_of(entry, base, file, f"delivered.{role}") for role, entry in given.items()
    }
    return {role: source for role, source in sources.items() if source}


def _layers(given: Mapping[str, Any], base: Path, file: str) -> dict[str, Source]:
    layers = {}
    for role, entry in given.items():
        source = source_of(entry, base, file, f"layers.{role}")
        needed = "code" if role in ("units", "landuse", "plan") else ""
        if source and needed and not source.fields.get(needed):
            place = f"layers.{role}.fields.{needed}"
            raise InputError("layers.key_missing", file=file, entry=place)
        if source:
            layers[role] = source
    if "units" not in layers:
        raise InputError("layers.key_missing", file=file, entry="layers.units")
    return layers


def _sectors(
    given: Any, base: Path, file: str
) -> tuple[Source | None, tuple[SectorSource, ...], tuple[tuple[str, str], ...]]:
    """Give the sector plans, the catalogue they stand in where there is one, remarks on that."""
    if isinstance(given, Mapping):
        catalogue = source_of(given, base, file, "sectors")
        return catalogue, *(read_catalogue(catalogue, file, base) if catalogue else ((), ()))
    places = [f"sectors[{number}]" for number in range(1, len(given or ()) + 1)]
    return None, sector_sources(zip(places, given or ()), base, file), ()


def _siblings(file: Path) -> list[str]:
    """List the files of the same kind in the folder, nearest name first."""
    if not file.parent.is_dir():
        return []
    names = sorted(one.name for one in file.parent.iterdir())
    alike = [name for name in names if Path(name).suffix.lower() == file.suffix.lower()]
    return nearest_first(file.name, alike or names)


def content_of(dossier: Dossier, base: Path) -> dict[str, Any]:
    """Give the dossier as the mapping its file holds, paths relative to `base`."""
    out: dict[str, Any] = {"dossier": int(VERSION)}
    for key in ("name", "code", "crs", "base_year", "target_year", "standard", "area"):
        if getattr(dossier, key) is not None:
            out[key] = getattr(dossier, key)
    given = {
        item.name: getattr(dossier.tolerance, item.name)
        for item in fields(Tolerance)
        if item.name in dossier.tolerance.given
    }
    if given:
        out["tolerance"] = given
    out["layers"] = {role: source_entry(one, base) for role, one in dossier.layers.items()}
    if dossier.delivered:
        out["delivered"] = {role: source_entry(one, base) for role, one in
                            dossier.delivered.items()}  # fmt: skip
    if dossier.quotas:
        out["quotas"] = source_entry(dossier.quotas, base)
    if dossier.catalogue:
        out["sectors"] = source_entry(dossier.catalogue, base)
    elif dossier.sectors:
        out["sectors"] = [sector_entry(sector, base) for sector in dossier.sectors]
    return out


def write_dossier(dossier: Dossier, path: str | Path) -> None:
    """Write a dossier so that reading it gives the same; paths relative to the new file."""
    file = Path(path).absolute()
    content = content_of(dossier, file.parent)
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
    file.write_text(text, encoding="utf-8")
