PYTHON ?= $(shell command -v python3.11 || command -v python3)
export ASSAY_PORT ?= 8000
V := .venv/bin
PROPERTIES = $(shell grep -rl "import examples" tests --include='test_*.py')

.DEFAULT_GOAL := help
.PHONY: help install run test lint unit wire browser pictures faults wide bench lock

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

install: ## make the environment
	@$(PYTHON) deploy/install.py

run: install ## run Assay: http://127.0.0.1:8000 (ASSAY_PORT, ASSAY_HOME, ASSAY_DEMO=0)
	@exec $(V)/python manage.py up

test: ## everything that must hold: lint, types, import rules, migrations, unit, contract, wire, browser
	@$(PYTHON) deploy/install.py --test
	@$(V)/python deploy/run_tests.py

lint: ## ruff, mypy strict, import-linter, missing migrations
	@$(V)/ruff check . && $(V)/ruff format --check .
	@$(V)/python deploy/lint.py

unit: ## unit and architecture tests only
	@$(V)/python -m pytest tests/unit tests/architecture tests/contract

faults: ## kill real processes and look what is left; wide matrices
	@$(PYTHON) deploy/install.py --test
	@ASSAY_TEST_BREADTH=wide $(V)/python -m pytest tests/faults tests/spark tests/unit/costs/test_reissues.py

wide: ## try properties on many more examples than make test does
	@$(PYTHON) deploy/install.py --test
	@ASSAY_TEST_BREADTH=wide $(V)/python -m pytest --timeout 1800 $(PROPERTIES)

pictures: ## take a picture of every page, in both sizes and themes, into tests/output
	@$(PYTHON) deploy/install.py --test
	@ASSAY_PICTURES=1 $(V)/python -m pytest tests/browser/test_every_page.py

bench: ## ratios against the named peers, as JSON
	@$(PYTHON) deploy/install.py --test
	@$(V)/python -m tests.benchmarks

lock: ## renew the lock files (needs uv)
	uv pip compile -q pyproject.toml --extra demo --extra test --python-version 3.11 --generate-hashes --no-header -o deploy/requirements-test.lock
	uv pip compile -q pyproject.toml --extra demo -c deploy/requirements-test.lock --python-version 3.11 --generate-hashes --no-header -o deploy/requirements.lock
	uv pip compile -q deploy/requirements-mlflow2.in --python-version 3.11 --generate-hashes --no-header -o deploy/requirements-mlflow2.lock
	uv pip compile -q deploy/requirements-focus.in --python-version 3.11 --generate-hashes --no-header -o deploy/requirements-focus.lock
	uv pip compile -q deploy/requirements-spark.in -c deploy/requirements-test.lock --python-version 3.11 --generate-hashes --no-header -o deploy/requirements-spark.lock
	uv pip compile -q deploy/requirements-torch.in -c deploy/requirements-test.lock --python-version 3.11 --generate-hashes --no-header --torch-backend cpu -o deploy/requirements-torch.lock
