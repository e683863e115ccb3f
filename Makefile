# Two commands do all: `make demo` and `make test`. Everything else is a part of them.
PYTHON ?= python3
PORT ?= 8000
PEOPLE ?= 24637
STORE ?= demo-store
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# many small processes run here: what Python has once compiled is kept, also where a machine says otherwise
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-wide setup setup-test front words lint types contracts check lock clean

demo: setup
	$(BIN)/doorstep demo --store $(STORE) --people $(PEOPLE) --port $(PORT)

test: setup-test
	$(BIN)/python tools/run_tests.py

# the same tests over more made-up people and random examples
test-wide: setup-test
	DOORSTEP_TESTS=wide $(BIN)/python tools/run_tests.py

setup: $(VENV)/run.stamp front words
setup-test: $(VENV)/test.stamp front words
	$(BIN)/python tools/debian.py

$(VENV)/installer.stamp: requirements/installer.txt
	@echo "· making a Python environment in $(VENV)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --require-hashes -r requirements/installer.txt
	@touch $@

$(VENV)/run.stamp: $(VENV)/installer.stamp requirements/run.txt pyproject.toml
	@echo "· installing what Doorstep runs on"
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements/run.txt
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp requirements/test.txt
	@echo "· installing what the tests need"
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements/test.txt
	@touch $@

front: $(VENV)/installer.stamp
	@$(BIN)/python tools/build_front.py

words: $(VENV)/run.stamp
	@$(BIN)/python tools/words.py compile

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(BIN)/mypy

contracts:
	$(BIN)/lint-imports

check: lint types contracts

lock:
	$(BIN)/python tools/lock.py

clean:
	rm -rf $(VENV) front/node_modules src/doorstep/web/static/build
