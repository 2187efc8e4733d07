# What a developer runs; `make` alone lists it.
BIN := .venv/bin
LOCK := $(BIN)/uv pip compile --no-config --universal --python-version 3.11 --generate-hashes --quiet \
        --custom-compile-command 'make lock'

.PHONY: help lock

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

lock:  ## pin all packages with hashes: requirements.in -> requirements.txt, in tests/ alike
	$(LOCK) requirements.in --output-file requirements.txt
	$(LOCK) tests/requirements.in --output-file tests/requirements.txt
