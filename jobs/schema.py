# SPDX-License-Identifier: GPL-2.0-or-later
"""What crosses the border: a job (one JSON file) goes in, messages (JSON lines) come back.

Both sides use this module, so it needs the standard library only. A job names a task of the engine
and its arguments; a message is one of `Progress`, `Note`, `Result`, `Failure`, `Started`.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Mapping, Sequence, Union

from .sector_rules import SECTOR_RULES

VERSION = 1
TASKS = (
    "run", "sample", "doctor", "sectors", "sites", "register", "decide", "snapshot", "meeting",
    "newdossier", "dossier", "serve", "accept", "convertcodes", "ellipsoidalarea", "mendcoverage",
    "boundarypoints", "checkdata",
)  # fmt: skip
CONVERSIONS = ("convertcodes", "ellipsoidalarea", "mendcoverage", "boundarypoints")
CHECKS = ("quotas", "controllines", "landbalance", "sectors")
LANGUAGES = ("zh", "en")
LEVELS = ("info", "warning", "error")

EXIT_ENDED = 0
EXIT_INTERNAL = 1
EXIT_UNUSABLE = 2
EXIT_CANCELLED = 3

_JOB_ID = re.compile(r"[a-z0-9]{8}")
_WRONG = {
    "task": (
        "没有名为“{given}”的任务；可用：{known}",
        "there is no task '{given}'; known: {known}",
    ),
    "language": (
        "没有名为“{given}”的语言；可用：{known}",
        "there is no language '{given}'; known: {known}",
    ),
    "checks": (
        "没有名为“{given}”的检查；可用：{known}",
        "there is no check '{given}'; known: {known}",
    ),
    "rules": (
        "没有名为“{given}”的专项规划规则；可用：{known}",
        "there is no sector rule '{given}'; known: {known}",
    ),
    "version": (
        "任务文件的版本（job）为“{given}”，本版计算引擎读取版本 {known}",
        "the job file's version (job) is '{given}'; this engine reads {known}",
    ),
    "keys": (
        "任务文件中有不认识的键：{given}；可用：{known}",
        "unknown keys in the job file: {given}; known: {known}",
    ),
    "mapping": ("任务文件中 {given} 应为映射", "{given} in the job file must be a mapping"),
    "list": ("任务文件中 {given} 应为列表", "{given} in the job file must be a list"),
    "unreadable": (
        "任务文件 {given} 不能读取：{known}",
        "the job file {given} can't be read: {known}",
    ),
    "object": (
        "任务文件 {given} 应为一个 JSON 对象",
        "the job file {given} must be a JSON object",
    ),
    "job_id": (
        "任务编号“{given}”应为 8 位小写字母或数字",
        "the job id '{given}' must be eight of a-z and 0-9",
    ),
}


class SchemaError(ValueError):
    """A job that this version of the engine can't do, in one sentence for the user.

    `known` are the values there are; the sentence is Chinese unless `language` is `en`.
    """

    def __init__(
        self, key: str, given: object, known: Sequence[str] = (), language: object = "zh"
    ) -> None:
        english = language == "en"
        listed = (", " if english else "、").join(known)
        super().__init__(_WRONG[key][english].format(given=given, known=listed))
        self.key = key


@dataclass(frozen=True)
class Job:
    """One order for the engine; paths are absolute, empty checks and clusters mean all.

    `tables_only` leaves out report and workbook, for whoever reads results.gpkg only. `rules` and
    `plans` limit the check of sector plans; `results` is a folder of results or its results.gpkg;
    `register` a file or the address of a PostgreSQL schema; `decisions` are mappings of id,
    version, state, person, department, reason and decision. `plan`, `project`, `area_ha` (0: as
    the project asks) and `count` are what sites are looked for. `place` is a folder or container
    to make a first dossier of, for a county of this `name`, `code`, `crs` and `standard`. `ids`,
    `status`, `person` and `reason` settle findings of results. `source` is a layer to convert, as
    a dossier's entry names it, and `options` what the conversion is told by name.
    """

    task: str = "run"
    dossier: str = ""
    out: str = ""
    checks: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    scheduler: str = ""
    language: str = "zh"
    parcels: int = 20000
    seed: int = 1
    faults: bool = False
    tables_only: bool = False
    rules: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    results: str = ""
    register: str = ""
    decisions: tuple[dict[str, Any], ...] = ()
    plan: str = ""
    project: str = ""
    area_ha: float = 0.0
    count: int = 3
    place: str = ""
    name: str = ""
    code: str = ""
    crs: str = ""
    standard: str = ""
    ids: tuple[str, ...] = ()
    status: str = ""
    person: str = ""
    reason: str = ""
    source: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.task not in TASKS:
            raise SchemaError("task", self.task, TASKS, self.language)
        if self.language not in LANGUAGES:
            raise SchemaError("language", self.language, LANGUAGES)
        unknown = [name for name in self.checks if name not in CHECKS]
        if unknown:
            raise SchemaError("checks", unknown[0], CHECKS, self.language)
        unknown = [name for name in self.rules if name not in SECTOR_RULES]
        if unknown:
            raise SchemaError("rules", unknown[0], SECTOR_RULES, self.language)

    def to_json(self) -> str:
        """Give the job as the text of a job file."""
        return json.dumps({"job": VERSION, **asdict(self)}, ensure_ascii=False, indent=1)

    def write(self, path: Path) -> Path:
        """Write the job file and give its path."""
        path.write_text(self.to_json(), encoding="utf-8")
        return path


def job_from(values: Mapping[str, Any]) -> Job:
    """Make a job of a mapping as it stands in a job file; SchemaError tells what is wrong."""
    language = values.get("language")
    if values.get("job") != VERSION:
        raise SchemaError("version", values.get("job", ""), [str(VERSION)], language)
    known = {entry.name for entry in fields(Job)}
    unknown = sorted(values.keys() - known - {"job"})
    if unknown:
        raise SchemaError("keys", ", ".join(unknown), sorted(known), language)
    given = {name: value for name, value in values.items() if name != "job" and value is not None}
    for name in ("checks", "clusters", "rules", "plans", "decisions", "ids"):
        if isinstance(given.get(name), str):
            raise SchemaError("list", name, language=language)
        given[name] = tuple(given.get(name, ()))
    for name in ("source", "options"):
        if not isinstance(given.get(name, {}), dict):
            raise SchemaError("mapping", name, language=language)
    return Job(**given)


def read_job(path: Path) -> Job:
    """Read a job file; SchemaError tells what is wrong with it."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SchemaError("unreadable", path, [str(error)]) from error
    if not isinstance(values, dict):
        raise SchemaError("object", path)
    return job_from(values)


def new_job_id() -> str:
    """Make a name for one run of the engine: eight of 0-9 and a-f."""
    return secrets.token_hex(4)


def work_folder(out: Path, job_id: str) -> Path:
    """Give the folder inside `out` that a run writes into before its results get their names.

    Whoever kills the engine removes this folder.
    """
    if not _JOB_ID.fullmatch(job_id):
        raise SchemaError("job_id", job_id)
    return out / f".pianqu-{job_id}"


@dataclass(frozen=True)
class Started:
    """The engine lives under this process id."""

    pid: int


@dataclass(frozen=True)
class Progress:
    """How far the run is; `stage` is a key, `title` its name in the user's language."""

    stage: str
    title: str
    percent: float


@dataclass(frozen=True)
class Note:
    """A sentence for the user; level is `info`, `warning` or `error`."""

    level: str
    text: str


@dataclass(frozen=True)
class Result:
    """What the job gave: `passed`, `failed`, `warned`, `not_checked`, `findings`, `files`, ..."""

    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Failure:
    """Why the job ended without a result, in one line."""

    stage: str
    text: str


Message = Union[Started, Progress, Note, Result, Failure]


def to_line(message: Message) -> str:
    """Give a message as one line of JSON, without the line's end."""
    if isinstance(message, Started):
        values: dict[str, Any] = {"type": "started", "pid": message.pid}
    elif isinstance(message, Progress):
        values = {"type": "progress", **asdict(message)}
    elif isinstance(message, Note):
        values = {"type": "message", **asdict(message)}
    elif isinstance(message, Result):
        values = {"type": "result", **message.values}
    else:
        values = {"type": "error", **asdict(message)}
    return json.dumps(values, ensure_ascii=False)


def parse_line(line: str) -> Message | None:
    """Read one line of the engine's output; None where it is no message of ours."""
    try:
        values = json.loads(line)
        kind = values.pop("type")
        if kind == "started":
            return Started(int(values["pid"]))
        if kind == "progress":
            stage, percent = str(values["stage"]), float(values["percent"])
            return Progress(stage, str(values.get("title") or stage), min(max(percent, 0), 100))
        if kind == "message":
            level = values.get("level", "info")
            return Note(level if level in LEVELS else "info", str(values["text"]))
        if kind == "result":
            return Result(values)
        if kind == "error":
            return Failure(str(values.get("stage", "")), str(values["text"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return None
