# SPDX-License-Identifier: GPL-2.0-or-later
"""Start the engine in a clean environment: `PYTHON -I -X utf8 launch.py [--as-host] ARGUMENTS`.

QGIS sets PYTHONHOME, GDAL_DATA, PROJ_DATA for itself and they break another Python's libraries;
`-I` keeps the interpreter from reading its own variables, and this script takes the rest away
before a library is loaded. `--as-host` keeps them: for QGIS's own Python they are right.

This file is run, not imported: it must work under any Python and name of the plugin's folder.
"""

from __future__ import annotations

import faulthandler
import importlib
import importlib.util
import json
import os
import sys

PACKAGE = "pianqu"
FOREIGN = (
    "GDAL_DATA", "GDAL_DRIVER_PATH", "OGR_DRIVER_PATH", "PROJ_DATA", "PROJ_LIB", "GEOTIFF_CSV",
    "PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONEXECUTABLE", "PYTHONUSERBASE",
    "QT_PLUGIN_PATH", "QT_QPA_PLATFORM_PLUGIN_PATH", "MPLBACKEND",
)  # fmt: skip


def clean_environment() -> None:
    """Take away the variables that belong to the process that started us."""
    for name in FOREIGN:
        os.environ.pop(name, None)


def load_package() -> None:
    """Make the plugin's folder the package `pianqu`, whatever its name; sys.path stays as it is."""
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    spec = importlib.util.spec_from_file_location(
        PACKAGE,
        os.path.join(folder, "__init__.py"),  # noqa: PTH118
        submodule_search_locations=[folder],
    )
    if spec is None or spec.loader is None:
        raise ImportError(folder)
    module = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = module
    spec.loader.exec_module(module)


def main() -> int:
    """Run the engine's command line with what follows this script's name."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["--as-host"]:
        arguments = arguments[1:]
    else:
        clean_environment()
    if sys.stderr is not None:
        faulthandler.enable()
    if "--json" in arguments:
        # The parent needs our id to end us on Windows, where a polite request is not heard.
        sys.stdout.write(json.dumps({"type": "started", "pid": os.getpid()}) + "\n")
        sys.stdout.flush()
    load_package()
    engine = importlib.import_module(f"{PACKAGE}.__main__")
    return int(engine.main(arguments) or 0)


if __name__ == "__main__":
    sys.exit(main())
