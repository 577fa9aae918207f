#!/usr/bin/env bash
# npm run build: every stack with sam build, each into its own folder. npm puts esbuild on the PATH.
set -euo pipefail
cd "$(dirname "$0")"
export SAM_CLI_TELEMETRY=0
command -v sam >/dev/null 2>&1 || { echo "npm run build needs the AWS SAM CLI (sam) on the PATH" >&2; exit 1; }
for stack in ${1:-shared api workflows front identity}; do
  sam build --config-env "$stack"
done
