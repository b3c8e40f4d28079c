# SPDX-License-Identifier: GPL-2.0-or-later
"""What the engine does: one function a task, each importing only what it needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Sequence

from .jobs import schema
from .jobs.lifeline import FINISHING

if TYPE_CHECKING:
    from .checks.results import Results
    from .voice import Voice


def run(job: schema.Job, voice: Voice, work: str) -> None:
    """Do every check that a dossier allows and write all results."""
    from .checks.run import compute
    from .layers.words import say
    from .reports import OUTPUTS, write_results
    from .reports.geopackage import write_geopackage
    from .reports.summary import headline

    _local_only(job)
    out, folder = _open(job, work, OUTPUTS)
    results = compute(
        job.dossier, job.checks, job.clusters, out, voice.progress,
        rules=job.rules, plans=job.plans,
    )  # fmt: skip
    if job.tables_only:
        write_geopackage(results, folder / "results.gpkg")
    else:
        write_results(results, folder, voice.progress)
    files = _publish(folder, out, voice)
    _warn_of_gaps(results, voice)
    counts = results.counts()
    words = headline(results), say("engine.done", out=out, **counts)
    _end(results, {**counts, "out": str(out), "files": files}, words, voice)


def sectors(job: schema.Job, voice: Voice, work: str) -> None:
    """Hold the sector plans against everything; write results.gpkg and run.json only."""
    from .checks.run import compute
    from .layers.words import say
    from .reports.geopackage import write_geopackage
    from .reports.runfile import write_run

    _local_only(job)
    out, folder = _open(job, work, ("results.gpkg", "run.json"))
    _spare_whole_run(out)
    results = compute(
        job.dossier, ("sectors",), job.clusters, out, voice.progress,
        rules=job.rules, plans=job.plans,
    )  # fmt: skip
    voice.progress("report", 0.0)
    write_geopackage(results, folder / "results.gpkg")
    write_run(results.run, folder / "run.json")
    files = _publish(folder, out, voice)
    _warn_of_gaps(results, voice)
    counts = results.counts()
    words = (say("engine.sectors_done", out=out, **counts),)
    _end(results, {**counts, "out": str(out), "files": files}, words, voice)


def checkdata(job: schema.Job, voice: Voice, work: str) -> None:
    """Check a county's data; write results.gpkg, findings.xlsx and run.json."""
    from .checks.quality.run import check_data
    from .layers.words import say
    from .reports.data_results import OUTPUTS, write_data_results

    _local_only(job)
    out, folder = _open(job, work, OUTPUTS)
    _spare_whole_run(out, "data")
    results = check_data(job.dossier, out, voice.progress)
    voice.progress("report", 0.0)
    write_data_results(results, folder, job.tables_only)
    files = _publish(folder, out, voice)
    counts = results.counts()
    voice.result(
        {**counts, "out": str(out), "files": files}, say("engine.checkdata_done", out=out, **counts)
    )


def sites(job: schema.Job, voice: Voice, work: str) -> None:
    """Look for sites for one project; write them as layer `sites` of sites.gpkg."""
    from .checks.sectors.sites import suggest
    from .layers.words import say
    from .reports.geopackage import write_layer

    out, folder = _open(job, work, ("sites.gpkg",))
    found = suggest(
        job.dossier, job.plan, job.project, job.area_ha or None, job.count, voice.progress
    )
    write_layer(found, folder / "sites.gpkg", "sites")
    files = _publish(folder, out, voice)
    for text in filter(None, (found.attrs.get("reason"), found.attrs.get("caveat"))):
        voice.note("warning", text)
    values = {"count": len(found), "out": str(out), "files": files}
    voice.result(values, say("engine.sites_done", count=len(found), project=job.project))


def register(job: schema.Job, voice: Voice, work: str) -> None:
    """Merge the conflicts of a run into the register."""
    from .layers.words import say
    from .register.tasks import update

    values = update(job, voice)
    voice.result(values, say("engine.register_done", **values))


def decide(job: schema.Job, voice: Voice, work: str) -> int:
    """Write decisions about conflicts into the register; not 0 where one was refused."""
    from .layers.words import say
    from .register.tasks import decide as write

    values = write(job)
    counts = {name: len(values[name]) for name in ("decided", "refused")}
    refused = [one["text"] for one in values["refused"]]
    voice.result(values, "\n".join([*refused, say("engine.decide_done", **counts)]))
    return schema.EXIT_UNUSABLE if refused else schema.EXIT_ENDED


def snapshot(job: schema.Job, voice: Voice, work: str) -> None:
    """Copy the register into a GeoPackage."""
    from .layers.words import say
    from .register.tasks import snapshot as copy

    voice.result(copy(job), say("engine.snapshot_done", out=job.out))


def newdossier(job: schema.Job, voice: Voice, work: str) -> None:
    """Look through a folder or container and write a first dossier of it."""
    from .layers.new_dossier_task import make
    from .layers.words import say

    values = make(job, voice)
    voice.result(values, say("engine.newdossier_done", **values))


def dossier(job: schema.Job, voice: Voice, work: str) -> None:
    """Tell what a dossier holds, for those who don't read YAML."""
    from .layers.dossier_json import tell
    from .layers.words import say

    values = tell(job.dossier, job.out)
    voice.result(values, say("map.dossier_done", name=values["name"]))


def accept(job: schema.Job, voice: Voice, work: str) -> None:
    """Write into results what was decided about findings."""
    from .layers.words import say
    from .register.findings import accept as write

    values = write(job)
    counts = {name: len(values[name]) for name in ("decided", "unknown")}
    voice.result(values, say("engine.accept_done", **counts))


def serve(job: schema.Job, voice: Voice, work: str) -> None:
    """Stay and answer every edit of the plan."""
    from .serve import main

    main(job, voice)


def meeting(job: schema.Job, voice: Voice, work: str) -> None:
    """Write the papers of the departments' joint meeting."""
    from .layers.words import say
    from .reports.meeting import write_meeting
    from .reports.publish import open_folder

    out = Path(job.out).absolute()
    folder = open_folder(out, work)
    notes: list[str] = []
    write_meeting(Path(job.results), job.register, folder, voice.progress, job.dossier, notes)
    files = _publish(folder, out, voice)
    for text in notes:
        voice.note("warning", text)
    voice.result({"out": str(out), "files": files}, say("engine.meeting_done", out=out))


def sample(job: schema.Job, voice: Voice, work: str) -> None:
    """Write a made county."""
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


def convert(job: schema.Job, voice: Voice, work: str) -> None:
    """Make a layer anew: other codes, areas, shapes or format, always on a copy."""
    from .convert.tasks import run as make
    from .layers.errors import InputError
    from .layers.words import say
    from .reports.publish import open_folder

    out = Path(job.out).absolute()
    read = [job.source.get("path"), job.options.get("table")]
    made = [(out / f"{job.task}{suffix}").resolve() for suffix in (".gpkg", ".txt")]
    for path in filter(None, read):
        if Path(path).resolve() in made:
            raise InputError("engine.out_is_input", name=Path(path).name, path=out)
    folder = open_folder(out, work)
    values = make(job, voice, folder)
    files = _publish(folder, out, voice)
    text = say(f"engine.convert_done.{job.task}", out=out, **values)
    voice.result({**values, "out": str(out), "files": files}, text)


# A task gives the exit status, or nothing where it ended well.
TASKS: dict[str, Callable[[schema.Job, Any, str], Any]] = {
    "run": run, "checkdata": checkdata, "sectors": sectors, "sites": sites,
    "register": register, "decide": decide,
    "snapshot": snapshot, "meeting": meeting, "sample": sample, "newdossier": newdossier,
    "dossier": dossier, "serve": serve, "accept": accept,
    "convertcodes": convert, "ellipsoidalarea": convert, "mendcoverage": convert,
    "boundarypoints": convert,
}  # fmt: skip


def _end(results: Results, values: dict[str, Any], words: Sequence[str], voice: Voice) -> None:
    """Tell what came out, and in the last line which sector plans could not be read."""
    from .layers.schema import listed
    from .layers.words import say

    unread = list(results.sectors.unread) if results.sectors else []
    last = [say("engine.unread_plans", count=len(unread), plans=listed(unread))] if unread else []
    voice.result({**values, "unread_plans": unread}, "\n".join([*words, *last]))


def _local_only(job: schema.Job) -> None:
    from .layers.errors import InputError

    if job.scheduler not in ("", "local"):
        raise InputError("engine.scheduler", scheduler=job.scheduler)


def _warn_of_gaps(results: Results, voice: Voice) -> None:
    """Tell which sector plans could not be checked, so that nobody takes silence for a verdict."""
    from .reports.meeting_gaps import gaps_of

    if results.sectors is not None:
        for text in gaps_of(results.sectors, results.run).notes():
            voice.note("warning", text)


def _spare_whole_run(out: Path, alone: str = "sectors") -> None:
    """Refuse to put results of sector plans, or of the data, alone over those of another run.

    Its page and workbook would then tell of results that are no longer there.
    """
    import json

    from .layers.errors import InputError

    try:
        checks = json.loads((out / "run.json").read_text(encoding="utf-8")).get("checks", [])
    except (OSError, ValueError):
        return
    if set(checks) - {alone} and (out / "results.gpkg").exists():
        raise InputError(
            "engine.whole_run" if alone == "sectors" else "quality.whole_run", path=out
        )


def _open(job: schema.Job, work: str, names: tuple[str, ...]) -> tuple[Path, Path]:
    """Make the folder to write into; refuse to put results over what the dossier reads."""
    from .layers.dossier import read_dossier
    from .reports.publish import open_folder, refuse_inputs

    out = Path(job.out).absolute()
    refuse_inputs(read_dossier(job.dossier), out, names)
    return out, open_folder(out, work)


def _publish(folder: Path, out: Path, voice: Voice) -> list[str]:
    from .reports.publish import publish

    voice.progress("publish", 0.0)
    with FINISHING:
        files, notes = publish(folder, out)
    for text in notes:
        voice.note("warning", text)
    return [str(path) for path in files]
