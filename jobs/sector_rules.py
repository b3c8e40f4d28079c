# SPDX-License-Identifier: GPL-2.0-or-later
"""What kind of question each rule about sector plans is; the one table that both sides share."""

from __future__ import annotations

from typing import NamedTuple


class SectorRule(NamedTuple):
    """The nature of a rule.

    `two_sided`: its object may be a project too. `land`: it disputes land, which one side would
    give up: what is left of that side is told, other sites are looked for, and the ground counts
    as land in conflict. `against`: what its object is where it is no project: a role of the
    dossier, `plan` or `quotas`; "" none. `uses`: it asks for the project's use. `needs`: what a
    dossier must name for the rule to be expected.
    """

    id: str
    two_sided: bool = False
    land: bool = False
    against: str = ""
    uses: bool = True
    needs: tuple[str, ...] = ()


NATURES = (
    SectorRule("sector.control.farmland", land=True, against="farmland", needs=("farmland",)),
    SectorRule("sector.control.redline", land=True, against="redline", needs=("redline",)),
    SectorRule("sector.control.boundary", land=True, against="boundary", needs=("boundary",)),
    SectorRule("sector.overlap", two_sided=True, land=True),
    SectorRule("sector.plan", land=True, against="plan", needs=("plan",)),
    SectorRule("sector.projects", uses=False),
    SectorRule("sector.sequence", two_sided=True),
    SectorRule("sector.duplicate", two_sided=True),
    SectorRule("sector.demand", against="quotas", needs=("landuse", "quotas")),
    SectorRule("sector.reserve", land=True, against="reserve", needs=("reserve",)),
)
NATURE = {one.id: one for one in NATURES}
SECTOR_RULES = tuple(NATURE)
TWO_SIDED = tuple(one.id for one in NATURES if one.two_sided)
LAND = tuple(one.id for one in NATURES if one.land)
WITH_THINGS = tuple(one.id for one in NATURES if one.against)
WITHOUT_USES = tuple(one.id for one in NATURES if not one.uses)
NEEDS = {one.id: one.needs for one in NATURES if one.needs}
UNNAMED = "@"  # a project without a code is known by a point of its ground: @x,y


def is_code(project: str) -> bool:
    """Tell whether a project's id is a code that people gave it, not a place we know it by."""
    return bool(project) and not project.startswith(UNNAMED)
