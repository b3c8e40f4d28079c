# SPDX-License-Identifier: GPL-2.0-or-later
"""Run inside a QGIS desktop by --code: use the desk on a large county, and tell when it froze.

The variable PIANQU_TASK holds JSON: dossier, results, folder (for files), told, support, size,
warm (seconds to wait before the dock is opened), only (steps, empty for all).
"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any, Callable

import qgis.utils
from qgis.core import QgsFeatureRequest, QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtTest import QTest

TASK = json.loads(os.environ["PIANQU_TASK"])
sys.path.insert(0, TASK["support"])
import end_to_end as day  # noqa: E402 (its place is told by the task)

_BEAT_MS, _LOOK_SECONDS = 4, 0.06
_WAITED = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
HOUSES = "0703"


class Pulse:
    """Looks, every few milliseconds, how long the window could not be reached.

    A gap counts without the time for which the thread stood in line for a processor: that another
    process had. What it was busy with is seen by a thread that looks on.
    """

    def __init__(self) -> None:
        self.steps: dict[str, dict[str, Any]] = {}
        self.step = self.begin("start")
        self.last = self.now()
        self.timer = QTimer()
        self.timer.setTimerType(Qt.TimerType.PreciseTimer)
        self.timer.timeout.connect(self.beat)
        self.timer.start(_BEAT_MS)
        self.seen: Counter[str] = Counter()
        self.main = threading.get_ident()
        self.collecting = 0.0
        gc.callbacks.append(self.collect)
        threading.Thread(target=self.look_on, daemon=True).start()

    def collect(self, phase: str, told: dict[str, int]) -> None:
        """Keep how long Python's collector held up the window's thread."""
        if threading.get_ident() == self.main:
            now = time.perf_counter()
            if phase == "stop" and now - self.collecting > 0.01:
                self.seen[f"collector, {told['generation']}: {now - self.collecting:.3f} s"] += 1
            self.collecting = now

    @staticmethod
    def now() -> tuple[float, float, float]:
        """Give seconds by the wall, of this thread on a processor, and in line for one."""
        waited = int(_WAITED.read_text().split()[1]) / 1e9 if _WAITED.is_file() else 0.0
        return time.perf_counter(), time.thread_time(), waited

    def begin(self, name: str) -> dict[str, Any]:
        """Begin a step."""
        self.step = self.steps.setdefault(
            name, {"freeze": 0.0, "busy": 0.0, "total": 0.0, "over": 0, "at": [], "wall": 0.0}
        )
        return self.step

    def beat(self) -> None:
        """Keep the longest gap of the step."""
        now = self.now()
        wall, busy, waited = (one - other for one, other in zip(now, self.last))
        self.last = now
        freeze, step = wall - waited, self.step
        step["total"] += busy
        step["wall"] += wall
        step["busy"] = max(step["busy"], busy)
        step["over"] += freeze > 0.1
        if freeze > step["freeze"]:
            step.update(freeze=freeze, at=self.seen.most_common(6))
        self.seen = Counter()

    def look_on(self) -> None:
        """Keep what the window's thread does when it has not been reached for a while."""
        while True:
            time.sleep(0.015)
            if time.perf_counter() - self.last[0] > _LOOK_SECONDS:
                frame = sys._current_frames().get(self.main)
                stack = traceback.extract_stack(frame)[-5:]
                names = (f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in stack)
                self.seen[" > ".join(names)] += 1


PULSE = Pulse()
Work = Callable[[], object]


def step(name: str, work: Work, done: Work = lambda: True, seconds: float = 300) -> None:
    """Do something as from a click, and go on when it is done."""
    if TASK["only"] and name.partition(":")[0] not in TASK["only"]:
        work()
        day.until(done, seconds)
        return
    QTest.qWait(300)
    PULSE.begin(name)
    QTimer.singleShot(0, work)
    QTest.qWait(100)
    day.until(done, seconds)
    QTest.qWait(400)
    PULSE.begin("between")


def read(dock: Any) -> None:
    """Choose the results and turn over what they hold."""
    from pianqu.ui.place_memory import Places

    face, browser = dock.face, dock.face.findings
    rest = lambda: not (dock.loader.busy or dock.map.busy() or browser.list.source.busy)  # noqa: E731
    places = Places(TASK["dossier"], TASK["results"], "")
    step("results", lambda: dock.choose_places(places), lambda: dock.results.findings and rest())
    step("clusters", lambda: face.turn_to(face.clusters), rest)
    step("findings", lambda: face.turn_to(face.findings), rest)
    step("sort", lambda: browser.list.sortByColumn(5, Qt.SortOrder.DescendingOrder), rest)
    step("click", lambda: browser.list.go_to(10), rest)
    step("next", browser.next.click, rest)
    text = next(iter(browser.bar.findChildren(day_line())), None)
    if text is not None:
        step("filter", lambda: text.setText("a"), rest)
        step("all", lambda: text.setText(""), rest)
    free = lambda: not dock.exporter.busy  # noqa: E731
    for ending in ("csv", "xlsx"):
        path = Path(TASK["folder"]) / f"out.{ending}"
        step(f"export {ending}", lambda path=path: dock.export_to(path), free)


def day_line() -> type:
    """Give the class of lines to type in."""
    from qgis.PyQt.QtWidgets import QLineEdit

    return QLineEdit


def put_on_map(dock: Any) -> dict[str, QgsVectorLayer]:
    """Put the layers on the map, and beside it let QGIS open the same files by itself."""
    bar = dock.map_bar
    rest = lambda: bar._steps is None and not bar.engine.busy and bar.button.isEnabled()  # noqa: E731
    told: list[str] = []
    bar.told.connect(lambda text, level: told.append(text))
    step("on map", bar.add, rest)
    if "plan" not in bar.group.layers(dock.places.dossier):
        raise RuntimeError(f"nothing on the map: {told}")
    drawn = lambda: not day.CANVAS.isDrawing()  # noqa: E731
    step("drawing", lambda: None, drawn, 120)
    layers = dict(bar.group.layers(dock.places.dossier))
    plain: list[QgsVectorLayer] = []

    def opening(source: str, name: str) -> Work:
        def work() -> None:
            layer = QgsVectorLayer(source, name, "ogr")
            layer.loadDefaultStyle()
            QgsProject.instance().addMapLayer(layer)
            plain.append(layer)

        return work

    for role in ("plan", "landuse", "results:findings", "farmland"):
        if role in layers:
            step(f"QGIS alone: {role}", opening(layers[role].source(), role), drawn, 120)
    QgsProject.instance().removeMapLayers([one.id() for one in plain])
    step("theme", lambda: bar.show_theme("controllines"), drawn, 120)
    step("back", lambda: bar.show_theme("plan"), drawn, 120)
    return layers


def ask(dock: Any, plan: QgsVectorLayer) -> None:
    """Ask what houses on some parcels would do; put them in, take them back."""
    panel = dock.live.desk.panel
    known = lambda: panel.use.findData(HOUSES) >= 0  # noqa: E731
    answered = lambda: panel._reply is not None  # noqa: E731
    dock.face.turn_to(panel)
    step("what-if: engine", panel.whatif.begin, known, 900)
    some = [one.id() for one in plan.getFeatures(QgsFeatureRequest().setLimit(40))]
    for count in (1, 40):
        plan.selectByIds(some[:count])
        qgis.utils.iface.setActiveLayer(plan)
        step(f"what-if: area of {count}", panel.selection.click)
        choose = lambda: panel.use.setCurrentIndex(panel.use.findData(HOUSES))  # noqa: E731
        step(f"what-if: answer of {count}", choose, answered)
    far = [one.id() for one in plan.getFeatures(QgsFeatureRequest().setLimit(3000))]
    plan.selectByIds(far)
    step("what-if: area and answer of 3000", panel.selection.click, answered, 900)
    step("what-if: editing", plan.startEditing)
    plan.selectByIds(some[:40])
    QTest.qWait(200)
    step("what-if: again", panel.selection.click, answered)
    step("what-if: put", panel.put.click)
    step("what-if: undone", plan.undoStack().undo)
    step("what-if: live", lambda: dock.live.desk.switch(True),
         lambda: dock.live.desk.watch.state == "live", 900)  # fmt: skip
    plan.selectByIds(some[:1])
    step("what-if: over live", panel.selection.click, answered)
    settled = lambda: dock.live.desk.watch.settled  # noqa: E731
    step("what-if: put, live", panel.put.click, settled)
    step("what-if: undone, live", plan.undoStack().undo, settled)
    step("what-if: discard", panel.discard)
    plan.rollBack()
    step("live off", lambda: dock.live.desk.switch(False),
         lambda: not dock.loader.busy)  # fmt: skip


def main() -> None:
    """Use the desk and tell what was seen."""
    told: dict[str, Any] = {}
    try:
        plugin = day.start()
        QTest.qWait(int(TASK["warm"] * 1000))
        docks: list[Any] = []
        step("dock", lambda: docks.append(day.open_dock(plugin)), lambda: docks)
        read(docks[0])
        layers = put_on_map(docks[0])
        ask(docks[0], layers["plan"])
    except Exception:
        told["broken"] = traceback.format_exc()
        day.WINDOW.grab().save(str(Path(TASK["told"]).with_name("broken.png")))
    Path(TASK["told"]).write_text(json.dumps({**told, "steps": PULSE.steps}), encoding="utf-8")
    qgis.utils.unloadPlugin("pianqu")
    QgsProject.instance().clear()
    QgsProject.instance().setDirty(False)
    QTimer.singleShot(0, qgis.utils.iface.actionExit().trigger)


QTimer.singleShot(1200, main)
