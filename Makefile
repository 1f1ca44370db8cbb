# make run   sets everything up, reads samples/ and shows the result; files under out/
# make test  sets everything up and runs the tests
# PYTHON names the interpreter (3.11 or later), VENV the folder of the environment.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PACKAGES := gouji.ocr gouji.tables gouji.ingest

# A strict editable install links the files that there were: a new list of files is a new install.
SOURCES := $(shell git ls-files -co --exclude-standard -- ocr tables ingest pyproject.toml 2>/dev/null \
                   || find ocr tables ingest pyproject.toml -name '*.py')
INSTALLED := $(VENV)/.installed-$(firstword $(shell echo $(sort $(SOURCES)) | cksum))

.DELETE_ON_ERROR:
.PHONY: run test check bench faults golden docs samples lock setup clean

run: setup
	$(BIN)/gouji read samples/ --out out/

test: setup
	$(BIN)/python -m pytest -n 2

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(PACKAGES:%=-p %)
	$(BIN)/lint-imports

bench: setup
	$(BIN)/python -m bench
	$(BIN)/python -m bench.reviewing
	$(BIN)/python -m bench.batch

# What docs/reliability.md tells, measured anew; takes half an hour.
faults: setup
	$(BIN)/python -m bench.faults
	$(BIN)/python -m bench.load

# The expected records of the samples, written anew; read what it prints.
golden: setup
	$(BIN)/python -m bench.golden

# docs/reference.md and docs/record.schema.json, from the program
docs: setup
	$(BIN)/python -m gouji.ingest.reference docs

# The documents of samples/, from the texts there; takes LibreOffice, Chromium and their fonts.
samples: setup
	$(BIN)/python -m bench.make_samples
	$(BIN)/python -m bench.make_scans

# The newest versions that fit pyproject.toml, for all systems and versions of Python.
lock:
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --upgrade uv
	build/lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --extra dev \
	  --no-annotate --no-header --no-emit-index-url --no-emit-find-links \
	  pyproject.toml --output-file requirements.lock

setup: $(INSTALLED)

$(INSTALLED): $(VENV)/.locked pyproject.toml
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation \
	  --config-settings editable_mode=strict --editable .
	rm -f $(VENV)/.installed-*
	touch $@

$(VENV)/.locked: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "gouji needs Python 3.11 or later: make PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --requirement requirements.lock
	touch $@

clean:
	rm -rf build dist out *.egg-info
