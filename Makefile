# The course's commands. `make help` lists them.
.DEFAULT_GOAL := help
PYTHON ?= python3
REQUIREMENTS ?= requirements.txt
# The exact versions that are installed; `make run LOCK=` takes the newest that requirements allow.
LOCK ?= requirements.lock
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
ONLY ?=
JOBS ?=
ARGS ?=
KERAS_VERSIONS ?= 3.13.2 3.14.1
# What aekit does, whatever the backend and the version of Keras; the other tests are the course's.
COURSE_TESTS := $(addprefix tests/test_,benchmarks.py course.py notebooks.py requirements.py \
  runner_faults.py setup_cell.py site.py slides.py)
AEKIT_TESTS := $(filter-out $(COURSE_TESTS),$(wildcard tests/test_*.py))
LESSONS := $(if $(ONLY),--only $(ONLY))
RUN := $(LESSONS) $(JOBS:%=--jobs %) $(ARGS)

.PHONY: help run full test validate test-backends test-versions test-newest bench bench-full bench-speed results lab site slides pdf notebooks \
  lint hooks lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' Makefile

run: $(VENV)/installed ## run every lesson on a CPU in minutes, and render them as pages in build/quick
	@$(BIN)/python -m course run $(RUN)

full: $(VENV)/installed ## the same at full size: all of MNIST, long training
	@$(BIN)/python -m course run --profile full $(RUN)

test: $(VENV)/installed ## check the code, run the unit tests, and validate the stored notebooks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest tests
	$(BIN)/python -m course validate $(JOBS:%=--jobs %)

validate: $(VENV)/installed ## run the stored notebooks again, and compare what they print (all, or ONLY=06)
	@$(BIN)/python -m course validate $(LESSONS) $(JOBS:%=--jobs %)

test-backends: $(VENV)/installed ## run the unit tests on JAX and on PyTorch (and install both)
	$(PIP) -r requirements-backends.txt $(LOCK:%=-c %)
	KERAS_BACKEND=jax $(BIN)/python -m pytest $(AEKIT_TESTS)
	KERAS_BACKEND=torch $(BIN)/python -m pytest $(AEKIT_TESTS)

test-versions: $(KERAS_VERSIONS:%=build/keras-%) ## run the unit tests on the older versions of Keras
	for keras in $^; do PYTHONPATH=$$keras $(BIN)/python -m pytest $(AEKIT_TESTS) || exit 1; done

build/keras-%: $(VENV)/installed
	$(PIP) --no-deps --target $@ keras==$*

test-newest: ## run the tests with the newest releases, beyond the bounds too (in build/newest)
	rm -rf build/newest && mkdir -p build/newest
	for file in requirements*.txt; do sed 's/,<[0-9.]*//' $$file > build/newest/$$file || exit 1; done
	$(MAKE) test VENV=build/newest/venv LOCK= REQUIREMENTS=build/newest/requirements.txt

bench-speed: $(VENV)/installed ## measure what the parts of aekit cost beside a reference (alone on the machine)
	$(BIN)/python benchmarks/speed.py

PUBLISHED := $(BIN)/python -m benchmarks.published $(ARGS)
# One thread an operation, and operations side by side: for the small steps of these it is quicker.
SMALL_STEPS := blog_conv keras_io_clean keras_io_denoising

bench: $(VENV)/installed ## reproduce published results, at the size of half an hour on two cores
	TF_NUM_INTRAOP_THREADS=1 $(PUBLISHED) --set cpu --force --only $(SMALL_STEPS)
	$(PUBLISHED) --set cpu --force --except $(SMALL_STEPS)

bench-full: $(VENV)/installed ## the same at the papers' sizes, what has no result yet: hours, or a GPU
	TF_NUM_INTRAOP_THREADS=1 $(PUBLISHED) --set full --only $(SMALL_STEPS)
	$(PUBLISHED) --set full --except $(SMALL_STEPS)

results: run full ## run both profiles, and write their claims as one table, notebooks/RESULTS.md
	@$(BIN)/python -m course results

lab: $(VENV)/installed ## open the lessons in JupyterLab
	@$(BIN)/jupyter lab --notebook-dir notebooks

site: $(VENV)/installed ## the stored lessons as pages in build/site, with a search; any web server or none
	@$(BIN)/python -m course.site

slides: $(VENV)/installed ## each stored lesson as a deck of slides in build/slides, one file that needs no network
	@$(BIN)/python -m course.slides

pdf: $(VENV)/installed ## all stored lessons as one PDF for print, build/course.pdf (needs Chromium)
	@$(BIN)/python -m course.pdf

notebooks: $(VENV)/installed ## build the stored notebooks from notebooks/src (for those who edit them)
	@$(BIN)/python -m course build $(LESSONS)

lint: $(VENV)/installed ## check the stored notebooks against their sources and the rules
	@$(BIN)/python -m course lint $(LESSONS)

hooks: $(VENV)/installed ## check each commit before it is made: ruff, and the notebooks against their sources
	$(BIN)/pre-commit install

lock: build/uv ## write requirements.lock anew; it keeps the versions it has, but with UPGRADE=--upgrade
	build/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url \
	  --no-emit-package aekit --no-annotate --custom-compile-command "make lock" $(UPGRADE) \
	  requirements.txt requirements-gpu.txt requirements-backends.txt --output-file requirements.lock

build/uv:
	$(PYTHON) -m venv $@ && $@/bin/pip install --quiet --disable-pip-version-check uv

clean: ## remove the virtual environment and what was built
	rm -rf $(VENV) build

# Python 3.11 to 3.13, or one clear line; the venv is whole only when `installed` stands in it.
$(VENV)/installed: $(wildcard requirements*.txt) $(LOCK) pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; (3, 11) <= v <= (3, 13) or sys.exit("The course needs Python 3.11 to 3.13, and %s is %d.%d. Try: make $(MAKECMDGOALS) PYTHON=python3.12" % (sys.executable, *v))'
	@echo "Installing into $(VENV) (about 2 GB, a few minutes)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) -r $(REQUIREMENTS) $(LOCK:%=-c %)
	@touch $@
