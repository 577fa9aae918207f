#!/usr/bin/env bash
# npm run destroy -- STAGE [--yes]: removes a stage: its page, its stacks, its log groups and SAM's artifacts of it. It asks for the
# stage's name first. It can be run again after a failure. What `prod` retains (tables, user pool) stays, and is listed.
set -euo pipefail
cd "$(dirname "$0")"
. ./stacks.sh

usage='npm run destroy -- STAGE [--yes]'
stage=''
yes=no
for argument in "$@"; do
  case $argument in
    --yes) yes=yes ;;
    -h | --help) echo "$usage"; exit ;;
    -*) die "'$argument' is no option: $usage" ;;
    *)
      [ -z "$stage" ] || die "'$argument' is one argument too many: $usage"
      check_stage "$argument"
      stage=$argument
      ;;
  esac
done
[ -n "$stage" ] || die "say which stage: $usage"
check_account

stop_on_interrupt

# ── What is there ──
every=$(stacks)
bucket=''
budget_status=''
standing='' # in the order of removal: consumers before what they import
protected=''
half_deleted=no
forbidden='' # stacks of another Region that nobody may look into
for stack in $every; do
  state=$(describe_raw "$stack")
  [ -n "$state" ] || continue
  status=$(field "$state" status)
  case $status in
    FORBIDDEN)
      at=$(region_of "$stack")
      echo "AWS does not let you look into $at: if hubbub-$stage-$stack stands there, it stays" >&2
      forbidden=$stack
      continue
      ;;
    DELETE_IN_PROGRESS | REVIEW_IN_PROGRESS) ;;
    *_IN_PROGRESS) die "hubbub-$stage-$stack is $status: something else is working on it; wait until it has ended, then run this again" ;;
  esac
  standing="$stack $standing"
  [ "$stack" != front ] || bucket=$(field "$state" output SiteBucket)
  # prod retains what is protected, and the stack goes without it.
  protection=$(field "$state" parameter DeletionProtection)
  if [ "$stage" != prod ] && [ "$protection" = on ]; then protected="$protected $stack.DeletionProtection=off"; fi
  case $stack/$status in
    budget/*) budget_status=$status ;;
    */DELETE_FAILED) half_deleted=yes ;;
  esac
done
# The budget goes before the last stack of the stage: a removal that ended there would leave a budget that may be another Region's.
case $standing in
  *' budget ')
    others=${standing% budget }
    last=${others##* }
    standing="${others%"$last"}budget $last "
    ;;
esac
# A stage that is half deleted cannot be deployed: `remove` says what to do instead.
[ -z "$protected" ] || [ "$half_deleted" = yes ] ||
  die "deletion protection is on, and AWS would stop half-way; switch it off first: npm run deploy -- $stage$protected"

# Region -> the bucket in which SAM keeps what it uploads, for every stack of the account; empty where there is none.
artifacts_of() {
  local answer absent status=0
  answer=$(ask cloudformation describe-stacks --stack-name aws-sam-cli-managed-default --region "$1" --output text \
    --query "Stacks[0].Outputs[?OutputKey=='SourceBucket'].OutputValue" 2>&1) || status=$?
  case $answer in
    *aws-sam-cli-managed-default*"does not exist"*) return 0 ;;
  esac
  # Somebody may have deleted the bucket, and not the stack that names it.
  if [ "$status" -eq 0 ]; then
    absent=$(ask s3api head-bucket --bucket "$answer" --region "$1" 2>&1) || case $absent in *404* | *"Not Found"* | *NoSuchBucket*) return 0 ;; esac
  fi
  printf '%s\n' "$answer"
  return "$status"
}
# bucket, prefix, Region, most -> a delete request for all versions of what lies there; Objects is empty where nothing does.
versions() {
  ask s3api list-object-versions --bucket "$1" --prefix "$2" --region "$3" --max-items "$4" --output json \
    --query '{Objects: [Versions, DeleteMarkers][].{Key: Key, VersionId: VersionId}, Quiet: `true`}'
}
# bucket, prefix, Region: deletes all versions, 500 at a time.
empty() {
  local request errors
  request=$(mktemp)
  while versions "$1" "$2" "$3" 500 >"$request" && grep -q '"Key"' "$request"; do
    errors=$(ask s3api delete-objects --bucket "$1" --region "$3" --delete "file://$request" --output text --query 'Errors[].[Key, Message]') ||
      errors='mend what the line above says, then run this again'
    case $errors in
      '' | None) ;;
      *) rm -f "$request"; die "s3://$1 could not be emptied: $errors" ;;
    esac
  done
  # The loop also ends where AWS does not answer; then nothing was written.
  [ -s "$request" ] || { rm -f "$request"; die "s3://$1 could not be listed; mend what the line above says, then run this again"; }
  rm -f "$request"
}
# The log groups of a stage, under CloudFormation's generated names too. The templates own theirs, but a function that ends while its
# stack is being deleted makes its group anew.
logs() {
  local prefix found
  for prefix in '' /aws/lambda/ /aws/vendedlogs/states/ /aws/vendedlogs/apigateway/ /aws/apigateway/; do
    found=$(ask logs describe-log-groups --log-group-name-prefix "${prefix}hubbub-$stage-" --query 'logGroups[].[logGroupName]' --output text 2>&1) ||
      case $found in
        *ResourceNotFoundException*) continue ;;
        *) printf '%s\n' "$found" >&2; return 1 ;;
      esac
    case $found in '' | None) ;; *) printf '%s\n' "$found" ;; esac
  done
}
no_logs='AWS does not list the log groups; mend what the line above says, then run this again'

artifacts=$(artifacts_of "$region") || die "AWS does not say which bucket SAM uses; it said: $artifacts"
budget_region=$(region_of budget)
budget_artifacts=$artifacts
if [ "$budget_region" != "$region" ]; then
  budget_artifacts=
  if [ -z "$forbidden" ]; then
    budget_artifacts=$(artifacts_of "$budget_region") || die "AWS does not say which bucket SAM uses in $budget_region; it said: $budget_artifacts"
  fi
fi
# stack -> sets $from and $at: the bucket of its uploads, empty where there is none, and the bucket's Region.
uploads_of() {
  if [ "$1" = budget ]; then from=$budget_artifacts at=$budget_region; else from=$artifacts at=$region; fi
}
uploaded='' # the stacks that have uploads
for stack in $every; do
  uploads_of "$stack"
  [ -n "$from" ] || continue
  found=$(versions "$from" "hubbub-$stage-$stack/" "$at" 1) ||
    die "AWS does not list s3://$from, where SAM keeps its uploads; mend what the line above says, then run this again"
  case $found in *'"Key"'*) uploaded="$uploaded $stack" ;; esac
done
groups=$(logs) || die "$no_logs"
delete_budget="aws cloudformation delete-stack --stack-name hubbub-$stage-budget --region $budget_region"
# Where no other stack of the stage stands, the budget may be that of another Region. One that is half deleted is nobody's.
budget_kept=no
case $standing/$budget_status in
  'budget /DELETE_'*) ;;
  'budget /'*)
    case $groups/$uploaded in
      / | '/ budget') ;;
      *) budget_kept=yes standing='' uploaded=${uploaded/ budget/} ;;
    esac
    ;;
esac
case $standing/$groups/$uploaded in
  //) die "there is no stage $stage in $region of account $account; AWS_REGION=… looks in another Region" ;;
  'budget //' | 'budget // budget')
    [ "${budget_status#DELETE_}" != "$budget_status" ] ||
      die "there is no stage $stage in $region of account $account, only its budget, which stages of this name in all Regions share." \
        "AWS_REGION=… looks in another Region; this deletes the budget: $delete_budget"
    ;;
esac

# ── What is about to happen ──
echo "This removes the stage $stage from account $account, Region $region:"
for stack in $standing; do
  at=$(region_of "$stack")
  if [ "$at" = "$region" ]; then echo "  stack   hubbub-$stage-$stack"; else echo "  stack   hubbub-$stage-$stack in $at, where stages of this name in all Regions share it"; fi
done
[ -z "$bucket" ] || echo "  bucket  $bucket, the page: emptied, all versions, then deleted"
for stack in $uploaded; do
  uploads_of "$stack"
  echo "  uploads s3://$from/hubbub-$stage-$stack/, what SAM uploaded of it"
done
[ -z "$groups" ] || printf '%s\n' "$groups" | sed 's/^/  logs    /'
[ "$budget_kept" = no ] || echo "  kept    hubbub-$stage-budget, which stages of this name in all Regions share"
if [ "$stage" = prod ]; then
  echo '  kept    what prod retains: all tables of shared, and the user pool of identity; the list follows at the end'
else
  echo "  All messages, rooms and people of the stage go with it. There is no way back."
fi
if [ "$yes" = no ]; then
  [ -t 0 ] || die "nobody is here to confirm; add --yes: npm run destroy -- $stage --yes"
  printf 'Type the name of the stage to go on: '
  read -r typed || typed=
  [ "$typed" = "$stage" ] || die "'$typed' is not '$stage'; nothing was changed"
fi

# ── Removal ──
# A bucket must be empty before its stack can go. A half-deleted front may name a bucket that is gone.
if [ -n "$bucket" ]; then
  gone=no
  answer=$(ask s3api head-bucket --bucket "$bucket" --region "$region" 2>&1) || gone=$answer
  case $gone in
    no) echo "── emptying $bucket"; empty "$bucket" '' "$region" ;;
    *404* | *"Not Found"* | *NoSuchBucket*) ;;
    *) die "AWS does not let this look into s3://$bucket: $gone" ;;
  esac
fi
for stack in $standing; do remove "$stack"; done
for stack in $every; do
  uploads_of "$stack"
  if [ "$stack/$budget_kept" = budget/yes ]; then continue; fi
  [ -z "$from" ] || empty "$from" "hubbub-$stage-$stack/" "$at"
done
groups=$(logs) || die "$no_logs"
for group in $groups; do
  answer=$(ask logs delete-log-group --log-group-name "$group" 2>&1) ||
    case $answer in
      *ResourceNotFoundException*) ;; # it has gone by itself
      *) die "the log group $group was not deleted; run this again once AWS lets you. It said: $answer" ;;
    esac
done

# ── What is left ──
unknown='unknown: AWS did not list them'
tables=$(ask dynamodb list-tables --query "TableNames[?starts_with(@, 'hubbub-$stage-')].[@]" --output text) ||
  tables=$unknown
pools=
if [ "$stage" = prod ]; then # no other stage retains one, and not every Region has Cognito
  pools=$(ask cognito-idp list-user-pools --max-results 60 --query "UserPools[?Name=='hubbub-$stage'].[Id]" --output text) ||
    pools=$unknown
fi
# S3 lists the buckets of all Regions; another Region may have a stage of this name, too.
buckets=
mine=$(ask s3api list-buckets --query "Buckets[?starts_with(Name, 'hubbub-$stage-')].[Name]" --output text) || buckets=$unknown$'\n'
case $mine in None) mine= ;; esac
for bucket in $mine; do
  at=$(ask s3api get-bucket-location --bucket "$bucket" --region "$region" --query LocationConstraint --output text) || continue
  case $at in None) at=us-east-1 ;; esac # as S3 has it: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
  [ "$at" != "$region" ] || buckets+=$bucket$'\n'
done
buckets=${buckets%$'\n'}
printf '\nThe stage %s is removed. Left in account %s:\n' "$stage" "$account"
left() { case $2 in '' | None) ;; *) printf '%s\n' "$2" | sed "s/^/  $1/" ;; esac; }
left 'table     ' "$tables"
left 'user pool ' "$pools"
left 'bucket    ' "$buckets"
[ "$budget_kept" = no ] || echo "  budget    hubbub-$stage-budget, which stages of this name in all Regions share; this deletes it: $delete_budget"
case $budget_kept/$tables$pools$buckets in no/ | no/None | no/NoneNone | no/NoneNoneNone) echo '  nothing of this stage' ;; esac
for from in "$artifacts" "$budget_artifacts"; do
  [ -z "$from" ] || echo "  SAM's own bucket $from, for whatever else the account deploys"
  [ "$artifacts" != "$budget_artifacts" ] || break
done
