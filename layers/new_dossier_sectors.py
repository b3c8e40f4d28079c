# SPDX-License-Identifier: GPL-2.0-or-later
"""Which layers and tables are sector plans: layouts and project lists, or a catalogue of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Collection, Iterable, Sequence

from ..jobs.alias_roles import DOUBTFUL, LIKELY
from ..jobs.aliases import Alias, Vocabulary
from .catalogue import read_catalogue
from .errors import InputError
from .finding_layers import Found
from .new_dossier_quotas import candidates
from .schema import LAYOUT_FIELDS
from .sector_headers import find_list_header, recognised
from .sources import Source, relative
from .tables import read_tables

# What says that a layer is of a sector plan: how much each adds to the certainty.
_WORD, _MARK, _CODE, _USE, _NAME, _YEARS, _LIST, _HEADER = 0.5, 0.4, 0.45, 0.2, 0.1, 0.2, 0.3, 0.5
_MARKS = re.compile(
    "专项|布局|项目库|项目表|重点项目|建设项目|项目清单|sector|projects?", re.IGNORECASE
)
_OF_ANY = re.compile(
    r"专项规划|规划|布局图|布局|项目库|项目表|项目清单|重点项目|项目|图层|layout|projects?"
    r"|[\s_\-（）()\[\]0-9]|点$|线$|面$", re.IGNORECASE,
)  # fmt: skip
_SHAPES = ("polygon", "line", "point", "")
# A base map of roads or rivers has a name of this kind too; a plan has projects, years, or uses.
_TELLING = ("project", "use", "start", "end")


@dataclass(frozen=True)
class PlanGuess:
    """A sector plan there may be: its id, names, layout (a layer's key) and list, how sure."""

    id: str
    name: str
    department: str
    sure: float
    layout: Found | None = None
    fields: tuple[tuple[str, str], ...] = ()
    list_path: Path | None = None
    list_layer: str = ""
    words: tuple[str, ...] = ()

    def entry(self, base: Path) -> dict[str, Any]:
        """Give the dossier's entry, paths relative to `base`."""
        out: dict[str, Any] = {"id": self.id, "name": self.name}
        if self.department:
            out["department"] = self.department
        if self.layout is not None:
            out["layout"] = _source(self.layout.path, self.layout.layer, base)
            if self.fields:
                out["layout"]["fields"] = dict(self.fields)
        if self.list_path is not None:
            out["projects"] = _source(self.list_path, self.list_layer, base)
        return out


@dataclass(frozen=True)
class PlansGuess:
    """What of sector plans there is: a catalogue, else the plans one by one."""

    catalogue: Path | None = None
    catalogue_layer: str = ""
    listed: int = 0
    plans: tuple[PlanGuess, ...] = ()

    @property
    def usable(self) -> list[PlanGuess]:
        """List the plans that are likely enough to be checked with."""
        return [one for one in self.plans if one.sure >= LIKELY]


def _source(path: Path, layer: str, base: Path) -> dict[str, Any]:
    entry = {"path": relative(str(path.absolute()), base)}
    return {**entry, "layer": layer} if layer else entry


def guess_plans(
    sheets: Sequence[Path], layers: Collection[Found], taken: Collection[str], words: Vocabulary,
    quotas: tuple[Path, str] | None,
) -> PlansGuess:  # fmt: skip
    """Look for sector plans among what no role was given; `taken` are the keys of those layers.

    A catalogue goes before all guesses; `quotas` is the table of quotas, which is no list.
    """
    tables = [(path, layer, several) for path, layer, several in candidates(sheets, layers)
              if (path, layer) != quotas]  # fmt: skip
    for path in dict.fromkeys(path for path, *_ in tables):
        count = _catalogued(path)
        if count:
            return PlansGuess(path, "", count)
    found = [one for one in (_layout(each, words) for each in layers if each.facts.key not in taken)
             if one is not None]  # fmt: skip
    lists = [one for one in (_list(*table, words) for table in tables) if one is not None]
    return PlansGuess(plans=tuple(_numbered(_paired(found, lists))))


def _catalogued(path: Path) -> int:
    """Count the plans of a catalogue whose files are there; 0 where a file is none."""
    try:
        plans, _ = read_catalogue(Source(str(path)), path.name, path.parent)
    except (InputError, OSError):
        return 0
    return sum(any(Path(one.path).exists() for one in plan.sources) for plan in plans)


def _sum(*parts: float) -> float:
    """Add up what speaks for a guess: each takes its share of the doubt that is left."""
    doubt = 1.0
    for part in parts:
        doubt *= 1 - part
    return round(1 - doubt, 4)


def _spoken(names: Iterable[str], words: Vocabulary) -> tuple[Alias | None, float, bool]:
    """Give the plan that names speak of, the first name first, and whether one marks a plan."""
    names = [name for name in names if name]
    marked = any(_MARKS.search(name) for name in names)
    for name in names:
        alias, weight = words.plan_of(name)
        if alias is not None:
            return alias, weight, marked
    return None, 0.0, marked


def _layout(found: Found, words: Vocabulary) -> PlanGuess | None:
    """Judge a layer as a plan's layout; None where little speaks for it."""
    facts = found.facts
    if facts.shape not in _SHAPES:
        return None
    alias, weight, marked = _spoken([*facts.names, *reversed(facts.context)], words)
    fields = recognised(facts.fields, LAYOUT_FIELDS)
    if not (alias or marked) or not set(fields) & set(_TELLING):
        return None
    sure = _sum(
        _WORD * weight, _MARK * marked, _CODE * ("project" in fields), _USE * ("use" in fields),
        _NAME * ("name" in fields), _YEARS * ("start" in fields),
    )  # fmt: skip
    title = facts.names[0] if facts.names else found.path.stem
    return _guess(alias, title, sure, layout=found, fields=tuple(fields.items()))


def _list(path: Path, layer: str, several: bool, words: Vocabulary) -> PlanGuess | None:
    """Judge a table as a plan's project list; None where it has no column of project codes."""
    try:
        tables = read_tables(Source(str(path), layer if several else ""), path.name)
        headers = [find_list_header(table, {})[0] for table in tables[:1]]
    except InputError:
        return None
    columns = headers[0].columns if headers and headers[0] is not None else {}
    if "project" not in columns or not {"name", "area_ha", "content"} & set(columns):
        return None
    alias, weight, marked = _spoken([layer, path.stem, path.parent.name], words)
    if not (alias or marked):
        return None
    title = layer if several else path.stem
    sure = _sum(_HEADER, _WORD * weight, _LIST * marked)
    return _guess(alias, title, sure, list_path=path, list_layer=layer if several else "")


def _guess(alias: Alias | None, title: str, sure: float, **more: Any) -> PlanGuess:
    own = _OF_ANY.sub("", title) or title
    return PlanGuess(
        alias.role if alias else own, title, alias.field if alias else "", sure,
        words=(alias.alias,) if alias else (), **more,
    )  # fmt: skip


def _paired(layouts: list[PlanGuess], lists: list[PlanGuess]) -> list[PlanGuess]:
    """Give each layout the list of its plan; lists without a layout are plans of their own."""
    out, left = [], sorted(lists, key=lambda one: -one.sure)
    for plan in sorted(layouts, key=lambda one: -one.sure):
        if plan.sure < DOUBTFUL:
            continue
        mate = next((one for one in left if one.id == plan.id), None)
        if mate is not None:
            left.remove(mate)
            plan = replace(plan, list_path=mate.list_path, list_layer=mate.list_layer,
                           sure=_sum(plan.sure, _LIST))  # fmt: skip
        out.append(plan)
    return [*out, *left]


def _numbered(plans: list[PlanGuess]) -> list[PlanGuess]:
    """Give plans that share an id different ones, in the order they come."""
    seen: dict[str, int] = {}
    out = []
    for plan in plans:
        seen[plan.id] = seen.get(plan.id, 0) + 1
        out.append(
            replace(plan, id=plan.id if seen[plan.id] == 1 else f"{plan.id}_{seen[plan.id]}")
        )
    return sorted(out, key=lambda one: one.sure < LIKELY)
