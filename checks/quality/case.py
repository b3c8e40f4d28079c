# SPDX-License-Identifier: GPL-2.0-or-later
"""What a test of the data is given, and how it answers."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Iterable, Sequence

import numpy as np
import shapely

from ...layers.crs_doctor import Diagnosis
from ...layers.crs_doctor_layers import examine as examine_crs
from ...layers.findings import Batch
from ...layers.model import County, Layer
from ...layers.standard import Standard
from ...layers.standard_quality import QualityCheck
from ...layers.words import say
from ..noise import Noise
from .arrivals import MAPPED, Arrivals, Arrived
from .ground import Ground, examine
from .scene import Scene

if TYPE_CHECKING:
    import geopandas as gpd

WITH_COVER = ("units", "landuse", "plan")
_MUST = ("id", "code")


class NotCheckedError(Exception):
    """A test that can't be asked, or not of all, and why; `found` holds what was found in spite."""

    def __init__(self, reason: str, found: Sequence[Batch] = ()) -> None:
        super().__init__(reason)
        self.found = list(found)


class NotApplicableError(NotCheckedError):
    """A test that has nothing to ask of a layer: neither passed nor a gap."""


@dataclass
class Case:
    """The county under examination: what arrived, the measure, and the ground of each layer."""

    arrivals: Arrivals
    scene: Scene
    noise: Noise
    spots: dict[tuple[str, str, str, str], list[shapely.Geometry]] = field(default_factory=dict)
    _grounds: dict[str, Ground | NotCheckedError] = field(default_factory=dict)
    _measured: dict[str, np.ndarray] = field(default_factory=dict)
    _diagnoses: list[Diagnosis] | None = None

    @property
    def county(self) -> County:
        """Give the sound part of what arrived."""
        return self.arrivals.county

    @property
    def standard(self) -> Standard:
        """Give the standard."""
        return self.county.standard

    def arrived(self, role: str) -> Arrived:
        """Give a role as it came; NotCheckedError where it was not read, or has no feature."""
        found = self.arrivals.roles[role]
        if found.layer is None:
            raise NotCheckedError(found.reason)
        if not len(found.shapes):
            raise NotCheckedError(say("quality.no_features", source=found.label))
        return found

    def layer(self, role: str) -> Layer:
        """Give a role's layer, mended; NotCheckedError where there is none."""
        found = self.arrived(role)
        if found.layer is None:
            raise NotCheckedError(found.reason)
        return found.layer

    def need_units(self) -> None:
        """Raise NotCheckedError where there is no tree of units."""
        if not self.arrivals.whole:
            raise NotCheckedError(self.arrivals.gaps["units"])

    def ground(self, role: str) -> Ground:
        """Find what a layer covers, once or twice; NotCheckedError where GEOS gives up."""
        if role not in self._grounds:
            try:
                self._grounds[role] = examine(self.layer(role).geometry, role in WITH_COVER)
            except shapely.GEOSException as error:
                text = say("quality.overlay", role=role_words(role), reason=" ".join(str(error)
                           .split()))  # fmt: skip
                self._grounds[role] = NotCheckedError(text)
        found = self._grounds[role]
        if isinstance(found, NotCheckedError):
            raise found
        return found

    def covered(self, role: str) -> shapely.Geometry | None:
        """Give the ground a layer covers; None where it is not known."""
        with contextlib.suppress(NotCheckedError):
            return self.ground(role).covered
        return None

    def field(self, role: str, meaning: str) -> str:
        """Name the field of a layer that bears a meaning, the first of several."""
        return self.fields(role, meaning)[0]

    def fields(self, role: str, meaning: str) -> list[str]:
        """Name the fields of a layer that bear a meaning.

        Where the dossier names one that is not there, or the layer must have one, what needs it is
        not checked; else it has nothing to ask.
        """
        found = self.arrived(role)
        lost = [text for ours, text in found.lost.items() if MAPPED.get(ours, ours) == meaning]
        if lost:
            raise NotCheckedError(lost[0])
        names = found.meaning(self.standard, meaning)
        if names:
            return names
        text = say(
            "quality.no_field", source=found.label, meaning=say(f"quality.meaning.{meaning}")
        )
        raise NotCheckedError(text) if meaning in _MUST else NotApplicableError(text)

    def measured(self, role: str) -> np.ndarray:
        """Measure a layer's features in m2; NaN where the shape was mended or can't be used."""
        if role not in self._measured:
            layer, raw = self.layer(role), self.arrived(role).shapes
            same = np.array(
                [a is b and a is not None for a, b in zip(layer.geometry, raw)], dtype=bool
            )
            out = np.full(len(layer), np.nan)
            out[same] = self.scene.measure(layer.geometry[same])
            self._measured[role] = out
        return self._measured[role]

    def tell(
        self, check: QualityCheck, role: str, rows: np.ndarray, messages: Sequence[str],
        geometry: np.ndarray | None = None, **more: Any,
    ) -> Batch:  # fmt: skip
        """Make a finding for each of some features of a layer."""
        from ..data import feature_findings

        shapes = self.shapes(role)[rows] if geometry is None else geometry
        return feature_findings(
            self.county, self.scene, check.rule, check.severity, role, rows, shapes,
            list(messages), **more,
        )  # fmt: skip

    def diagnoses(self) -> list[Diagnosis]:
        """Ask the CRS doctor about all layers, once; none where there are no units to stand by."""
        if self._diagnoses is None:
            self.need_units()
            self._diagnoses = examine_crs(self.county)
        return self._diagnoses

    def on_spots(
        self, rule: str, role: str, rows: np.ndarray, spots: Sequence[Any]
    ) -> list[gpd.GeoDataFrame]:
        """Give what reading noted of a role under a rule, and mark the spots of its features.

        The notes are in the order of the rows.
        """
        out = []
        for table in self.arrivals.notes.tables:
            own = table[(table["rule"] == rule) & (table["subject_layer"] == role)]
            own = own.reset_index(drop=True)
            if len(own) == len(rows):
                many = [0 if spot is None else len(spot.geoms) for spot in spots]
                texts = [
                    text + say("quality.spots", count=count) if count > 1 else text
                    for text, count in zip(own["message"], many)
                ]
                own = own.assign(message=texts)
                self.mark(rule, role, own["subject_id"], own["object_id"], spots)
            if len(own):
                out.append(own)
        return out

    def mark(
        self, rule: str, role: str, subjects: Iterable[str], objects: Iterable[str],
        spots: Sequence[shapely.Geometry | None],
    ) -> None:  # fmt: skip
        """Remember the spots of findings: they are points, the findings are of polygons."""
        for subject, other, spot in zip(subjects, objects, spots):
            if spot is not None:
                self.spots.setdefault((rule, role, subject, other), []).append(spot)

    def shapes(self, role: str) -> np.ndarray:
        """Give a role's shapes as they can be drawn: mended, None where there is none."""
        layer = self.arrivals.roles[role].layer
        return np.empty(0, dtype=object) if layer is None else layer.geometry

    def whole(self, check: QualityCheck, role: str, message: str, **more: Any) -> Batch:
        """Make one finding about a layer as a whole."""
        dossier = self.county.dossier
        values = {
            "rule": check.rule, "severity": check.severity, "level": "county",
            "unit": dossier.code, "unit_name": dossier.name, "subject_layer": role,
            "message": message, "remedy": self.standard.rule(check.rule).remedy, **more,
        }  # fmt: skip
        return Batch(values, [None], np.array([-1]))


@dataclass
class Outcome:
    """What one check said of one role: passed, warning, failed, not_checked or
    not_applicable, and why so."""

    check: QualityCheck
    role: str
    outcome: str
    count: int = 0
    errors: int = 0
    reason: str = ""


def role_words(role: str) -> str:
    """Name a role in the language in force."""
    return say(f"layers.role_{role}")


def capped(case: Case, check: QualityCheck, role: str, batch: Batch) -> list[Batch]:
    """Keep as many findings as the check tells one by one, and say how many more there are."""
    if not check.most or len(batch) <= check.most:
        return [batch]
    more = len(batch) - check.most
    message = say("quality.more", source=case.arrivals.roles[role].label, check=check.name,
                  count=more, told=check.most)  # fmt: skip
    rest = case.whole(check, role, message, subject_label=check.name, value=float(more))
    return [batch.some(range(check.most)), rest]


def frames(batches: Sequence[Batch | gpd.GeoDataFrame], crs: Any) -> list[gpd.GeoDataFrame]:
    """Lay findings out in tables."""
    return [one.frame(crs) if isinstance(one, Batch) else one for one in batches if len(one)]
