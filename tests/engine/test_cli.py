# SPDX-License-Identifier: GPL-2.0-or-later
"""The engine's command line as a program: exit codes, messages, files, cancel."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pyogrio
import pytest
import yaml
from pianqu.__main__ import main
from pianqu.usage import complaint, spoken
from random_county import Wish, add_quotas, make_random_county

ROOT = Path(__file__).resolve().parents[2]
STANDARDS = ROOT / "standards"
FILES = {"results.gpkg", "report.html", "report.xlsx", "run.json"}


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "build" / "path"), "PYTHONUTF8": "1"}


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "pianqu", *map(str, arguments)]


def engine(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), env=environment(), capture_output=True, text=True, timeout=120,
        encoding="utf-8", check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def dossier(tmp_path_factory) -> Path:
    path = make_random_county(tmp_path_factory.mktemp("county"), Wish(120, 4), STANDARDS)
    add_quotas(path, {("county", "510799", "farmland"): 50.0, ("cluster", "P1", "redline"): 9.0}, 4)
    return path


@pytest.fixture(scope="module")
def run(dossier, tmp_path_factory):
    """Run the county once; give the process and the folder."""
    out = tmp_path_factory.mktemp("out")
    return engine("run", dossier, "--out", out, "--json"), out


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def lines(process: subprocess.CompletedProcess[str]) -> list[dict]:
    return [json.loads(line) for line in process.stdout.splitlines()]


def test_a_run_that_ends_leaves_the_four_files_and_status_0(run):
    process, out = run
    assert process.returncode == 0, process.stderr
    assert set(content(out)) == FILES


def test_a_runs_messages_are_json_lines_that_end_with_the_result(run):
    process, out = run
    messages = lines(process)
    percents = [one["percent"] for one in messages if "percent" in one]
    assert percents == sorted(percents)
    assert percents[-1] <= 100
    stages = {one.get("stage") for one in messages}
    assert {"read", "fabric", "quotas", "controllines", "landbalance", "report"} <= stages
    text = process.stdout.splitlines()[-1]
    assert all(word in text for word in ("passed", "failed", "findings", str(out)))
    assert "Traceback" not in process.stderr


def test_the_results_open_and_hold_the_contracts_layers(run):
    _, out = run
    layers = {name for name, _ in pyogrio.list_layers(out / "results.gpkg")}
    assert {"indicators", "findings", "land_balance", "transfers", "sector_matrix"} <= layers
    indicators = pyogrio.read_dataframe(out / "results.gpkg", layer="indicators")
    assert set(indicators["level"]) == {"county", "cluster", "town", "village"}
    assert openpyxl.load_workbook(out / "report.xlsx", read_only=True).sheetnames
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    text = json.dumps(record)
    for word in ("residual_m2", "ellipsoidal", "EPSG:4544", "cn-2023", "seconds", "versions"):
        assert word in text
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert 'src="https:' not in page


def test_the_same_dossier_gives_the_same_bytes(run, dossier, tmp_path):
    _, first = run
    assert engine("run", dossier, "--out", tmp_path).returncode == 0
    one, other = content(first), content(tmp_path)
    for name in FILES - {"run.json"}:
        assert one[name] == other[name], name
    records = [json.loads(each["run.json"]) for each in (one, other)]
    for record in records:
        record.pop("seconds")
        record.pop("finished")
    assert strip(records[0]) == strip(records[1])


def strip(record: dict) -> dict:
    """Leave out what compares with a former run: the second folder has none either."""
    return {key: value for key, value in record.items() if key != "compared"}


def test_a_second_run_into_the_same_folder_finds_nothing_new(dossier, tmp_path):
    assert engine("run", dossier, "--out", tmp_path).returncode == 0
    before = content(tmp_path)["results.gpkg"]
    assert engine("run", dossier, "--out", tmp_path).returncode == 0
    assert content(tmp_path)["results.gpkg"] == before
    assert set(content(tmp_path)) == FILES


def test_a_run_over_a_part_loses_no_decision(dossier, tmp_path):
    assert engine("run", dossier, "--out", tmp_path).returncode == 0
    path = tmp_path / "results.gpkg"
    table = pyogrio.read_dataframe(path, layer="findings")
    control = table["rule"].str.startswith("control.")
    table.loc[control, ["status", "status_reason"]] = ["accepted", "国家重点项目"]
    pyogrio.write_dataframe(table, path, layer="findings", driver="GPKG")
    for more in (["--checks", "quotas"], ["--clusters", "P1"], []):
        assert engine("run", dossier, "--out", tmp_path, *more).returncode == 0
    again = pyogrio.read_dataframe(path, layer="findings")
    assert again.set_index("id")["status"].to_dict() == table.set_index("id")["status"].to_dict()
    assert control.any()


def test_former_results_that_can_not_be_read_are_left_alone_with_one_clear_line(dossier, tmp_path):
    (tmp_path / "results.gpkg").write_bytes(b"half a file")
    process = engine("run", dossier, "--out", tmp_path)
    assert process.returncode == 2 and "results.gpkg" in process.stderr
    assert content(tmp_path) == {"results.gpkg": b"half a file"}


def test_a_job_file_does_what_the_arguments_do(run, dossier, tmp_path):
    _, first = run
    job = tmp_path / "job.json"
    out = tmp_path / "out"
    job.write_text(
        json.dumps({"job": 1, "task": "run", "dossier": str(dossier), "out": str(out)}),
        encoding="utf-8",
    )
    process = engine("job", job, "--json")
    assert process.returncode == 0, process.stderr
    assert content(out)["results.gpkg"] == content(first)["results.gpkg"]


def test_checks_and_clusters_narrow_a_run(dossier, tmp_path):
    process = engine("run", dossier, "--out", tmp_path, "--checks", "quotas", "--clusters", "P1")
    assert process.returncode == 0, process.stderr
    indicators = pyogrio.read_dataframe(tmp_path / "results.gpkg", layer="indicators")
    clusters = set(indicators.loc[indicators["level"] == "cluster", "unit"])
    assert clusters == {"P1"}
    findings = pyogrio.read_dataframe(tmp_path / "results.gpkg", layer="findings")
    assert not findings["rule"].str.startswith("control.").any()


def changed(dossier: Path, name: str, change) -> Path:
    """Write the dossier anew with one thing changed."""
    given = yaml.safe_load(dossier.read_text(encoding="utf-8"))
    change(given)
    path = dossier.with_name(name)
    path.write_text(yaml.safe_dump(given, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


UNUSABLE = {
    "an unknown key": (lambda d: d.update(tolerence={}), "tolerance"),
    "an unknown role": (
        lambda d: d["layers"].update(farmlands=d["layers"]["farmland"]),
        "farmland",
    ),
    "a missing file": (lambda d: d["layers"]["plan"].update(path="no.gpkg"), "no.gpkg"),
    "a missing layer": (lambda d: d["layers"]["plan"].update(layer="GHDLBT"), "GHDLTB"),
    "a missing field": (lambda d: d["layers"]["plan"]["fields"].update(code="DLDM"), "GHDLBM"),
    "a CRS in degrees": (lambda d: d.update(crs="EPSG:4490"), "4490"),
    "an unknown code table": (lambda d: d["layers"]["plan"].update(codes="sandia"), "sandiao"),
    "an unknown standard": (lambda d: d.update(standard="cn-2032"), "cn-2023"),
    "a missing quota table": (lambda d: d.update(quotas={"path": "q.csv"}), "q.csv"),
    "a filter that is no SQL": (lambda d: d["layers"]["plan"].update(filter="=="), "=="),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_unusable_input_is_one_clear_line_and_status_2(case, dossier, tmp_path):
    change, word = UNUSABLE[case]
    process = engine("run", changed(dossier, "bad.yaml", change), "--out", tmp_path / "out")
    assert process.returncode == 2, process.stderr
    told = [line for line in process.stderr.splitlines() if "%" not in line[:8]]
    assert len(told) == 1, process.stderr
    assert word in told[0]
    assert process.stdout == ""
    assert not (tmp_path / "out").exists() or content(tmp_path / "out") == {}


def test_a_dossier_that_is_not_there_or_no_yaml_is_status_2(tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("dossier: [1\n", encoding="utf-8")
    for path in (bad, tmp_path / "none.yaml"):
        process = engine("run", path, "--out", tmp_path / "out", "--json")
        assert process.returncode == 2
        assert path.name in process.stdout.splitlines()[-1]
        assert "Traceback" not in process.stderr


def test_a_job_file_of_another_version_is_status_2(tmp_path):
    job = tmp_path / "job.json"
    job.write_text('{"job": 99}', encoding="utf-8")
    assert engine("job", job).returncode == 2


def test_doctor_names_the_versions(tmp_path):
    process = engine("doctor", "--json")
    assert process.returncode == 0, process.stdout
    for word in ("python", "shapely", "geos", "pyproj"):
        assert word in process.stdout.lower()


@pytest.fixture(scope="module")
def county(tmp_path_factory) -> Path:
    """Let the engine make a county large enough to be stopped in."""
    folder = tmp_path_factory.mktemp("sample")
    process = engine("sample", "--out", folder, "--parcels", 3000, "--seed", 3)
    assert process.returncode == 0, process.stderr
    return next(folder.glob("*.yaml"))


@pytest.mark.parametrize("stage", ["start", "read", "fabric", "report"])
def test_ctrl_c_ends_within_a_second_and_leaves_former_results_whole(stage, run, county, tmp_path):
    for name, data in content(run[1]).items():
        (tmp_path / name).write_bytes(data)
    former = content(tmp_path)
    process = subprocess.Popen(
        command("run", county, "--out", tmp_path, "--json"), env=environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    for line in process.stdout:
        if stage in ("start", json.loads(line).get("stage")):
            break
    time.sleep(0.1)
    start = time.monotonic()
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=30)
    assert process.returncode == 3
    assert time.monotonic() - start < 1.5  # a second, and what a busy machine adds
    assert all(json.loads(line) for line in rest.splitlines())
    assert content(tmp_path) == former


def test_a_sample_of_one_seed_is_one_county(tmp_path):
    for name in ("one", "other"):
        process = engine("sample", "--out", tmp_path / name, "--parcels", 300, "--seed", 5)
        assert process.returncode == 0, process.stderr
    one, other = content(tmp_path / "one"), content(tmp_path / "other")
    assert one.keys() == other.keys()
    assert {name for name in one if one[name] != other[name]} == set()


USAGE = [
    (["run"], "缺少参数 DOSSIER, --out", "arguments are missing: DOSSIER, --out"),
    (["runn", "x"], "不能是“runn”；可用：run、", "can't be 'runn'; known: run, "),
    (["decide", "a", "b", "agree"], "不能是“agree”；可用：agreed、", "known: agreed, "),
    (["sites", "d", "p", "q", "--out", "o", "--count", "x"], "应为数字，而不是“x”", "a number"),
    (["run", "d", "--out", "o", "--foo"], "不认识的参数 --foo", "unknown arguments: --foo"),
    (["run", "d", "--out"], "参数 --out 后面缺少值", "argument --out lacks its value"),
    (["register", "r", "--re"], "参数 --re", "argument --re"),
]


@pytest.mark.parametrize(("words", "chinese", "english"), USAGE)
def test_slips_on_the_command_line_are_told_in_the_language_of_the_locale(
    words, chinese, english, monkeypatch, capsys
):
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    both = (("C.UTF-8", chinese, "用法："), ("en_GB.UTF-8", english, "usage: "))
    for locale, shown, head in both:
        monkeypatch.setenv("LANG", locale)
        monkeypatch.setattr("sys.argv", ["pianqu", *words])
        with pytest.raises(SystemExit) as end:
            main(words)
        told = capsys.readouterr().err
        assert end.value.code == 2
        assert told.startswith(head) and shown in told.splitlines()[-1]


HELP = [
    ([], "检查一个县的数据清单", "check a county's dossier"),
    (["run"], "片区代码或名称，默认全部", "codes or names of clusters; default all"),
    (["convertcodes"], "含图层的文件", "a file with layers"),
]


@pytest.mark.parametrize(("words", "chinese", "english"), HELP)
def test_help_is_given_in_the_language_asked_for(words, chinese, english, monkeypatch, capsys):
    for language, shown, heads in (("zh", chinese, ("用法：pianqu", "\n选项：\n")),
                                   ("en", english, ("usage: pianqu", "\noptions:\n"))):  # fmt: skip
        order = [*words, "--help", f"--language={language}"]
        monkeypatch.setattr("sys.argv", ["pianqu", *order])
        with pytest.raises(SystemExit) as end:
            main(order)
        told = capsys.readouterr().out
        assert end.value.code == 0
        assert told.startswith(heads[0]) and heads[1] in told and shown in told
        assert "engine.help" not in told
        assert bool(re.search("[\u3400-\u9fff]", told)) == (language == "zh")


def test_the_language_asked_for_wins_over_the_locale():
    assert spoken(["run", "--language", "en"]) == "en" and spoken(["--language=zh"]) == "zh"
    assert complaint("argparse says something new") == "argparse says something new"
