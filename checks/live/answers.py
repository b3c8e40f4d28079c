# SPDX-License-Identifier: GPL-2.0-or-later
"""What can be asked of a live county, in values that JSON can hold."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Callable, Mapping, Sequence

import shapely

from ...layers.county import load_county
from ...layers.dossier import read_dossier
from ...layers.errors import InputError
from ...layers.progress import Progress, silent
from ...layers.standard import load_standard
from ...layers.words import say
from ..values import role_name
from .composing import pieces_of
from .county import Answer, LiveCounty
from .whatif import what_if

if TYPE_CHECKING:
    from .ledger import Record


class RequestError(ValueError):
    """A request that is no JSON object, or holds what is no geometry."""


class Requests:
    """Answers requests about a live county."""

    def __init__(self, live: LiveCounty, progress: Progress = silent) -> None:
        self.live = live
        self._progress = progress

    @classmethod
    def of(cls, path: str, progress: Progress = silent) -> Requests:
        """Read and check a dossier's county; InputError where the dossier is unusable."""
        dossier = read_dossier(path)
        standard = load_standard(dossier.standard, dossier.base)
        return cls(LiveCounty(load_county(dossier, standard, (), progress), progress), progress)

    @property
    def name(self) -> str:
        """Name the county."""
        return self.live.county.dossier.name

    @property
    def parcels(self) -> int:
        """Count the parcels of the plan, else of the base."""
        layers = self.live.county.layers
        found = next((layers[role] for role in ("plan", "landuse") if role in layers), None)
        return 0 if found is None else len(found)

    def handlers(self) -> dict[str, Callable[..., dict[str, Any]]]:
        """Map the names of requests to what answers them."""
        return {
            "state": self.state, "edit": self.edit, "rename": self.rename, "whatif": self.whatif,
            "pieces": self.pieces, "full": self.full, "codes": self.codes,
        }  # fmt: skip

    def state(self, most: int | None = None, **page: int) -> dict[str, Any]:
        """Give all indicators and findings; with `from` and `most` the findings page by page."""
        first = int(page.pop("from", 0))
        if page:
            raise RequestError(say("live.request", reason=", ".join(page)))
        self.live.fresh()
        records = list(self.live.ledger.records())
        records.sort(key=lambda one: one.id)
        end = len(records) if most is None else min(first + int(most), len(records))
        out: dict[str, Any] = {
            "indicators": [] if first else _rows(self.live.indicators),
            "findings": [_finding(one) for one in records[first:end]],
            "roles": [] if first else self.roles(),
        }
        if end < len(records) and most != 0:
            out["next"] = end
        return out

    def edit(self, edits: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Follow edits and tell what they changed."""
        return self._answer(self.live.edit([self._read(one) for one in edits]))

    def _read(self, one: Mapping[str, Any]) -> dict[str, Any]:
        out = {name: one[name] for name in ("role", "key", "op", "values") if name in one}
        if out.get("role", "plan") not in self.live.followed:
            raise InputError("live.role", role=out["role"])
        if "wkb" in one:
            out["wkb"] = _bytes(one["wkb"]) if one["wkb"] else None
        return out

    def rename(self, role: str, keys: Mapping[str, str]) -> dict[str, Any]:
        """Give features the ids they were saved under."""
        if role not in self.live.followed:
            raise InputError("live.role", role=role)
        named = {str(old): str(new) for old, new in keys.items()}
        answer = self.live.rename(named, role)
        told = self._answer(answer)
        return told if any(told[name] for name in ("indicators", "gone", "findings")) else {}

    def _answer(self, answer: Answer) -> dict[str, Any]:
        return {
            "indicators": _rows(answer.indicators), "gone": answer.gone,
            "findings": [_finding(one) for one in answer.records],
            "residual_m2": self.live.residual_m2,
        }  # fmt: skip

    def whatif(self, wkb: str, code: str, role: str = "plan") -> dict[str, Any]:
        """Tell what an area planned for a use would do."""
        if role != "plan":
            raise InputError("live.role", role=role)
        out = what_if(self.live, _bytes(wkb), code)
        return {name: _rows(value) if isinstance(value, list) else value
                for name, value in out.items()}  # fmt: skip

    def pieces(self, level: str, unit: str, indicator: str, most: int = 2000) -> dict[str, Any]:
        """List what makes up a number."""
        out = pieces_of(self.live, level, unit, indicator, int(most))
        rows = [{**one, "wkb": _hex(one["shape"])} for one in out["pieces"]]
        for one in rows:
            del one["shape"]
        return {**out, "pieces": rows}

    def full(self) -> dict[str, Any]:
        """Compute everything anew and tell how far the state was off."""
        return dict(self.live.full(self._progress))

    def codes(self) -> dict[str, Any]:
        """List the codes that a plan may bear, and the roles."""
        layer = self.live.county.layers.get("plan")
        if layer is None or not layer.table:
            return {"codes": [], "roles": self.roles()}
        table = self.live.county.standard.code_table(layer.table)
        codes = [{"code": str(code), "label": table.label(code)} for code in table.codes.index]
        return {"codes": codes, "roles": self.roles()}

    def roles(self) -> list[dict[str, Any]]:
        """List the layers of the dossier, as they are named in it."""
        dossier = self.live.county.dossier
        sources = [(role, role_name(role), source) for role, source in dossier.layers.items()]
        sources += [(f"sector:{one.id}", one.name or one.id, one.layout)
                    for one in dossier.sectors if one.layout is not None]  # fmt: skip
        return [
            {
                "role": role, "name": name, "path": str(source.path), "layer": source.layer,
                "filter": source.filter, "fields": self.live.fields(role), "crs": dossier.crs,
                "codes": source.codes, "label": source.label,
                # where axes or a shift are mended, the layer's own coordinates would mislead
                "followed": role in self.live.followed and not (source.axes or source.shift),
            }
            for role, name, source in sources
        ]  # fmt: skip


def _rows(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _finding(record: Record) -> dict[str, Any]:
    values = {name: _plain(value) for name, value in record.values.items()}
    return {"id": record.id, **values, "wkb": _hex(record.shape)}


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _hex(shape: shapely.Geometry | None) -> str | None:
    return None if shape is None else str(shapely.to_wkb(shape, hex=True))


def _bytes(text: Any) -> bytes:
    try:
        return bytes.fromhex(text)
    except (TypeError, ValueError) as error:
        raise RequestError(say("live.request", reason=f"wkb: {error}")) from error
