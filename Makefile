# `make` alone lists what can be asked for. Nothing has to be installed first but Python 3.12 or newer.

PORT ?= 8000
ARGS ?=
VENV_PYTHON = .venv/bin/python

# bin/setup fills the one .venv that all targets share: under -j they still take turns.
.NOTPARALLEL:
.PHONY: help run test security bench lint lock clean

help: ## Show this list
	@echo "Winning Customers. Start with: make run"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: export DEBUG = 1
run: ## Start it at http://127.0.0.1:8000/ with a demo workbook (PORT=9000 for another port)
	@bin/setup requirements.txt
	@$(VENV_PYTHON) manage.py migrate --verbosity 0
	@$(VENV_PYTHON) manage.py demo
	@port=$$($(VENV_PYTHON) -c 'import socket; \
	    taken = lambda port: socket.socket().connect_ex(("127.0.0.1", port)) == 0; \
	    print(next(port for port in range($(PORT), 65536) if not taken(port)))') && \
	echo "Open http://127.0.0.1:$$port/ in a browser. Ctrl-C stops it; the data stays." && \
	exec $(VENV_PYTHON) manage.py runserver 127.0.0.1:$$port

test: export DEBUG = 1
test: ## Run the whole suite (ARGS="-k drivers" for a part of it, ARGS="-n 0" in one process)
	@bin/setup requirements-dev.txt
	@$(VENV_PYTHON) -m pytest -n auto $(ARGS)

security: export DEBUG = 1
security: export SECURITY = 1
security: ## Show what protects people, each point as held or broken (long; once for each DATABASE_URL)
	@bin/setup requirements-dev.txt
	@$(VENV_PYTHON) -m pytest -n auto -q -p tests.protections $(ARGS)

bench: ## Measure what the pages cost, and write bench.json (long; ARGS=--small for a first look)
	@bin/setup requirements-dev.txt
	@$(VENV_PYTHON) -m bench $(ARGS)

lint: ## Check style and formatting (to mend both: .venv/bin/ruff check --fix; .venv/bin/ruff format)
	@bin/setup requirements-dev.txt
	@$(VENV_PYTHON) -m ruff check .
	@$(VENV_PYTHON) -m ruff format --check .

# One lock serves every platform and every Python from 3.12 on; each is held to the versions of the one
# before. None names a package registry: that is each machine's own affair.
COMPILE = $(VENV_PYTHON) -m uv --no-config pip compile pyproject.toml --quiet $(ARGS) \
	--universal --python-version 3.12 --generate-hashes --no-emit-index-url --no-emit-find-links \
	--custom-compile-command "make lock"
lock: ## Write the requirements files anew from pyproject.toml (ARGS=--upgrade for newer versions)
	@bin/setup requirements-dev.txt
	@$(COMPILE) --output-file requirements.txt
	@$(COMPILE) --all-extras --constraint requirements.txt --output-file requirements-server.txt
	@$(COMPILE) --all-extras --group dev --constraint requirements-server.txt \
	    --output-file requirements-dev.txt

clean: ## Remove everything that can be made again; the database stays
	rm -rf .venv staticfiles test-results .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
