# The course's commands. `make help` lists them.
.DEFAULT_GOAL := help
PYTHON ?= python3
REQUIREMENTS ?= requirements.txt
BIN := .venv/bin
ONLY ?=
KERAS_VERSIONS ?= 3.13.2 3.14.1
# What aekit does, whatever the backend and the version of Keras; the other tests are the course's.
AEKIT_TESTS := $(filter-out tests/test_course.py tests/test_notebooks.py,$(wildcard tests/test_*.py))
LESSONS := $(if $(ONLY),--only $(ONLY))

.PHONY: help run full test test-backends test-versions bench-speed results lab notebooks lint clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' Makefile

run: .venv/installed ## run every lesson on a CPU in minutes, and render them as pages in build/quick
	@$(BIN)/python -m course run $(LESSONS)

full: .venv/installed ## the same at full size: all of MNIST, long training
	@$(BIN)/python -m course run --profile full $(LESSONS)

test: .venv/installed ## check the code, run the unit tests, and validate the stored notebooks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest tests
	AEKIT_PROGRESS=off $(BIN)/python -m pytest --nbval --nbval-current-env --nbval-sanitize-with tests/nbval.cfg notebooks

test-backends: .venv/installed ## run the unit tests on JAX and on PyTorch (and install both)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-backends.txt
	KERAS_BACKEND=jax $(BIN)/python -m pytest $(AEKIT_TESTS)
	KERAS_BACKEND=torch $(BIN)/python -m pytest $(AEKIT_TESTS)

test-versions: $(KERAS_VERSIONS:%=build/keras-%) ## run the unit tests on the older versions of Keras
	for keras in $^; do PYTHONPATH=$$keras $(BIN)/python -m pytest $(AEKIT_TESTS) || exit 1; done

build/keras-%: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target $@ keras==$*

bench-speed: .venv/installed ## measure what the parts of aekit cost beside a reference (alone on the machine)
	$(BIN)/python benchmarks/speed.py

results: run full ## run both profiles, and write their claims as one table, notebooks/RESULTS.md
	@$(BIN)/python -m course results

lab: .venv/installed ## open the lessons in JupyterLab
	@$(BIN)/jupyter lab --notebook-dir notebooks

notebooks: .venv/installed ## build the stored notebooks from notebooks/src (for those who edit them)
	@$(BIN)/python -m course build $(LESSONS)

lint: .venv/installed ## check the stored notebooks against their sources and the rules
	@$(BIN)/python -m course lint $(LESSONS)

clean: ## remove the virtual environment and what was built
	rm -rf .venv build

# Python 3.11 to 3.13, or one clear line; the venv is whole only when `installed` stands in it.
.venv/installed: $(wildcard requirements*.txt) pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; (3, 11) <= v <= (3, 13) or sys.exit("The course needs Python 3.11 to 3.13, and %s is %d.%d. Try: make $(MAKECMDGOALS) PYTHON=python3.12" % (sys.executable, *v))'
	@echo "Installing into .venv (about 2 GB, a few minutes)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r $(REQUIREMENTS)
	@touch $@
