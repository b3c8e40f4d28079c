# SPDX-License-Identifier: GPL-2.0-or-later
"""The engine's commands stand in both READMEs as the engine takes them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pianqu.__main__ import _parser

ROOT = Path(__file__).resolve().parents[2]
TOLD = ("sample", "run", "sectors", "sites", "register", "decide", "snapshot", "meeting")
LINE = re.compile(r"^ *\| `(\w+)` \| `([^`]*)`", re.MULTILINE)


def commands(name: str) -> dict[str, str]:
    rows = LINE.findall((ROOT / name).read_text(encoding="utf-8"))
    return {task: words for task, words in rows if task in TOLD}


def known(task: str) -> tuple[set[str], int]:
    """Give the options of a task that people may set, and how many words it takes without one."""
    actions = _parser()._subparsers._group_actions[0].choices[task]._actions
    common = {"--json", "--language", "--help", "--job-id", "--watch-stdin"}
    options = {text for one in actions for text in one.option_strings if text.startswith("--")}
    return options - common, sum(not one.option_strings for one in actions)


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
@pytest.mark.parametrize("task", TOLD)
def test_a_readme_tells_a_commands_arguments_as_they_are(name, task):
    words = commands(name)[task]
    options, plain = known(task)
    told = set(re.findall(r"--[a-z-]+", words))
    assert told <= options
    assert options - told <= {"--scheduler"}  # which this version does not serve yet
    before = re.split(r" ?\[?--", words)[0].split()
    assert len(before) == plain


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_a_readme_begins_with_what_it_does_a_picture_and_two_commands(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    picture, demo, test = text.index("](help/img/report.png)"), text.index("make demo"), \
        text.index("make test")  # fmt: skip
    assert picture < demo < test < text.index("pianqu:samplecounty")
    assert "JY-007" not in text
