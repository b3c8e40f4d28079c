# SPDX-License-Identifier: GPL-2.0-or-later
"""Sector plans under the pen, and a full run over the same features to hold against."""

from __future__ import annotations

from dataclasses import replace
from unittest import mock

import numpy as np
import shapely
import yaml
from live_made import Desk, Raw, halves, move_vertex
from pianqu.checks.run import _check_sectors
from pianqu.layers.findings import join
from pianqu.layers.notes import Notes
from pianqu.layers.reading import Features
from pianqu.layers.sector_layout import RawLayout, open_layout
from pianqu.layers.sector_lists import read_list
from pianqu.layers.sectors import read_plans

USES = ("0703", "0901", "1001", "1202", "1207", "0101", "1301", "0803", "0804", "999", "", "101")
FEW = ("transport", "education", "health", "fieldworks", "fire", "housing", "industry", "ruralroad")
SECTOR_KINDS = ("s_move", "s_shift", "s_use", "s_years", "s_name", "s_code", "s_remove", "s_add",
                "s_bowtie", "s_split", "s_merge", "s_both", "s_gone", "undo", "redo")  # fmt: skip


class SectorDesk(Desk):
    """A desk with all sector plans of the county on it."""

    def __init__(self, path):
        super().__init__(path)
        self.lists = {}
        self.layouts: dict[str, RawLayout] = {}
        self.plans: dict[str, dict[str, Raw]] = {}
        for sector in self.dossier.sectors:
            if sector.layout is None:
                continue
            raw = open_layout(sector, self.county.dossier, self.crs)
            self.layouts[sector.id] = raw
            self.plans[sector.id] = {
                str(fid): Raw(
                    None if shape is None else shapely.to_wkb(shape),
                    {name: values[row] for name, values in raw.read.columns.items()},
                )
                for row, (fid, shape) in enumerate(zip(raw.read.fids, raw.read.shapes))
            }

    def _raw(self, sector, *_):
        """Give a plan's features as they are now, in place of those of its file."""
        raw, features = self.layouts[sector.id], self.plans[sector.id]
        late = [key for key in features if not key.isdigit()]
        keys = sorted((key for key in features if key.isdigit()), key=int) + late
        shapes = np.empty(len(keys), dtype=object)
        shapes[:] = [
            None if features[key].wkb is None else shapely.from_wkb(features[key].wkb)
            for key in keys
        ]
        columns = {}
        for name in raw.read.columns:
            columns[name] = np.empty(len(keys), dtype=object)
            columns[name][:] = [features[key].values.get(name) for key in keys]
        fids = np.array(keys, dtype=object)
        read = Features(shapes, fids, columns, raw.read.notes, dict(raw.read.provenance))
        return RawLayout(read, raw.label, list(raw.lost))

    def _list(self, source, *more):
        """Give a plan's list, which no edit changes: its file is read once."""
        key = source.path, source.layer
        if key not in self.lists:
            self.lists[key] = read_list(source, *more)
        return self.lists[key]

    def full(self):
        run = super().full()
        notes = Notes(self.county.dossier, self.standard, self.crs)
        with mock.patch.multiple(
            "pianqu.layers.sectors", open_layout=self._raw, read_list=self._list
        ):
            plans = read_plans(self.county.dossier, self.standard, self.crs, notes, [])
        run.county = replace(run.county, plans=plans)
        ids = [one.id for one in self.dossier.sectors]
        rest = run.findings[~run.findings["subject_layer"].isin(ids)]
        run.findings = join([rest, *notes.tables], self.crs)
        with mock.patch("pianqu.checks.sectors.run._sites", _no_sites):  # they make no finding
            _check_sectors(run, (), (), (), None, lambda *_: None)
        return run

    def features_of(self, role):
        return self.features if role == "plan" else self.plans[role.split(":", 1)[1]]

    def random_sector_edit(self, kind, seed):
        """Make one edit of a kind in a plan picked at random."""
        if kind in ("undo", "redo"):
            return self.undo() if kind == "undo" else self.redo()
        rng = np.random.default_rng(seed)
        plans = [name for name, features in self.plans.items() if features]
        plan = plans[rng.integers(len(plans))]
        keys = list(self.plans[plan])
        key = keys[rng.integers(len(keys))]
        raw = self.plans[plan][key]
        shape = None if raw.wkb is None else shapely.from_wkb(raw.wkb)
        made = getattr(self, f"_{kind}")(rng, plan, raw, shape)
        edits = made if isinstance(made, list) else [made]
        own = {"role": f"sector:{plan}", "key": key, "op": "set"}
        return self.send([{**own, **one} for one in edits])

    def _s_move(self, rng, plan, raw, shape):
        return {} if shape is None else {"wkb": shapely.to_wkb(move_vertex(shape, rng))}

    def _s_shift(self, rng, plan, raw, shape):
        if shape is None:
            return {}
        step = rng.normal(0, 120, 2)
        return {"wkb": shapely.to_wkb(shapely.transform(shape, lambda xy: xy + step))}

    def _s_use(self, rng, plan, raw, shape):
        return {"values": {"use": USES[rng.integers(len(USES))]}}

    def _s_years(self, rng, plan, raw, shape):
        start = int(rng.integers(2021, 2035))
        words = (str(start), f"{start}年", None, "soon")
        return {
            "values": {"start": words[rng.integers(4)], "end": start + int(rng.integers(-1, 4))}
        }

    def _s_name(self, rng, plan, raw, shape):
        return {"values": {"name": ("小学", "新建消防站", "某项目")[rng.integers(3)]}}

    def _s_code(self, rng, plan, raw, shape):
        codes = [one.values.get("project") for one in self.plans[plan].values()]
        return {"values": {"project": (None, "NEU-1", *codes)[rng.integers(2 + len(codes))]}}

    def _s_remove(self, rng, plan, raw, shape):
        return {"op": "remove"}

    def _s_add(self, rng, plan, raw, shape):
        """Draw a square where another plan's project lies."""
        others = [one for name, features in self.plans.items() if name != plan
                  for one in features.values() if one.wkb is not None]  # fmt: skip
        spot = shapely.from_wkb(others[rng.integers(len(others))].wkb).centroid
        size = float(rng.uniform(20, 200))
        box = shapely.box(spot.x, spot.y, spot.x + size, spot.y + size)
        values = {"use": USES[rng.integers(len(USES))], "start": "2026", "end": "2029",
                  "project": (None, "NEU-1", "NEU-2")[rng.integers(3)], "name": "新"}  # fmt: skip
        return {"op": "add", "key": self.new_key(), "wkb": shapely.to_wkb(box), "values": values}

    def _s_split(self, rng, plan, raw, shape):
        """Cut a project's feature in two; both keep its code."""
        if shape is None or shape.is_empty or not shape.is_valid:
            return {}
        one, other = halves(shape, float(rng.uniform(0.3, 0.7)))
        return [{"wkb": shapely.to_wkb(one)},
                {"op": "add", "key": self.new_key(), "wkb": shapely.to_wkb(other),
                 "values": dict(raw.values)}]  # fmt: skip

    def _s_merge(self, rng, plan, raw, shape):
        """Put another feature of the plan into one."""
        others = [key for key, one in self.plans[plan].items() if one is not raw and one.wkb]
        if shape is None or not shape.is_valid or not others:
            return {}
        key = others[rng.integers(len(others))]
        there = shapely.from_wkb(self.plans[plan][key].wkb)
        if not there.is_valid:
            return {}
        whole = shapely.union(shape, there)
        return [{"wkb": shapely.to_wkb(whole)}, {"op": "remove", "key": key}]

    def _s_both(self, rng, plan, raw, shape):
        """Draw in the plan and in a sector plan at once."""
        key, there = self.drawn(rng)
        shift = self._s_shift(rng, plan, raw, shape)
        if key is None:
            return shift
        moved = shapely.to_wkb(move_vertex(there, rng))
        return [{"role": "plan", "key": key, "wkb": moved}, shift]

    def _s_gone(self, rng, plan, raw, shape):
        """Take a feature's shape away."""
        return {"wkb": None}

    def _s_bowtie(self, rng, plan, raw, shape):
        x, y = (0.0, 0.0) if shape is None or shape.is_empty else shape.centroid.coords[0]
        ring = [(x, y), (x + 80, y + 80), (x + 80, y), (x, y + 80), (x, y)]
        flat = [(x, y), (x + 80, y), (x, y)]
        return {"wkb": shapely.to_wkb(shapely.Polygon(flat if rng.random() < 0.3 else ring))}


def _no_sites(scene, conflicts):
    return conflicts.iloc[:0]


def few_plans(dossier, ids=FEW):
    """Write a dossier with some of a county's sector plans only, or none; gives its path."""
    content = yaml.safe_load(dossier.read_text(encoding="utf-8"))
    kept = [one for one in content.pop("sectors") if one["id"] in ids]
    content.update({"sectors": kept} if kept else {})
    out = dossier.with_name("few.yaml")
    out.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return out
