# Needs Python 3.11+ and make. Everything goes into .venv; `make demo ARGS="--port 8123"` passes options on.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
RUNTIME := .venv/.has-runtime
TESTING := .venv/.has-testing

.PHONY: help install demo demo-exchange test lint bench

help:
	@echo "make install   the site and what it needs, into .venv"
	@echo "make demo      a made-up county, served at http://127.0.0.1:8000"
	@echo "make demo-exchange   two sites, Jining and Wanzhou, that exchange with each other"
	@echo "make test      all the tests"
	@echo "make lint      ruff, mypy and the import contracts"
	@echo "make bench     the benchmarks, 200,000 workers; of more: make bench ARGS=\"--workers 2000000\""

install: $(RUNTIME)

demo: $(RUNTIME)
	@$(BIN)/leye demo $(ARGS)

demo-exchange: $(RUNTIME)
	@$(BIN)/leye demo-exchange $(ARGS)

# Code stays compiled: a site of the tests is five programs of a thousand modules each.
test: export PYTHONDONTWRITEBYTECODE =
test: $(TESTING)
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder --durations=15 $(ARGS)

lint: $(TESTING)
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: $(TESTING)
	@$(BIN)/python -m pytest benchmarks --benchmark-only --benchmark-quiet -q $(ARGS)

# Shows the name of each package as pip comes to it; all that pip said is in the log.
define install
	@echo "Installing $(1) into .venv:"
	@($(BIN)/python -m pip install --disable-pip-version-check --progress-bar off -e '$(1)' 2>&1 || echo FAILED) \
	| tee .venv/install.log | while read -r verb what rest; do case $$verb in \
		Collecting|Processing) what=$${what##*/}; what=$${what%%-[0-9]*}; printf ' %s' "$${what%%[!A-Za-z0-9._-]*}" ;; \
		Installing) [ "$$what" = build ] || printf '\nUnpacking …\n' ;; \
		FAILED) printf '\npip says:\n'; grep -v -e ^WARNING -e ^FAILED .venv/install.log | tail -n 20; exit 1 ;; \
	esac; done
	@touch $@ && echo "Done."
endef

$(RUNTIME): pyproject.toml | $(BIN)/python
	$(call install,.)

$(TESTING): pyproject.toml | $(BIN)/python
	$(call install,.[test])

$(BIN)/python:
	@[ -n "$(PYTHON)" ] || { echo "No Python 3.11 or newer was found: name one with make PYTHON=/path/to/python3."; exit 1; }
	@echo "Making .venv with $$($(PYTHON) --version) …"
	@$(PYTHON) -m venv --clear .venv || { rm -rf .venv; exit 1; }
