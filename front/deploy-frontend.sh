#!/usr/bin/env bash
# Puts the page where CloudFront serves it: built small by build-page.ts, and a config.json with the stage's WebSocket URL.
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

built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
npx --no node build-page.ts "$built"
# What has its hash in its name never changes. The old ones stay while the new page comes, for whoever is loading the old one.
aws s3 cp "$built" "s3://$bucket" --recursive --exclude '*' --include 'app-*.js' --include 'page-*.css' \
  --cache-control 'public, max-age=31536000, immutable'
aws s3 cp "$built/manifest.webmanifest" "s3://$bucket" --content-type application/manifest+json --cache-control no-cache
# Names without a hash: a browser asks each time whether they have changed.
aws s3 sync "$built" "s3://$bucket" --exclude 'app-*.js' --exclude 'page-*.css' --exclude manifest.webmanifest --cache-control no-cache
# Issuer and client are no secrets: every browser that signs in is sent there with them.
printf '{"websocket":"%s","stage":"%s","auth":"%s","issuer":"%s","clientId":"%s"}' "$(output api WebSocketUrl)" "$stage" \
  "$(output api AuthMode)" "$(output api OidcIssuer)" "$(output api OidcAudience)" |
  aws s3 cp - "s3://$bucket/config.json" --content-type application/json --cache-control no-cache
aws cloudfront create-invalidation --distribution-id "$(output front SiteId)" --paths '/*' --query Invalidation.Id --output text
# Gone only now: index.html names the new ones. Scripts stay: a page that is open loads some of its own when it wants them.
aws s3 sync "$built" "s3://$bucket" --delete --size-only --exclude config.json --exclude 'app-*.js'
output front SiteUrl
