#!/usr/bin/env bash
# Says before a deploy whether the account lets a bucket be public, as Hosting=website needs it; refuses in one line.
set -euo pipefail

account=$(aws sts get-caller-identity --query Account --output text)
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT
if ! blocked=$(aws s3control get-public-access-block --account-id "$account" \
  --query 'PublicAccessBlockConfiguration.[BlockPublicPolicy,RestrictPublicBuckets]' --output text 2>"$errors"); then
  # An account that never set it blocks nothing. Without the right to look, the deploy itself finds out.
  grep -q NoSuchPublicAccessBlockConfiguration "$errors" ||
    echo "Cannot read S3 Block Public Access of account $account. If it blocks public policies, the stack front fails at SiteBucketPolicy." >&2
  exit 0
fi
case $blocked in
  *True*)
    echo "Hosting=website needs a public bucket, which S3 Block Public Access of account $account forbids." \
      "Use Hosting=cloudfront, or switch off BlockPublicPolicy and RestrictPublicBuckets of the account (aws s3control put-public-access-block)." >&2
    exit 1
    ;;
esac
