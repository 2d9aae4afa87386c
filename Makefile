# The two commands of the README are `make up` and `make test`; the rest is for those who change Tocsin.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: up demo test test-services test-others setup check check-unit check-types check-lint check-imports evaluate bench load faults format lock

up: setup
	@exec $(BIN)/tocsin up

demo: setup
	@exec $(BIN)/tocsin up --demo

# Side by side: half of the time both wait, for pauses to end and for processes to start.
test: setup
	@$(MAKE) --no-print-directory --jobs=2 test-services test-others

test-services:
	$(BIN)/pytest tests/services

test-others:
	$(BIN)/pytest --ignore=tests/faults --ignore=tests/services tests

# Side by side: two cores do in half a minute what one after the other takes a whole one for.
check: setup
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target check-unit check-types check-lint check-imports

check-unit:
	$(BIN)/pytest -m "not thorough" tests/unit

check-types:
	$(BIN)/mypy

check-lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

check-imports:
	PYTHONPATH=. $(BIN)/lint-imports --no-cache

bench: setup
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.bench.posting

load: setup
	$(BIN)/python -m tests.load

evaluate: setup
	$(BIN)/python -m tests.evaluate

faults: setup
	$(BIN)/pytest --timeout=900 tests/faults

format: setup
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

lock:
	$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 \
	  --all-extras pyproject.toml -o requirements/dev.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 \
	  --extra demo -c requirements/dev.lock pyproject.toml -o requirements/runtime.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 \
	  -c requirements/dev.lock requirements/build.in -o requirements/build.lock

setup: $(READY)

$(READY): requirements/dev.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip sync --quiet --require-hashes requirements/dev.lock
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
