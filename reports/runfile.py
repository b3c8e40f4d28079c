# SPDX-License-Identifier: GPL-2.0-or-later
"""Write run.json: what went in, how it was computed, how long it took."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path, PurePath
from typing import Any, Mapping

import numpy as np


def write_run(run: Mapping[str, Any], path: Path) -> Path:
    """Write the record of a run with sorted keys, one value a line, text as it is."""
    text = json.dumps(clean(run), ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False)
    path.write_bytes((text + "\n").encode("utf-8"))
    return path


def clean(value: Any) -> Any:
    """Turn what a run holds into plain JSON: numbers, paths, dataclasses; NaN becomes null."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {item.name: getattr(value, item.name) for item in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): clean(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return [clean(item) for item in sorted(value)]
    if isinstance(value, (list, tuple, np.ndarray)):
        return [clean(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return value.as_posix() if isinstance(value, PurePath) else str(value)
