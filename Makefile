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
PROFILE ?= quick
KERAS_VERSIONS ?= 3.13.2 3.14.1
# What aekit does, whatever the backend and the version of Keras.
AEKIT_TESTS ?= tests/aekit
FIRST_LESSON := $(notdir $(firstword $(sort $(wildcard notebooks/0*.ipynb))))
LESSONS := $(if $(ONLY),--only $(ONLY))
# The tests of a file stay together, since they share what they made.
WORKERS := --numprocesses $(or $(JOBS),2) --dist loadfile
RUN := $(LESSONS) $(JOBS:%=--jobs %) $(ARGS)

.PHONY: help run claims full lab site slides pdf test validate test-backends test-versions \
  test-newest notebooks weights lint bench bench-full bench-speed bench-streamed bench-live results hooks lock clean

help:
	@awk '/^##@ / {print "\n" substr($$0, 5)} /^[a-z-]+:.*## / {name = text = $$0; \
	  sub(/:.*/, "", name); sub(/^.*## /, "", text); printf "  make %-14s %s\n", name, text}' Makefile

##@ For students
run: $(VENV)/installed ## install, run every lesson in minutes, render them as pages
	@$(BIN)/python -m course run $(RUN)

claims: $(VENV)/installed ## list every claim of the last run (PROFILE=full, ONLY=06)
	@$(BIN)/python -m course claims --profile $(PROFILE) $(LESSONS)

lab: $(VENV)/installed ## open the lessons in JupyterLab
	@$(BIN)/jupyter lab --notebook-dir notebooks --LabApp.app_settings_dir="$(CURDIR)/course/lab" \
	  --LabApp.default_url=/lab/tree/$(FIRST_LESSON)

##@ For lecturers
full: $(VENV)/installed ## as run, at full size: all of MNIST, long training
	@$(BIN)/python -m course run --profile full $(RUN)

site: $(VENV)/installed ## the stored lessons as pages with a search, in build/site
	@$(BIN)/python -m course site $(ARGS)

slides: $(VENV)/installed ## each stored lesson as a deck, one file, in build/slides
	@$(BIN)/python -m course slides $(ARGS)

pdf: $(VENV)/installed ## all stored lessons for print (needs Chromium)
	@$(BIN)/python -m course pdf $(ARGS)

##@ For whoever changes the course
test: $(VENV)/installed ## check the code, run the tests, validate the notebooks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest $(WORKERS) tests
	$(BIN)/python -m course validate $(JOBS:%=--jobs %)

notebooks: $(VENV)/installed ## build the stored notebooks from notebooks/src
	@$(BIN)/python -m course build $(LESSONS) $(ARGS)

weights: $(VENV)/installed ## train at full size what the lessons show, and store it
	@$(BIN)/python -m course weights $(LESSONS) $(ARGS)

lint: $(VENV)/installed ## check the notebooks against their sources and the rules
	@$(BIN)/python -m course lint $(LESSONS)

validate: $(VENV)/installed ## lint, run the notebooks again, compare what they print
	@$(BIN)/python -m course validate $(LESSONS) $(JOBS:%=--jobs %)

test-backends: $(VENV)/installed ## run aekit's tests on JAX and PyTorch (and install both)
	$(PIP) -r requirements-backends.txt $(LOCK:%=-c %)
	KERAS_BACKEND=jax $(BIN)/python -m pytest $(WORKERS) $(AEKIT_TESTS)
	KERAS_BACKEND=torch $(BIN)/python -m pytest $(WORKERS) $(AEKIT_TESTS)

test-versions: $(KERAS_VERSIONS:%=build/keras-%) ## run aekit's tests on older versions of Keras
	for keras in $^; do PYTHONPATH=$$keras $(BIN)/python -m pytest $(WORKERS) $(AEKIT_TESTS) || exit 1; done

build/keras-%: $(VENV)/installed
	$(PIP) --no-deps --target $@ keras==$*

# The same course in a folder whose ranges have no upper end.
test-newest: ## run the tests with the newest releases, out of bounds too
	rm -rf build/newest && mkdir -p build/newest
	cp -r aekit data README.md LICENSE build/newest
	sed 's/,<[0-9.]*//' pyproject.toml > build/newest/pyproject.toml
	echo '-e build/newest[tensorflow,course,touch,test]' > build/newest/requirements.txt
	$(MAKE) test VENV=build/newest/venv LOCK= REQUIREMENTS=build/newest/requirements.txt

bench: $(VENV)/installed ## reproduce published results, cut to half an hour
	$(BIN)/python -m benchmarks.published --set cpu --force $(ARGS)

bench-full: $(VENV)/installed ## the same at the papers' sizes, what is missing: hours
	$(BIN)/python -m benchmarks.published --set full $(ARGS)

bench-speed: $(VENV)/installed ## measure what aekit costs (alone on the machine)
	$(BIN)/python -m benchmarks.speed

bench-streamed: $(VENV)/installed ## measure data larger than memory, from a disk
	$(BIN)/python -m benchmarks.streamed $(ARGS)

bench-live: $(VENV)/installed ## measure the live page's engine beside ConvNetJS (needs npm and Chromium)
	$(BIN)/python -m benchmarks.live $(ARGS)

results: run full ## run both profiles, and write notebooks/RESULTS.md
	@$(BIN)/python -m course results $(LESSONS)

hooks: $(VENV)/installed ## check each commit: ruff, and the notebooks' sources
	$(BIN)/pre-commit install

lock: build/uv ## write requirements.lock anew (UPGRADE=--upgrade)
	build/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url \
	  --no-emit-package aekit --no-annotate --custom-compile-command "make lock" $(UPGRADE) \
	  requirements.txt requirements-gpu.txt requirements-backends.txt --output-file requirements.lock

build/uv:
	$(PYTHON) -m venv $@ && $@/bin/pip install --quiet --disable-pip-version-check uv

clean: ## remove the virtual environment and what was built
	rm -rf $(VENV) build

# Python 3.11 to 3.13, or one clear line; the venv is whole only when `installed` stands in it.
$(VENV)/installed: $(wildcard requirements*.txt) $(LOCK) pyproject.toml
	@command -v $(PYTHON) > /dev/null || { echo "There is no $(PYTHON) here. Try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; (3, 11) <= v <= (3, 13) or sys.exit("The course needs Python 3.11 to 3.13, and %s is %d.%d. Try: make $(MAKECMDGOALS) PYTHON=python3.12" % (sys.executable, *v))'
	@echo "Installing into $(VENV) (about 2 GB, a few minutes)"
	@$(BIN)/python -m pip --version > /dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@$(PIP) -r $(REQUIREMENTS) $(LOCK:%=-c %)
	@touch $@
