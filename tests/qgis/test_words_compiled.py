# SPDX-License-Identifier: GPL-2.0-or-later
"""Every sentence of the QGIS side is extracted, translated, compiled, and chosen by the locale."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys

import pytest
from pianqu.jobs.words import tr
from places import ROOT
from qgis.core import QgsSettings
from qgis.PyQt.QtCore import QCoreApplication, QLocale, QTranslator

sys.path.append(str(ROOT / "tools"))
import i18n

COMPILED = ROOT / "i18n" / "pianqu_zh.qm"
# Methods of widgets that show their text; what they are given has to go through `tr`.
SHOWING = {
    "setText", "setToolTip", "setWindowTitle", "setTitle", "setPlaceholderText", "setStatusTip",
    "setAccessibleName", "setLabelText", "setWhatsThis", "addItem", "addTab", "addMenu",
    "addAction", "addRow", "pushMessage", "pushInfo", "pushWarning", "reportError", "information",
    "setInformativeText", "setProgressText", "QLabel", "QPushButton", "QAction", "QGroupBox",
    "QCheckBox", "QRadioButton", "QCommandLinkButton", "QgsProcessingException",
}  # fmt: skip
# Names of formats, units and languages are the same in every language.
SAME = re.compile(r"^(YAML \(.*\)|中文|English|Python|CSV|XLSX|.{0,2})$")


@pytest.fixture()
def locale():
    settings = QgsSettings()
    before = [settings.value(f"locale/{name}") for name in ("userLocale", "overrideFlag")]

    def choose(name, override=True):
        settings.setValue("locale/userLocale", name)
        settings.setValue("locale/overrideFlag", override)

    yield choose
    for name, value in zip(("userLocale", "overrideFlag"), before):
        if value is None:
            settings.remove(f"locale/{name}")
        else:
            settings.setValue(f"locale/{name}", value)


@pytest.mark.parametrize("name", ["zh-Hans", "zh-Hant", "zh_CN", "zh_TW", "zh", "ZH_cn"])
def test_every_chinese_locale_is_spoken_to_in_chinese(locale, name):
    from pianqu.plugin import plugin_language

    locale(name)
    assert plugin_language() == "zh"


@pytest.mark.parametrize("name", ["en_US", "en", "de", "fr_FR", "ja", "mzh"])
def test_everyone_else_is_spoken_to_in_english(locale, name):
    from pianqu.plugin import plugin_language

    locale(name)
    assert plugin_language() == "en"


@pytest.mark.parametrize(("system", "spoken"), [("zh_CN", "zh"), ("de_DE", "en")])
def test_without_a_choice_the_systems_language_is_spoken(locale, monkeypatch, system, spoken):
    from pianqu import plugin

    class System:
        @staticmethod
        def system():
            return QLocale(system)

    locale("", override=False)
    monkeypatch.setattr(plugin, "QLocale", System)
    assert plugin.plugin_language() == spoken


def test_all_sentences_are_in_the_catalogue_and_it_has_no_others():
    known = i18n.known()
    assert [one for one in i18n.sentences() if not known.get(one)] == [], "make i18n"
    assert sorted(set(known) - set(i18n.sentences())) == [], "make i18n"


def test_the_compiled_catalogue_says_what_the_written_one_says():
    translator = QTranslator()
    assert translator.load(str(COMPILED))
    known = i18n.known()
    QCoreApplication.installTranslator(translator)
    wrong = [one for one, zh in known.items() if tr(one) != zh]
    QCoreApplication.removeTranslator(translator)
    assert wrong == [], "make i18n"
    assert len(known) > 300


def test_a_translation_is_chinese_and_no_copy():
    same = {one for one, zh in i18n.known().items() if not re.search(r"[\u3400-\u9fff]", zh)}
    # What is left has no words to translate: names of programs, tables, formats and blanks.
    assert all(not re.search(r"[a-z]{4}", re.sub(r"{\w+}|Python|Pianqu", "", one)) for one in same)


def calls():
    for name in i18n.SOURCES:
        place = ROOT / name
        for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                    yield path, name, node


def test_what_is_translated_is_written_out_where_it_is_asked_for():
    for path, name, node in calls():
        if name in ("tr", "later") and isinstance(node.func, ast.Name) and node.args:
            assert isinstance(node.args[0], ast.Constant), f"{path.name}:{node.lineno}"


def bare(node):
    """List the words that a call shows without `tr`: literals, and those of f-strings."""
    for argument in node.args:
        parts = argument.values if isinstance(argument, ast.JoinedStr) else [argument]
        for part in parts:
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                text = re.sub(r"<[^>]*>|&\w+;|\W|\d", "", part.value)
                if text and not SAME.match(part.value.strip()):
                    yield part.value


def test_no_widget_is_given_words_that_are_not_translated():
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno} {name} {text!r}"
        for path, name, node in calls()
        if name in SHOWING
        for text in bare(node)
    ]
    assert found == []


def test_the_search_for_bare_words_finds_them():
    tree = ast.parse('label.setText("Hello there")\nlabel.setText(f"{n} ha of land")\n')
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert [text for node in nodes for text in bare(node)] == ["Hello there", " ha of land"]
    harmless = ast.parse('label.setText("–")\nlabel.setText(f"{a} · {b}")\nlabel.setText(tr("x"))')
    nodes = [node for node in ast.walk(harmless) if isinstance(node, ast.Call)]
    assert [text for node in nodes[:3] for text in bare(node)] == []


@pytest.mark.skipif(not shutil.which("lrelease"), reason="no lrelease")
def test_a_sentence_without_translation_is_told(tmp_path, monkeypatch, capsys):
    source = tmp_path / "ui"
    source.mkdir()
    (source / "one.py").write_text('tr("Known")\ntr("Un" "known")\nlater("Marked")\nother("No")\n')
    monkeypatch.setattr(i18n, "ROOT", tmp_path)
    monkeypatch.setattr(i18n, "SOURCES", ("ui",))
    monkeypatch.setattr(i18n, "CATALOGUE", tmp_path / "made.ts")
    i18n.write({"Known": "认识", "Gone": "没了", "Marked": "<标&记>"})
    assert i18n.main() == 1
    assert capsys.readouterr().err.splitlines() == ["not translated: Unknown"]
    assert i18n.known() == {"Known": "认识", "Unknown": "", "Marked": "<标&记>"}
    translator = QTranslator()
    assert translator.load(str(tmp_path / "made.qm"))
    assert translator.translate("Pianqu", "Marked") == "<标&记>"
    assert not translator.translate("Pianqu", "Unknown")


def test_make_i18n_leaves_a_catalogue_that_is_up_to_date_as_it_is(tmp_path, monkeypatch):
    # Where sentences stand in the sources moves all the time; only their order follows.
    before = i18n.CATALOGUE.read_bytes()
    monkeypatch.setattr(i18n, "CATALOGUE", tmp_path / "pianqu_zh.ts")
    (tmp_path / "pianqu_zh.ts").write_bytes(before)
    i18n.write({source: i18n.known().get(source, "") for source in i18n.sentences()})
    after = (tmp_path / "pianqu_zh.ts").read_bytes()
    assert sorted(after.splitlines()) == sorted(before.splitlines())


def test_tools_need_nothing_but_python():
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.append({str(ROOT / 'tools')!r});"
         "import i18n; assert i18n.sentences()"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
