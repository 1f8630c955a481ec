# `make demo` runs the whole product here; `make test` proves it; `make check` reads it. docs/operations.md has the rest.
# Every target installs what it needs and remembers it by stamps: a second run goes straight to work.

PYTHON ?= python3
PORT ?= 8000
LOCAL_DIR ?= .local
N ?= 100000
TESTS ?=
PROCESSES ?= 2
export PORT LOCAL_DIR
# Whatever the shell says: without compiled files each of a dozen processes compiles Django anew, for seconds.
export PYTHONDONTWRITEBYTECODE :=

BIN := .venv/bin
STAMPS := .venv/stamps
PACKAGES := $(STAMPS)/packages
ASSETS := node_modules/.stamp
MESSAGES := $(STAMPS)/messages
BROWSER := $(STAMPS)/browser
TOOLCHAIN := $(PYTHON) -m deploy.local.toolchain
CATALOGUES := $(wildcard locale/*/LC_MESSAGES/django.po)

.DEFAULT_GOAL := help
.PHONY: help setup demo test check audit bench isolation chaos seed lock format messages shell clean

help: ## Show the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/|/' | awk -F'|' '{printf "  make %-10s%s\n", $$1, $$2}'

setup: $(PACKAGES) $(ASSETS) $(MESSAGES) ## Install packages and front-end assets from the lock files

demo: setup ## Run everything in the foreground (PORT, LOCAL_DIR); Ctrl-C stops it and keeps the data
	@exec $(BIN)/python -m deploy.local.demo

test: setup $(BROWSER) ## Run the whole suite (TESTS="tests/billing -k refund" runs a part)
	@$(BIN)/python -m pytest -n $(PROCESSES) $(TESTS)

check: setup ## Format, lint, layers, types, migrations, translations, templates, deploy checks
	@$(BIN)/python -m deploy.check

audit: setup ## Ask for known weaknesses of the packages we install (ends with 2 where nobody answers)
	@$(BIN)/python -m deploy.audit

bench: setup ## Print the performance tables
	@LOCAL_DIR=$(LOCAL_DIR)/bench $(BIN)/python -m deploy.local.run manage.py bench

isolation: setup ## Work in both demo hospitals at once (100,000 requests) and count what crosses
	@LOCAL_DIR=$(LOCAL_DIR)/bench $(BIN)/python -m deploy.local.run manage.py prove_isolation

chaos: setup ## Take payments while web server, worker and database are killed, and see that all agrees
	@LOCAL_DIR=$(LOCAL_DIR)/chaos $(BIN)/python -m demo.chaos

seed: setup ## Fill the demo hospital samaki with N synthetic patients
	@$(BIN)/python -m deploy.local.run --owner -m deploy.local.prepare
	@$(BIN)/python -m deploy.local.run manage.py seed_patients $(N)

shell: setup ## Open Django's shell beside the local servers
	@$(BIN)/python -m deploy.local.run manage.py shell

messages: $(PACKAGES) ## Collect the texts into locale/*/LC_MESSAGES/django.po and compile them
	@$(BIN)/python manage.py messages

format: $(PACKAGES) ## Format the code
	@$(BIN)/ruff check -q --fix . ; $(BIN)/ruff format -q .

# uv resolves pyproject.toml and exports names, versions and hashes, all groups here, production's own for the image.
# uv.lock is not kept: it would write download addresses into the repository.
lock: ## Renew requirements.lock and deploy/requirements.lock from pyproject.toml
	@$(TOOLCHAIN) lock

clean: ## Remove everything installed and the suite's database (never the demo's data in LOCAL_DIR)
	@if [ -L $(LOCAL_DIR)/test/pg18 ]; then rm -rf "$$(dirname "$$(readlink $(LOCAL_DIR)/test/pg18)")"; fi
	rm -rf .venv node_modules staticfiles $(LOCAL_DIR)/test

$(PACKAGES): requirements.lock
	@$(TOOLCHAIN) packages && mkdir -p $(STAMPS) && touch $@

$(ASSETS): package-lock.json | $(PACKAGES)
	@$(TOOLCHAIN) assets && $(BIN)/python manage.py build_assets && touch $@

$(MESSAGES): $(CATALOGUES) | $(PACKAGES)
	@$(BIN)/python -m core.translations.compiling && touch $@

$(BROWSER): | $(PACKAGES)
	@$(TOOLCHAIN) browser && touch $@
