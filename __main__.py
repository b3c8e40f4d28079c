# SPDX-License-Identifier: GPL-2.0-or-later
"""The engine's command line: `python -m pianqu run|job|sample|doctor ...`."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import threading
import traceback
from pathlib import Path
from types import FrameType
from typing import Any, Callable, Sequence

from .jobs import schema
from .jobs.lifeline import FINISHING, die_with_parent

_PUBLISH_SECONDS = 10
STAGES = {
    "start": (0, 0), "read": (0, 20), "fabric": (20, 65), "data": (65, 68), "quotas": (68, 72),
    "controllines": (72, 76), "landbalance": (76, 80), "lists": (80, 82), "report": (82, 98),
    "publish": (98, 100), "sample": (0, 100),
}  # fmt: skip


class Voice:
    """Speaks to whoever started the engine: JSON lines for QGIS, sentences for a person."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.stage = "start"
        self._last = (-1, "")
        self._lock = threading.Lock()

    def progress(self, stage: str, fraction: float, detail: str = "") -> None:
        """Tell the stage and how far it is; repeats of the same percent are left out."""
        from .layers.words import say

        self.stage = stage
        low, high = STAGES.get(stage, (0, 100))
        percent = low + (high - low) * min(max(fraction, 0.0), 1.0)
        with self._lock:
            if (int(percent), stage) == self._last:
                return
            self._last = (int(percent), stage)
        self._emit(schema.Progress(stage, say(f"engine.stage.{stage}"), round(percent, 1)))

    def note(self, level: str, text: str) -> None:
        """Tell a sentence."""
        self._emit(schema.Note(level, text))

    def result(self, values: dict[str, Any], text: str) -> None:
        """Tell what came out."""
        self._emit(schema.Result(values), text)

    def failure(self, text: str) -> None:
        """Tell in one line why there is no result."""
        self._emit(schema.Failure(self.stage, " ".join(text.split())))

    def _emit(self, message: schema.Message, text: str = "") -> None:
        if self.as_json:
            line, stream = schema.to_line(message), sys.stdout
        elif isinstance(message, schema.Progress):
            line, stream = f"{message.percent:5.1f} %  {message.title}", sys.stderr
        elif isinstance(message, schema.Result):
            line, stream = text, sys.stdout
        else:
            line, stream = getattr(message, "text", ""), sys.stderr
        with self._lock:
            stream.write(line + "\n")
            stream.flush()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns 0 ended, 1 internal failure, 2 unusable input, 3 cancelled."""
    options = _parser().parse_args(argv)
    voice = Voice(options.json)
    _speak_utf8()
    try:
        job = _job(options)
    except schema.SchemaError as error:
        voice.failure(str(error))
        return schema.EXIT_UNUSABLE
    work = f".pianqu-{options.job_id or schema.new_job_id()}"
    if options.watch_stdin:
        die_with_parent(Path(job.out) / work if job.out else None)
    if job.task == "doctor":
        return _doctor(voice)
    return _guarded(job, voice, work)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pianqu", description="Pianqu's engine, without QGIS.")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="speak in JSON lines")
    common.add_argument("--job-id", default="", help=argparse.SUPPRESS)
    common.add_argument("--watch-stdin", action="store_true", help=argparse.SUPPRESS)
    common.add_argument("--language", choices=schema.LANGUAGES, default="zh")
    tasks = parser.add_subparsers(dest="task", required=True)
    run = tasks.add_parser("run", parents=[common], help="check a county's dossier")
    run.add_argument("dossier", metavar="DOSSIER")
    run.add_argument("--out", required=True, metavar="DIR")
    run.add_argument("--checks", default="", metavar="A,B", help=", ".join(schema.CHECKS))
    run.add_argument("--clusters", default="", metavar="X,Y", help="codes or names; default all")
    run.add_argument("--scheduler", default="", metavar="URL", help="default: local threads")
    job = tasks.add_parser("job", parents=[common], help="do the job of a JSON file")
    job.add_argument("file", metavar="JOB")
    sample = tasks.add_parser("sample", parents=[common], help="make a sample county")
    sample.add_argument("--out", required=True, metavar="DIR")
    sample.add_argument("--parcels", type=int, default=20000)
    sample.add_argument("--seed", type=int, default=1)
    sample.add_argument("--faults", action="store_true", help="with seeded faults and their list")
    tasks.add_parser("doctor", parents=[common], help="say what the engine runs on")
    return parser


def _job(options: argparse.Namespace) -> schema.Job:
    if options.task == "job":
        return schema.read_job(Path(options.file))
    names = ("out", "scheduler", "parcels", "seed", "faults", "dossier", "language")
    given = {name: getattr(options, name) for name in names if hasattr(options, name)}
    for name in ("checks", "clusters"):
        text = getattr(options, name, "").replace("，", ",")
        given[name] = tuple(part.strip() for part in text.split(",") if part.strip())
    return schema.Job(task=options.task, **given)


def _speak_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _doctor(voice: Voice) -> int:
    from .doctor import examine

    facts, missing = examine()
    lines = [f"{name}: {value}" for name, value in facts.items()]
    voice.result({"versions": facts, "missing": missing}, "\n".join([*lines, *missing]))
    return schema.EXIT_UNUSABLE if missing else schema.EXIT_ENDED


def _guarded(job: schema.Job, voice: Voice, work: str) -> int:
    """Do the job in a thread, so that the main one can stop it within a second."""
    codes: list[int] = []
    thread = threading.Thread(
        target=lambda: codes.append(_attempt(job, voice, work)), name="job", daemon=True
    )

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    try:
        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGTERM, stop)
        thread.start()
        while thread.is_alive():
            thread.join(0.2)
    except KeyboardInterrupt:
        if FINISHING.locked():  # too late: the results are getting their names this moment
            thread.join(_PUBLISH_SECONDS)
            if codes:
                return codes[0]
        _clear(job, work)
        from .layers.words import say

        voice.failure(say("engine.cancelled"))
        os._exit(schema.EXIT_CANCELLED)  # a thread inside GEOS can't be asked to stop
    return codes[0] if codes else schema.EXIT_INTERNAL


def _clear(job: schema.Job, work: str) -> None:
    shutil.rmtree(Path(job.out) / work, ignore_errors=True)


def _attempt(job: schema.Job, voice: Voice, work: str) -> int:
    from .layers.errors import InputError
    from .layers.words import say, set_language

    set_language(job.language)
    task: Callable[[schema.Job, Voice, str], None] = {"run": _run, "sample": _sample}[job.task]
    try:
        task(job, voice, work)
        return schema.EXIT_ENDED
    except InputError as error:
        voice.failure(str(error))
        return schema.EXIT_UNUSABLE
    except MemoryError:
        voice.failure(say("engine.out_of_memory", stage=say(f"engine.stage.{voice.stage}")))
        return schema.EXIT_INTERNAL
    except Exception as error:  # the last net: whatever broke is told, with its stage
        traceback.print_exc()
        stage = say(f"engine.stage.{voice.stage}")
        voice.failure(say("engine.internal", stage=stage, error=f"{type(error).__name__}: {error}"))
        return schema.EXIT_INTERNAL
    finally:
        _clear(job, work)


def _run(job: schema.Job, voice: Voice, work: str) -> None:
    from .layers.errors import InputError
    from .layers.words import say

    if job.scheduler not in ("", "local"):
        raise InputError("engine.scheduler", scheduler=job.scheduler)
    from .checks.results import verdict
    from .checks.run import compute
    from .layers.dossier import read_dossier
    from .reports import OUTPUTS, write_results
    from .reports.geopackage import write_geopackage
    from .reports.publish import open_folder, refuse_inputs

    out = Path(job.out).absolute()
    refuse_inputs(read_dossier(job.dossier), out, OUTPUTS)
    folder = open_folder(out, work)
    results = compute(job.dossier, job.checks, job.clusters, out, voice.progress)
    if job.tables_only:
        write_geopackage(results, folder / "results.gpkg")
    else:
        write_results(results, folder, voice.progress)
    files = _publish(folder, out, voice)
    counts = results.counts()
    words = say(f"reports.verdict.all.{verdict(results)}"), say("engine.done", out=out, **counts)
    voice.result({**counts, "out": str(out), "files": files}, "\n".join(words))


def _publish(folder: Path, out: Path, voice: Voice) -> list[str]:
    from .reports.publish import publish

    voice.progress("publish", 0.0)
    with FINISHING:
        files, notes = publish(folder, out)
    for text in notes:
        voice.note("warning", text)
    return [str(path) for path in files]


def _sample(job: schema.Job, voice: Voice, work: str) -> None:
    from .layers.words import say
    from .reports.publish import open_folder
    from .sample import make_county, refuse_strangers

    out = Path(job.out).absolute()
    refuse_strangers(out)
    folder = open_folder(out, work)
    dossier = make_county(job.parcels, job.seed, job.faults, folder, voice.progress)
    files = _publish(folder, out, voice)
    dossier = out / dossier.name
    values = {"out": str(out), "dossier": str(dossier), "files": files}
    voice.result(values, say("engine.sample_done", dossier=dossier))


if __name__ == "__main__":
    sys.exit(main())
