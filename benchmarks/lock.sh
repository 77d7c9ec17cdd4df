#!/bin/sh
# Locks the peers anew, at their newest versions: locks/*.in say what each needs, node/package.json what graphile-worker.
set -eu
cd "$(dirname "$0")"
for wanted in locks/*.in; do
  peer=$(basename "$wanted" .in) python=3.11
  [ "$peer" != oban ] || python=3.12
  ../.tools/bin/uv pip compile --quiet --no-config --universal --python-version "$python" --generate-hashes --no-header \
    --no-annotate --upgrade "$wanted" -o "locks/$peer.lock"
done
CI=true pnpm --dir node update --latest --lockfile-only --ignore-workspace --silent
