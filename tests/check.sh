#!/usr/bin/env bash
# npm run check: types, lint, house, templates. A tool that is not on this machine is skipped by name, never silently.
# In CI, where there is Python, it may not be missing: .ci/run installs it.
set -euo pipefail
cd "$(dirname "$0")/.."
. ./stacks.sh
every=$(stacks)

step() { printf '\n── %s\n' "$1"; }
have() {
  if command -v "$1" >/dev/null 2>&1; then return 0; fi
  if [ "${CI:-false}" != false ] && command -v python3 >/dev/null 2>&1; then
    echo "$1 is not on this machine" >&2
    exit 1
  fi
  echo "skipped: $1 is not on this machine"
  return 1
}

step 'types'
tsc

step 'lint and format'
biome check --error-on-warnings .

step 'house'
npm test --silent -- tests/house.test.ts

step 'templates: cfn-lint, for every Region'
if have cfn-lint; then node tests/regions.ts $every; fi

step 'templates: sam validate --lint'
if have sam; then
  export SAM_CLI_TELEMETRY=0
  for stack in $every; do
    sam validate --lint --config-env "$stack" --region us-east-1
  done
fi

step 'shell scripts: bash -n'
for script in *.sh tests/*.sh front/*.sh .ci/run; do bash -n "$script"; done

step 'shell scripts: shellcheck'
if have shellcheck; then shellcheck --external-sources --severity=warning *.sh tests/*.sh front/*.sh .ci/run; fi
echo "ok"
