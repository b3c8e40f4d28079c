# SPDX-License-Identifier: GPL-2.0-or-later
"""Help: a page for everything in both languages, up to date, opened from the disk."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from places import ROOT
from qgis.core import QgsApplication, QgsProcessingParameterDefinition, QgsSettings
from qgis.gui import QgsProcessingAlgorithmDialogBase
from qgis.PyQt.QtCore import QObject, QUrl, pyqtSlot
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import QDialogButtonBox

PAGES = ROOT / "help" / "pages"
LANGUAGES = ("en", "zh")
DOCKS = ("clustercheck", "sectorplans")
MOST = 80_000


class Page(HTMLParser):
    """What a page holds: its words, links, pictures, anchors, and whether its tags are closed."""

    VOID = ("meta", "link", "img", "br")

    def __init__(self, path):
        super().__init__()
        self.links, self.pictures, self.anchors, self.names = [], [], [], set()
        self.open, self.words, self.alts = [], [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag not in self.VOID:
            self.open.append(tag)
        if "id" in given:
            self.anchors.append(given["id"])
        if tag in ("a", "link"):
            self.links.append(given["href"])
        if tag == "img":
            self.pictures.append(given["src"])
            self.alts.append(given.get("alt", ""))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join("".join(self.words).split())


class Browser(QObject):
    """Takes what would be opened in a browser."""

    def __init__(self):
        super().__init__()
        self.opened = []

    @pyqtSlot(QUrl)
    def take(self, url):
        self.opened.append(url)


@pytest.fixture()
def browser():
    one = Browser()
    for scheme in ("file", "http", "https"):
        QDesktopServices.setUrlHandler(scheme, one, "take")
    yield one
    for scheme in ("file", "http", "https"):
        QDesktopServices.unsetUrlHandler(scheme)


@pytest.fixture(params=LANGUAGES)
def spoken(request, qgis_processing):
    """Load the plugin in a QGIS of a language."""
    from pianqu.plugin import PianquPlugin

    settings = QgsSettings()
    settings.setValue("locale/userLocale", {"zh": "zh-Hans", "en": "en_US"}[request.param])
    settings.setValue("locale/overrideFlag", True)
    plugin = PianquPlugin(None)
    plugin.initProcessing()
    yield request.param
    plugin.unload()
    settings.remove("locale/userLocale")
    settings.remove("locale/overrideFlag")


def algorithms():
    return QgsApplication.processingRegistry().providerById("pianqu").algorithms()


def all_pages():
    return sorted(PAGES.glob("*.html")) + sorted((ROOT / "help").glob("tutorial.*.html"))


def test_pages_are_as_the_definitions_say():
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "help.py"), "--check"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_every_algorithm_and_dock_has_a_page_and_nothing_else_has(spoken):
    names = {one.name() for one in algorithms()} | set(DOCKS) | {"index"}
    assert {path.name for path in PAGES.glob(f"*.{spoken}.html")} == {
        f"{name}.{spoken}.html" for name in names
    }


def test_a_page_names_every_parameter_and_output_with_its_words(spoken):
    hidden = QgsProcessingParameterDefinition.Flag.FlagHidden
    for algorithm in algorithms():
        page = Page(PAGES / f"{algorithm.name()}.{spoken}.html")
        assert algorithm.displayName() in page.text
        assert algorithm.shortDescription() in page.text
        for one in algorithm.parameterDefinitions():
            if not one.flags() & hidden:
                assert one.name() in page.words, (algorithm.name(), one.name())
                assert one.description() in page.text
                assert " ".join(one.help().split()) in page.text
        for one in algorithm.outputDefinitions():
            assert one.name() in page.words
            assert one.description() in page.text


def test_every_parameter_to_fill_in_has_words_that_help(spoken):
    for algorithm in algorithms():
        for one in algorithm.parameterDefinitions():
            assert one.isDestination() or len(one.help()) > 5, (algorithm.name(), one.name())


def test_every_algorithm_and_dock_has_a_small_picture_in_both_languages(spoken):
    places = [f"dialogs/{one.name()}" for one in algorithms()]
    places += [f"docks/{name}" for name in DOCKS]
    for place in places:
        picture = ROOT / "help" / "img" / f"{place}.{spoken}.png"
        assert picture.is_file(), "make help-pictures"
        assert picture.read_bytes()[:4] == b"\x89PNG"
        assert picture.stat().st_size <= MOST
        assert (
            f"../img/{place}.{spoken}.png"
            in Page(PAGES / f"{Path(place).name}.{spoken}.html").pictures
        )


def test_the_pictures_of_the_two_languages_differ():
    pictures = sorted((ROOT / "help" / "img").glob("*/*.en.png"))
    assert len(pictures) > 20
    for path in pictures:
        assert path.read_bytes() != path.with_name(path.name.replace(".en", ".zh")).read_bytes()


@pytest.mark.parametrize("path", all_pages(), ids=lambda path: path.name)
def test_links_and_pictures_of_a_page_are_there_on_the_disk(path):
    page = Page(path)
    assert page.open == []
    assert len(page.anchors) == len(set(page.anchors))
    for link in [*page.links, *page.pictures]:
        assert "//" not in link, link  # nothing of a page lies in the network
        place, _, part = link.partition("#")
        target = (path.parent / place).resolve() if place else path
        assert target.is_file(), link
        assert not part or part in Page(target).anchors, link
    assert all(page.alts)


@pytest.mark.parametrize("path", all_pages(), ids=lambda path: path.name)
def test_a_page_speaks_its_language(path):
    page = Page(path)
    # The other language's name, and names of places in the sample county, may stand anywhere.
    chinese = len(re.findall(r"[\u3400-\u9fff]", page.text))
    if path.name.endswith(".zh.html"):
        assert chinese > 60
    else:
        assert chinese < 40 + len(page.text) // 100
    assert '<meta charset="utf-8">' in path.read_text(encoding="utf-8")


def test_both_languages_of_a_page_have_the_same_parts():
    for path in all_pages():
        if path.name.endswith(".en.html"):
            other = path.with_name(path.name.replace(".en.", ".zh."))
            one, two = Page(path), Page(other)
            assert one.anchors == two.anchors, path.name
            assert [name.replace(".en.", ".zh.") for name in one.pictures] == two.pictures


def test_the_dialogs_help_button_opens_the_page_from_the_disk(spoken, browser, monkeypatch):
    from processing.gui import ParametersPanel
    from processing.gui.AlgorithmDialog import AlgorithmDialog

    monkeypatch.setattr(ParametersPanel, "iface", None)  # a made one has no browser of files
    algorithm = QgsApplication.processingRegistry().algorithmById("pianqu:checksectors").create()
    dialog = AlgorithmDialog(algorithm)
    try:
        assert isinstance(dialog, QgsProcessingAlgorithmDialogBase)
        buttons = dialog.findChildren(QDialogButtonBox)
        found = [box.button(QDialogButtonBox.StandardButton.Help) for box in buttons]
        next(button for button in found if button is not None).click()
    finally:
        dialog.close()
        dialog.deleteLater()
    assert [Path(url.toLocalFile()) for url in browser.opened] == [
        PAGES / f"checksectors.{spoken}.html"
    ]


def test_the_address_of_every_algorithms_help_is_a_file_that_is_there(spoken):
    for algorithm in algorithms():
        url = QUrl(algorithm.helpUrl())
        assert url.isLocalFile()
        assert Path(url.toLocalFile()).is_file(), url


@pytest.mark.parametrize("name", DOCKS)
def test_a_docks_help_button_opens_its_page(spoken, browser, name):
    from pianqu.ui.desk_head import DeskHead
    from pianqu.ui.source_bar import SourceBar

    head = {"clustercheck": DeskHead, "sectorplans": SourceBar}[name]()
    head.show()
    assert head.help.isVisible()
    assert head.help.toolTip() == {"zh": "帮助", "en": "Help"}[spoken]
    head.help.click()
    head.close()
    assert [Path(url.toLocalFile()) for url in browser.opened] == [PAGES / f"{name}.{spoken}.html"]


def test_a_part_of_a_page_can_be_opened(spoken, browser):
    from pianqu.ui.help_button import open_page

    assert open_page("clustercheck", "live")
    assert browser.opened[0].fragment() == "live"
    assert "live" in Page(Path(browser.opened[0].toLocalFile())).anchors


def test_a_page_that_is_out_of_date_or_left_over_is_told(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    import help as tool

    monkeypatch.setattr(tool, "PAGES", tmp_path)
    fresh, old, gone = (tmp_path / f"{name}.en.html" for name in ("fresh", "old", "gone"))
    for path in (fresh, old, gone):
        path.write_text("as it was", encoding="utf-8")
    made = {fresh: "as it was", old: "as it is", tmp_path / "new.en.html": "new"}
    assert [path.name for path in tool.stale(made)] == [
        "old.en.html",
        "new.en.html",
        "gone.en.html",
    ]
    monkeypatch.setattr(tool, "ROOT", tmp_path)
    tool.write(made)
    assert tool.stale(made) == []
    assert sorted(path.name for path in tmp_path.glob("*")) == [
        "fresh.en.html", "new.en.html", "old.en.html"
    ]  # fmt: skip


def test_text_of_a_definition_cannot_break_a_page(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    from help_pages import algorithm_page

    row = {"name": "X", "title": "<b>", "type": "enum", "default": "<i>", "help": "a < b & c",
           "file": "", "optional": True, "rare": False, "options": ["<i>", "&"]}  # fmt: skip
    facts = {"id": "checkengine", "title": "<u>", "group": "g&", "summary": "s<",
             "parameters": [row], "outputs": []}  # fmt: skip
    text = algorithm_page(facts, "en")
    assert "&lt;b&gt;" in text
    assert "a &lt; b &amp; c" in text
    assert not re.search(r"<(b|i|u)>(?!optional)", text.split("</h1>", 1)[1].split("<h2>", 1)[1])
