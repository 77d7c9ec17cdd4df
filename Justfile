# Recipes of Jobyard. `./just` lists them; `./just NAME` needs Python 3.11+ and nothing else.

set shell := ["sh", "-eu", "-c"]

# Node, npm and pnpm of .tools/ come first, so that the machine's own do not matter.
export PATH := justfile_directory() / ".tools/node" + ":" + env("PATH")
python := ".venv/bin/python"

_default:
    @{{ just_executable() }} --list --unsorted --list-heading 'Jobyard. Start with: ./just up{{ "\n" }}'

# start Jobyard on this machine: PostgreSQL, API, worker, page; Ctrl-C stops all of it
[no-exit-message]
up: _runtime-and-page
    @exec {{ python }} -m jobyard.up --follow-parent

# the same with Vite's dev server, so that a change of the page shows at once
[no-exit-message]
dev: _runtime-and-node
    @exec {{ python }} -m jobyard.up --follow-parent --dev

# one more worker process beside a running `up`
[no-exit-message]
worker: _runtime
    @exec {{ python }} -m jobyard.up run worker

# make the user with this address an administrator
[no-exit-message]
[positional-arguments]
admin EMAIL: _runtime
    @exec {{ python }} -m jobyard.up run admin "$1"

# look at users, and say who may come in: `./just users --help`
[no-exit-message]
[positional-arguments]
users *ARGS: _runtime
    @exec {{ python }} -m jobyard.up run users "$@"

# print an invitation to sign up, for this address
[no-exit-message]
[positional-arguments]
invite EMAIL: _runtime
    @exec {{ python }} -m jobyard.up run invite "$1"

# look for what will make trouble, in the settings and in PostgreSQL; changes nothing (`--json`)
[no-exit-message]
[positional-arguments]
doctor *ARGS: _runtime
    @if [ -d "${JOBYARD_DATA_DIR:-.jobyard}" ]; then set -- --disk "${JOBYARD_DATA_DIR:-.jobyard}" "$@"; fi; \
      exec {{ python }} -m jobyard.up run doctor "$@"

# bring the database of a running `up` (or of JOBYARD_DATABASE_URL) to this release
[no-exit-message]
migrate: _runtime
    @exec {{ python }} -m jobyard.up run migrate

# back-end and front-end tests, and the main ways through the page in a browser
test: test-backend test-page e2e-core

# everything that CI runs: the tests, then lint, types, builds, generated files, the long tests
check: test check-rest

# what `check` does beyond `test`
check-rest: lint types audit generated build test-long e2e-rest

# style, imports and every configuration file
lint: _dev _node _e2e
    .venv/bin/ruff check .
    .venv/bin/ruff format --check .
    .venv/bin/lint-imports --no-logo
    pnpm --dir frontend run --silent lint
    pnpm --dir tests/e2e run --silent lint
    sh deploy/lint.sh

# known holes in what ships, where the advisory services answer
audit: _dev _node
    {{ python }} deploy/audit.py

# static types of the back end and of the page
types: _dev _node _e2e
    .venv/bin/basedpyright
    pnpm --dir frontend run --silent typecheck
    pnpm --dir tests/e2e run --silent typecheck

# the back end's tests, in parallel and in random order; arguments go to pytest
[positional-arguments]
test-backend *ARGS: _dev
    {{ python }} -m pytest -n auto -m "not slow" "$@"

# the page's unit tests
test-page: _node
    pnpm --dir frontend run --silent test

# the long tests: faults, soak, large data
test-long: _dev _page _pgbouncer
    {{ python }} -m pytest -n auto -m slow

# all browser tests, on desktop and phone, against a Jobyard of their own; arguments go to Playwright
[positional-arguments]
e2e *ARGS: _e2e _browser _runtime-and-page
    pnpm --dir tests/e2e exec playwright test "$@"

# those of `test`
e2e-core: (e2e "--project=desktop-core" "--project=phone-core")

# the others
e2e-rest: (e2e "--project=desktop" "--project=phone")

# the engine beside its peers on one PostgreSQL; writes docs/benchmarks.md (25 min; --help says what else)
[no-exit-message]
[positional-arguments]
bench *ARGS: _runtime
    @exec {{ python }} -m benchmarks "$@"

# what the page costs while 500 events a second come in: frames, memory (4 min)
bench-page: _e2e _browser _runtime-and-page
    pnpm --dir tests/e2e exec playwright test --config measures.config.ts

# Lighthouse's marks for the first screens, 95 at least; needs no network once it is installed (170 MB)
lighthouse: _e2e _browser _runtime-and-page
    CI=true pnpm --dir tests/e2e/lighthouse install --frozen-lockfile --ignore-scripts --silent
    pnpm --dir tests/e2e exec playwright test --config lighthouse.config.ts

# the pictures of the README and of docs/screens.md, made anew; arguments go to Playwright
[positional-arguments]
pictures *ARGS: _e2e _browser _runtime-and-page
    pnpm --dir tests/e2e exec playwright test --config pictures.config.ts "$@"

# the page, as users get it; fails when a first visit needs more script than promised
build: _page
    pnpm --dir frontend run --silent check-size

# the OpenAPI document and the page's client, made anew from the code
api-client: _dev _node
    {{ python }} -m jobyard openapi > docs/openapi.json.new
    mv docs/openapi.json.new docs/openapi.json
    pnpm --dir frontend run --silent api-client

# fail when a generated file is not what the code makes
generated: api-client _page
    git diff --exit-code -- docs/openapi.json frontend/src/api/schema.gen.ts frontend/src/routeTree.gen.ts

# format everything
fmt: _dev _node _e2e
    .venv/bin/ruff check --fix --exit-zero --quiet .
    .venv/bin/ruff format .
    pnpm --dir frontend exec biome check --write .
    pnpm --dir tests/e2e exec biome check --write .
    .tools/bin/caddy fmt --overwrite Caddyfile
    {{ just_executable() }} --fmt --unstable

# What the recipes above need; each does nothing (10 ms) when it is there already.

[no-exit-message]
_tools:
    @./just --tools

[no-exit-message]
_runtime: _tools
    @sh deploy/setup.sh runtime

[no-exit-message]
_dev: _tools
    @sh deploy/setup.sh dev

[no-exit-message]
_node: _tools
    @sh deploy/setup.sh node

[no-exit-message]
_e2e: _tools
    @sh deploy/setup.sh e2e

[no-exit-message]
_browser: _tools
    @sh deploy/setup.sh browser

[no-exit-message]
_pgbouncer: _tools
    @sh deploy/setup.sh pgbouncer

[no-exit-message]
_page: _tools
    @sh deploy/setup.sh page

[no-exit-message]
[parallel]
_runtime-and-page: _runtime _page

[no-exit-message]
[parallel]
_runtime-and-node: _runtime _node

# Lock anew what requirements*.in and tools.in ask for. `_lock --upgrade` takes the newest versions.
[positional-arguments]
_lock *ARGS: _tools
    sh deploy/setup.sh lock "$@"

# Lock the peers of `bench` anew, at their newest versions.
_lock-bench: _tools
    sh benchmarks/lock.sh
