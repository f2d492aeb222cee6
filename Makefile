# Everything runs in .venv, which sets itself up from the lock; needed are Python 3.11 or newer, git, make and a package index.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
UV     := uv>=0.13,<0.14

# Where the environment forbids bytecode, every process that a test starts would compile all modules anew: seconds each.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help test lint format docs demo rehearse soak emulate picture bench lock

help:
	@echo 'make demo                          a pretend Slack in the browser, with Scribe and an incident in it'
	@echo 'make rehearse INCIDENT=file OUT=dir  a published incident, lived through; the reports are left in dir'
	@echo 'make soak MINUTES=20               random stories in trouble of every kind, on each database, compared with peace'
	@echo 'make emulate                       Scribe against an independent stand-in for Slack; needs npm'
	@echo 'make test | lint | format | bench  for those who change Scribe'
	@echo 'make picture                       draw the picture in the README anew'
	@echo 'make docs                          write docs/fields.md and the table of docs/reliability.md anew'
	@echo 'make lock                          pin the newest versions that pyproject.toml allows'

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Three at a time on two cores: tests of deaths and stops wait for real seconds, in which others go on.
test: $(READY)
	$(BIN)/python -m pytest -n 3 --dist worksteal $(ARGS)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(READY)
	$(BIN)/python -m tests.house.fields_page
	$(BIN)/python -m tests.house.reliability_page

demo: $(READY)
	$(BIN)/python -m tests.demo

rehearse: $(READY)
	@test -n "$(INCIDENT)" && test -n "$(OUT)" || { echo 'make rehearse INCIDENT=<file.json> OUT=<folder>'; exit 2; }
	$(BIN)/python -m tests.rehearsal "$(INCIDENT)" "$(OUT)"

soak: $(READY)
	$(BIN)/python -m tests.soak --minutes $(or $(MINUTES),20) --database sqlite
	$(BIN)/python -m tests.soak --minutes $(or $(MINUTES),20) --database postgres

emulate: $(READY)
	npm install --silent --no-audit --no-fund --no-save --prefix .emulate emulate@0.12.2 node@24
	$(BIN)/python -m pytest tests/emulate/against_emulate.py

picture: $(READY)
	$(BIN)/python -m tests.picture

bench: $(READY)
	$(BIN)/python -m tests.bench

lock: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check '$(UV)'
	$(BIN)/uv pip compile --quiet --universal --upgrade --generate-hashes --no-annotate --no-header \
		--group dev --all-extras pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header \
		--all-extras --constraint requirements.lock pyproject.toml -o deploy/requirements.lock
