# Two commands matter: `make demo` and `make test`. Everything lives in .venv; nothing is installed outside it
# except, where we are root and none is there, Debian's Chromium for the browser tests.
PYTHON ?= python3
# Compiled once, also where a machine says otherwise: a run of the tests starts this program some hundred times.
export PYTHONDONTWRITEBYTECODE :=

VENV   := .venv
BIN    := $(VENV)/bin
PORT   ?= 8501
DATA   ?= var/demo

.PHONY: demo test lint supply sbom check touched bench measure screenshots trust wheel lock clean

# With the demo's own parts; production installs the wheel with requirements.lock alone.
$(VENV)/.runtime: requirements-demo.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version) if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-demo.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

demo: $(VENV)/.runtime
	@$(BIN)/bijsluiter demo --port $(PORT) --data $(DATA)

test: $(VENV)/.dev
	@PYTHON=$(BIN)/python sh .ci/browser
	$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

# What we depend on: the list with licences is of this lock, and nothing known is wrong with it.
supply: $(VENV)/.dev
	$(BIN)/python .ci/sbom --check
	$(BIN)/python .ci/advisories

sbom: $(VENV)/.dev
	$(BIN)/python .ci/sbom

# For daily work, within a minute: the linters beside the tests that touch what isn't committed yet.
check: $(VENV)/.dev
	@$(MAKE) --no-print-directory -j 2 --output-sync=target lint touched

touched: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 $$($(BIN)/python .ci/touched)

# The first time it makes a million requests in var/bench, ten minutes and 6 GB more; CASES=100000 makes do with fewer.
CASES ?= 1000000
bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks --cases $(CASES)

# The pictures in the README, of the demo as it is now.
screenshots: $(VENV)/.dev
	@PYTHON=$(BIN)/python sh .ci/browser
	$(BIN)/python -m tests.browser.pictures

# Every promise whole, with its figures, in docs/trust.md: half an hour; cut off, it goes on where it was.
trust: $(VENV)/.dev
	@PYTHON=$(BIN)/python sh .ci/browser
	$(BIN)/python -m tests.trust $(TRUST_ARGS)

measure: $(VENV)/.dev
	@$(BIN)/python -m benchmarks.house

# What production installs: dist/*.whl, beside requirements.lock.
wheel: $(VENV)/.runtime
	rm -rf dist
	$(BIN)/python -m hatchling build -t wheel

COMPILE = uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
    --no-annotate --no-header pyproject.toml
lock:
	$(COMPILE) -o requirements.lock
	$(COMPILE) --extra demo --group build -c requirements.lock -o requirements-demo.lock
	$(COMPILE) --extra demo --group build --group dev -c requirements-demo.lock -o requirements-dev.lock
	@echo 'now: make sbom'

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
