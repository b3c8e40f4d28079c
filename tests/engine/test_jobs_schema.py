# SPDX-License-Identifier: GPL-2.0-or-later
"""What crosses the border is read back as it was sent."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pianqu.jobs import schema
from pianqu.jobs.schema import Failure, Job, Note, Progress, Result, SchemaError, Started

texts = st.text(max_size=30)
messages = st.one_of(
    st.builds(Started, st.integers(1, 2**22)),
    st.builds(Progress, texts, texts.filter(bool), st.floats(0, 100)),
    st.builds(Note, st.sampled_from(schema.LEVELS), texts),
    st.builds(Failure, texts, texts),
    st.builds(Result, st.dictionaries(st.sampled_from(["passed", "out"]), texts)),
)
jobs = st.builds(
    Job,
    task=st.sampled_from(schema.TASKS),
    dossier=texts,
    out=texts,
    checks=st.lists(st.sampled_from(schema.CHECKS), unique=True).map(tuple),
    clusters=st.lists(texts).map(tuple),
    language=st.sampled_from(schema.LANGUAGES),
    parcels=st.integers(0, 10**7),
    faults=st.booleans(),
)


@given(messages)
def test_a_message_comes_back_as_it_was_sent(message):
    line = schema.to_line(message)
    assert "\n" not in line
    assert schema.parse_line(line) == message


@given(jobs)
def test_a_job_comes_back_as_it_was_sent(job):
    assert schema.job_from(json.loads(job.to_json())) == job


@given(st.text())
def test_foreign_lines_are_no_messages_and_no_errors(line):
    assert schema.parse_line(line) is None


@pytest.mark.parametrize(
    "line",
    ['{"type": "progress"}', '{"type": "other", "text": "x"}', "[]", "3", "null", '{"type": []}'],
)
def test_incomplete_messages_are_none(line):
    assert schema.parse_line(line) is None


def test_percent_stays_within_its_scale():
    assert schema.parse_line(schema.to_line(Progress("a", "b", 140.0))).percent == 100


def test_a_job_file_keeps_chinese_readable(tmp_path):
    path = Job(dossier="示例县.yaml", clusters=("甲",)).write(tmp_path / "job.json")
    assert "示例县.yaml" in path.read_text(encoding="utf-8")
    assert schema.read_job(path).clusters == ("甲",)


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"task": "run"}, "版本 1"),
        ({"job": 2, "task": "run"}, "版本 1"),
        ({"job": 2, "language": "en"}, "version"),
        ({"job": 1, "task": "dance"}, "dance"),
        ({"job": 1, "checks": ["quota"]}, "quota"),
        ({"job": 1, "checks": "quotas"}, "列表"),
        ({"job": 1, "language": "fr"}, "fr"),
        ({"job": 1, "colour": "red"}, "colour"),
    ],
)
def test_a_wrong_job_is_refused_by_name(values, word):
    with pytest.raises(SchemaError, match=word):
        schema.job_from(values)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh", "没有名为“坏”的检查；可用：quotas、controllines、landbalance、sectors"),
        ("en", "there is no check '坏'; known: quotas, controllines, landbalance, sectors"),
    ],
)
def test_a_wrong_check_is_one_sentence_that_lists_those_there_are(language, sentence):
    with pytest.raises(SchemaError) as raised:
        Job(checks=("quotas", "坏", "差"), language=language)
    assert str(raised.value) == sentence


def test_every_sentence_on_a_wrong_job_is_there_in_both_languages():
    for key, (zh, en) in schema._WRONG.items():
        assert re.findall(r"{\w+}", zh) == re.findall(r"{\w+}", en), key
        for language in schema.LANGUAGES:
            text = str(SchemaError(key, "甲", ["乙", "丙"], language))
            assert "甲" in text
            assert "{" not in text


@pytest.mark.parametrize("text", ["", "[]", "{", "3"])
def test_a_file_that_is_no_job_is_refused(tmp_path, text):
    path = tmp_path / "job.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SchemaError):
        schema.read_job(path)


def test_missing_values_take_their_defaults():
    assert schema.job_from({"job": 1, "dossier": "a", "clusters": None}) == Job(dossier="a")


def test_work_folders_bear_only_our_ids(tmp_path):
    folder = schema.work_folder(tmp_path, schema.new_job_id())
    assert folder.parent == tmp_path
    assert folder.name.startswith(".pianqu-")
    for wrong in ("", "../../..", "ABCDEFGH", "0123456789"):
        with pytest.raises(SchemaError):
            schema.work_folder(tmp_path, wrong)
