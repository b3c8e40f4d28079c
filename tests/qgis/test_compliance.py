# SPDX-License-Identifier: GPL-2.0-or-later
"""Every algorithm keeps the toolbox's manners."""

from __future__ import annotations

import ast
import re

import pytest
from places import ROOT
from qgis.core import Qgis, QgsProcessingParameterDefinition, QgsProcessingParameterEnum
from qgis.PyQt import QtCore, QtGui, QtWidgets

IDS = (
    "rundossier", "checkquotas", "checkcontrollines", "landbalance", "samplecounty",
    "setupengine", "checkengine", "checksectors", "suggestsites", "registerupdate",
    "registerdecide", "jointmeeting", "mapsheets", "newdossier", "checkdata",
    "convertcodes", "ellipsoidalarea", "boundarypoints", "mendcoverage",
)  # fmt: skip
CONTRACT = {
    "rundossier": "DOSSIER CHECKS CLUSTERS SCHEDULER OUTPUT",
    "checkquotas": "LANDUSE PLAN FARMLAND REDLINE BOUNDARY UNITS LANDUSE_CODE QUOTAS STANDARD"
    " INDICATORS FINDINGS",
    "checkcontrollines": "LANDUSE PLAN FARMLAND REDLINE BOUNDARY UNITS LANDUSE_CODE QUOTAS STANDARD"
    " FINDINGS",
    "landbalance": "LANDUSE PLAN UNITS BALANCE TRANSFERS",
    "samplecounty": "PARCELS SEED FAULTS OUTPUT",
    "setupengine": "WHEELS",
    "checkengine": "",
    "checksectors": "DOSSIER RULES PLANS CLUSTERS FINDINGS MATRIX OUTPUT",
    "suggestsites": "DOSSIER PLAN PROJECT AREA_HA COUNT SITES",
    "registerupdate": "RESULTS REGISTER",
    "registerdecide": "REGISTER IDS STATE PERSON DEPARTMENT REASON DECISION",
    "jointmeeting": "RESULTS REGISTER OUTPUT",
    "mapsheets": "DOSSIER RESULTS LEVEL UNITS THEME PAPER OUTPUT",
    "newdossier": "INPUT NAME CODE CRS OUTPUT",
    "convertcodes": "INPUT CODE FROM MODE TABLE OUTPUT CONVERSIONS REMARKS",
    "ellipsoidalarea": "INPUT CODE DEDUCTION GROSS DEDUCTED NET OUTPUT AREAS REMARKS",
    "boundarypoints": "TXT INPUT DIALECT CRS AREA OUTPUT TEXT REMARKS",
    "mendcoverage": "INPUT TOLERANCE SLIVER_AREA SLIVER_WIDTH WITHIN OUTPUT CHANGES TOTALS REMARKS",
    "checkdata": "DOSSIER FINDINGS",
}
SIDES = ("plugin.py", "processing", "jobs", "ui")
OURS = ("tr", "later")


@pytest.fixture(params=IDS)
def algorithm(request, toolbox):
    found = toolbox.algorithmById(f"pianqu:{request.param}")
    assert found is not None
    return found.create()


def sources():
    for side in SIDES:
        place = ROOT / side
        yield from [place] if place.is_file() else sorted(place.rglob("*.py"))


def test_ids_are_those_of_the_contract(toolbox):
    names = [algorithm.name() for algorithm in toolbox.providerById("pianqu").algorithms()]
    assert sorted(names) == sorted(IDS)


def test_parameters_of_the_contract_are_there(algorithm):
    names = {definition.name() for definition in algorithm.parameterDefinitions()}
    assert set(CONTRACT[algorithm.name()].split()) <= names


def test_names_are_plain_and_unique(algorithm):
    assert re.fullmatch(r"[a-z0-9]+", algorithm.name())
    parameters = [definition.name() for definition in algorithm.parameterDefinitions()]
    outputs = [definition.name() for definition in algorithm.outputDefinitions()]
    for names in (parameters, outputs):
        assert len(names) == len(set(names))
        assert all(re.fullmatch(r"[A-Z][A-Z0-9_]*", name) for name in names)


def test_it_has_title_help_picture_group_and_tags(algorithm):
    assert algorithm.displayName() != algorithm.name()
    assert algorithm.shortDescription()
    assert len(algorithm.shortHelpString()) > 50
    assert not algorithm.icon().isNull()
    assert algorithm.svgIconPath().endswith(f"{algorithm.name()}.svg")
    assert algorithm.group()
    assert algorithm.groupId() in ("checks", "tools")
    assert any("\u4e00" <= letter <= "\u9fff" for tag in algorithm.tags() for letter in tag)


def test_help_stands_in_both_languages(algorithm):
    for language in ("zh", "en"):
        text = (ROOT / "help" / f"{algorithm.name()}.{language}.html").read_text(encoding="utf-8")
        assert text.startswith("<p>")


def test_a_fresh_instance_is_of_the_same_kind(algorithm):
    fresh = algorithm.createInstance()
    assert type(fresh) is type(algorithm)
    assert fresh is not algorithm


def test_it_runs_in_batch_and_can_be_cancelled(algorithm):
    flags = algorithm.flags()
    assert flags & Qgis.ProcessingAlgorithmFlag.CanCancel
    assert flags & Qgis.ProcessingAlgorithmFlag.SupportsBatch
    assert not flags & Qgis.ProcessingAlgorithmFlag.HideFromModeler
    # Print layouts belong to the main thread; every other algorithm leaves it alone.
    draws = algorithm.name() in ("jointmeeting", "mapsheets")
    assert bool(flags & Qgis.ProcessingAlgorithmFlag.NoThreading) == draws


def test_enums_are_words_in_batch_files(algorithm):
    for definition in algorithm.parameterDefinitions():
        assert definition.description()
        assert isinstance(definition, QgsProcessingParameterDefinition)
        if isinstance(definition, QgsProcessingParameterEnum):
            assert definition.usesStaticStrings()


def test_every_sentence_is_translated():
    text = (ROOT / "i18n" / "pianqu_zh.ts").read_text(encoding="utf-8")
    assert "unfinished" not in text
    entries = set(re.findall(r"<source>(.*?)</source>", text, re.DOTALL))
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in OURS:
                literal = node.args[0]
                assert isinstance(literal, ast.Constant) or path.name == "words.py", path
                escaped = literal.value.replace("&", "&amp;").replace("<", "&lt;")
                assert escaped.replace(">", "&gt;") in entries, literal.value


def test_translations_keep_the_blanks_to_be_filled():
    text = (ROOT / "i18n" / "pianqu_zh.ts").read_text(encoding="utf-8")
    pairs = re.findall(r"<source>(.*?)</source>\s*<translation>(.*?)</translation>", text, re.S)
    for source, translation in pairs:
        assert sorted(re.findall(r"{\w+}", source)) == sorted(re.findall(r"{\w+}", translation))


def unscoped_enums(path):
    """List uses of an enum's value straight from its class, which Qt 6 does not know."""
    import qgis.core as core

    homes = (core, QtCore, QtGui, QtWidgets)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)):
            continue
        owner = next(
            (vars(home)[node.value.id] for home in homes if node.value.id in vars(home)), 0
        )
        value = getattr(owner, node.attr, None)
        kinds = [vars(owner).get(name) for name in dir(owner)] if isinstance(owner, type) else []
        enums = tuple(kind for kind in kinds if isinstance(kind, type) and issubclass(kind, int))
        if enums and isinstance(value, enums):
            yield f"{path.name}:{node.lineno} {node.value.id}.{node.attr}"


def test_enums_are_scoped_for_qt6():
    assert [use for path in sources() for use in unscoped_enums(path)] == []


def test_the_search_for_unscoped_enums_finds_one(tmp_path):
    wrong = tmp_path / "wrong.py"
    wrong.write_text("from qgis.core import QgsFeatureSink\nQgsFeatureSink.FastInsert\n")
    assert len(list(unscoped_enums(wrong))) == 1


def test_nothing_prints_on_the_qgis_side():
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print")
