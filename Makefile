# Every target installs what it needs. Requires Python 3.11 to 3.14 and make.
PYTHON ?= python3
SITE ?= live
BIN := .venv/bin
POSTGRES ?= /usr/lib/postgresql/15/bin
LOCK_FLAGS := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

.DEFAULT_GOAL := help
.PHONY: docs docs/demo.svg help install tools demo demo-year up psql test chromium screenshots test-postgres test-compose test-dbt lint bench bench-sql torture format lock sbom audit env clean

help: ## Show this help
	@echo "Akhbar: newspapers' websites as Postgres tables"
	@grep -hE '^[a-z/.-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's|^([a-z/.-]+):.*## |  make \1\t|' | expand -t 22

install: .venv/.installed ## Create .venv with the locked packages and the project
tools: .venv/.tools ## Add the packages for tests, linters and benchmarks

# uv installs the lock file in seconds where pip takes minutes; pip installs uv, from the index pip is configured for.
# Bytecode is compiled here, because otherwise every Airflow process would compile everything.
.venv/.installed: requirements/local.lock requirements/installer.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' \
		|| { echo "Python 3.11 to 3.14 is needed: make PYTHON=python3.12 install" >&2; exit 1; }
	@rm -rf .venv
	@if $(PYTHON) -c 'import ensurepip' 2>/dev/null; then $(PYTHON) -m venv .venv; \
	elif $(PYTHON) -m pip --version >/dev/null 2>&1; then $(PYTHON) -m venv --without-pip .venv; \
	else echo "Python has neither ensurepip nor pip: run apt-get install python3-venv and try again" >&2; exit 1; fi
	@if [ -x $(BIN)/pip ]; then $(BIN)/python -m pip install --quiet --require-hashes -r requirements/installer.lock; \
	else $(PYTHON) -m pip --python $(BIN)/python install --quiet --require-hashes -r requirements/installer.lock; fi
	@unset PYTHONDONTWRITEBYTECODE; $(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode \
		--require-hashes -r requirements/local.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.tools: .venv/.installed requirements/dev.lock
	@unset PYTHONDONTWRITEBYTECODE; $(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode \
		--require-hashes -r requirements/dev.lock
	@touch $@

demo: install ## Run the whole pipeline once, offline, with a replica of the newspaper
	@$(BIN)/akhbar demo

demo-year: tools ## Add a year of made-up stories to the demo's tables, for docs/explore.ipynb
	@$(BIN)/python -m tests.sql.made_up_year

docs/demo.svg: install ## Redraw the picture of the demo's output, from an empty database
	@folder=$$(mktemp -d); AKHBAR_LOCAL=$$folder $(BIN)/akhbar demo --picture $@; status=$$?; \
		AKHBAR_LOCAL=$$folder $(BIN)/akhbar clean-local; rm -rf $$folder; exit $$status

docs: tools ## Regenerate the data dictionary, the cookbook's example output and the outputs of docs/explore.ipynb
	@$(BIN)/python -m tests.sql.examples

up: install ## Run the pipeline on its schedule until Ctrl-C; SITE=replica for the replica
	@$(BIN)/akhbar up --site $(SITE)

psql: install ## Open the demo's tables in psql; SITE=live for those of make up
	@$(BIN)/akhbar psql --site $(if $(filter command line,$(origin SITE)),$(SITE),replica)

test: lint chromium ## Run the linters and all tests except test-postgres, test-compose, test-dbt and torture
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile
	@echo "not run: make test-postgres, make test-compose, which needs a Docker engine, make test-dbt and make torture"

# The browser tests need Chromium. Root on Debian gets it installed; otherwise they are skipped, or fail if CI is set.
chromium:
	@if command -v chromium chromium-browser google-chrome >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium >/dev/null; \
	else echo "Chromium is not installed, so the browser tests are skipped: apt-get install chromium" >&2; fi

screenshots: tools chromium ## Retake the screenshots of the Newsroom and of Airflow; takes minutes
	@$(BIN)/python -m tests.plugins.screenshots

DATABASE_TESTS := tests/akhbar/database tests/akhbar/maintenance tests/akhbar/steps tests/plugins/newsroom tests/sql \
	tests/security/test_rights.py
test-postgres: tools ## Run the tests of the database on an installed Postgres; POSTGRES=folder of its programs
	@[ -x $(POSTGRES)/initdb ] || { echo "$(POSTGRES) has no initdb: apt-get install postgresql-15" >&2; exit 1; }
	@TEST_POSTGRES=$(POSTGRES) $(BIN)/python -m pytest --numprocesses 2 --dist loadfile $(DATABASE_TESTS)

test-compose: tools ## Start the compose file and test it; needs a Docker engine with Compose v2
	@$(BIN)/python -m pytest -o addopts="-q --strict-markers" tests/compose

test-dbt: tools .venv-dbt/.installed ## Run a dbt project on the tables, as the analyst
	@DBT=$(CURDIR)/.venv-dbt/bin/dbt $(BIN)/python -m pytest -o addopts="-q --strict-markers" tests/dbt

# dbt's dependencies are not those of Airflow.
.venv-dbt/.installed: .venv/.installed requirements/dbt.lock
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-dbt
	@$(BIN)/uv pip install --quiet --python .venv-dbt/bin/python --require-hashes -r requirements/dbt.lock
	@touch $@

lint: tools ## Check style, types, imports and SQL
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/sqlfluff lint --disable-progress-bar sql

bench: tools ## Measure speed and quality, update docs/benchmarks.md; PART=crawl, CORPUS=folder
	@$(BIN)/python -m bench $(PART) $(if $(CORPUS),--corpus "$(CORPUS)")

bench-sql: tools ## Time views, searches and queries on a million stories; takes minutes
	@$(BIN)/python -m bench.sql

torture: tools ## Run the fault trials, update docs/reliability.md; PART=machine or TRIAL=Postgres runs some
	@$(BIN)/python -m pytest -vv -m torture tests/torture/$(if $(PART),test_$(PART).py) $(if $(TRIAL),-k "$(TRIAL)")

format: tools ## Format Python and SQL
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/sqlfluff fix --disable-progress-bar sql

lock: install ## Recompile requirements/ from pyproject.toml
	@$(BIN)/uv pip compile $(LOCK_FLAGS) --group uv -o requirements/installer.lock
	@$(BIN)/uv pip compile $(LOCK_FLAGS) -o requirements/base.lock pyproject.toml
	@$(BIN)/uv pip compile $(LOCK_FLAGS) --group image -c requirements/base.lock -o requirements/image.lock pyproject.toml
	@$(BIN)/uv pip compile $(LOCK_FLAGS) --group local -c requirements/base.lock -o requirements/local.lock pyproject.toml
	@$(BIN)/uv pip compile $(LOCK_FLAGS) --group dev -c requirements/local.lock -o requirements/dev.lock pyproject.toml
	@$(BIN)/uv pip compile $(LOCK_FLAGS) --group dbt -o requirements/dbt.lock

sbom: tools ## Write build/sbom.json, the image's packages in CycloneDX format
	@mkdir -p build
	@$(BIN)/cyclonedx-py requirements requirements/image.lock --pyproject pyproject.toml --output-file build/sbom.json
	@echo "wrote build/sbom.json"

audit: install ## Check the image's packages for known vulnerabilities; needs the network
	@mkdir -p build
	@$(BIN)/uvx pip-audit --strict --disable-pip --require-hashes --requirement requirements/image.lock \
		2>build/audit.log; status=$$?; \
	if grep -qE '^(No|Found [0-9]+) known vulnerabilit' build/audit.log; then cat build/audit.log >&2; exit $$status; fi; \
	echo "audit: nothing was checked, because the package index is unavailable ($$(tail -1 build/audit.log));" \
		"try again with access to it" >&2; exit 1

env: ## Write .env with random secrets for docker compose; never overwrites it
	@$(PYTHON) deploy/make-env

clean: ## Remove .venv, the local databases, the archive and all caches
	@if [ -x $(BIN)/akhbar ]; then $(BIN)/akhbar clean-local; fi
	@rm -rf .venv .venv-dbt .local archive build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
