# kcheck: the targets that contributors and users need.  `make help` lists them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# The kernel tree of `make demo`: one named with TREE=, else one around this folder, else
# that of the running kernel, else the small one that the project brings.  Found trees must
# have LIVEPATCH's own file: packages of kernel headers often hold a part of a tree only.
ASKED := kernel/livepatch/Kconfig
AROUND = $(shell cd "$(CURDIR)"; while [ "$$PWD" != / ]; do cd ..; \
	[ -f $(ASKED) ] && pwd && break; done)
RUNNING = $(patsubst %/$(ASKED),%,$(wildcard /lib/modules/$(shell uname -r)/build/$(ASKED)))
TREE ?= $(or $(AROUND),$(RUNNING),sample_configs/small-tree)

# A machine without a compiler can have no probes run; the report then says what it assumes.
PROBES ?= $(if $(shell command -v gcc && command -v ld),run,none)

.PHONY: help demo test compiler lint test-real test-real-fast trees bench clean

help: ## List the targets.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

demo: $(VENV)/.installed ## Set all up and explain LIVEPATCH (on TREE=… if given).
	@$(BIN)/kcheck explain LIVEPATCH --tree "$(TREE)" --probes $(PROBES) || test $$? -eq 1

test: compiler $(VENV)/.installed-dev lint ## Lint, type-check and run the tests that need no kernel tree.
	$(BIN)/pytest

# Tests ask a compiler the questions that Kconfig files ask.
compiler:
	@command -v gcc >/dev/null && command -v ld >/dev/null || \
		{ echo "the tests need gcc and ld; Debian: apt install gcc, Fedora: dnf install gcc" >&2; \
		  exit 1; }

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

trees: ## Fetch the kernel trees that the real-tree tests run on (Debian).
	$(PYTHON) tests/real/fetch_trees.py

test-real-fast: $(VENV)/.installed-dev trees ## Compare with each tree's own conf: a slice.
	$(BIN)/pytest -m "real and not whole" -n 2 --dist loadgroup

test-real: $(VENV)/.installed-dev trees ## Compare with each tree's own conf: everything.
	$(BIN)/pytest -m real -n 2 --dist loadgroup

bench: $(VENV)/.installed-dev trees ## Measure beside the kernel's conf; times of plans.
	$(BIN)/python -m bench.cold
	$(BIN)/python -m bench.plan --symbols 100

clean: ## Remove what was set up.
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || \
		{ echo "no $(PYTHON) here; install Python 3.11 or later (Debian: apt install python3" \
		  "python3-venv; Fedora: dnf install python3) or name one with PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "kcheck needs Python 3.11 or later; name one with PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ echo "python3 cannot make a venv; on Debian: apt install python3-venv" >&2; \
		  rm -rf $(VENV); exit 1; }

$(VENV)/.installed: $(BIN)/python pyproject.toml
	$(BIN)/pip install --quiet --editable .
	@touch $@

$(VENV)/.installed-dev: $(BIN)/python pyproject.toml
	$(BIN)/pip install --quiet --editable '.[dev]'
	@touch $@ $(VENV)/.installed
