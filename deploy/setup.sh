#!/bin/sh
# What recipes need, installed when it is missing or out of date:
#   setup.sh runtime   .venv with what the server needs        setup.sh dev    .venv with what tests and lint need too
#   setup.sh node      frontend/node_modules                   setup.sh page   frontend/dist, built from the sources
#   setup.sh e2e       tests/e2e/node_modules                  setup.sh browser   Chromium, for the browser tests
#   setup.sh pgbouncer PgBouncer, for the long tests
#   setup.sh lock      writes tools.txt and requirements*.lock anew
# Each is a comparison with a stamp of what was installed, so it costs a few milliseconds when nothing has changed.
set -eu
cd "$(dirname "$0")/.."
uv=.tools/bin/uv

say() { echo "just: $*" >&2; }

# The second of two recipes that start at once waits for the first (where flock exists).
alone() {
  if command -v flock >/dev/null; then exec 8> ".tools/$1.lock"; flock 8; fi
}

# One .venv serves both: runtime never takes away what dev has brought.
python_packages() {
  stamp=.venv/installed-$1 lock=$2
  wanted="$(cksum < "$lock") $(.tools/bin/python -c 'import sys; print(sys.version, sys.base_prefix)' 2>/dev/null) $PWD"
  [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$wanted" ] || return 0
  say "installing Python packages"
  rm -f .venv/installed-*
  $uv venv --quiet --clear --no-project --no-config --python .tools/bin/python .venv
  $uv pip sync --quiet --no-config --python .venv/bin/python --require-hashes "$lock"
  # The package itself: a path, so that .venv/bin/python finds it from everywhere, and nothing has to be built.
  for site in .venv/lib/python3.*/site-packages; do echo "$PWD/backend" > "$site/jobyard.pth"; done
  echo "$wanted" > "$stamp"
}

node_modules() {
  stamp=frontend/node_modules/.installed
  wanted=$(cat frontend/package.json frontend/pnpm-lock.yaml tools.txt | cksum)
  [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$wanted" ] || return 0
  say "installing the page's packages"
  CI=true pnpm --dir frontend install --frozen-lockfile --silent
  echo "$wanted" > "$stamp"
}

# Playwright's own download of a browser is not used: Debian's Chromium is kept up to date by the machine.
browser_tests() {
  stamp=tests/e2e/node_modules/.installed
  wanted=$(cat tests/e2e/package.json tests/e2e/pnpm-lock.yaml tools.txt | cksum)
  if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$wanted" ]; then
    say "installing the packages of the browser tests"
    CI=true pnpm --dir tests/e2e install --frozen-lockfile --silent
    echo "$wanted" > "$stamp"
  fi
}

chromium() {
  program=${JOBYARD_CHROMIUM:-/usr/bin/chromium}
  [ ! -x "$program" ] || return 0
  if [ -n "${JOBYARD_CHROMIUM:-}" ]; then say "there is no Chromium at $program, which JOBYARD_CHROMIUM names"; exit 1; fi
  may_install || {
    say "the browser tests need Chromium at $program (Debian: apt-get install chromium), or JOBYARD_CHROMIUM=/path/to/it"
    exit 1
  }
  say "installing Chromium (once, about half a minute)"
  debian_package chromium
}

a_pgbouncer() { # not by the name of the program, which `command -v` would find here
  if PATH=$PATH:/usr/sbin command -v pgbouncer >/dev/null; then return 0; fi
  may_install || { say "the long tests need PgBouncer (Debian: apt-get install pgbouncer)"; exit 1; }
  say "installing PgBouncer"
  debian_package pgbouncer
}

may_install() { [ "$(id -u)" = 0 ] && grep -qs '^ID=debian' /etc/os-release; }

debian_package() {
  log=$(mktemp)
  # A list of packages from yesterday may name files that are gone: it is read anew.
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "$1"; } \
    > "$log" 2>&1 < /dev/null || { cat "$log" >&2; rm -f "$log"; say "apt-get install $1 failed"; exit 1; }
  rm -f "$log"
}

page_sources() {
  find frontend \( -name node_modules -o -name dist -o -name .tanstack -o -name '*.tsbuildinfo' \) -prune -o -type f -print0 |
    sort -z | xargs -0 cat | cksum
}

page() {
  stamp=frontend/node_modules/.built
  if [ -f frontend/dist/index.html ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(page_sources)" ]; then return 0; fi
  say "building the page"
  log=$(mktemp)
  rm -f "$stamp"
  sources=$(page_sources)
  NO_COLOR=1 pnpm --dir frontend run build --outDir node_modules/.dist --emptyOutDir > "$log" 2>&1 ||
    { cat "$log" >&2; rm -f "$log"; say "the page could not be built"; exit 1; }
  rm -f "$log"
  put_page_in_place
  echo "$sources" > "$stamp"
}

# A running `up` serves this folder, and tabs may be open: new files come first, then the page that names them, and the
# files of earlier builds stay for a day.
put_page_in_place() {
  mkdir -p frontend/dist
  (cd frontend/node_modules/.dist && find . -type f ! -path ./index.html) | while read -r file; do
    mkdir -p "frontend/dist/${file%/*}"
    mv -f "frontend/node_modules/.dist/$file" "frontend/dist/$file"
  done
  mv -f frontend/node_modules/.dist/index.html frontend/dist/index.html
  rm -rf frontend/node_modules/.dist
  find frontend/dist -type f -mtime +0 -exec rm -f {} +
}

lock() {
  compile="$uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes --no-header --no-annotate"
  $compile "$@" tools.in -o tools.txt
  $compile "$@" requirements.in -o requirements.lock
  $compile "$@" requirements-dev.in -c requirements.lock -o requirements-dev.lock
}

case $1 in
  runtime)
    alone python
    if [ -f .venv/installed-dev ]; then python_packages dev requirements-dev.lock; else python_packages runtime requirements.lock; fi
    ;;
  dev) alone python; python_packages dev requirements-dev.lock ;;
  node) alone node; node_modules ;;
  page) alone node; node_modules; page ;;
  e2e) alone e2e; browser_tests ;;
  browser) alone e2e; chromium ;;
  pgbouncer) alone e2e; a_pgbouncer ;;
  lock) shift; lock "$@" ;;
  *) say "setup.sh: unknown part $1"; exit 2 ;;
esac
