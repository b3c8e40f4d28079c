# SPDX-License-Identifier: GPL-2.0-or-later
"""What the report says of sector plans that could not be read: names, once, and never blank."""

from __future__ import annotations

import re
from html import unescape

import pytest
import yaml
from openpyxl import load_workbook
from pianqu.checks.run import compute
from pianqu.layers.words import speaking
from pianqu.reports.html import write_html
from pianqu.reports.workbook import write_workbook
from pianqu.sample import make_county

LOST = {"water": "水利发展专项规划", "education": "教育发展专项规划"}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Check a county two of whose plans name layers that are not there."""
    folder = tmp_path_factory.mktemp("county")
    dossier = make_county(300, 3, False, folder)
    content = yaml.safe_load(dossier.read_text(encoding="utf-8"))
    for plan in content["sectors"]:
        if plan["id"] in LOST:
            plan["layout"]["layer"] = "nowhere"
    broken = folder / "broken.yaml"
    broken.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with speaking("zh"):
        results = compute(broken, ("sectors", "quotas"))
        write_html(results, folder / "report.html")
        write_workbook(results, folder / "report.xlsx")
    return results, (folder / "report.html").read_text(encoding="utf-8"), folder / "report.xlsx"


def plain(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def part(page: str, key: str) -> str:
    start = page.index(f'id="{key}"')
    end = page.find("<h2 id=", start + 1)
    return page[start : end if end > 0 else len(page)]


def test_the_verdict_names_the_plans_and_leaves_the_reasons_to_their_part(report):
    _, page, _ = report
    verdict = part(page, "verdict")
    assert "未检查或未完整检查的专项规划：水利发展专项规划、教育发展专项规划。" in plain(verdict)
    assert "nowhere" not in verdict
    assert "nowhere" in part(page, "sectors")


def test_a_pair_with_an_unread_plan_is_marked_in_the_matrix(report):
    results, page, _ = report
    ids = results.sectors.sectors["sector"].tolist()
    grid = part(page, "sectors")
    grid = grid[grid.index('<table class="grid">') :]
    body = grid[grid.index("<tbody>") : grid.index("</tbody>")]
    marked = set()
    for one, row in zip(ids, re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)):
        cells = re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)[1:]
        marked |= {(one, other) for other, cell in zip(ids, cells) if plain(cell) == "未查"}
    wanted = {(a, b) for a in ids for b in ids if a != b and {a, b} & set(LOST)}
    assert marked == wanted


def test_no_id_and_no_key_of_the_record_stands_where_a_word_belongs(report):
    _, page, _ = report
    words = plain(part(page, "provenance"))
    assert "水利发展专项规划项目库" in words and "交通运输专项规划布局图" in words
    for raw in ("sector:", "sector_", "unread_sectors", "unchecked_sectors", "sites_caveat",
                "looked", "sectors："):  # fmt: skip
        assert raw not in words
    assert "交通运输专项规划 " in words  # how many features of it were read
    rows = re.findall(r"<tr>(.*?)</tr>", part(page, "data"), re.DOTALL)
    told = [plain(row) for row in rows if "nowhere" in row]
    assert len(told) == len(LOST)
    assert all(any(name in row for row in told) for name in LOST.values())


def test_the_workbook_names_plans_too(report):
    *_, book = report
    sheet = load_workbook(book).worksheets[-1]
    values = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    assert not [one for one in values if one.startswith("sector:")]
    assert "水利发展专项规划项目库" in values
