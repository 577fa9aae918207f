# shellcheck shell=bash disable=SC2154 # $stage is the caller's
# Sourced by build.sh, deploy.sh, destroy.sh and tests/check.sh: the list of stacks, what their templates say, and what AWS says of one. Runs under bash 3.2 (macOS).
# `set -e` does not reach into $(…): only bash 4.4 and newer can be told so, by inherit_errexit. So each function here returns its failure by hand.
# A caller assigns first (x=$(…)) and uses $x afterwards: a failure inside an argument, or after `local`, stops nothing.

die() {
  printf '%s: %s\n' "$(basename "$0" .sh)" "$*" >&2
  exit 1
}

# A Ctrl-C, or the end of the terminal, is no failure of a stack. The shell says so after the command that it waits for has ended.
stop_on_interrupt() {
  trap 'printf "\n%s: stopped; AWS goes on with what it has begun; run the same command again\n" "$(basename "$0" .sh)" >&2; exit 130' INT TERM HUP
}

# One name a line, in the order of samconfig.toml, which is the one place that lists the stacks.
stacks() { sed -n 's/^\[\([a-z][a-z]*\)\.deploy\.parameters\]$/\1/p' samconfig.toml; }

# stack, command, key -> what samconfig.toml sets there; empty where it sets nothing.
setting() {
  awk -v section="[$1.$2.parameters]" -v key="$3" \
    '/^\[/ { inside = $0 == section } inside && $1 == key { sub(/^[^"]*"/, ""); sub(/".*$/, ""); print }' samconfig.toml
}

# stack -> its template's parameters, one a line.
declared() { awk '/^[A-Za-z]/ { inside = $1 == "Parameters:" } inside && /^  [A-Za-z0-9]+:/ { sub(/:.*/, ""); print $1 }' "$1/template.yaml"; }

# stack, parameter, property (Default, Type, AllowedPattern…) -> what its template says; empty where it says nothing.
property_of() {
  awk -v name="  $2:" -v key="    $3:" '/^[A-Za-z]/ { inside = $1 == "Parameters:" } /^  [^ ]/ { wanted = $0 == name }
    inside && wanted && index($0, key) == 1 { sub(/^[^:]*: */, ""); gsub(/^'\''|'\''$/, ""); print }' "$1/template.yaml"
}
default_of() { property_of "$1" "$2" Default; } # stack, parameter

# stack; on stdin lines of `PARAMETER<TAB>VALUE`, of which the last counts; what is not there has its Default -> what the first of its
# template's Rules says that does not hold. What this cannot read (other functions than these four) is left to CloudFormation.
broken_rule() {
  awk -F '\t' '
    function after_colon(line) { sub(/^[^:]*: */, "", line); return line }
    function bare(text) { gsub(/^\047|\047$/, "", text); return text }
    function truth(text,   part, name, was) {
      while (match(text, /!Equals \[!Ref [A-Za-z0-9]+, (\047[^\047]*\047|[^],\047]+)\]/)) {
        part = substr(text, RSTART + 14, RLENGTH - 15)
        name = part
        sub(/,.*/, "", name)
        sub(/^[^,]*, /, "", part)
        text = substr(text, 1, RSTART - 1) ((value[name] "") == (bare(part) "") ? "T" : "F") substr(text, RSTART + RLENGTH)
      }
      do {
        was = text
        gsub(/!Not \[T\]|!And \[(T, )*F(, [TF])*\]|!Or \[F(, F)*\]/, "F", text)
        gsub(/!Not \[F\]|!And \[T(, T)*\]|!Or \[(F, )*T(, [TF])*\]/, "T", text)
      } while (text != was)
      return text
    }
    pass == 2 { value[$1] = $2; next }
    /^[A-Za-z]/ { section = $0; sub(/:.*/, "", section) }
    /^  [A-Za-z0-9]+:/ { name = $0; gsub(/^ *|:.*/, "", name); applies = 1 }
    pass == 1 && section == "Parameters" && /^    Default:/ { value[name] = bare(after_colon($0)) }
    pass == 3 && section == "Rules" && /^    RuleCondition:/ { applies = truth(after_colon($0)) == "T" }
    pass == 3 && section == "Rules" && /^      - Assert:/ { holds = truth(after_colon($0)) != "F" }
    pass == 3 && section == "Rules" && /^        AssertDescription:/ && applies && !holds { print after_colon($0); exit }
  ' pass=1 "$1/template.yaml" pass=2 - pass=3 "$1/template.yaml"
}

# STAGE as every template's Stage parameter wants it.
check_stage() {
  [[ "$1" =~ ^[a-z][a-z0-9]{0,15}$ ]] ||
    die "the stage's name '$1' must be a small letter, then at most 15 small letters and digits, e.g. dev"
}

# The account and the one Region that both tools use: sets $account and $region, and exports the Region.
# The AWS CLI 2 reads AWS_REGION first; version 1 and SAM read AWS_DEFAULT_REGION only.
check_account() {
  command -v aws >/dev/null 2>&1 ||
    die 'the AWS CLI (aws) is not on the PATH; install it: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html'
  local configured
  if ! configured=$(ask configure get region 2>&1); then
    case $configured in
      *'config profile'*) die "AWS_PROFILE '${AWS_PROFILE:-}' is no profile of this machine: 'aws configure list-profiles' lists them; set one, or none" ;;
    esac
    configured=
  fi
  region=${AWS_REGION:-${AWS_DEFAULT_REGION:-$configured}}
  [ -n "$region" ] ||
    die "no Region is set; run 'aws configure set region eu-west-1', or put AWS_REGION=eu-west-1 before the command"
  [ "${AWS_REGION:-$region}" = "${AWS_DEFAULT_REGION:-$region}" ] ||
    die "AWS_REGION is $AWS_REGION but AWS_DEFAULT_REGION is $AWS_DEFAULT_REGION; unset one, or set both to the same Region"
  [[ "$region" =~ ^[a-z]{2}(-[a-z]+)+-[0-9]+$ ]] ||
    die "'$region' is not the name of a Region; set one like eu-west-1 in AWS_REGION or with 'aws configure set region'"
  case $region in
    cn-* | us-gov-*) die "$region is not supported: Hubbub needs services that China and GovCloud lack (docs/deploying.md); use a commercial Region" ;;
  esac
  export AWS_REGION=$region AWS_DEFAULT_REGION=$region
  if ! account=$(ask sts get-caller-identity --query Account --output text --region "$region" 2>&1); then
    printf '%s\n' "$account" >&2
    case $account in
      *'Could not connect'* | *'Connect timeout'* | *'Read timeout'* | *'Connection was closed'* | *proxy* | *'SSL validation failed'*)
        die "AWS cannot be reached in $region; check the network, the proxy and the Region's name, then run this again" ;;
      *InvalidClientTokenId* | *UnrecognizedClient*)
        die "AWS does not know your credentials in $region; run 'aws configure' (or 'aws sso login'), or enable the Region: aws account enable-region --region-name $region" ;;
      *) die "AWS does not take your credentials; run 'aws configure' (or 'aws sso login', or set AWS_PROFILE), then run this again" ;;
    esac
  fi
  [[ "$account" =~ ^[0-9]{12}$ ]] ||
    die "AWS names no account for your credentials but '$account'; run 'aws sts get-caller-identity' to see why"
}

# aws, with what it says on stderr shown only where it fails. The AWS CLI also warns there, so stderr is no part of an answer.
ask() {
  local complaint answer status=0
  complaint=$(mktemp) || return 1
  answer=$(aws "$@" 2>"$complaint") || status=$?
  [ "$status" -eq 0 ] || cat "$complaint" >&2
  rm -f "$complaint"
  [ -z "$answer" ] || printf '%s\n' "$answer"
  return "$status"
}

# stack -> the Region that it is deployed to: the one of samconfig.toml where that names one (budget), else the stage's.
region_of() {
  local fixed
  fixed=$(setting "$1" deploy region) || return 1
  printf '%s\n' "${fixed:-$region}"
}

# stack -> as describe_raw says, but nothing for a stack that holds no more than a change set: SAM takes it for none, too.
describe() {
  local state
  state=$(describe_raw "$1") || return 1
  case $state in
    '' | status"	"REVIEW_IN_PROGRESS*) ;;
    *) printf '%s\n' "$state" ;;
  esac
}

# stack -> lines of `status<TAB>S`, `parameter<TAB>KEY<TAB>VALUE`, `output<TAB>KEY<TAB>VALUE`; nothing where there is no such stack.
# Fails where AWS does not answer. Where AWS forbids to look into another Region than the stage's, the one line is `status<TAB>FORBIDDEN`.
describe_raw() {
  local where answer status=0
  where=$(region_of "$1") || return 1
  answer=$(ask cloudformation describe-stacks --stack-name "hubbub-$stage-$1" --region "$where" --output text --query \
    "Stacks[0].[[['status', StackStatus]], Parameters[].['parameter', ParameterKey, ParameterValue], Outputs[].['output', OutputKey, OutputValue]][]" 2>&1) || status=$?
  case $answer in
    status"	"*) if [ "$status" -eq 0 ]; then printf '%s\n' "$answer"; return 0; fi ;;
    *"hubbub-$stage-$1"*"does not exist"*) return 0 ;;
    *AccessDenied* | *'not authorized'*) if [ "$where" != "$region" ]; then printf 'status\tFORBIDDEN\n'; return 0; fi ;;
  esac
  printf '%s\n%s: AWS does not say how the stack hubbub-%s-%s is; mend what the line above says, then run this again\n' \
    "$answer" "$(basename "$0" .sh)" "$stage" "$1" >&2
  return 1
}

# What describe printed, kind, key -> the value; empty where there is none.
field() {
  printf '%s\n' "$1" |
    awk -F '\t' -v kind="$2" -v key="${3:-}" '$1 == kind && kind == "status" { print $2 } $1 == kind && kind != "status" && $2 == key { print $3 }'
}

# stack, key -> an output that has to be there.
output() {
  local state value
  state=$(describe "$1") || return 1
  value=$(field "$state" output "$2") || return 1
  if [ -z "$value" ]; then
    printf '%s: the stack hubbub-%s-%s has no output %s; deploy it again\n' "$(basename "$0" .sh)" "$stage" "$1" "$2" >&2
    return 1
  fi
  printf '%s\n' "$value"
}

# Deletes one stack and waits for it. delete-stack, and not `sam delete`: that asks its own questions, leaves every version of the
# artifacts in SAM's versioned bucket, and does not say which resource could not be deleted.
remove() {
  local where events
  where=$(region_of "$1") || return 1
  echo "── deleting hubbub-$stage-$1 in $where"
  if ! ask cloudformation delete-stack --stack-name "hubbub-$stage-$1" --region "$where"; then
    printf '%s: AWS does not let this delete hubbub-%s-%s; mend what the line above says, then run this again\n' "$(basename "$0" .sh)" "$stage" "$1" >&2
    return 1
  fi
  if ! ask cloudformation wait stack-delete-complete --stack-name "hubbub-$stage-$1" --region "$where"; then
    events=$(ask cloudformation describe-stack-events --stack-name "hubbub-$stage-$1" --region "$where" --output text \
      --query "StackEvents[?ResourceStatus=='DELETE_FAILED'].[LogicalResourceId, ResourceType, PhysicalResourceId, ResourceStatusReason]") || events=
    printf 'What could not be deleted, and why:\n%s\n' "$events" >&2
    # A stack that is DELETE_FAILED cannot be deployed, so deploy.sh cannot switch the protection off.
    printf '%s\n' "$events" | awk -F '\t' -v where="$where" 'tolower($4) !~ /protect/ || $3 in seen { next } { seen[$3] }
      $2 == "AWS::DynamoDB::Table" { print "Protected; let it go: aws dynamodb update-table --no-deletion-protection-enabled --table-name " $3 " --region " where }
      $2 == "AWS::Cognito::UserPool" { print "Protected; let it go: aws cognito-idp update-user-pool --deletion-protection INACTIVE --user-pool-id " $3 " --region " where }' >&2
    printf '%s: hubbub-%s-%s was not deleted; mend what the lines above say, then run this again\n' "$(basename "$0" .sh)" "$stage" "$1" >&2
    return 1
  fi
}
