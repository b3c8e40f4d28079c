# SPDX-License-Identifier: GPL-2.0-or-later
"""Latency of live edits: `python bench/live.py [PARCELS ...]`, by default 20,000 to 300,000.

A resident engine in a process of its own holds a made county; edits go in as QGIS sends them and
the clock runs from the request's first byte to the answer's last, JSON and all. Each kind of edit
is made a few hundred times at random places; the state is held against a full computation at the
end, and the time must not grow with the county.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable, Iterator

import numpy as np
import pyogrio
import shapely
import yaml

ROOT = Path(__file__).resolve().parent.parent
SIZES = (20_000, 100_000, 300_000)
LIMIT_MS = 100.0
CODES = ("0101", "0301", "0601", "0703", "0901", "1001", "1207", "1701")
_SEED = 7


class Engine:
    """A resident engine."""

    def __init__(self, dossier: Path) -> None:
        launch = str(ROOT / "jobs" / "launch.py")
        command = [sys.executable, "-I", "-X", "utf8", launch, "serve", str(dossier), "--json"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        self.ready = self.hear("ready")

    def hear(self, *kinds: str) -> dict[str, Any]:
        """Read on to a line of these types."""
        for line in self.process.stdout or ():
            values = json.loads(line)
            if values["type"] in (*kinds, "error"):
                return values
        raise RuntimeError("the engine ended")

    def memory(self) -> str:
        """Give what it holds now and what it held at most, where the system tells."""
        status = Path(f"/proc/{self.process.pid}/status")
        if not status.is_file():
            return ""
        rows = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        now, most = (int(rows[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
        return f"; {now:,.0f} MB, at most {most:,.0f} MB"

    def ask(self, do: str, **more: Any) -> tuple[float, dict[str, Any]]:
        """Ask one thing; gives milliseconds and the answer."""
        line = json.dumps({"id": 1, "do": do, **more}) + "\n"
        start = time.perf_counter()
        self.process.stdin.write(line)  # type: ignore[union-attr]
        self.process.stdin.flush()  # type: ignore[union-attr]
        answer = self.hear("reply")
        return (time.perf_counter() - start) * 1000, answer


class Plan:
    """The plan's features as the pen has them."""

    def __init__(self, path: Path) -> None:
        _, fids, wkb, _ = pyogrio.raw.read(path, layer="GHDLTB", columns=[], return_fids=True)
        shapes = shapely.from_wkb(wkb)
        self.shapes = {str(fid): shape for fid, shape in zip(fids, shapes)}
        self.keys = list(self.shapes)
        self.tree = shapely.STRtree(shapes)
        self.rng = np.random.default_rng(1)
        self.born = 0

    def pick(self) -> tuple[str, shapely.Geometry]:
        """Pick a feature that is there."""
        while True:
            key = self.keys[self.rng.integers(len(self.keys))]
            if key in self.shapes:
                return key, self.shapes[key]

    def new(self, shape: shapely.Geometry) -> dict[str, Any]:
        """Draw a feature."""
        self.born += 1
        key = f"new:-{self.born}"
        self.shapes[key] = shape
        values = {"code": self.code(), "id": key}
        return edit(key, "add", shape, values)

    def code(self) -> str:
        """Pick a use."""
        return CODES[self.rng.integers(len(CODES))]

    def vertex(self) -> list[dict[str, Any]]:
        key, shape = self.pick()
        xy = shapely.get_coordinates(shape)
        spot, step = xy[self.rng.integers(len(xy))], self.rng.normal(0, 8, 2)

        def move(points: np.ndarray) -> np.ndarray:
            out = points.copy()
            out[(points == spot).all(axis=1)] += step
            return out

        self.shapes[key] = shapely.transform(shape, move)
        return [edit(key, "set", self.shapes[key])]

    def recode(self) -> list[dict[str, Any]]:
        return [edit(self.pick()[0], "set", values={"code": self.code()})]

    def add(self) -> list[dict[str, Any]]:
        x, y = self.pick()[1].centroid.coords[0]
        size = float(self.rng.uniform(20, 120))
        return [self.new(shapely.box(x, y, x + size, y + size))]

    def delete(self) -> list[dict[str, Any]]:
        key, _ = self.pick()
        del self.shapes[key]
        return [edit(key, "remove")]

    def split(self) -> list[dict[str, Any]]:
        key, shape = self.pick()
        west, south, east, north = shape.bounds
        x = (west + east) / 2
        halves = [shapely.intersection(shape, shapely.box(*box))
                  for box in ((west, south, x, north), (x, south, east, north))]  # fmt: skip
        self.shapes[key] = halves[0]
        return [edit(key, "set", halves[0]), self.new(halves[1])]

    def merge(self) -> list[dict[str, Any]]:
        while True:
            key, shape = self.pick()
            for other in (self.keys[row] for row in self.tree.query(shape, predicate="touches")):
                if other != key and other in self.shapes and self.shapes[other].touches(shape):
                    self.shapes[key] = shapely.union(shape, self.shapes.pop(other))
                    return [edit(key, "set", self.shapes[key]), edit(other, "remove")]


class Sectors:
    """The layouts of the county's sector plans as the pen has them."""

    def __init__(self, place: Path) -> None:
        content = yaml.safe_load((place / "dossier.yaml").read_text(encoding="utf-8"))
        self.features: list[tuple[str, str, shapely.Geometry]] = []
        for sector in content["sectors"]:
            layout = sector["layout"]
            _, fids, wkb, _ = pyogrio.raw.read(
                place / layout["path"], layer=layout["layer"], columns=[], return_fids=True
            )
            role = f"sector:{sector['id']}"
            self.features += [(role, str(fid), shape)
                              for fid, shape in zip(fids, shapely.from_wkb(wkb))]  # fmt: skip
        self.rng = np.random.default_rng(2)

    def shift(self) -> list[dict[str, Any]]:
        """Move a project by some metres."""
        role, key, shape = self.features[self.rng.integers(len(self.features))]
        step = self.rng.normal(0, 30, 2)
        moved = shapely.transform(shape, lambda points: points + step)
        return [{**edit(key, "set", moved), "role": role}]

    def recode(self) -> list[dict[str, Any]]:
        """Give a feature another use."""
        role, key, _ = self.features[self.rng.integers(len(self.features))]
        use = CODES[self.rng.integers(len(CODES))]
        return [{**edit(key, "set", values={"use": use}), "role": role}]


def edit(
    key: str, op: str, shape: shapely.Geometry | None = None, values: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Write an edit as the pen sends it."""
    out: dict[str, Any] = {"role": "plan", "key": key, "op": op}
    if shape is not None:
        out["wkb"] = shapely.to_wkb(shape, hex=True)
    return {**out, "values": values} if values else out


KINDS: dict[str, Callable[[Plan], list[dict[str, Any]]]] = {
    "move vertex": Plan.vertex, "change code": Plan.recode, "add": Plan.add,
    "delete": Plan.delete, "split": Plan.split, "merge": Plan.merge,
}  # fmt: skip


def measure(parcels: int, times: int) -> bool:
    """Print a county's table; tells whether 95 of 100 edits were answered within the limit."""
    place = county(parcels)
    engine = Engine(place / "dossier.yaml")
    plan = Plan(place / "county.gpkg")
    say(f"{parcels:,} parcels ({engine.ready['parcels']:,} planned), ready after "
        f"{engine.ready['seconds']:.1f} s{engine.memory()}; milliseconds an answer:")  # fmt: skip
    everything: list[float] = []
    for name, took in rows(engine, plan, times):
        everything += took
        say(line(name, took))
    say(line("all", everything))
    sectors = Sectors(place)
    for make in (sectors.shift, sectors.recode):
        engine.ask("edit", edits=make())
    took = [engine.ask("edit", edits=sectors.shift())[0] for _ in range(times)]
    say(line("sector shift", took))
    took = [engine.ask("edit", edits=sectors.recode())[0] for _ in range(times)]
    say(line("sector use", took))
    x, y = plan.pick()[1].centroid.coords[0]
    area = shapely.box(x, y, x + 200, y + 200).wkb_hex
    say(line("what-if", [engine.ask("whatif", wkb=area, code="0703")[0] for _ in range(20)]))
    took, told = engine.ask("full")
    off = f"{told['indicator_ha']} ha, {told['finding_m2']:.2g} m2, {told['missing']} findings"
    say(f"  full computation {took / 1000:.1f} s{engine.memory()}; the state was off by {off}\n")
    engine.process.stdin.close()  # type: ignore[union-attr]
    engine.process.wait()
    return bool(np.percentile(everything, 95) < LIMIT_MS)


def rows(engine: Engine, plan: Plan, times: int) -> Iterator[tuple[str, list[float]]]:
    """Make all kinds of edits."""
    for make in KINDS.values():  # the first of each kind finds caches cold: not counted
        engine.ask("edit", edits=make(plan))
    for name, make in KINDS.items():
        took = []
        for _ in range(times):
            milliseconds, answer = engine.ask("edit", edits=make(plan))
            if answer["type"] == "error":
                raise RuntimeError(answer["text"])
            took.append(milliseconds)
        yield name, took


def line(name: str, took: list[float]) -> str:
    """Write a row of the table."""
    middle, most = np.percentile(took, (50, 95))
    return (
        f"  {name:12s} p50 {middle:6.1f}   p95 {most:6.1f}   max {max(took):6.1f}   of {len(took)}"
    )


def county(parcels: int) -> Path:
    """Make (once) a county of that many parcels; gives its folder."""
    sys.path.insert(0, str(ROOT / "build" / "path"))
    from pianqu.sample import make_county

    place = ROOT / "build" / "bench" / f"live-{parcels}"
    if not (place / "dossier.yaml").is_file():
        make_county(parcels, _SEED, False, place)
    return place


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> int:
    """Measure all sizes asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parcels", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--times", type=int, default=200, help="edits of each kind")
    options = parser.parse_args()
    kept = [measure(parcels, options.times) for parcels in options.parcels]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
