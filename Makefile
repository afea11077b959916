# Python 3.11 or newer and make: nothing else is assumed.
#
#   make run     install, migrate, load the demonstration, serve on 127.0.0.1:8000 (PORT for another)
#   make test    the whole suite; on PostgreSQL as well where ISP_TEST_POSTGRES_URL names a server
#   make lint    style, types, the ladder, templates
#   make bench   figures: needs PostgreSQL, takes minutes, is never part of the tests
#   make soak    the crash suite, for longer
#   make shots   the screenshots that the README shows, taken by the browser test of the whole job
#   make lock    resolve the dependencies anew and write the two lock files
#   make clean   remove the environment and the caches; the data in var/ stays

SHELL := /bin/sh
.DELETE_ON_ERROR:
.PHONY: run test lint bench soak shots lock clean

VENV ?= .venv
BIN := $(VENV)/bin
# Pytest's own processes: the machine's cores, unless told otherwise. ARGS goes to the tool called.
JOBS ?= auto
ARGS ?=

# The first of these that runs and is new enough. A name on the PATH may be a shim that refuses.
PYTHONS := python3 python3.14 python3.13 python3.12 python3.11 python
# Twice quiet: warnings about an index somebody configured are no news; errors still show.
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet --no-input

$(BIN)/python:
	@for name in $(PYTHON) $(PYTHONS); do \
	    if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found="$$name"; break; fi; \
	done; \
	if [ -z "$$found" ]; then echo "isp needs Python 3.11 or newer: install it, or name it: make PYTHON=/path/to/python3" >&2; exit 1; fi; \
	echo "Making $(VENV) with $$("$$found" --version)"; \
	"$$found" -m venv $(VENV) || { echo "Python's venv module is missing: on Debian, apt-get install python3-venv" >&2; rm -rf $(VENV); exit 1; }

# One stamp per lock. The editable install asks no index: the lock holds what builds it.
$(VENV)/.installed-run: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what requirements.lock names, checked by hash"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed-run
	@echo "Installing what requirements-dev.lock names, checked by hash"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

run: $(VENV)/.installed-run
	@exec $(BIN)/isp serve --demo --worker $(ARGS)

test: $(VENV)/.installed-dev
	@$(BIN)/pytest -n $(JOBS) -m "not soak" $(ARGS)

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates

bench: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.bench $(ARGS)

soak: $(VENV)/.installed-dev
	@$(BIN)/pytest -m soak $(ARGS)

shots: $(VENV)/.installed-dev
	@ISP_SHOTS_DIR="$${ISP_SHOTS_DIR:-docs/screens}" $(BIN)/pytest -m browser $(ARGS) tests/browser/test_the_whole_job.py

# No index address may get into a lock, nor a path of this machine: --no-emit and --no-header see to it,
# and a guard in the tests looks. --universal: one file for every system and Python from 3.11 on.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links
lock: $(VENV)/.installed-dev
	$(LOCK) $(ARGS) pyproject.toml --output-file requirements.lock
	$(LOCK) $(ARGS) pyproject.toml --extra dev --constraints requirements.lock --output-file requirements-dev.lock

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis isp.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
