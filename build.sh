#!/usr/bin/env bash
# npm run build [-- STACK…]: every stack of samconfig.toml with sam build, each into its own folder. npm puts esbuild on the PATH.
set -euo pipefail
cd "$(dirname "$0")"
. ./stacks.sh
export SAM_CLI_TELEMETRY=0
command -v sam >/dev/null 2>&1 || { echo "npm run build needs the AWS SAM CLI (sam) on the PATH" >&2; exit 1; }
every=$(stacks)
[ $# -gt 0 ] || set -- $every
for stack in "$@"; do
  sam build --config-env "$stack"
done
