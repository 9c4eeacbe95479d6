# Two commands matter: `make demo` and `make test`. Everything lives in .venv; nothing is installed outside it
# except, where we are root and none is there, Debian's Chromium for the browser tests.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PORT   ?= 8501
DATA   ?= var/demo

.PHONY: demo test lint check touched bench measure lock clean

$(VENV)/.runtime: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version) if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
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

# For daily work, within a minute: the linters beside the tests that touch what isn't committed yet.
check: $(VENV)/.dev
	@$(MAKE) --no-print-directory -j 2 --output-sync=target lint touched

touched: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 $$($(BIN)/python .ci/touched)

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks.reruns
	$(BIN)/python -m benchmarks.desk
	$(BIN)/python -m benchmarks.annexes
	$(BIN)/python -m benchmarks.purge

measure: $(VENV)/.dev
	@$(BIN)/python -m benchmarks.house

lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header \
	    pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header \
	    --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
