# SPDX-License-Identifier: EUPL-1.2
# `make demo` and `make test` set up what they need on first use; a second call with nothing changed does no work.
PYTHON ?= python3
BIN := .venv/bin
PORT := $(or $(SMILE_PORT),8000)
NAME ?= list
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# Nodes and tests start hundreds of processes: what one has compiled, the others read.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check trial bench clean setup setup-dev assets lock reference

demo: setup
	@exec $(BIN)/smile demo

test: setup-dev
	@$(BIN)/python -m pytest -n 2 --dist load $(TESTS)

trial: setup-dev
	@$(BIN)/python -m pytest -n 2 --dist load -m "trial or hypothesis" --timeout 900 $(TESTS)

check: setup-dev
	@$(BIN)/ruff format --check src tests
	@$(BIN)/ruff check src tests
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m smilecity.city.cli prepare --help >/dev/null
	@$(BIN)/python -m pytest tests/house -k 'not rights and not leaks'

bench: setup
	@$(BIN)/smile bench $(NAME) --json

reference: setup-dev
	@$(BIN)/smile reference docs/reference

setup: .setup/run .setup/assets
setup-dev: setup .setup/dev .setup/validators
assets: .setup/assets

.setup/venv:
	@mkdir -p .setup
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@touch $@

.setup/run: requirements.lock pyproject.toml .setup/venv
	@echo "Installing Python packages ..."
	@$(BIN)/pip install -q --require-hashes -r requirements.lock -r requirements-build.lock
	@$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $@

.setup/dev: requirements-dev.lock .setup/run
	@$(BIN)/pip install -q --require-hashes -r requirements-dev.lock
	@touch $@

.setup/npm: package.json package-lock.json .setup/venv
	@echo "Installing web packages ..."
	@npm ci --silent --no-audit --no-fund
	@touch $@

# Public validators that the tests feed; `make demo` needs none of them.
.setup/validators: tests/validators/package.json tests/validators/package-lock.json .setup/venv
	@cd tests/validators && npm ci --silent --no-audit --no-fund
	@touch $@

.setup/assets: .setup/npm .setup/run $(shell find web src/smilecity/city/locale -type f -not -name '*.mo' 2>/dev/null)
	@node web/build.mjs
	@$(BIN)/python -m smilecity.core.catalogue
	@touch $@

# Pinned, with hashes, for every Python from 3.11 on. Needs `uv`.
lock:
	@uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml -o requirements.lock
	@uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --group build pyproject.toml -o requirements-build.lock
	@uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml --group build --group dev -o requirements-dev.lock

clean:
	@rm -rf .setup .venv node_modules tests/validators/node_modules dist build src/smilecity/city/static
