# SPDX-License-Identifier: GPL-2.0-or-later
"""The engine's command line: `python -m pianqu run|sectors|register|sample|doctor ...`."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import threading
import traceback
from dataclasses import fields
from pathlib import Path
from types import FrameType
from typing import Any, Sequence

from .jobs import schema
from .jobs.lifeline import (
    FINISHING,
    STOPPED,
    die_with_parent,
    missing_folders,
    remove_empty,
)
from .usage import Parser
from .voice import Voice

_PUBLISH_SECONDS = 10
_TRIES = 20
_LISTS = ("checks", "clusters", "rules", "plans")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns 0 ended, 1 internal failure, 2 unusable input or a decision refused, 3 cancelled.
    """
    _speak_utf8()
    options = _parser().parse_args(argv)
    voice = Voice(options.json)
    try:
        job = _job(options)
    except schema.SchemaError as error:
        voice.failure(str(error))
        return schema.EXIT_UNUSABLE
    work = f".pianqu-{options.job_id or schema.new_job_id()}"
    new = missing_folders(job.out)
    if options.watch_stdin and job.task != "serve":  # which reads its requests there itself
        die_with_parent(Path(job.out) / work if job.out else None, new)
    if job.task == "doctor":
        return _doctor(voice)
    return _guarded(job, voice, work, new)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="pianqu", description="engine.help.engine")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="engine.help.json")
    common.add_argument("--job-id", default="", help=argparse.SUPPRESS)
    common.add_argument("--watch-stdin", action="store_true", help=argparse.SUPPRESS)
    common.add_argument("--language", choices=schema.LANGUAGES, default="zh",
                        help="engine.help.language")  # fmt: skip
    tasks = parser.add_subparsers(dest="task", required=True)
    run = tasks.add_parser("run", parents=[common], help="engine.help.run")
    run.add_argument("dossier", metavar="DOSSIER")
    run.add_argument("--out", required=True, metavar="DIR")
    run.add_argument("--checks", default="", metavar="A,B", help="engine.help.checks")
    run.add_argument("--clusters", default="", metavar="X,Y", help="engine.help.clusters")
    run.add_argument("--scheduler", default="", metavar="URL", help="engine.help.scheduler")
    _add_sector_tasks(tasks, common)
    job = tasks.add_parser("job", parents=[common], help="engine.help.job")
    job.add_argument("file", metavar="JOB")
    sample = tasks.add_parser("sample", parents=[common], help="engine.help.sample")
    sample.add_argument("--out", required=True, metavar="DIR")
    sample.add_argument("--parcels", type=int, default=20000)
    sample.add_argument("--seed", type=int, default=1)
    sample.add_argument("--faults", action="store_true", help="engine.help.faults")
    tasks.add_parser("doctor", parents=[common], help="engine.help.doctor")
    return parser


def _add_sector_tasks(tasks: Any, common: argparse.ArgumentParser) -> None:
    for name in ("checkdata", "check"):
        data = tasks.add_parser(name, parents=[common], help="engine.help.checkdata")
        data.add_argument("dossier", metavar="DOSSIER")
        data.add_argument("--out", required=True, metavar="DIR")
        data.set_defaults(task="checkdata")
    sectors = tasks.add_parser("sectors", parents=[common], help="engine.help.sectors")
    sectors.add_argument("dossier", metavar="DOSSIER")
    sectors.add_argument("--out", required=True, metavar="DIR")
    sectors.add_argument("--rules", default="", metavar="A,B", help="engine.help.rules")
    sectors.add_argument("--plans", default="", metavar="X,Y", help="engine.help.plans")
    sectors.add_argument("--clusters", default="", metavar="X,Y", help="engine.help.clusters")
    sites = tasks.add_parser("sites", parents=[common], help="engine.help.sites")
    sites.add_argument("dossier", metavar="DOSSIER")
    sites.add_argument("plan", metavar="PLAN")
    sites.add_argument("project", metavar="PROJECT")
    sites.add_argument("--out", required=True, metavar="DIR")
    sites.add_argument("--area-ha", type=float, default=0.0, help="engine.help.area")
    sites.add_argument("--count", type=int, default=3)
    register = tasks.add_parser("register", parents=[common], help="engine.help.register")
    register.add_argument("results", metavar="RESULTS", help="engine.help.results")
    register.add_argument("--register", default="", metavar="PLACE")
    decide = tasks.add_parser("decide", parents=[common], help="engine.help.decide")
    decide.add_argument("register", metavar="PLACE")
    decide.add_argument("ids", metavar="ID,ID")
    decide.add_argument("state", choices=("open", "agreed", "waived", "fixed"))
    for name in ("person", "department", "reason", "decision"):
        decide.add_argument(f"--{name}", default="")
    first = tasks.add_parser("newdossier", parents=[common], help="engine.help.newdossier")
    first.add_argument("place", metavar="PLACE", help="engine.help.place")
    first.add_argument("--out", required=True, metavar="FILE")
    for name in ("name", "code", "crs", "standard"):
        first.add_argument(f"--{name}", default="")
    for name in ("dossier", "serve"):
        other = tasks.add_parser(name, parents=[common], help=f"engine.help.{name}")
        other.add_argument("dossier", metavar="DOSSIER")
    _add_conversions(tasks, common)
    snapshot = tasks.add_parser("snapshot", parents=[common], help="engine.help.snapshot")
    snapshot.add_argument("register", metavar="PLACE")
    snapshot.add_argument("--out", required=True, metavar="FILE")
    meeting = tasks.add_parser("meeting", parents=[common], help="engine.help.meeting")
    meeting.add_argument("results", metavar="RESULTS")
    meeting.add_argument("--register", default="", metavar="PLACE")
    meeting.add_argument("--dossier", default="", metavar="DOSSIER", help="engine.help.lines")
    meeting.add_argument("--out", required=True, metavar="DIR")


def _add_conversions(tasks: Any, common: argparse.ArgumentParser) -> None:
    """Add the tasks that make a layer anew; `--field NAME=COLUMN` and `--set OPTION=VALUE`."""
    for name in schema.CONVERSIONS:
        one = tasks.add_parser(name, parents=[common], help=f"engine.help.{name}")
        one.add_argument("path", metavar="FILE", help="engine.help.file")
        one.add_argument("--out", required=True, metavar="DIR")
        for part in ("layer", "filter", "encoding", "crs", "axes", "dialect"):
            one.add_argument(f"--{part}", default="", dest=f"source_{part}")
        one.add_argument("--standard", default="", metavar="FOLDER")
        one.add_argument(
            "--field",
            action="append",
            default=[],
            metavar="NAME=COLUMN",
            help="engine.help.field",
        )
        one.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="OPTION=VALUE",
            help="engine.help.set",
        )


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    return {name.strip(): value for name, _, value in (text.partition("=") for text in texts)}


def _job(options: argparse.Namespace) -> schema.Job:
    if options.task == "job":
        return schema.read_job(Path(options.file))
    if options.task in schema.CONVERSIONS:
        parts = {name[7:]: value for name, value in vars(options).items()
                 if name.startswith("source_") and value}  # fmt: skip
        source = {"path": options.path, **parts, "fields": _pairs(options.field)}
        return schema.Job(
            task=options.task, out=options.out, language=options.language,
            standard=options.standard, source=source, options=_pairs(options.set),
        )  # fmt: skip
    plain = {field.name for field in fields(schema.Job)} - {"task", *_LISTS}
    given = {name: getattr(options, name) for name in plain if hasattr(options, name)}
    for name in _LISTS:
        given[name] = _words(getattr(options, name, ""))
    if options.task == "decide":
        same = ("state", "person", "department", "reason", "decision")
        told = {name: getattr(options, name) for name in same}
        given["decisions"] = tuple(
            {"id": one, "version": 0, "force": True, **told} for one in _words(options.ids)
        )
    return schema.Job(task=options.task, **given)


def _words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace("，", ",").split(",") if part.strip())


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


def _guarded(job: schema.Job, voice: Voice, work: str, new: Sequence[Path]) -> int:
    """Do the job in a thread, so that the main one can stop it within a second.

    `new` are the folders that were not there before: without results they go again.
    """
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
        STOPPED.set()
        from .layers.words import say

        voice.failure(say("engine.cancelled"))
        _clear(job, work)
        remove_empty(new)
        os._exit(schema.EXIT_CANCELLED)  # a thread inside GEOS can't be asked to stop
    remove_empty(new)
    return codes[0] if codes else schema.EXIT_INTERNAL


def _clear(job: schema.Job, work: str) -> None:
    """Take the half-written results away; whoever still writes into them may be as quick once."""
    folder = Path(job.out) / work
    for _ in range(_TRIES):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return


def _attempt(job: schema.Job, voice: Voice, work: str) -> int:
    from .layers.errors import InputError
    from .layers.words import say, set_language

    set_language(job.language)
    from .tasks import TASKS

    try:
        return TASKS[job.task](job, voice, work) or schema.EXIT_ENDED
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


if __name__ == "__main__":
    sys.exit(main())
