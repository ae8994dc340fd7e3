# The two commands: `make up` builds and serves, `make test` sets up and runs every test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCE ?=
DATA ?=
PORT ?= 8501
export UV_COMPILE_BYTECODE := 1
export UV_LINK_MODE := copy

.DEFAULT_GOAL := help
.PHONY: help up setup setup-dev test check bench pictures clean lock browser postgres

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

up: setup ## Build the demo company (or SOURCE=adventureworks DATA=<folder>) and serve it at http://127.0.0.1:8501
	@$(if $(filter-out demo,$(SOURCE)),$(if $(DATA),,$(error SOURCE=$(SOURCE) needs its folder: make up SOURCE=$(SOURCE) DATA=<folder>)))true
	@$(BIN)/tower up --port $(PORT) $(if $(SOURCE),--source $(SOURCE)) $(if $(DATA),--path "$(DATA)")

setup: $(VENV)/.running ## Make the environment for running
setup-dev: $(VENV)/.developing ## Make the environment with the tools of development

$(BIN)/uv:
	@echo "Making the environment in $(VENV) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Control Tower needs Python 3.11 or newer; this is " + sys.version.split()[0])'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-uv.lock

$(VENV)/.running: requirements.lock pyproject.toml | $(BIN)/uv
	@test -e $(VENV)/.developing && echo "The environment of development is there and serves for running too." || { \
		echo "Installing what the app needs …"; \
		VIRTUAL_ENV=$(VENV) $(BIN)/uv pip sync --require-hashes requirements.lock; }
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.developing: requirements-dev.lock pyproject.toml | $(BIN)/uv
	@echo "Installing what the app and its tests need …"
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip sync --require-hashes requirements-dev.lock
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

browser: ## Install Chromium and fonts from the system's packages when they are missing and that is permitted
	@sh tests/browser/install_chromium.sh

postgres: ## Install the PostgreSQL server for its tests when it is missing and that is permitted
	@sh tests/store/install_postgres.sh

test: setup-dev browser postgres ## Set up and pass all tests, browser tests included
	@$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

check: setup-dev ## Format, lint, types, SQL style, import rules
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@cd models_dbt && ../$(BIN)/sqlfluff lint --processes 2 models/staging models/core models/marts tests

bench: setup-dev ## Measure on AdventureWorks × 1, × 10, × 100 and write docs/benchmarks.md
	@$(BIN)/python -m tests.benchmarks.run

pictures: setup-dev browser ## Take the pictures of the documentation anew (docs/images)
	@$(BIN)/python -m tests.browser.pictures

lock: $(BIN)/uv ## Resolve the dependencies again
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --group build pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --group build --group dev pyproject.toml -o requirements-dev.lock
	@echo 'uv' | $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 - -o requirements-uv.lock

clean: ## Remove the environment, builds and caches
	@rm -rf $(VENV) var models_dbt/target models_dbt/logs .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache control_tower.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
