#!/usr/bin/env bash
# npm run deploy [-- STAGE]: builds and deploys the four stacks in order, then the page. STAGE is dev if not given.
set -euo pipefail
cd "$(dirname "$0")"
stage=${1:-dev}

npm run build
for stack in shared api workflows front; do
  sam deploy --config-env "$stack" --no-confirm-changeset \
    --stack-name "hubbub-$stage-$stack" --s3-prefix "hubbub-$stage-$stack" \
    --parameter-overrides "Stage=$stage"
done
bash front/deploy-frontend.sh "$stage"
