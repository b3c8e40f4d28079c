# SPDX-License-Identifier: GPL-2.0-or-later
"""Edits of a plan made at random, and a full run over the same features to hold against."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import shapely
from pianqu.checks.live.county import LiveCounty
from pianqu.checks.results import Results
from pianqu.checks.run import CHECKS, Clock, _check
from pianqu.layers.county import load_county
from pianqu.layers.crs import project_crs
from pianqu.layers.dossier import read_dossier
from pianqu.layers.features import clean_layer
from pianqu.layers.findings import join
from pianqu.layers.notes import Notes
from pianqu.layers.reading import Features, read_features
from pianqu.layers.standard import load_standard
from pianqu.layers.words import say

CODES = ("0101", "0103", "0301", "0601", "0703", "0704", "0901", "1001", "1207", "1701", "2301",
         "16", "9999", "", "101", "07")  # fmt: skip
DEDUCTIONS = (0.0, 0.0731, 0.12, 1.5, 7.0, None, "abc")


@dataclass
class Raw:
    """One feature as the file holds it."""

    wkb: bytes | None
    values: dict


class Desk:
    """A plan layer under the pen: the live county, and the features for a run from scratch."""

    def __init__(self, path):
        self.path = path
        self.dossier = read_dossier(path)
        self.standard = load_standard(self.dossier.standard, self.dossier.base)
        self.county = load_county(self.dossier, self.standard)
        self.crs = project_crs(self.dossier.crs, "")
        source = self.county.dossier.layers["plan"]
        read = read_features(source, "plan", self.crs, path.name, self.dossier.base)
        self.fields = list(source.fields)
        self.features: dict[str, Raw] = {}
        for row in range(len(read)):
            values = {name: read.columns[name][row] for name in self.fields}
            shape = read.shapes[row]
            wkb = None if shape is None else shapely.to_wkb(shape)
            self.features[str(read.fids[row])] = Raw(wkb, values)
        self.live = LiveCounty(self.county)
        self.undos, self.redos = [], []
        self.born = 0

    # --- the run from scratch

    def full(self) -> Results:
        """Run over the features as they are, in the order the file would have them."""
        county = self.county
        source = county.dossier.layers["plan"]
        late = [key for key in self.features if not key.lstrip("-").isdigit()]
        keys = sorted((key for key in self.features if key not in late), key=int) + late
        raws = [self.features[key] for key in keys]
        shapes = np.empty(len(raws), dtype=object)
        shapes[:] = [None if raw.wkb is None else shapely.from_wkb(raw.wkb) for raw in raws]
        columns = {}
        for name in self.fields:
            columns[name] = np.empty(len(raws), dtype=object)
            columns[name][:] = [raw.values.get(name) for raw in raws]
        read = Features(shapes, np.array(keys, dtype=object), columns, [], {})
        notes = Notes(county.dossier, self.standard, self.crs)
        layer = clean_layer(read, "plan", source, self.standard, notes)
        if not keys:
            notes.add("data.empty", "warning", "plan", say("layers.empty", source=source.label))
            layer.unread.append(say("layers.empty_unread", source=source.label))
        others = county.findings[county.findings["subject_layer"] != "plan"]
        found = join([others, *notes.tables], self.crs)
        layers = {role: replace(one, unread=list(self.unread(role)))
                  for role, one in county.layers.items()}  # fmt: skip
        layers["plan"] = layer
        run = Results(replace(county, layers=layers, findings=found), None, found)
        from pianqu.checks.fabric import build_fabric

        run.fabric = build_fabric(run.county)
        _check(run, [one for one in CHECKS if one in ("quotas", "controllines")], Clock(),
               lambda *_: None)  # fmt: skip
        return run

    def unread(self, role):
        return self.county.layers[role].unread

    # --- edits

    def features_of(self, role):
        """Give the features of a role, by key."""
        return self.features

    def send(self, edits):
        """Give edits to the live county and write them into the features."""
        self.redos.clear()
        return self._do(edits, self.undos)

    def _do(self, edits, stack):
        before = {}
        for one in edits:
            name = one.get("role", "plan"), one["key"]
            before.setdefault(name, self.features_of(name[0]).get(name[1]))
        answer = self.live.edit(edits)
        for one in edits:
            self._write(one)
        stack.append(before)
        return answer

    def _write(self, one):
        features, key = self.features_of(one.get("role", "plan")), one["key"]
        if one["op"] == "remove":
            del features[key]
            return
        old = features.get(key) if one["op"] == "set" else None
        values = {**(old.values if old else {}), **one.get("values", {})}
        wkb = one.get("wkb", old.wkb if old else None)
        features[key] = Raw(wkb, values)

    def undo(self):
        """Take the last edit back as QGIS does: by the reverse edit."""
        return self._back(self.undos, self.redos)

    def redo(self):
        """Make the edit again that was taken back last."""
        return self._back(self.redos, self.undos)

    def _back(self, stack, other):
        if not stack:
            return None
        edits = []
        for (role, key), raw in stack.pop().items():
            there = key in self.features_of(role)
            if raw is not None:
                edits.append({"role": role, "key": key, "op": "set" if there else "add",
                              "wkb": raw.wkb, "values": raw.values})  # fmt: skip
            elif there:
                edits.append({"role": role, "key": key, "op": "remove"})
        return self._do(edits, other)

    def new_key(self):
        self.born += 1
        return f"new:-{self.born}"

    def shape(self, key):
        raw = self.features[key]
        return None if raw.wkb is None else shapely.from_wkb(raw.wkb)

    def drawn(self, rng):
        """Pick a feature that has a valid shape."""
        keys = list(self.features)
        for _ in range(50):
            key = keys[rng.integers(len(keys))] if keys else None
            shape = self.shape(key) if key else None
            if shape is not None and not shape.is_empty and shape.is_valid:
                return key, shape
        return None, None

    def random_edit(self, kind, seed):
        """Make one edit of a kind; None where there is nothing to edit."""
        if kind in ("undo", "redo"):
            return self.undo() if kind == "undo" else self.redo()
        rng = np.random.default_rng(seed)
        key, shape = self.drawn(rng)
        if key is None:
            return None
        edits = getattr(self, f"_{kind}")(rng, key, shape)
        return self.send(edits) if edits else None

    def _move(self, rng, key, shape):
        moved = move_vertex(shape, rng)
        return [{"key": key, "op": "set", "wkb": shapely.to_wkb(moved)}]

    def _code(self, rng, key, shape):
        return [{"key": key, "op": "set", "values": {"code": CODES[rng.integers(len(CODES))]}}]

    def _deduction(self, rng, key, shape):
        value = DEDUCTIONS[rng.integers(len(DEDUCTIONS))]
        return [{"key": key, "op": "set", "values": {"deduction": value}}]

    def _remove(self, rng, key, shape):
        return [{"key": key, "op": "remove"}]

    def _add(self, rng, key, shape):
        """Draw a square over others: what is there first keeps the ground."""
        x, y = shape.centroid.coords[0]
        size = float(rng.uniform(20, 220))
        square = shapely.box(x, y, x + size, y + size * 0.7)
        return [self._new(square, rng)]

    def _outside(self, rng, key, shape):
        _, south, east, north = shapely.total_bounds(self.county.units.geometry)
        x = east - 30 if rng.random() < 0.5 else east + 500
        return [
            self._new(shapely.box(x, (south + north) / 2, x + 90, (south + north) / 2 + 80), rng)
        ]

    def _bowtie(self, rng, key, shape):
        x, y = shape.centroid.coords[0]
        size = float(rng.uniform(30, 150))
        ring = [(x, y), (x + size, y + size), (x + size, y), (x, y + size), (x, y)]
        flat = [(x, y), (x + size, y), (x, y)]
        bow = shapely.Polygon(flat if rng.random() < 0.2 else ring)
        if rng.random() < 0.5:
            return [{"key": key, "op": "set", "wkb": shapely.to_wkb(bow)}]
        return [self._new(bow, rng)]

    def _new(self, shape, rng):
        values = {"code": CODES[rng.integers(len(CODES))], "id": f"N{rng.integers(5)}"}
        return {"key": self.new_key(), "op": "add", "wkb": shapely.to_wkb(shape), "values": values}

    def _split(self, rng, key, shape):
        one, other = halves(shape, float(rng.uniform(0.3, 0.7)))
        if one.area <= 0 or other.area <= 0:
            return None
        values = {**self.features[key].values}
        return [
            {"key": key, "op": "set", "wkb": shapely.to_wkb(one)},
            {"key": self.new_key(), "op": "add", "wkb": shapely.to_wkb(other), "values": values},
        ]

    def _merge(self, rng, key, shape):
        for other in self.features:
            there = self.shape(other)
            if other != key and there is not None and there.is_valid and there.touches(shape):
                whole = shapely.union(shape, there)
                return [{"key": key, "op": "set", "wkb": shapely.to_wkb(whole)},
                        {"key": other, "op": "remove"}]  # fmt: skip
        return None


def halves(shape, share):
    """Cut a shape in two from north to south."""
    west, south, east, north = shape.bounds
    x = west + (east - west) * share
    return [shapely.intersection(shape, shapely.box(*box))
            for box in ((west, south, x, north), (x, south, east, north))]  # fmt: skip


def made(shape, values):
    """Make a feature as the file holds it."""
    return Raw(shapely.to_wkb(shape), values)


KINDS = ("move", "code", "deduction", "remove", "add", "outside", "bowtie", "split", "merge",
         "undo", "redo")  # fmt: skip


def move_vertex(shape, rng):
    """Move one vertex of a polygon by some metres."""
    xy = shapely.get_coordinates(shape)
    spot = xy[rng.integers(len(xy))]
    step = rng.normal(0, 20, 2)

    def move(points):
        out = points.copy()
        out[(points == spot).all(axis=1)] += step
        return out

    return shapely.transform(shape, move)


TEXTS = ("severity", "rule", "unit", "message", "cluster", "subject_label", "verdict", "change",
         "object_layer", "object_id", "remedy")  # fmt: skip
NUMBERS = ("area_m2", "value", "limit", "excess")


def assert_same(live: LiveCounty, run: Results):
    """Hold the live state against a full run."""
    said = pd.DataFrame(live.indicators)
    assert len(said) == len(run.indicators)
    for name in run.indicators:
        one, other = said[name].tolist(), run.indicators[name].tolist()
        for place, (left, right) in enumerate(zip(one, other)):
            same = left == right or (left != left and right != right)
            assert same, (name, left, right, dict(run.indicators.iloc[place]))
    found, true = rows_of(live.findings), rows_of(run.findings)
    assert len(found) == len(live.findings)
    if found.keys() != true.keys():
        odd = found.keys() ^ true.keys()
        both = {**found, **true}
        raise AssertionError([(one, one in found, *both[one][0][1:4]) for one in odd])
    for name, (texts, numbers) in found.items():
        other, expected = true[name]
        assert texts == other
        for a, b in zip(numbers, expected):
            assert (a != a and b != b) or abs(a - b) < 0.01, (a, b, texts)


def rows_of(findings):
    """Give the texts and the numbers of findings by id."""
    texts = zip(*(findings[name].tolist() for name in TEXTS))
    numbers = zip(*(findings[name].tolist() for name in NUMBERS))
    return dict(zip(findings["id"], zip(texts, numbers)))
