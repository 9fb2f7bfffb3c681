# Two commands: `make atlas` runs the main job, `make test` the tests; `make test-lent` those that take long. `make docs` builds the manual in site/.
# Real extracts: make atlas SOURCES=../extraits EDITION=2025 REGION=28 (several: REGION="28 11 53")
EDITION ?=
REGION  ?=
SOURCES ?=
UPDATE  ?=
BACK    ?=
ONLINE  ?=
DRAFT   ?=
OPTIONS ?=

BIN := .venv/bin
# uv where the machine has it; else bootstrapped aside, since Debian's pip refuses system installs.
UV  := $(or $(shell command -v uv 2>/dev/null),$(CURDIR)/.uv/bin/uv)

.PHONY: atlas test test-lent test-tout mutants chaos check lint types sql docs up clean install

atlas: install
	@$(BIN)/atlas edition $(if $(EDITION),--edition $(EDITION)) $(if $(REGION),--region "$(REGION)") $(if $(SOURCES),--sources "$(SOURCES)") $(if $(UPDATE),--update) $(if $(BACK),--revenir) $(if $(ONLINE),--en-ligne) $(if $(DRAFT),--brouillon)

# A file's tests on one core, since they share what it sets up; the longest files first (conftest.py).
# OPTIONS="--durations=40" says which tests take long, "-k silence" runs those alone.
PYTEST := $(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder $(OPTIONS)

test: install
	@$(PYTEST) -m "not lent"

test-lent: install
	@$(PYTEST) -m lent

# Both at once: the tests of a file share what it sets up, and no core waits at the end of the first half.
test-tout: install
	@$(PYTEST)

# Small faults, one at a time: which tests see them? OPTIONS="--budget 40 --seulement sql/fiches", "--nommes", "--aide".
mutants: install
	@$(UV) sync --locked --quiet --group mutants
	@$(BIN)/python -m tests.mutants $(OPTIONS)

# The main job killed, starved, doubled, watched: is anything lost? OPTIONS="--coups 40 --graine 7 --seulement mort disque".
chaos: install
	@PYTHONPATH=tests $(BIN)/python -m chaos $(OPTIONS)

# .pre-commit-config.yaml runs the same on what is committed.
check: install
	@$(MAKE) --no-print-directory --jobs 3 --output-sync lint types sql

lint:
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types:
	@$(BIN)/mypy

sql:
	@$(BIN)/sqlfluff lint sql

docs: install
	@$(BIN)/mkdocs build --strict --quiet

up: install
	@$(BIN)/atlas up $(if $(SOURCES),--sources "$(SOURCES)")

# Leaves the real warehouse alone: what was archived may not be had again.
clean:
	rm -rf .venv .uv .airflow site .pytest_cache .mypy_cache .ruff_cache warehouse/echantillon
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

install: .venv/installe

# Compiled once: Airflow and Great Expectations are thousands of modules, and each task may be a new process.
.venv/installe: uv.lock pyproject.toml | $(UV)
	@echo "Installation des versions verrouillées…"
	@$(UV) sync --locked --quiet --compile-bytecode
	@touch $@

.uv/bin/uv $(CURDIR)/.uv/bin/uv:
	@echo "Amorçage de uv…"
	@{ python3 -m venv .uv && .uv/bin/pip install --quiet --require-hashes -r uv.requirements.txt; } >/dev/null 2>&1 \
		|| { rm -rf .uv && python3 -m pip install --quiet --require-hashes --target .uv -r uv.requirements.txt; } \
		|| { echo "uv ne s'installe pas : il faut python3-venv ou python3-pip (apt install python3-venv), et un accès à PyPI."; exit 1; }
