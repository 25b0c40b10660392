# Sets everything up with Python 3.11+, pip and make alone. What is installed stands in requirements.lock.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.installed
# What is compiled where there is a C compiler: a change of it is installed anew.
COMPILED := $(wildcard zsparkcrawl/*/*.pxd zsparkcrawl/*/*/*.pxd)

.PHONY: demo test lint types contracts check bench lock clean

## demo: do the main job on the bundled site and show the result
demo: $(READY)
	$(BIN)/zsparkcrawl demo

## test: pass the tests; on two cores three processes, for many a test waits for a site that is slow on purpose
test: $(READY)
	$(BIN)/python -m pytest --numprocesses=3 --dist=loadfile

## lint: style and formatting
lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

## types: mypy, strict on the package
types: $(READY)
	$(BIN)/mypy

## contracts: imports go downward only
contracts: $(READY)
	$(BIN)/lint-imports

## check: everything that must pass before a change lands
check: test lint types contracts

## bench: measure, and write the figures to bench/results.md
bench: $(READY)
	$(BIN)/python -m bench.sample
	$(BIN)/python -m bench.repair
	$(BIN)/python -m bench.captures

## lock: choose versions anew
lock:
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet uv
	build/lock/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header --python-version 3.11 --extra dev --upgrade pyproject.toml --output-file requirements.lock

$(READY): requirements.lock pyproject.toml setup.py $(COMPILED) $(COMPILED:.pxd=.py)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "zsparkcrawl needs Python 3.11 or newer; set PYTHON=..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	@touch $(READY)

clean:
	rm -rf $(VENV) build data/demo data/sample/site $(COMPILED:.pxd=.*.so)
