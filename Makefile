# amostand. `make help` lists the targets; each sets up what it needs in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest -q

# Start-up is a third of a short run; compiled modules are kept even where the environment says otherwise.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test features sabotage recovery mutants spec check routes openapi nightly bench lock clean

help: ## List the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1|\2/' | column -t -s '|' 2>/dev/null \
	  || grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST)

run: $(VENV)/.ready ## Play a call as a story, then leave the live sample world running (Ctrl-C ends it)
	@$(BIN)/amostand run

test: $(VENV)/.ready-dev build/node/.ready ## Run every feature, one for each broken rule, the smoke ones served as well, and every test
	@$(BIN)/python -m tests.parts

features: $(VENV)/.ready-dev ## Run the features alone
	$(PYTEST) features

sabotage: $(VENV)/.ready-dev ## Run every feature with its rule broken: none may stay green
	$(PYTEST) features -p tests.sabotage.plugin

recovery: $(VENV)/.ready-dev ## Every flow through every trouble: each request, event and commit in turn (minutes)
	@$(BIN)/python -m tests.recovery

mutants: $(VENV)/.ready-dev ## Change the rules one small thing at a time: whether the features notice (minutes)
	@$(BIN)/python -m tests.mutants

spec: $(VENV)/.ready-dev ## Write the readable specification with results to build/spec/index.html
	$(PYTEST) features --spec build/spec/index.html
	@echo "build/spec/index.html"

routes: $(VENV)/.ready-dev ## Write docs/amocrm.md, the table of routes, from what the tests and published clients hit
	rm -rf build/routes
	$(PYTEST) -p tests.routes.hits --routes build/routes tests/unit/amocrm tests/contract
	$(BIN)/python -m tests.routes build/routes docs/amocrm.md

openapi: $(VENV)/.ready ## Write build/openapi.json, the description of the fake amoCRM
	@mkdir -p build
	$(BIN)/python -m emulator.amocrm.openapi > build/openapi.json

# Minutes to hours, and drawn anew each night: EXAMPLES requests of schemathesis to each operation, ten times as many of our own.
EXAMPLES ?= 50
nightly: $(VENV)/.ready-dev build/schemathesis/.ready ## Random requests and calls in thousands: the models of both fakes, and no 5xx over a description
	AMOSTAND_EXAMPLES=5000 $(PYTEST) --timeout 0 tests/property
	$(BIN)/python -m tests.nightly --examples $(EXAMPLES) --seed $$(date +%Y%m%d)

build/schemathesis/.ready: tests/nightly/requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m venv $(@D)
	$(@D)/bin/pip install -q --disable-pip-version-check -r $<
	@touch $@

check: $(VENV)/.ready-dev ## Lint, types, import arrows, coverage of the rule catalogue by letter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(PYTEST) tests/unit/test_arrows.py
	$(BIN)/python -m features.coverage

bench: $(VENV)/.ready-dev ## Print the performance table
	$(BIN)/python -m tests.bench

lock: $(VENV)/.ready-dev ## Pin the dependencies anew (maintainers)
	$(BIN)/pip install -q uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
	  --no-emit-index-url --no-annotate --no-header --upgrade -q -o constraints.txt

# The client from npm of tests/contract/amocrm_js, which say what they miss where it could not be had.
build/node/.ready: tests/contract/amocrm_js/package.json tests/contract/amocrm_js/package-lock.json
	@mkdir -p $(@D) && cp $^ $(@D)
	@cd $(@D) && npm ci --silent --no-audit --no-fund && touch .ready \
	  || echo "amocrm-js is not installed: its tests need Node and npm"

clean: ## Remove what was set up and built
	rm -rf $(VENV) build *.egg-info

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "amostand needs Python 3.11 or newer; choose one with make PYTHON=/path/to/python"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.ready-dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.ready
