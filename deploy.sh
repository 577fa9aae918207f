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

# Only now is the page's address known; from here on its sockets are let in, and no other page's.
page=$(aws cloudformation describe-stacks --stack-name "hubbub-$stage-front" \
  --query "Stacks[0].Outputs[?OutputKey=='SiteUrl'].OutputValue" --output text)
sam deploy --config-env api --no-confirm-changeset \
  --stack-name "hubbub-$stage-api" --s3-prefix "hubbub-$stage-api" \
  --parameter-overrides "Stage=$stage" "AllowedOrigins=${ALLOWED_ORIGINS:-$page}"
