# Every target sets up what it needs: a Python from 3.11 to 3.14 and make are enough.
PYTHON ?= python3
SITE ?= live
BIN := .venv/bin
LOCK_FLAGS := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

.DEFAULT_GOAL := help
.PHONY: docs docs/demo.svg help install tools demo up psql test chromium screenshots test-compose lint bench bench-sql torture format lock sbom audit env clean

help: ## Show this help
	@echo "akhbar: a newspaper's website as Postgres tables"
	@grep -hE '^[a-z/.-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's|^([a-z/.-]+):.*## |  make \1\t|' | expand -t 22

install: .venv/.installed ## Make .venv with the locked packages and the project in it
tools: .venv/.tools ## Add what tests, linters and measurements need

# uv installs the lock in seconds where pip takes minutes; pip itself brings uv, from whatever index it is set up with.
# Byte code is written at once, since every process of Airflow would otherwise compile all of it.
.venv/.installed: requirements/local.lock requirements/uv.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' \
		|| { echo "Python 3.11 to 3.14 is needed: make PYTHON=python3.12 install" >&2; exit 1; }
	@rm -rf .venv
	@if $(PYTHON) -c 'import ensurepip' 2>/dev/null; then $(PYTHON) -m venv .venv; \
	elif $(PYTHON) -m pip --version >/dev/null 2>&1; then $(PYTHON) -m venv --without-pip .venv; \
	else echo "neither ensurepip nor pip is there: apt-get install python3-venv, and try again" >&2; exit 1; fi
	@if [ -x $(BIN)/pip ]; then $(BIN)/python -m pip install --quiet --require-hashes -r requirements/uv.lock; \
	else $(PYTHON) -m pip --python $(BIN)/python install --quiet --require-hashes -r requirements/uv.lock; fi
	@unset PYTHONDONTWRITEBYTECODE; $(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode \
		--require-hashes -r requirements/local.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.tools: .venv/.installed requirements/dev.lock
	@unset PYTHONDONTWRITEBYTECODE; $(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode \
		--require-hashes -r requirements/dev.lock
	@touch $@

demo: install ## Run the whole pipeline here, offline: Postgres, Airflow, a replica of the newspaper
	@$(BIN)/akhbar demo

docs/demo.svg: install ## Draw the README's picture anew, from a real demo
	@$(BIN)/akhbar demo --picture $@

docs: tools ## Write the data dictionary and the cookbook's example answers anew
	@$(BIN)/python -m tests.sql.examples

up: install ## Run the pipeline on its schedule until Ctrl-C; SITE=replica for the replica newspaper
	@$(BIN)/akhbar up --site $(SITE)

psql: install ## Open the tables that the demo left in psql; SITE=live for those of make up
	@$(BIN)/akhbar psql --site $(if $(filter command line,$(origin SITE)),$(SITE),replica)

test: lint chromium ## Run the linters and all tests but those of make test-compose
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile
	@echo "not run: make test-compose, which needs a Docker engine"

# For the tests in a real browser. Root on a Debian gets it; elsewhere they are skipped, but not where CI is set.
chromium:
	@if command -v chromium chromium-browser google-chrome >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium >/dev/null; \
	else echo "no Chromium is installed, so the tests in a real browser are skipped: apt-get install chromium" >&2; fi

screenshots: tools chromium ## Take the README's pictures of the Newsroom and of Airflow: some minutes
	@$(BIN)/python -m tests.plugins.screenshots

test-compose: tools ## Bring the compose file up and test it: needs a Docker engine with Compose v2
	@$(BIN)/python -m pytest -o addopts="-q --strict-markers" tests/compose

lint: tools ## Check style, types, imports and SQL
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/sqlfluff lint --disable-progress-bar sql

bench: tools ## Measure speed and quality, and write docs/benchmarks.md; PART=crawl for a part, CORPUS=folder for pages
	@$(BIN)/python -m bench $(PART) $(if $(CORPUS),--corpus "$(CORPUS)")

bench-sql: tools ## Time the views, searches and queries on a million made-up stories: takes some minutes
	@$(BIN)/python -m bench.sql

torture: tools ## Misbehave as sites, machines and pages can, into docs/reliability.md; PART=machine for one part
	@$(BIN)/python -m torture $(PART)

format: tools ## Put Python and SQL into the house style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/sqlfluff fix --disable-progress-bar sql

lock: install ## Compile the lock files anew from pyproject.toml
	@$(BIN)/uv pip compile $(LOCK_FLAGS) --group uv -o requirements/uv.lock
	@$(BIN)/uv pip compile $(LOCK_FLAGS) -o requirements/base.lock pyproject.toml
	@$(BIN)/uv pip compile $(LOCK_FLAGS) --group image -c requirements/base.lock -o requirements/image.lock pyproject.toml
	@$(BIN)/uv pip compile $(LOCK_FLAGS) --group local -c requirements/base.lock -o requirements/local.lock pyproject.toml
	@$(BIN)/uv pip compile $(LOCK_FLAGS) --group dev -c requirements/local.lock -o requirements/dev.lock pyproject.toml

sbom: tools ## Write build/sbom.json, what the image's lock brings in (CycloneDX)
	@mkdir -p build
	@$(BIN)/cyclonedx-py requirements requirements/image.lock --pyproject pyproject.toml --output-file build/sbom.json
	@echo "wrote build/sbom.json"

audit: install ## Compare the image's lock with the known vulnerabilities; asks the network
	@mkdir -p build
	@$(BIN)/uvx pip-audit --strict --disable-pip --require-hashes --requirement requirements/image.lock \
		2>build/audit.log; status=$$?; \
	if grep -qE '^(No|Found [0-9]+) known vulnerabilit' build/audit.log; then cat build/audit.log >&2; exit $$status; fi; \
	echo "audit: nothing was compared, since the known vulnerabilities could not be had ($$(tail -1 build/audit.log)):" \
		"try again with a way to the package index" >&2; exit 1

env: ## Write a .env with fresh secrets for docker compose; never overwrites one
	@$(PYTHON) deploy/make-env

clean: ## Remove the environment, the local databases and all caches
	@if [ -x $(BIN)/akhbar ]; then $(BIN)/akhbar clean-local; fi
	@rm -rf .venv .local archive build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
