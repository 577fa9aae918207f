#!/usr/bin/env bash
# Says before a deploy whether the account lets a bucket be public, as HOSTING=website needs it; refuses in one line.
set -euo pipefail

errors=$(mktemp)
trap 'rm -f "$errors"' EXIT
refuse() {
  echo "check-public-access: $1" >&2
  exit 1
}
configured=$(aws configure get region 2>/dev/null) || configured=
region=${AWS_REGION:-${AWS_DEFAULT_REGION:-$configured}}
[ -n "$region" ] ||
  refuse "no Region is set; run 'aws configure set region eu-west-1', or put AWS_REGION=eu-west-1 before the command"
# The AWS CLI 1 reads only the second.
export AWS_REGION=$region AWS_DEFAULT_REGION=$region
account=$(aws sts get-caller-identity --query Account --output text 2>"$errors") ||
  refuse "AWS does not take your credentials: $(tr '\n' ' ' <"$errors")"
if ! blocked=$(aws s3control get-public-access-block --account-id "$account" \
  --query 'PublicAccessBlockConfiguration.[BlockPublicPolicy,RestrictPublicBuckets]' --output text 2>"$errors"); then
  # An account that never set it blocks nothing. Without the right to look, the deploy itself finds out.
  grep -q NoSuchPublicAccessBlockConfiguration "$errors" ||
    echo "Cannot read S3 Block Public Access of account $account. If it blocks public policies, the stack front fails at SiteBucketPolicy." >&2
  exit 0
fi
case $blocked in
  *True*)
    echo "HOSTING=website needs a public bucket, which S3 Block Public Access of account $account forbids." \
      "Use HOSTING=cloudfront, or switch off BlockPublicPolicy and RestrictPublicBuckets of the account (aws s3control put-public-access-block)." >&2
    exit 1
    ;;
esac
