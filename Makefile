# SPDX-License-Identifier: GPL-2.0-or-later
ENGINE = build/engine/bin/python
# zh or en, as wished or as the locale says; Chinese where it says neither.
override LANGUAGE := $(if $(filter en%,$(or $(LANGUAGE),$(LC_ALL),$(LC_MESSAGES),$(LANG))),en,zh)
# Not LC_ALL: the shell complains of one that is not installed, and Qt needs none to be.
SPEAK = env -u LC_ALL -u LC_MESSAGES LC_CTYPE=C.UTF-8 LANG=$(if $(filter en,$(LANGUAGE)),en_US,zh_CN).UTF-8
SPACE := $(subst x,,x x)
ifeq ($(LANGUAGE),en)
COUNTY_MADE = The sample county:$(SPACE)
RESULTS_MADE = The results:
else
COUNTY_MADE = 示例县：
RESULTS_MADE = 成果：
endif
PARCELS ?= 20000
VERSION = $(shell sed -n 's/^version=//p' metadata.txt)

.PHONY: help setup demo test test-setup test-engine test-qgis run bench lint package screenshots i18n help-pages help-pictures clean

help:
	@echo "make setup | demo | test | run DOSSIER=... OUT=... | bench | lint | package | i18n | help-pages | help-pictures | screenshots"

setup:
	@tools/setup.sh

demo: setup
	@$(SPEAK) tools/qgis.sh samplecounty --PARCELS=$(PARCELS) --SEED=1 --FAULTS=true --OUTPUT="$(CURDIR)/demo/county"
	@$(SPEAK) tools/qgis.sh rundossier --DOSSIER="$(CURDIR)/demo/county/dossier.yaml" --LANGUAGE=$(LANGUAGE) --OUTPUT="$(CURDIR)/demo/results"
	@echo "$(COUNTY_MADE)$(CURDIR)/demo/county/dossier.yaml"
	@echo "$(RESULTS_MADE)"
	@ls -d "$(CURDIR)/demo/results/"*

test: setup test-setup test-engine test-qgis

test-setup:
	@tools/setup.sh --tests

test-engine:
	@build/engine/bin/pytest -q -n 2 --dist loadfile tests/engine

test-qgis:
	@QT_QPA_PLATFORM=offscreen build/qgis/bin/pytest -q -n 2 --dist loadfile tests/qgis

# Through the environment: a path may hold spaces, quotes and dollar signs, which make would split
# or expand. Relative paths start at the folder that make works in.
run: export PIANQU_DOSSIER = $(value DOSSIER)
run: export PIANQU_OUT = $(value OUT)
run: setup
	@test -n "$$PIANQU_DOSSIER" && test -n "$$PIANQU_OUT" || { echo "make run DOSSIER=county.yaml OUT=folder" >&2; exit 2; }
	@tools/qgis.sh rundossier --DOSSIER="$$(realpath -ms -- "$$PIANQU_DOSSIER")" --LANGUAGE="$(LANGUAGE)" --OUTPUT="$$(realpath -ms -- "$$PIANQU_OUT")"

bench: setup
	@$(ENGINE) bench/run.py $(BENCH)

lint: setup
	@$(ENGINE) -m ruff check .
	@$(ENGINE) -m ruff format --check .
	@build/engine/bin/lint-imports
	@$(ENGINE) -m flake8 plugin.py processing jobs ui
	@MYPYPATH=build/path $(ENGINE) -m mypy --config-file tools/mypy.ini -p pianqu.jobs -p pianqu.layers -p pianqu.checks -p pianqu.convert -p pianqu.register -p pianqu.reports

package: setup
	@mkdir -p build
	@git archive --format=zip --prefix=pianqu/ -o "build/pianqu-$(VERSION).zip" HEAD
	@echo "$(CURDIR)/build/pianqu-$(VERSION).zip"

i18n: setup
	@$(ENGINE) tools/i18n.py

# The pages of help, from the algorithms' definitions and the texts in help/.
help-pages: setup
	@build/qgis/bin/python tools/help.py

# Their pictures, out of a QGIS window; then the pages, which show them.
help-pictures: setup
	@$(ENGINE) tools/shots/dialogs.py
	@$(ENGINE) tools/shots/tutorial.py
	@build/qgis/bin/python tools/help.py

screenshots: demo
	@$(ENGINE) tools/screenshots.py demo/results/report.html help/img

clean:
	rm -rf build demo
