# What a developer runs; `make` alone lists it.
BIN := .venv/bin
LOCK := $(BIN)/uv pip compile --no-config --quiet --universal --python-version 3.11 --generate-hashes
QUICK := tests/test_layers.py tests/domain tests/forms tests/models tests/selectors tests/services/booking \
	tests/services/money/test_ledger.py tests/services/money/test_payments.py tests/services/money/test_settlement.py tests/views/api \
	tests/views/test_shows.py tests/views/test_holds.py tests/views/test_checkout.py \
	tests/views/test_payments.py tests/views/test_tickets.py \
	-k "not machine"

.PHONY: help install dev quick test lint js types docs includes messages lock

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.venv:
	python3 -m venv .venv
	$(MAKE) install

install: | .venv  ## install the locked packages, and the checks before each commit
	$(BIN)/pip install --quiet -r tests/requirements.txt
	$(BIN)/pre-commit install

dev: | .venv  ## serve the demo cinema at http://localhost:8000, reloading what changes
	$(BIN)/python manage.py demo --no-server
	$(BIN)/python manage.py --demo runserver

quick: | .venv  ## a wide selection of the tests in a minute, on SQLite
	DATABASE_URL= $(BIN)/pytest -n2 --dist=worksteal --quiet $(QUICK)

test: | .venv  ## all tests, on SQLite and on PostgreSQL
	$(BIN)/pytest

lint: | .venv  ## style, format and dangerous code (ruff, djade)
	$(BIN)/pre-commit run --all-files --show-diff-on-failure

js: .ci/node_modules  ## test scripts; style and format of scripts and styles (Node.js 20.19 or later)
	node --test $(wildcard tests/js/*.test.mjs)
	.ci/node_modules/.bin/biome ci --config-path=.ci static/js static/css tests/js
	cmp .ci/node_modules/jsqr/dist/jsQR.js static/vendor/jsqr/jsQR.js

.ci/node_modules: .ci/package-lock.json
	npm ci --prefix .ci --omit=dev --no-audit --no-fund
	touch $@

types: | .venv  ## check the types
	$(BIN)/mypy

docs: | .venv  ## check the documents
	$(BIN)/pytest -n0 --quiet tests/test_documents.py tests/test_guide.py

includes: | .venv  ## write the code that documents include anew
	$(BIN)/python -m tests.includes

messages: | .venv  ## collect the texts for cinema/locale/, and compile their translations (gettext)
	DEBUG=true $(BIN)/python manage.py makemessages --all --add-location file --no-obsolete \
		--ignore 'tests/*' --ignore '.venv/*' --ignore '.ci/*'
	DEBUG=true $(BIN)/python manage.py compilemessages --ignore .venv

lock: | .venv  ## pin all packages with hashes: requirements.in -> requirements.txt, in tests/ alike
	$(LOCK) requirements.in --output-file requirements.txt
	$(LOCK) tests/requirements.in --output-file tests/requirements.txt
