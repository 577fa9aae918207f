#!/usr/bin/env bash
# npm run deploy [-- STAGE]: builds and deploys the four stacks in order, then the page. STAGE is dev if not given.
#   SIGN_IN=<domain prefix> npm run deploy    people sign in, at a Cognito user pool of the stage (README, Sign-in)
set -euo pipefail
cd "$(dirname "$0")"
stage=${1:-dev}

deploy() { # stack, parameters
  local stack=$1
  shift
  sam deploy --config-env "$stack" --no-confirm-changeset \
    --stack-name "hubbub-$stage-$stack" --s3-prefix "hubbub-$stage-$stack" \
    --parameter-overrides "Stage=$stage" "$@"
}
output() { # stack, key
  aws cloudformation describe-stacks --stack-name "hubbub-$stage-$1" \
    --query "Stacks[0].Outputs[?OutputKey=='$2'].OutputValue" --output text
}

npm run build
for stack in shared api workflows front; do deploy "$stack"; done

# Only now is the page's address known; from here on its sockets are let in, and no other page's.
page=$(output front SiteUrl)
trust=("AllowedOrigins=${ALLOWED_ORIGINS:-$page}")
if [ -n "${SIGN_IN:-}" ]; then
  deploy identity "PageUrl=$page/" "DomainPrefix=$SIGN_IN"
  deploy front "SignInOrigins=\"$(output identity SignInOrigins)\""
  trust+=(AuthMode=oidc "OidcIssuer=$(output identity Issuer)" "OidcAudience=$(output identity ClientId)")
fi
deploy api "${trust[@]}"
bash front/deploy-frontend.sh "$stage"
