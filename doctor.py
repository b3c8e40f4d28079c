# SPDX-License-Identifier: GPL-2.0-or-later
"""Says what the engine runs on and what it lacks."""

from __future__ import annotations

import importlib
import platform
import sys
from importlib.metadata import PackageNotFoundError, version

# Module, and the name it is installed under.
LIBRARIES = {
    "numpy": "numpy", "pandas": "pandas", "shapely": "shapely", "geopandas": "geopandas",
    "pyproj": "pyproj", "pyogrio": "pyogrio", "pyarrow": "pyarrow",
    "yaml": "PyYAML", "jinja2": "Jinja2", "openpyxl": "openpyxl", "matplotlib": "matplotlib",
}  # fmt: skip
OPTIONAL = {"psycopg2": ("psycopg2-binary", "psycopg2")}  # module, and the names it goes under


def examine() -> tuple[dict[str, str], list[str]]:
    """Give the versions of Python and the libraries, and a line for each that does not load.

    Libraries are really imported: one that is there but can't be loaded (a missing system library)
    is missing for us.
    """
    facts = {"python": platform.python_version(), "executable": sys.executable}
    missing = []
    for module, package in LIBRARIES.items():
        try:
            importlib.import_module(module)
            facts[package] = version(package)
        except (ImportError, OSError, PackageNotFoundError) as error:
            missing.append(f"{package}: {type(error).__name__}: {error}")
    for module, packages in OPTIONAL.items():
        facts[module] = next(filter(None, map(_installed, packages)), "-")
    if "shapely" in facts:
        facts["GEOS"] = importlib.import_module("shapely").geos_version_string
    if "pyproj" in facts:
        facts["PROJ"] = importlib.import_module("pyproj").proj_version_str
    if "pyogrio" in facts:
        facts["GDAL"] = ".".join(map(str, importlib.import_module("pyogrio").__gdal_version__))
    return facts, missing


def _installed(package: str) -> str:
    """Give a package's version, "" where it is not there."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
