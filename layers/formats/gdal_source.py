# SPDX-License-Identifier: GPL-2.0-or-later
"""What GDAL reads: a layer found by its name, its description, its features in bulk."""

from __future__ import annotations

import contextlib
import warnings
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Iterator, Mapping, Sequence

import numpy as np
import pyogrio
import pyogrio.raw

from ..errors import InputError, unreadable
from ..reasons import LOCKED, cause
from ..schema import listed, nearest_first
from ..sources import Source
from .held import Table

# All that pyogrio raises for files that are damaged: its own errors are RuntimeError or ValueError.
# A tag of a CRS that PROJ can't write down ends in a NameError inside pyogrio.
GDAL_ERRORS = (
    RuntimeError, ValueError, OSError, OverflowError, MemoryError, TypeError, KeyError, NameError,
)  # fmt: skip


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep GDAL's remarks on odd files from the user's screen: what counts is told by us."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@dataclass
class GdalReader:
    """A layer that GDAL reads at `place` (a path, a connection, or a file's bytes)."""

    place: str | bytes
    layer: str
    label: str
    options: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def info(self) -> Mapping[str, Any]:
        """Describe the layer; InputError where that can't be read."""
        try:
            with quiet():
                return pyogrio.read_info(self.place, layer=self.layer, **self.options)
        except NameError:
            raise InputError("formats.bad_tag", source=self.label) from None
        except GDAL_ERRORS as error:
            raise unreadable(self.label, error) from None

    def read(
        self, columns: Sequence[str] | None, where: str = "", spatial: bool = True,
        most: int | None = None,
    ) -> Table:  # fmt: skip
        """Read columns (all of None) raw; the driver's errors pass."""
        with quiet():
            return pyogrio.raw.read(
                self.place, layer=self.layer, columns=columns, return_fids=True,
                where=where or None, force_2d=True, read_geometry=spatial, max_features=most,
                **self.options,
            )  # fmt: skip


def reason(error: BaseException) -> str:
    """Give an error's words in one line."""
    return " ".join(str(error).split())[:300] or type(error).__name__


@lru_cache(maxsize=8)
def _layers(place: str, stamp: tuple[int, ...]) -> np.ndarray:
    # A container with the layouts of all sector plans is listed once for each of them; the stamp
    # makes the cache forget a file that was written anew.
    with quiet():
        return pyogrio.list_layers(place)


def layers_in(place: str, stamp: tuple[int, ...], label: str) -> np.ndarray:
    """List name and kind of geometry of each layer; InputError where GDAL can't read the file."""
    try:
        return _layers(place, stamp)
    except GDAL_ERRORS as error:
        if cause(error) == LOCKED:
            raise unreadable(label, error) from None
        raise InputError("layers.not_readable", source=label) from None


def layer_name(source: Source, place: str, stamp: tuple[int, ...], spatial: bool) -> str:
    """Find the layer's name as the file spells it; of a container with one layer, that one."""
    table = layers_in(place, stamp, source.label)
    names = [str(name) for name in table[:, 0]]
    if not source.layer:
        fit = [str(name) for name, kind in table if kind is not None] if spatial else names
        if len(fit) == 1:
            return fit[0]
        if len(names) == 1:
            raise InputError("layers.no_geometry", source=source.label)
        raise InputError("layers.which_layer", source=source.label, layers=listed(names))
    if source.layer in names:
        return source.layer
    alike = [name for name in names if name.lower() == source.layer.lower()]
    if len(alike) == 1:
        return alike[0]
    if source.is_connection:  # tables may be readable without being listed
        return source.layer
    near = listed(nearest_first(source.layer, names))
    name = Path(source.path).name
    raise InputError("layers.no_layer", file=name, layer=source.layer, layers=near)
