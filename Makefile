# What is done with this checkout. `make` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help venv demo demo-once up test test-full browser bench lint lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

demo: venv ## run everything on a made-up fleet, until Ctrl-C (OPTIONS="--instances 200 --days 7")
	@$(BIN)/nephoscope demo $(OPTIONS)

demo-once: venv ## the same, ending when the job is done; fails if anything did
	@$(BIN)/nephoscope demo --once $(OPTIONS)

up: venv ## run Airflow on the connections in .env, until Ctrl-C
	@$(BIN)/nephoscope airflow $(OPTIONS)

test: venv ## run the tests, in two processes
	@$(BIN)/python -m pytest -n 2 --no-loadscope-reorder $(OPTIONS)

test-full: venv ## run the tests, the fault tests at their full figures
	@$(BIN)/python -m pytest --full $(OPTIONS)

browser: ## install Debian's Chromium, as root, without which the tests of the UI are skipped
	@command -v chromium || { apt-get -qq update && \
	  apt-get -qq install --yes --no-install-recommends chromium; }

bench: venv ## measure, print the table, write benchmarks/results.json (OPTIONS="pages day")
	@$(BIN)/python -m benchmarks $(OPTIONS)

lint: venv ## check style and types
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

lock: venv ## choose versions anew where pyproject.toml asks for it
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --all-extras \
	  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
	  pyproject.toml --output-file requirements.lock

clean: ## remove the virtual environment, the demo's data and the caches; the owner's data stays
	@rm -rf $(VENV) var/demo var/cache .mypy_cache .ruff_cache .hypothesis

venv: $(INSTALLED) ## make the virtual environment of exactly what requirements.lock names

# uv is fetched by its own entry in the lock; without it pip does the same, more slowly.
$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; (3, 11) <= sys.version_info < (3, 14) or sys.exit("Nephoscope needs \
	Python 3.11, 3.12 or 3.13 and $(PYTHON) is %d.%d: name one, as in make PYTHON=python3.12" \
	% sys.version_info[:2])'
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	@awk '/^[^ ]/ {uv = /^uv==/} {print > (uv ? "$(VENV)/uv.lock" : "$(VENV)/rest.lock")}' \
	  requirements.lock
	@echo "installing what requirements.lock names into $(VENV)"
	@if uv=$$(command -v uv) || { uv=$(BIN)/uv && \
	    $(BIN)/pip install --quiet --require-hashes --no-deps --requirement $(VENV)/uv.lock; }; \
	then $$uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock; \
	else $(BIN)/pip install --quiet --require-hashes --no-deps --requirement $(VENV)/rest.lock; fi
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
