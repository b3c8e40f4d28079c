# SPDX-License-Identifier: GPL-2.0-or-later
"""How the roles panel names things: roles, fields, how sure, why."""

from __future__ import annotations

from qgis.core import QgsProject

from ..jobs.alias_roles import level
from ..jobs.aliases import Match, Reason
from ..jobs.words import later, now, tr

ROLE_TITLES = {
    "units": later("Units (villages, or the finest there are)"),
    "landuse": later("Base land use"),
    "plan": later("Planned land use"),
    "farmland": later("Permanent basic farmland"),
    "redline": later("Ecological red line"),
    "boundary": later("Urban development boundary"),
    "reserve": later("Reserve land"),
}
FIELD_TITLES = {
    "code": later("code"),
    "id": later("identifier"),
    "name": later("name"),
    "deduction": later("ridge coefficient"),
    "settlement": later("settlement attribute"),
    "town": later("town's code"),
    "town_name": later("town's name"),
    "cluster": later("cluster's code"),
    "cluster_name": later("cluster's name"),
    "allowed": later("allowed uses"),
}
TABLE_TITLES = {
    "sandiao": later("third land survey"),
    "landuse-2023": later("land-use guide of 2023"),
    "landuse-2020": later("trial guide of 2020"),
    "gbt21010-2017": later("GB/T 21010-2017"),
}
LEVELS = {
    "sure": later("sure"),
    "likely": later("likely"),
    "doubtful": later("doubtful"),
    "none": later("not recognised"),
    "hand": later("chosen by you"),
    "empty": later("none"),
}
_WHY = {
    "name": later("its name says '{alias}'"),
    "misnamed": later("its name says '{alias}', which usually is another layer"),
    "shape": later("it has no polygons"),
    "no_code": later("it has no field of codes"),
    "fields": later("it has the fields {fields}"),
    "codes": later("{share} of the sampled codes are in table {table}"),
    "own": later("codes {codes} occur in table {table} only"),
    "mixed": later("it also has codes of other tables only ({codes}): two editions may be mixed"),
    "edition": later("the sampled codes do not tell the edition; {table} was taken: check it"),
    "not_codes": later("only {share} of the field's values are land-use codes we know"),
    "rival": later("just as likely: {layers}"),
}


def table_title(name: str) -> str:
    """Name a code table; one of a user's own by its file."""
    return now(TABLE_TITLES[name]) if name in TABLE_TITLES else name


def why(match: Match) -> str:
    """Give the reasons of a match, a line each, with how sure they make it."""
    head = tr("{level} ({percent})").format(
        level=now(LEVELS[level(match.sure)]), percent=f"{match.sure:.0%}"
    )
    return "\n".join([head, *(f"· {_sentence(reason, match)}" for reason in match.reasons)])


def _sentence(reason: Reason, match: Match) -> str:
    values = dict(reason.values)
    if reason.key == "rival":
        layers = [QgsProject.instance().mapLayer(key) for key in match.rivals]
        values["layers"] = tr(", ").join(layer.name() for layer in layers if layer)
    if "table" in values:
        values["table"] = table_title(values["table"])
    return now(_WHY[reason.key]).format(**values)
