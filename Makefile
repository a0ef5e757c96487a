# Two commands: `make up` runs the demo academy on this machine, `make test` runs every test.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Where `make up` keeps its data, and its public port.
HOME_DIR ?= $(or $(HOCVUSO_HOME),$(HOME)/.local/share/hocvuso)
PORT   ?= 8000
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input

.DEFAULT_GOAL := help
.PHONY: help up test test-fast check browser lock clean

help:
	@echo "make up     run the demo academy at http://localhost:$(PORT)/ (HOME_DIR=$(HOME_DIR))"
	@echo "make test   install what tests need and run them all"
	@echo "make check  formatter, linter, type checker, content checks"
	@echo "make lock   pin the requirements anew"

up: $(VENV)/.installed
	@exec $(BIN)/hocvuso up --home "$(HOME_DIR)" --port $(PORT) --demo

test: $(VENV)/.installed-test browser
	$(BIN)/python -m pytest

test-fast: $(VENV)/.installed-test
	$(BIN)/python -m pytest -n 2 -m "not slow"

check: $(VENV)/.installed-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/hocvuso check

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python >= 3.11 is needed, found: $$($(PYTHON) --version). Name another one: make PYTHON=python3.12 up"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-test: requirements-test.lock $(VENV)/.installed
	$(PIP) --require-hashes -r requirements-test.lock
	@touch $@

# A system browser, else Debian's package, else Playwright's own.
browser: $(VENV)/.installed-test
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
		|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
			&& apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; } \
		|| $(BIN)/python -m playwright install chromium

lock:
	$(PYTHON) -m pip install --quiet uv
	$(PYTHON) -m uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		requirements.in --output-file requirements.lock
	$(PYTHON) -m uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		requirements-test.in --output-file requirements-test.lock

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
