# `make` sets up and builds; `make help` lists the rest. Needs a python3 (3.11 or newer) with venv, and the
# network once. Everything it makes is in .venv/ and build/.

SHELL := /bin/sh
.DEFAULT_GOAL := build
.DELETE_ON_ERROR:
.SUFFIXES:

PYTHON ?= python3
# The day as of which the sample publication is built: in its middle, so that some parts are out, one is next
# and some are to come, whenever you look. Your own publication wants `now`.
AS_OF ?= 2026-11-18
OUT ?= build
PORT ?= 8000

VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/installed-run
DEV := $(VENV)/installed-dev
# As modules, not as scripts: a script's first line holds the folder in which it was installed.
PARTWORK := $(BIN)/python -m pipeline
SCRIPT := PYTHONPATH=. $(BIN)/python
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check --no-input
INSTALL := PIP_ROOT_USER_ACTION=ignore $(PIP) install --no-build-isolation --no-deps
# A name that is given is meant; without one, any Python that is new enough will do.
PYTHONS := $(PYTHON) $(if $(filter file,$(origin PYTHON)),python3.14 python3.13 python3.12 python3.11)
# An environment whose Python is gone (an upgrade, a copied folder) is made anew.
BROKEN := $(shell test -x $(BIN)/python && $(BIN)/python -c '' 2>/dev/null || echo always)

.PHONY: build check test golden lint docs bench serve lock clean help always

build: $(RUN)  ## build the sample publication into build/, as of AS_OF
	@$(PARTWORK) build --out $(OUT) --as-of $(AS_OF)

check: $(DEV)  ## formatting, lint, types, reference pages, and the sample publication itself
	@$(BIN)/python -m ruff format --check .
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m mypy
	@$(SCRIPT) docs/make_reference.py --check
	@$(SCRIPT) docs/make_tree.py --check
	@$(PARTWORK) check --strict --as-of $(AS_OF)

test: $(DEV)  ## all tests, in parallel
	@$(BIN)/python -m pytest -n auto $(ARGS)

golden: $(DEV)  ## accept what the golden tests see now as what they should see (then look at the diff)
	@UPDATE_GOLDEN=1 $(BIN)/python -m pytest tests/golden $(ARGS)

lint: $(DEV)  ## put formatting and imports right, and say what else is wrong
	@$(BIN)/python -m ruff format .
	@$(BIN)/python -m ruff check --fix .
	@$(BIN)/python -m mypy

docs: $(DEV)  ## write docs/reference/ again from the program itself
	@$(SCRIPT) docs/make_reference.py
	@$(SCRIPT) docs/make_tree.py

bench: $(DEV)  ## time builds of many parts, beside Hugo, Eleventy and Pelican
	@$(SCRIPT) benchmarks/build.py $(ARGS)

serve: build  ## look at the built site at http://localhost:8000
	@echo "http://localhost:$(PORT)  (Ctrl-C ends it)"
	@$(BIN)/python -m http.server $(PORT) --bind 127.0.0.1 --directory $(OUT)/site

clean:  ## remove what was built and what tools keep; .venv stays
	@rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name .venv -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

help:  ## this list
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## (.*)/  make \1|\2/' \
		| awk -F '|' '{ printf "%-16s %s\n", $$1, $$2 }'

# --- setting up -------------------------------------------------------------------------------------------

$(RUN): requirements/build.txt requirements/run.txt pyproject.toml $(BROKEN)
	@echo "Setting up $(VENV) (once; it takes a minute)"
	@$(call make-venv)
	@$(INSTALL) -r requirements/build.txt
	@$(INSTALL) -r requirements/run.txt
	@$(INSTALL) --editable .
	@touch $@

$(DEV): requirements/dev.txt $(RUN)
	@echo "Adding what tests and checks need to $(VENV)"
	@$(INSTALL) -r requirements/dev.txt
	@touch $@

# The interpreter is looked for only when there is no sound environment yet.
define make-venv
if ! $(BIN)/python -c '' 2>/dev/null; then \
	found=; for python in $(PYTHONS); do \
		if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
		then found="$$python"; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "partwork needs Python 3.11 or newer with venv (on Debian and Ubuntu: apt install python3-venv)." >&2; \
		echo "Looked for: $(strip $(PYTHONS)). Name one: make PYTHON=/path/to/python3" >&2; \
		exit 1; \
	fi; \
	rm -rf $(VENV); "$$found" -m venv $(VENV); \
fi
endef

# Exact versions of everything, from a fresh environment and what pyproject.toml asks for.
lock:  ## choose the newest versions again, for requirements/*.txt
	@PYTHON="$(PYTHON)" requirements/lock

always:
