# SPDX-License-Identifier: GPL-2.0-or-later
"""Results get their names all at once or not at all, and never those of the input."""

from __future__ import annotations

from pathlib import Path

import pytest
from pianqu.layers.dossier import dossier_from
from pianqu.layers.errors import InputError
from pianqu.reports.publish import open_folder, publish, refuse_inputs
from pianqu.sample import refuse_strangers


def prepared(out: Path, **files: str) -> Path:
    work = open_folder(out, ".pianqu-00000000")
    for name, text in files.items():
        (work / name).write_text(text, encoding="utf-8")
    return work


def contents(out: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in out.iterdir() if path.is_file()}


def test_new_files_take_the_names_and_the_folder_is_clean(tmp_path):
    (tmp_path / "a").write_text("old", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    files, notes = publish(prepared(tmp_path, a="new", b="new"), tmp_path)
    assert contents(tmp_path) == {"a": "new", "b": "new", "notes.txt": "mine"}
    assert [path.name for path in files] == ["a", "b"]
    assert notes == []
    assert not list(tmp_path.glob(".pianqu*"))


def test_a_disk_that_fails_half_way_leaves_the_former_results_whole(tmp_path, monkeypatch):
    for name in ("a", "b", "c"):
        (tmp_path / name).write_text("old", encoding="utf-8")
    work = prepared(tmp_path, a="new", b="new", c="new")
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if self == work / "b":
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(InputError, match="磁盘已满"):
        publish(work, tmp_path)
    assert contents(tmp_path) == {"a": "old", "b": "old", "c": "old"}


def test_a_held_file_stays_and_the_new_one_is_kept_beside_it(tmp_path, monkeypatch):
    (tmp_path / "report.xlsx").write_text("open in Excel", encoding="utf-8")
    (tmp_path / "report-2.xlsx").write_text("an earlier one", encoding="utf-8")
    work = prepared(tmp_path, **{"report.xlsx": "new", "run.json": "new"})
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if self == tmp_path / "report.xlsx":
            raise PermissionError(13, "in use")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    files, notes = publish(work, tmp_path)
    found = contents(tmp_path)
    assert found["report.xlsx"] == "open in Excel"
    assert found["report-3.xlsx"] == "new"
    assert tmp_path / "report-3.xlsx" in files
    assert len(notes) == 1
    assert "report-3.xlsx" in notes[0]


def test_a_folder_of_that_name_is_left_alone(tmp_path):
    (tmp_path / "report.xlsx").mkdir()
    _, notes = publish(prepared(tmp_path, **{"report.xlsx": "new"}), tmp_path)
    assert (tmp_path / "report.xlsx").is_dir()
    assert (tmp_path / "report-2.xlsx").read_text(encoding="utf-8") == "new"
    assert len(notes) == 1


def test_a_file_is_no_output_folder(tmp_path):
    (tmp_path / "x").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="x"):
        open_folder(tmp_path / "x", "w")


def dossier(folder: Path, **more):
    layers = {"units": {"path": "results.gpkg", "fields": {"code": "c"}}}
    content = {"dossier": 1, "code": "1", "crs": "EPSG:4544", "layers": layers, **more}
    return dossier_from(content, folder)


def test_results_never_replace_what_the_dossier_reads(tmp_path):
    names = ("results.gpkg", "report.xlsx")
    with pytest.raises(InputError, match=r"results\.gpkg"):
        refuse_inputs(dossier(tmp_path), tmp_path, names)
    refuse_inputs(dossier(tmp_path), tmp_path / "out", names)
    with pytest.raises(InputError, match=r"report\.xlsx"):
        one = dossier(tmp_path, quotas={"path": "out/report.xlsx"})
        refuse_inputs(one, tmp_path / "out", names)


def test_a_sample_county_replaces_only_another_one(tmp_path):
    refuse_strangers(tmp_path)
    (tmp_path / "county.gpkg").write_text("somebody's work", encoding="utf-8")
    with pytest.raises(InputError, match=r"county\.gpkg"):
        refuse_strangers(tmp_path)
    (tmp_path / "README.txt").write_text("... YJJBNTTB ...", encoding="utf-8")
    refuse_strangers(tmp_path)
