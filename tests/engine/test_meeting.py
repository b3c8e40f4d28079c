# SPDX-License-Identifier: GPL-2.0-or-later
"""The papers of the joint meeting say what results and register hold, no more and no less."""

from __future__ import annotations

import re
import sqlite3
from html import unescape

import meeting_made as made
import pytest
from openpyxl import load_workbook
from pianqu.layers.errors import InputError
from pianqu.layers.words import LANGUAGES, say, speaking
from pianqu.reports.meeting import OUTPUTS, write_meeting

RANK = {"error": 0, "warning": 1, "info": 2}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = made.write_results(tmp_path_factory.mktemp("results"))
    made.write_register(folder)
    return folder


@pytest.fixture(scope="module")
def papers(results, tmp_path_factory):
    return write(results, tmp_path_factory.mktemp("papers"))


@pytest.fixture(scope="module")
def page(papers):
    return text_of(papers)


@pytest.fixture(scope="module")
def book(papers):
    return load_workbook(papers / "meeting.xlsx")


def write(results, folder, register="", language="zh"):
    folder.mkdir(exist_ok=True)
    with speaking(language):
        paths = write_meeting(results, register, folder)
    assert [path.name for path in paths] == list(OUTPUTS)
    return folder


def text_of(folder):
    return (folder / "meeting.html").read_text(encoding="utf-8")


def plain(markup):
    """Give the words of some markup, a space for each tag."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def section(page, key):
    """Give the part of the page under a heading."""
    start = page.index(f'<h2 id="{key}"')
    end = page.find("<h2 id=", start + 1)
    return page[start : end if end > 0 else len(page)]


def rows_of(markup):
    """Give the cells of each body row of the tables in some markup."""
    bodies = "".join(re.findall(r"<tbody>(.*?)</tbody>", markup, re.DOTALL))
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", bodies, re.DOTALL)
    return [
        [plain(cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)]
        for row in rows
    ]


def numbered():
    """Order the made conflicts by hand: severity, cluster, id."""
    found = made.conflicts().to_dict("records")
    order = sorted(found, key=lambda row: (RANK[row["severity"]], row["cluster"], row["id"]))
    return {row["id"]: number for number, row in enumerate(order, 1)}


def states():
    return {made.conflict_id(at): spec[4] or "open" for at, spec in enumerate(made.CONFLICTS)}


def department_sides():
    """Map each department to the numbers of its conflicts, from the specs alone."""
    owner = {code: plan for plan, code, *_ in made.PROJECTS}
    department = {plan: name for plan, _, name, _ in made.PLANS}
    numbers = numbered()
    out = {name: set() for name in department.values()}
    out[say("meeting.common")] = set()
    for at, (_, _, subject, other, _) in enumerate(made.CONFLICTS):
        names = {department[owner[code]] for code in (subject, other) if code in owner}
        for name in names or {say("meeting.common")}:
            out[name].add(numbers[made.conflict_id(at)])
    return out


def test_the_summary_counts_by_severity_and_state(page):
    rows = rows_of(section(page, "summary"))
    specs = made.CONFLICTS
    for severity, sign in (("error", "■ 错误"), ("warning", "▲ 警告"), ("info", "● 提示")):
        (row,) = [row for row in rows if row[0] == sign]
        mine = [spec for spec in specs if spec[1] == severity]
        count = [int(cell) if cell != "—" else 0 for cell in row[1:7]]
        wanted = [len(mine)]
        for state in ("open", "reopened", "agreed", "waived", "fixed"):
            wanted.append(sum((spec[4] or "open") == state for spec in mine))
        assert count == wanted
    total = made.conflicts()["area_m2"].sum() / 1e4
    assert rows[3][0] == "合计" and rows[3][7] == f"{total:.2f}"
    pending = sum(state in ("open", "reopened") for state in states().values())
    assert f"今日待决 {pending} 处" in plain(section(page, "summary"))


def test_every_conflict_stands_in_exactly_its_departments_sheets(page, book):
    wanted = department_sides()
    part = section(page, "departments")
    blocks = re.split(r"<h3>", part)[1:]
    shown = {}
    for block in blocks:
        name = plain(block[: block.index("</h3>")])
        shown[name] = {int(row[0]) for row in rows_of(block) if row[0].isdigit()}
    with_conflicts = {name: numbers for name, numbers in wanted.items() if numbers}
    assert {name: numbers for name, numbers in shown.items() if numbers} == with_conflicts
    for name, numbers in wanted.items():
        sheet = book[name]
        first = [cell.value for cell in sheet["A"][1:]]
        assert {value for value in first if isinstance(value, int)} == numbers


def test_a_department_without_conflicts_says_none(page, book):
    assert "消防救援大队 消防专项规划 无冲突。" in plain(section(page, "departments"))
    values = [cell.value for row in book["消防救援大队"].iter_rows() for cell in row]
    assert "无冲突。" in values


def test_both_sides_see_their_own_project_first(book):
    own = {name: [cell.value for cell in book[name]["D"][1:]] for name in ("教育局", "交通运输局")}
    assert all("小学" in value for value in own["教育局"])
    assert all("JT00" in value for value in own["交通运输局"])


def test_the_matrix_is_that_of_the_results(page, book):
    plans = [plan[0] for plan in made.PLANS]
    table = {
        (row.sector_a, row.sector_b): row for row in made.matrix(made.conflicts()).itertuples()
    }
    cells = [row[1:] for row in rows_of(section(page, "matrix"))]
    sheet = book["矩阵"]
    start = next(cell.row for cell in sheet["A"] if cell.value == "1 交通运输专项规划")
    for i, a in enumerate(plans):
        for j, b in enumerate(plans):
            if i == j:
                continue
            row = table[min((a, b), (b, a), key=lambda pair: plans.index(pair[0]))]
            count = row.count + row.sequence_count + row.duplicate_count
            area, shown = row.area_ha, cells[i][j].split()
            if i > j:
                count, area = row.joint_count, row.joint_ha
            assert (int(shown[0]) if shown else 0) == count, (a, b)
            assert (sheet.cell(start + i, 2 + j).value or 0) == count
            if count and area:
                assert shown[1] == f"{area:.2f}"
    two = ("sector.overlap", "sector.sequence")  # the duplicate is one of a single plan
    shared = sum(spec[0] in two for spec in made.CONFLICTS)
    assert sum(int(cell.split()[0]) for row in cells for cell in row if cell) == shared + 1


def test_pairs_of_departments_add_up_to_all_conflicts(page):
    rows = rows_of(section(page, "agenda"))
    assert sum(int(row[2]) for row in rows) == len(made.CONFLICTS)
    waiting = {numbered()[key] for key, state in states().items() if state in ("open", "reopened")}
    listed = [int(n) for row in rows for n in re.findall(r"\d+", row[7])]
    assert sorted(listed) == sorted(waiting)


def test_demand_is_set_against_what_is_left(page, book):
    rows = {row[1]: row for row in rows_of(section(page, "demand"))}
    for row in made.demand().itertuples():
        shown = rows[row.unit_name]
        assert shown[2] == f"{row.demand_ha:.2f}"
        if row.left_ha == row.left_ha:
            assert shown[5] == f"{row.left_ha:.2f}"
            assert shown[6].replace("−", "-") == f"{row.margin_ha:.2f}"
        assert shown[8].endswith(say(f"reports.outcome.{row.outcome}"))
    assert "没有下达控制数" in rows["沉抗镇"][9]
    values = {row[2]: row[3] for row in book["新增用地"].iter_rows(values_only=True) if row[3]}
    assert values["北部片区"] == 61.5


def test_decisions_are_those_of_the_register_with_their_history(page, book):
    rows = rows_of(section(page, "decisions"))
    wanted = {"agreed": 1, "waived": 2, "reopened": 1, "fixed": 1}
    for state, count in wanted.items():
        assert sum(row[1] == say(f"meeting.state.{state}") for row in rows) == count
    (agreed,) = [row for row in rows if row[1] == "已商定"]
    assert agreed[4:6] == ["由交通部门微调线位", "已报县政府同意"]
    assert agreed[6] == "自然资源和规划局 张工 2025-02-20"
    assert "2025-02-20 待处理 → 已商定" in agreed[7].replace("\u3000", " ")
    (gone,) = [row for row in rows if row[1] == "已解决"]
    assert gone[0] == "不再出现" and "旧桥改建" in gone[3]
    assert book["决定"].max_row == 1 + sum(wanted.values())


def test_each_conflict_with_a_place_has_a_map_and_the_others_are_named(page):
    numbers = numbered()
    placeless = set()
    for row in made.conflicts().to_dict("records"):
        number = numbers[row["id"]]
        if row["rule"] in ("sector.projects", "sector.demand"):
            placeless.add(number)
        assert (f'id="sheet-{number}"' in page) == (number not in placeless)
    said = plain(section(page, "sheets")).split("序号")[1].split("。")[0]
    assert {int(n) for n in re.findall(r"\d+", said)} == placeless


def test_a_map_names_both_sides_and_its_sites(page):
    number = numbered()[made.conflict_id(1)]
    sheet = page[page.index(f'id="sheet-{number}"') :]
    sheet = sheet[: sheet.index("</section>")]
    words = plain(sheet)
    for said in ("交通运输局", "教育局", "县道改线（JT001）", "柏梓小学（JY001）",
                 "080403 小学用地", "240 米处，柏梓镇", "1. 预留用地 3.91 公顷，",
                 "不满足需求 3.50 公顷"):  # fmt: skip
        assert said in words
    assert words.count("B3") == 1  # the far site is an arrow at the edge
    assert "5.2 千米" in words


def test_the_list_of_conflicts_has_filters_and_all_rows(book):
    sheet = book["冲突"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:X{len(made.CONFLICTS) + 1}"
    heads = [cell.value for cell in sheet[1]]
    place = heads.index("面积（公顷）")
    area = [row[place] or 0 for row in sheet.iter_rows(min_row=2, values_only=True)]
    total = made.conflicts()["area_m2"].sum() / 1e4
    assert sum(area) == pytest.approx(total, abs=0.05)
    ids = [cell.value for cell in sheet["X"][1:]]
    assert {key: at for at, key in enumerate(ids, 1)} == numbered()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_inputs_make_the_same_bytes(results, tmp_path, language):
    folders = [write(results, tmp_path / name, language=language) for name in "ab"]
    for name in OUTPUTS:
        one, other = (folder / name for folder in folders)
        assert one.read_bytes() == other.read_bytes(), name


def test_english_papers_have_no_chinese_of_ours(results, tmp_path):
    page = text_of(write(results, tmp_path / "en", language="en"))
    heads = re.findall(r"<h2[^>]*>(.*?)</h2>", page) + re.findall(r"<thead>.*?</thead>", page)
    words = plain(" ".join(heads))
    assert not re.search("[\u4e00-\u9fff]", words), words
    assert "Conflicts of each plan by kind" in words


def test_without_a_register_all_are_open_and_the_page_says_so(tmp_path):
    results = made.write_results(tmp_path / "results")
    page = text_of(write(results, tmp_path / "papers"))
    assert "没有冲突台账，故没有已作的决定。" in page
    assert f"今日待决 {len(made.CONFLICTS)} 处" in plain(page)


def test_a_register_that_is_not_there_is_an_error(results, tmp_path):
    with pytest.raises(InputError, match="冲突台账"):
        write(results, tmp_path / "papers", register=str(tmp_path / "none.gpkg"))


@pytest.mark.parametrize("how", ["newer", "foreign", "damaged"])
def test_a_register_is_judged_where_the_register_is(results, tmp_path, how):
    """What another version wrote, or another program, is no register to the papers either."""
    place = made.write_register(tmp_path)
    if how == "newer":
        with sqlite3.connect(place) as connection:
            connection.execute("UPDATE register_info SET version = 99")
        connection.close()
    elif how == "foreign":
        place.unlink()
        place.write_bytes((results / "results.gpkg").read_bytes())  # has a layer `conflicts` too
    else:
        place.write_bytes(place.read_bytes()[:9000])
    with pytest.raises(InputError) as told:
        write(results, tmp_path / "papers", register=str(place))
    assert told.value.key == f"register.{how}"


def test_a_register_elsewhere_is_read(tmp_path):
    results = made.write_results(tmp_path / "results")
    (tmp_path / "kept").mkdir()
    made.write_register(tmp_path / "kept")
    page = text_of(write(results, tmp_path / "papers", register=str(tmp_path / "kept")))
    assert "由交通部门微调线位" in page


def test_results_without_sector_plans_are_an_error(tmp_path):
    with pytest.raises(InputError, match="results"):
        write(tmp_path, tmp_path / "papers")


def test_no_conflicts_at_all_is_said_and_nothing_breaks(tmp_path):
    results = made.write_results(tmp_path / "results", specs=())
    papers = write(results, tmp_path / "papers")
    page = text_of(papers)
    assert "本次检查未发现专项规划冲突。" in page
    assert 'id="sheet-' not in page
    assert plain(section(page, "departments")).count("无冲突。") == len(
        {plan[2] for plan in made.PLANS}
    )
    assert load_workbook(papers / "meeting.xlsx")["冲突"].max_row == 1


def test_words_of_users_are_escaped_and_never_a_formula(tmp_path):
    def edit(found):
        found.loc[1, "subject_label"] = "<script>alert(1)</script>"
        found.loc[1, "message"] = '=HYPERLINK("http://x")'
        found.loc[1, "subject_department"] = "[交通]*?/局" + "很" * 40
        found.loc[2, "subject_department"] = "[交通]*?/局" + "很" * 41
        return found

    results = made.write_results(tmp_path / "results", edit=edit)
    papers = write(results, tmp_path / "papers")
    page = text_of(papers)
    assert "<script" not in page and "&lt;script&gt;" in page
    book = load_workbook(papers / "meeting.xlsx")
    cells = [cell for row in book["冲突"].iter_rows() for cell in row]
    (cell,) = [cell for cell in cells if str(cell.value).startswith("=HYPER")]
    assert cell.data_type == "s" and cell.quotePrefix


def test_more_conflicts_than_maps_keeps_the_graver_ones(results, tmp_path, monkeypatch):
    from pianqu.reports import meeting_html

    monkeypatch.setattr(meeting_html, "SHEETS", 5)
    page = text_of(write(results, tmp_path / "papers"))
    numbers = [int(number) for number in re.findall(r'id="sheet-(\d+)"', page)]
    assert len(numbers) == 5 and max(numbers) <= 7
    total = len(made.CONFLICTS)
    assert f"冲突共 {total} 处，本页只印较严重的 5 处图幅" in plain(page)
