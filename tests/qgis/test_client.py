# SPDX-License-Identifier: GPL-2.0-or-later
"""The conversation with the engine, with an engine that only speaks the protocol."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest
from pianqu.jobs import client, engine
from pianqu.jobs.schema import Job
from qgis.core import QgsProcessingException

pytestmark = pytest.mark.usefixtures("fake_engine", "qgis_app")


@pytest.fixture()
def job(tmp_path):
    def make(manner):
        dossier = tmp_path / "d.yaml"
        dossier.write_text(manner, encoding="utf-8")
        out = tmp_path / "out"
        out.mkdir(exist_ok=True)
        return Job(dossier=str(dossier), out=str(out), checks=("quotas",), clusters=("甲",))

    return make


def leftovers(job):
    return [path.name for path in client.Path(job.out).iterdir()]


def test_result_progress_and_messages_arrive(job, feedback):
    result = client.run_job(job("ok"), feedback)
    assert result["findings"] == 7
    assert result["job"]["clusters"] == ["甲"]
    assert feedback.texts == ["读取数据", "叠加"]
    assert feedback.infos == ["三个图层"]
    assert feedback.warnings == ["一个警告"]
    assert feedback.progress() == 40.5


def test_the_engine_is_told_to_die_with_its_parent(job, feedback):
    arguments = client.run_job(job("ok"), feedback)["arguments"]
    assert "--watch-stdin" in arguments
    assert arguments[:3] == ["-I", "-X", "utf8"]


def test_crash_names_the_stage_and_the_log_and_leaves_nothing(job, feedback, engine_home):
    order = job("crash")
    with pytest.raises(QgsProcessingException) as raised:
        client.run_job(order, feedback)
    log = next((engine_home / "logs").iterdir())
    assert "叠加" in str(raised.value)
    assert "11" in str(raised.value)
    assert str(log) in str(raised.value)
    assert "a word on stderr" in log.read_text(encoding="utf-8")
    assert leftovers(order) == []


@pytest.mark.parametrize("manner", ["refuse", "crash", "fail"])
def test_a_failed_run_leaves_no_folder_that_was_not_there(job, feedback, tmp_path, manner):
    order = replace(job(manner), out=str(tmp_path / "新" / "成果"))
    with pytest.raises(QgsProcessingException):
        client.run_job(order, feedback)
    assert not (tmp_path / "新").exists()
    assert (tmp_path / "out").is_dir()  # it was there before


def test_a_failed_run_leaves_a_new_folder_that_holds_something(tmp_path):
    out = tmp_path / "新" / "成果"
    with pytest.raises(KeyError), client.made_for(str(out)):
        out.mkdir(parents=True)
        (out.parent / "别的.txt").write_text("x", encoding="utf-8")
        raise KeyError
    assert out.parent.is_dir()
    assert not out.exists()


def test_unusable_input_is_one_line_without_talk_of_crashes(job, feedback):
    with pytest.raises(QgsProcessingException) as raised:
        client.run_job(job("refuse"), feedback)
    assert str(raised.value) == "county.gpkg 没有图层 JQDLTB"


def test_internal_failure_is_an_error_with_the_log(job, feedback):
    with pytest.raises(QgsProcessingException, match=r"\.log"):
        client.run_job(job("fail"), feedback)


def test_end_without_result_is_an_error(job, feedback):
    with pytest.raises(QgsProcessingException):
        client.run_job(job("silent"), feedback)


def test_lines_that_are_no_messages_do_no_harm(job, feedback):
    assert client.run_job(job("garbage"), feedback)["failed"] == 2


def test_cancel_ends_the_engine_within_a_second(job, feedback):
    order, caught = job("hang"), []

    def run():
        try:
            client.run_job(order, feedback)
        except QgsProcessingException as error:
            caught.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    deadline = time.monotonic() + 20
    while "叠加" not in feedback.texts and time.monotonic() < deadline:
        time.sleep(0.02)
    start = time.monotonic()
    feedback.cancel()
    thread.join(20)
    assert time.monotonic() - start < 1
    assert isinstance(caught[0], client.CancelledError)
    assert leftovers(order) == []


def test_twenty_logs_stay(job, feedback, engine_home):
    folder = engine_home / "logs"
    folder.mkdir(parents=True)
    for number in range(30):
        (folder / f"20200101-0000{number:02}-x.log").write_text("old")
    client.run_job(job("ok"), feedback)
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == client.KEPT_LOGS
    assert names[0] == "20200101-000011-x.log"


def test_no_engine_is_one_message_that_names_the_remedy(job, feedback, monkeypatch):
    monkeypatch.setattr(engine, "candidates", lambda setting="": iter(()))
    with pytest.raises(QgsProcessingException, match="setupengine"):
        client.run_job(job("ok"), feedback)


def test_a_python_that_cannot_start_is_named(job, feedback, monkeypatch, tmp_path):
    monkeypatch.setenv("PIANQU_ENGINE_PYTHON", str(tmp_path / "nowhere"))
    with pytest.raises(QgsProcessingException, match="nowhere"):
        client.run_job(job("ok"), feedback)


def test_lines_are_cut_where_a_character_is_split():
    heard = []
    lines = client.Lines(heard.append)
    raw = "叠加\r\n完\n半".encode()
    for index in range(len(raw)):
        lines(raw[index : index + 1])
    lines.flush()
    assert heard == ["叠加", "完", "半"]
