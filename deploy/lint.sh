#!/bin/sh
# Every configuration file is read by the program that it is for. Part of `just lint`.
set -eu
cd "$(dirname "$0")/.."
caddy=.tools/bin/caddy
compose=$(.venv/bin/python -c 'import compose; print(next(iter(compose.__path__)))')/docker-compose # its wrapper always exits 0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Runs a command, and shows what it said only when it failed.
quietly() {
  "$@" > "$log" 2>&1 || { cat "$log" >&2; echo "lint: failed: $*" >&2; exit 1; }
}

for script in just deploy/*.sh; do quietly sh -n "$script"; done
quietly bash -n .ci/run
quietly .tools/bin/just --fmt --check --unstable

quietly "$caddy" fmt --diff Caddyfile
quietly env JOBYARD_SITE=http://:8080 JOBYARD_HOSTS=one "JOBYARD_BIND=127.0.0.1 ::1" "$caddy" validate --config Caddyfile --adapter caddyfile
quietly env JOBYARD_SITE=jobs.example.org JOBYARD_BIND=0.0.0.0 "$caddy" validate --config Caddyfile --adapter caddyfile
quietly env JOBYARD_PAGE_FROM=vite "$caddy" validate --config Caddyfile --adapter caddyfile

quietly env JOBYARD_DOMAIN=jobs.example.org JOBYARD_SECRET=x JOBYARD_POSTGRES_PASSWORD=x "$compose" config -q
for name in JOBYARD_DOMAIN JOBYARD_SECRET JOBYARD_POSTGRES_PASSWORD; do
  if env JOBYARD_DOMAIN=x JOBYARD_SECRET=x JOBYARD_POSTGRES_PASSWORD=x "$name=" "$compose" config -q 2>/dev/null; then
    echo "lint: docker-compose.yml starts without $name" >&2
    exit 1
  fi
done
quietly .venv/bin/hadolint deploy/Dockerfile
quietly .venv/bin/zizmor --offline --quiet .github/workflows

# pnpm is named twice: for whoever has one of his own, and for us.
wanted=$(sed -n 's/.*"packageManager": "pnpm@\(.*\)".*/\1/p' frontend/package.json)
grep -q "\"pnpm\": \"$wanted\"" deploy/pnpm/package.json ||
  { echo "lint: frontend/package.json wants pnpm $wanted, deploy/pnpm/package.json brings another" >&2; exit 1; }
