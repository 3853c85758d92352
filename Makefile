# kcheck: the targets that contributors and users need.  `make help` lists them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# A machine without a compiler can have no probes run; the report then says what it assumes.
PROBES ?= $(if $(shell command -v gcc && command -v ld),run,none)

# One question of `make demo`: a heading, the command, its answer.  An answer with exit code 1
# is one, too.
SHOW = show() { echo "== $$1"; shift; echo "\$$ kcheck $$*"; $(BIN)/kcheck "$$@" || test $$? -eq 1 \
	|| exit 1; echo; }
SAMPLES := sample_configs

.PHONY: help demo samples man test compiler lint test-real test-real-fast trees bench clean

help: ## List the targets.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

demo: $(VENV)/.installed ## Set all up and show the five verdicts; TREE=… explains LIVEPATCH there.
ifdef TREE
	@$(BIN)/kcheck explain LIVEPATCH --tree "$(TREE)" --probes $(PROBES) || test $$? -eq 1
else
	@$(SHOW); \
	show "1. enabled" explain LIVEPATCH --tree 7.3 \
		--config $(SAMPLES)/x86_64-7.3-enabled.config --probes none; \
	show "2. can be enabled" explain LIVEPATCH --tree 6.1 \
		--config $(SAMPLES)/x86_64-6.1-can-be-enabled.config --probes none; \
	show "3. conflict" explain LIVEPATCH --tree 6.12 \
		--config $(SAMPLES)/x86_64-6.12-conflict.config --probes none; \
	show "4. blocked by the toolchain" explain DEBUG_INFO_BTF --tree 6.12 \
		--config $(SAMPLES)/x86_64-6.12-blocked-by-toolchain.config --probes none; \
	show "5. impossible" explain LIVEPATCH --tree 6.1 \
		--config $(SAMPLES)/i386-6.1-impossible.config --probes none; \
	show "every architecture" arches LIVEPATCH --tree 7.3 --probes $(PROBES)
endif

samples: $(VENV)/.installed-dev trees ## Make the configs in sample_configs again.
	$(BIN)/python -m tests.real.make_samples

man: $(VENV)/.installed-dev ## Make the manual page again from the commands' help.
	$(BIN)/python -m tools.man > docs/kcheck.1.new && mv docs/kcheck.1.new docs/kcheck.1

test: compiler $(VENV)/.installed-dev lint ## Lint, type-check and run the tests that need no kernel tree.
	$(BIN)/pytest -n auto

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

bench: $(VENV)/.installed-dev trees ## Measure beside the kernel's conf; writes bench/results.*.
	bench/run

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
