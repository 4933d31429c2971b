# Two commands: `make demo` and `make test`. Each sets up what it needs in .venv first.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PACKAGES := --constraint constraints.txt --editable '.[dev]'
export IMPACT_HOME ?= $(CURDIR)/home
export DAGSTER_HOME = $(IMPACT_HOME)/dagster

.PHONY: demo test check types tests test-long simulate bench bench-intake bench-reports pictures fuzz kill hostile up constraints docs clean

demo: $(READY)
	@$(BIN)/impact demo

test: check

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	@$(MAKE) --no-print-directory -j2 types tests

types: $(READY)
	$(BIN)/mypy

tests: $(READY)
	$(BIN)/pytest

# What takes long: the demo read back to its last figure, kills at every write, the whole hostile corpus, everything built
# again in other ways. Some ten minutes on two cores; `make test` holds the small sector against most of it.
test-long: $(READY)
	$(BIN)/pytest -m long

# What docs/methods.md shows of intervals and verdicts over generated sectors. Some ten minutes on two cores.
simulate: $(READY)
	@$(BIN)/impact simulate

# How long the tables take for the sector of a finished `make demo`, and for two and four times as many organisations.
bench: $(READY)
	@$(BIN)/python tests/bench.py

# How long it takes to decide on 600 drops of 200 rows, and on 6,000: make bench-intake COUNTS=600.
bench-intake: $(READY)
	@$(BIN)/python -W ignore -m tests.bench_intake $(if $(COUNTS),--counts $(COUNTS))

# How long it takes to draw the reports of a finished `make demo`, with the parts.
bench-reports: $(READY)
	@$(BIN)/python -W ignore -m tests.bench_reports

# The pictures of docs/, of a finished `make demo`. Needs Chromium.
pictures: $(READY)
	@$(BIN)/python -m tests.pictures docs/pictures

# Files damaged at random, each on the road to its decision, for five minutes: make fuzz FUZZ="--count 20000 --seed 2".
fuzz: $(READY)
	@$(BIN)/python -W ignore -m tests.fuzz $(FUZZ)

# An intake killed at random instants, 500 times, and what the next one makes of it.
kill: $(READY)
	@$(BIN)/python -W ignore -m tests.kill $(KILL)

# What reading each file of the hostile corpus costs.
hostile: $(READY)
	@$(BIN)/python -m tests.data.hostile.make measure

# The runs, the assets and the checks, in a browser; the nightly schedule and the sensor run while this does.
up: $(READY)
	@mkdir -p $(DAGSTER_HOME) && cp dagster.yaml $(DAGSTER_HOME)/
	@echo "Open http://localhost:3000 - end with Ctrl-C"
	@$(BIN)/dagster dev --module-name pipelines.definitions --port 3000

# The pages under docs/ that are made from the definitions.
docs: $(READY)
	$(BIN)/python -m impact.guide docs

# Pin every package for the commands above. The file names no index.
constraints: $(READY)
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
		--no-emit-index-url --custom-compile-command "make constraints" --upgrade --quiet -o constraints.txt

clean:
	rm -rf $(VENV) home

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' \
		|| (echo "Python 3.11 or 3.12 is needed; set PYTHON=/path/to/python3.11" && false)
	@echo "Setting up $(VENV) (about a minute, once)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --constraint constraints.txt uv
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode $(PACKAGES) \
		|| (echo "uv could not; trying pip, which knows the index that a site has set for it" && $(BIN)/python -m pip install --quiet $(PACKAGES))
	@touch $(READY)
