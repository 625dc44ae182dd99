PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test lock audit clean

run: $(VENV)/run.stamp
	$(BIN)/forumbot play

test: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n auto --dist worksteal

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

# Renew the locks after a change of dependencies in pyproject.toml.
lock: | $(VENV)/bin/python
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --python-version 3.11 pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --python-version 3.11 --extra test -c requirements.lock pyproject.toml -o requirements-test.lock

# What is known against the dependencies; the test lock holds those of the running bot too. It asks over the network, so
# it is no part of `test`. Strict, since what could not be asked about would pass otherwise.
audit: | $(VENV)/bin/python
	$(BIN)/pip install --quiet uv
	$(BIN)/uv tool run --quiet pip-audit --strict --disable-pip --require-hashes -r requirements-test.lock

clean:
	rm -rf $(VENV)
