#!/usr/bin/env bash
# Puts the built page into the stage's bucket, and a config.json with the stage's WebSocket URL.
#   bash front/deploy-frontend.sh [STAGE]     dev if not given
set -euo pipefail
cd "$(dirname "$0")"
stage=${1:-dev}
[ $# -le 1 ] || { echo "deploy-frontend: '$2' is one argument too many: bash front/deploy-frontend.sh [STAGE]" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Everything is asked and built before anything is written: a failed answer leaves the page as it is.
for stack in front api; do
  aws cloudformation describe-stacks --stack-name "hubbub-$stage-$stack" --output json >"$work/$stack.json"
done
npx --no node deployed-stage.ts "$work" "$stage"
{ read -r bucket; read -r distribution; read -r url; } <"$work/where"
npx --no node build-page.ts "$work/page" "$work/policy"
cp "$work/config.json" "$work/page/config.json"
aws s3api list-objects-v2 --bucket "$bucket" --prefix app- --query 'Contents[].Key' --output json >"$work/listed.json"
aws s3 sync "s3://$bucket" "$work/before" --exclude '*' --include old-scripts.json --no-progress
npx --no node old-scripts.ts "$work"

# What has its hash in its name never changes. The old ones stay while the new page comes, for whoever is loading the old one.
aws s3 cp "$work/page" "s3://$bucket" --recursive --exclude '*' --include 'app-*.js' --include 'page-*.css' --no-progress \
  --cache-control 'public, max-age=31536000, immutable'
aws s3 cp "$work/page/manifest.webmanifest" "s3://$bucket" --content-type application/manifest+json --cache-control no-cache --no-progress
# Names without a hash: a browser asks each time whether they have changed.
aws s3 sync "$work/page" "s3://$bucket" --exclude 'app-*.js' --exclude 'page-*.css' --exclude manifest.webmanifest --cache-control no-cache --no-progress
if [ -n "$distribution" ]; then
  aws cloudfront create-invalidation --distribution-id "$distribution" --paths '/*' --query Invalidation.Id --output text
fi
# Gone only now: index.html names the new ones. Scripts stay for 30 days: an open page loads some of its own when it wants them.
aws s3 sync "$work/page" "s3://$bucket" --delete --size-only --exclude 'app-*.js' --exclude old-scripts.json --no-progress
aws s3 cp "$work/old-scripts.json" "s3://$bucket/old-scripts.json" --cache-control no-cache --no-progress
while read -r key; do
  aws s3 rm "s3://$bucket/$key"
done <"$work/expired"

if [ -z "$distribution" ]; then cat website-limits.txt; fi
echo "$url"
