# setup  brings everything this project needs to the machine      demo   builds the demo site and serves it
# test   what needs no PyTorch                                    bench  prints the speed ratios
# test-models  `pyinfer model` with PyTorch, which it installs: both are what continuous integration runs
# lint   style and types of both languages                        generate  writes the generated tables anew
# models  trains the project's own networks again             opencv  builds our own opencv.js, into the cache
# conformance  runs ONNX's own node tests and writes their report anew

.PHONY: setup system-packages demo test test-models models opencv bench conformance lint format generate clean
.DEFAULT_GOAL := test

PYTHON := $(or $(firstword $(foreach python,python3.13 python3.12 python3.11 python3,$(shell \
	$(python) -c 'import sys, ensurepip, venv; print("$(python)" if sys.version_info >= (3, 11) else "")' 2>/dev/null))),python3)
BIN := .venv/bin

setup: system-packages .venv/installed
	@$(BIN)/pyinfer setup --develop
	@ln -sfn "$$($(BIN)/python -c 'from pyinfer.host import places; print(places.node_modules())')" js_bridge/node_modules

system-packages:
	@.ci/system_packages $(PYTHON)

.venv/installed: pyproject.toml | system-packages
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -qq --disable-pip-version-check --editable '.[dev]'
	@touch $@

test: lint
	$(BIN)/python -m pytest --durations=25 tests/unit tests/server tests/browser

test-models: setup .venv/installed-models
	$(BIN)/python -m pytest --durations=10 tests/models

# Trains the project's own networks again; their scores must be the committed ones.
models: setup .venv/installed-models
	$(BIN)/python site/models/train_all.py $(ARGS)

.venv/installed-models: .venv/installed
	$(BIN)/python -m pip install -qq --disable-pip-version-check --editable '.[dev,models]'
	@touch $@

# Every bundle that is built afterwards has it. Up to half an hour a variant; `ARGS="--variant simd"` builds one.
opencv: setup
	$(BIN)/pyinfer opencv build $(ARGS)

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	js_bridge/node_modules/.bin/tsc --project js_bridge
	js_bridge/node_modules/.bin/tsc --project js_bridge/tsconfig.service_worker.json
	cd js_bridge && node_modules/.bin/biome ci --colors=off . ../site ../tests ../pyinfer

format: setup
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	cd js_bridge && node_modules/.bin/biome check --write . ../site ../tests ../pyinfer

demo: setup
	$(BIN)/pyinfer demo $(ARGS)

bench: setup
	$(BIN)/pyinfer bench $(ARGS)
	$(BIN)/python -m tests.browser.start_times
	$(BIN)/python -m tests.server.load

conformance: setup
	$(BIN)/python -m tests.conformance.report

generate: setup
	$(BIN)/pyinfer generate

clean:
	rm -rf .venv dist build js_bridge/node_modules
