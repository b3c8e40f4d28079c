# SPDX-License-Identifier: GPL-2.0-or-later
"""Progress never goes backwards; who is stopped early leaves nothing behind."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pianqu.jobs import lifeline
from pianqu.layers.errors import InputError
from pianqu.reports.publish import open_folder
from pianqu.voice import STAGES, Voice

ROOT = Path(__file__).resolve().parents[2]
steps = st.lists(st.tuples(st.sampled_from(sorted(STAGES)), st.floats(0, 1)), max_size=30)


def percents(told: str) -> list[float]:
    rows = [json.loads(line) for line in told.splitlines()]
    return [row["percent"] for row in rows if row.get("type") == "progress"]


def heard(voice: Voice, parts: list[tuple[str, float]]) -> list[float]:
    """Let a voice tell steps; give the percentages that it told."""
    kept, sys.stdout = sys.stdout, io.StringIO()
    try:
        for stage, fraction in parts:
            voice.progress(stage, fraction)
        return percents(sys.stdout.getvalue())
    finally:
        sys.stdout = kept


@given(steps)
@settings(deadline=None)
def test_progress_never_goes_backwards_before_a_new_round(parts):
    later = [part for part in parts if part[0] != "read"]
    told = heard(Voice(True), later)
    assert told == sorted(told)


def test_reading_in_two_parts_counts_on_and_a_second_round_begins_anew():
    voice = Voice(True)
    assert heard(voice, [("read", 0.0), ("read", 1.0), ("read", 0.1)])[-1] == 20.0
    assert heard(voice, [("fabric", 1.0)]) == [65.0]
    assert heard(voice, [("read", 0.5)]) == [10.0]


@pytest.mark.parametrize("task", [["sample", "--parcels", "300", "--faults"], ["sectors"]])
def test_a_tasks_progress_rises_to_its_end(task, tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "build" / "path"), "PYTHONUTF8": "1"}

    def engine(*words: str) -> str:
        command = [sys.executable, "-m", "pianqu", *words, "--json"]
        done = subprocess.run(command, env=environment, capture_output=True, check=True)
        return done.stdout.decode("utf-8")

    county = str(tmp_path / "county")
    told = engine("sample", "--parcels", "300", "--faults", "--out", county)
    if task == ["sectors"]:
        told = engine("sectors", f"{county}/dossier.yaml", "--out", str(tmp_path / "results"))
    found = percents(told)
    assert found == sorted(found) and found[0] < 30 and found[-1] >= 98


def test_no_folder_is_made_once_the_process_is_to_end(tmp_path, monkeypatch):
    ended = threading.Event()
    ended.set()
    monkeypatch.setattr("pianqu.reports.publish.STOPPED", ended)
    with pytest.raises(InputError):
        open_folder(tmp_path / "out", ".pianqu-1")
    assert list(tmp_path.iterdir()) == []


def test_only_new_and_empty_folders_are_taken_away_again(tmp_path):
    (tmp_path / "there").mkdir()
    out = tmp_path / "there" / "new" / "out"
    new = lifeline.missing_folders(out)
    assert new == [out, out.parent]
    out.mkdir(parents=True)
    (out.parent / "kept").write_text("x")
    lifeline.remove_empty(new)
    assert not out.exists() and out.parent.is_dir()
    assert lifeline.missing_folders("") == []


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to send")
def test_a_run_stopped_while_it_loads_leaves_no_folder(tmp_path):
    """The folder is made in one thread while another clears up: stop it right then."""
    script = (
        "import os, signal, sys, threading, time\n"
        "import pianqu.__main__ as program\n"
        "from pianqu.layers import dossier\n"
        "def slow(path, read=dossier.read_dossier):\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    time.sleep(0.4)\n"
        "    return read(path)\n"
        "dossier.read_dossier = slow\n"
        "import pianqu.layers.words as words\n"
        "def late(key, say=words.say, **values):\n"
        "    if key == 'engine.cancelled':\n"
        "        time.sleep(1.0)\n"
        "    return say(key, **values)\n"
        "words.say = late\n"
        "sys.exit(program.main(sys.argv[1:]))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "build" / "path"), "PYTHONUTF8": "1"}
    county = tmp_path / "county"
    command = [sys.executable, "-m", "pianqu", "sample", "--parcels", "300", "--out", str(county)]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    out = tmp_path / "new" / "out"
    command = [sys.executable, "-c", script, "run", str(county / "dossier.yaml"), "--out", str(out)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stderr
    assert not (tmp_path / "new").exists()
