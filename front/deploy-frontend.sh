#!/usr/bin/env bash
# Puts the page where CloudFront serves it: front/src as it stands, and a config.json with the stage's WebSocket URL.
#   bash front/deploy-frontend.sh [STAGE]           upload (dev if not given)
#   bash front/deploy-frontend.sh [STAGE] --empty   empty the bucket, so that the front stack can be deleted
set -euo pipefail
cd "$(dirname "$0")"
stage=${1:-dev}

output() { # stack, key
  aws cloudformation describe-stacks --stack-name "hubbub-$stage-$1" \
    --query "Stacks[0].Outputs[?OutputKey=='$2'].OutputValue" --output text
}

bucket=$(output front SiteBucket)
if [ "${2:-}" = --empty ]; then
  aws s3 rm "s3://$bucket" --recursive
  exit
fi

# Names carry no hash, so a browser asks each time whether a file has changed.
aws s3 sync src "s3://$bucket" --delete --exclude config.json --cache-control no-cache
# Issuer and client are no secrets: every browser that signs in is sent there with them.
printf '{"websocket":"%s","stage":"%s","auth":"%s","issuer":"%s","clientId":"%s"}' "$(output api WebSocketUrl)" "$stage" \
  "$(output api AuthMode)" "$(output api OidcIssuer)" "$(output api OidcAudience)" |
  aws s3 cp - "s3://$bucket/config.json" --content-type application/json --cache-control no-cache
aws cloudfront create-invalidation --distribution-id "$(output front SiteId)" --paths '/*' --query Invalidation.Id --output text
output front SiteUrl
