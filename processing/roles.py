# SPDX-License-Identifier: GPL-2.0-or-later
"""The roles that layers play for the algorithms that take layers, and their fields."""

from __future__ import annotations

from dataclasses import dataclass

from ..jobs.words import tr

TABLES = ["sandiao", "landuse-2023", "landuse-2020", "gbt21010-2017"]


@dataclass(frozen=True)
class FieldInput:
    """A field parameter: `key` is the dossier's name, `default` the usual column."""

    parameter: str
    key: str
    default: str
    needed: bool = False


@dataclass(frozen=True)
class RoleInput:
    """A layer parameter with its fields; `table` is the usual code table, "" without codes."""

    parameter: str
    fields: tuple[FieldInput, ...]
    table: str = ""

    @property
    def role(self) -> str:
        """Give the dossier's name of the role."""
        return self.parameter.lower()


def _fields(parameter: str, *entries: tuple[str, str]) -> tuple[FieldInput, ...]:
    return tuple(
        FieldInput(f"{parameter}_{key.upper()}", key, default, key == "code")
        for key, default in entries
    )


UNITS = RoleInput(
    "UNITS",
    _fields(
        "UNITS",
        ("code", "XZQDM"),
        ("name", "XZQMC"),
        ("town", "XZDM"),
        ("town_name", "XZMC"),
        ("cluster", "PQDM"),
        ("cluster_name", "PQMC"),
    ),
)
LANDUSE = RoleInput(
    "LANDUSE",
    _fields(
        "LANDUSE",
        ("code", "DLBM"),
        ("id", "BSM"),
        ("deduction", "KCXS"),
        ("settlement", "CZCSXM"),
    ),
    table="sandiao",
)
PLAN = RoleInput(
    "PLAN",
    _fields("PLAN", ("code", "GHDLBM"), ("id", "BSM"), ("deduction", "KCXS")),
    table="landuse-2023",
)
FARMLAND = RoleInput("FARMLAND", _fields("FARMLAND", ("id", "BSM"), ("deduction", "KCXS")))
REDLINE = RoleInput("REDLINE", _fields("REDLINE", ("id", "BSM")))
BOUNDARY = RoleInput("BOUNDARY", _fields("BOUNDARY", ("id", "BSM")))


def role_title(role: RoleInput) -> str:
    """Name a role in QGIS's language."""
    return {
        "UNITS": tr("Units (villages, or the finest there are)"),
        "LANDUSE": tr("Base land use"),
        "PLAN": tr("Planned land use"),
        "FARMLAND": tr("Permanent basic farmland"),
        "REDLINE": tr("Ecological red line"),
        "BOUNDARY": tr("Urban development boundary"),
    }[role.parameter]


def role_help(role: RoleInput) -> str:
    """Say in QGIS's language what belongs into a role's layer."""
    return {
        "UNITS": tr("Towns, clusters and the county are made of these by the fields below."),
        "LANDUSE": tr("Parcels of the base year, with their codes."),
        "PLAN": tr("Parcels as they shall be in the target year, with their codes."),
        "FARMLAND": tr("Parcels of permanent basic farmland; overlaps count once."),
        "REDLINE": tr("The areas within the ecological red line; overlaps count once."),
        "BOUNDARY": tr("The areas within the urban development boundary."),
    }[role.parameter]


def field_title(key: str) -> str:
    """Name a field's meaning in QGIS's language."""
    return {
        "code": tr("code"),
        "id": tr("identifier"),
        "name": tr("name"),
        "deduction": tr("ridge coefficient"),
        "settlement": tr("settlement attribute"),
        "town": tr("town's code"),
        "town_name": tr("town's name"),
        "cluster": tr("cluster's code"),
        "cluster_name": tr("cluster's name"),
    }[key]
