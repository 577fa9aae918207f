#!/usr/bin/env bash
# npm run deploy [-- STAGE] [STACK.PARAMETER=VALUE…]: checks, builds and deploys the stacks of a stage, then the page. STAGE is dev if not given.
# docs/deploying.md lists the environment variables. What an earlier run set stays, as SAM sends UsePreviousValue for
# each parameter that is not given; a new value wins; the value `none` forgets it.
set -euo pipefail
cd "$(dirname "$0")"
. ./stacks.sh
export SAM_CLI_TELEMETRY=0
# The first SAM CLI whose translator (1.109.0) knows AWS::Serverless::WebSocketApi.
SAM_MAJOR=1 SAM_MINOR=158

# Of the budget's amounts, as its template names them.
ORDINALS='First Second Third Fourth Fifth'

every=$(stacks)
given=() # STACK.KEY="VALUE", as SAM's parser reads it

# STACK.PARAMETER -> the environment variable that sets it; empty where there is none.
variable_of() {
  case $1 in
    *.Stage) echo 'the first argument' ;;
    shared.AlarmEmail | budget.AlarmEmail) echo ALARM_EMAIL ;;
    budget.*Usd) echo BUDGET_USD ;;
    api.AllowedOrigins) echo ALLOWED_ORIGINS ;;
    identity.DomainPrefix | identity.PageUrl) echo SIGN_IN ;;
    front.Hosting) echo HOSTING ;;
    front.Domain) echo DOMAIN ;;
    front.SocketDomain) echo SOCKET_DOMAIN ;;
    front.CertificateArn) echo CERTIFICATE_ARN ;;
    api.Domain) echo SOCKET_DOMAIN ;;
    api.CertificateArn) echo SOCKET_CERTIFICATE_ARN ;;
  esac
}

# text, pattern of a template -> whether the whole text matches. CloudFormation knows \s and \d, and a shell of macOS does not.
matches() {
  local pattern
  pattern=$(sed 's/\\s/[:space:]/g; s/\\d/[0-9]/g' <<<"$2")
  [[ "$1" =~ ^($pattern)$ ]]
}

# stack, parameter, value: refuses what CloudFormation would refuse only after the build.
check_value() {
  local type allowed pattern least most hint what
  what=$(variable_of "$1.$2")
  what="${what:-$1.$2} '$3'"
  type=$(property_of "$1" "$2" Type) allowed=$(property_of "$1" "$2" AllowedValues) pattern=$(property_of "$1" "$2" AllowedPattern)
  least=$(property_of "$1" "$2" MinValue) most=$(property_of "$1" "$2" MaxValue) hint=$(property_of "$1" "$2" ConstraintDescription)
  if [ "$type" = Number ]; then
    [[ "$3" =~ ^-?[0-9]+(\.[0-9]+)?$ ]] || die "$what is not a number"
    awk -v value="$3" -v least="${least:-$3}" -v most="${most:-$3}" 'BEGIN { exit !(value + 0 >= least + 0 && value + 0 <= most + 0) }' ||
      die "$what is out of range:${least:+ at least $least}${most:+ at most $most}"
  fi
  if [ -n "$allowed" ]; then
    allowed=$(tr -d "[]' " <<<"$allowed")
    case $3 in
      '' | *,*) ;; # none, or several
      *) case ",$allowed," in *",$3,"*) allowed='' ;; esac ;;
    esac
    [ -z "$allowed" ] || die "$what is not one of: ${allowed//,/, }"
  fi
  if [ -n "$pattern" ]; then
    matches "$3" "$pattern" || die "$what is not as the template wants it: ${hint:-$pattern}"
  fi
  most=$(property_of "$1" "$2" MaxLength)
  [ "${#3}" -le "${most:-4096}" ] || die "$what has more than ${most:-4096} characters"
}

# stack, parameter, value: what `deploy` passes from now on, in place of what it passed before. In quotes, or SAM would end a value at its first space; an empty one needs them too.
give() {
  local names entry others
  names=$(declared "$1")
  grep -qx "$2" <<<"$names" || die "$1 has no parameter $2; it has: $(tr '\n' ' ' <<<"$names")"
  case $3 in
    *[\"\\]* | *"
"*) die "the value of $1.$2 may hold no double quote, backslash or line break" ;;
  esac
  check_value "$1" "$2" "$3"
  others=()
  for entry in ${given[@]+"${given[@]}"}; do
    case $entry in "$1.$2="*) ;; *) others+=("$entry") ;; esac
  done
  given=(${others[@]+"${others[@]}"} "$1.$2=\"$3\"")
}

# stack -> `PARAMETER<TAB>VALUE`, a line each: what stood before, then what this run gives.
known_values() {
  local entry
  printf '%s' "$before" | awk -F '\t' -v stack="$1" '$1 == stack && $2 == "parameter" { print $3 "\t" $4 }'
  for entry in ${given[@]+"${given[@]}"}; do
    case $entry in "$1".*) sed 's/^[^.]*\.//; s/="/	/; s/"$//' <<<"$entry" ;; esac
  done
}

deploy() { # stack
  local where entry values
  where=$(region_of "$1")
  values=("Stage=\"$stage\"")
  for entry in ${given[@]+"${given[@]}"}; do
    case $entry in "$1".*) values+=("${entry#*.}") ;; esac
  done
  printf '\n── hubbub-%s-%s in %s\n' "$stage" "$1" "$where"
  sam deploy --config-env "$1" --region "$where" --no-confirm-changeset \
    --stack-name "hubbub-$stage-$1" --s3-prefix "hubbub-$stage-$1" --parameter-overrides "${values[@]}" || failed "$1"
}

failed() { # stack
  if [ "$1" = front ] && [ "$hosting" = cloudfront ]; then
    echo "If AWS says that your account must be verified before it can use CloudFront, go on without it: HOSTING=website npm run deploy -- $stage" >&2
  fi
  die "hubbub-$stage-$1 was not deployed; the events above say why. Mend it, then run the same command again"
}

# ARN of a certificate -> its status and its names, by spaces. Nothing where AWS does not let this look: the deploy itself finds out.
certificate_of() {
  local answer where
  IFS=: read -r _ _ _ where _ <<<"$1"
  answer=$(ask acm describe-certificate --certificate-arn "$1" --region "$where" --output text \
    --query 'Certificate.[[Status], [DomainName], SubjectAlternativeNames][]' 2>&1) || case $answer in *ResourceNotFoundException*) answer=ABSENT ;; *) answer= ;; esac
  tr '\t' ' ' <<<"$answer"
}
# What certificate_of said, host name -> whether the certificate is for that name, too.
covers() { case " $1 " in *" $2 "* | *" *.${2#*.} "*) return 0 ;; *) return 1 ;; esac; }
# variable, ARN of a certificate, host name: refuses a certificate with which AWS would refuse the name only after minutes.
check_certificate() {
  local found
  found=$(certificate_of "$2")
  case $found in
    '') ;;
    ABSENT) die "$1: there is no certificate $2; give the ARN of one for $3" ;;
    'ISSUED '*) covers "$found" "$3" || die "$1: the certificate $2 is not for $3 but for: ${found#* }; request one for $3 in ACM, and give its ARN" ;;
    *) die "$1: the certificate $2 is ${found%% *}; give one that ACM has issued for $3" ;;
  esac
}

# stack, kind, key -> what stood before this run.
previous() { printf '%s' "$before" | awk -F '\t' -v stack="$1" -v kind="$2" -v key="${3:-}" '$1 == stack && $2 == kind { if (kind == "status") print $3; else if ($3 == key) print $4 }'; }

# value given in this run, stack, parameter -> the value after this run: given, the template's for `none`, else what stood before.
# A parameter that the deployed template did not have yet gets its Default.
resulting() {
  case $1 in
    none) default_of "$2" "$3" ;;
    '') if grep -q "^$2	parameter	$3	" <<<"$before"; then previous "$2" parameter "$3"; else default_of "$2" "$3"; fi ;;
    *) printf '%s\n' "$1" ;;
  esac
}

usage='npm run deploy -- [STAGE] [STACK.PARAMETER=VALUE…]'
print_usage() {
  local stack parameter variable default
  printf '%s\nSTAGE is dev if not given. What an earlier run set stays. docs/deploying.md says more.\n\nEnvironment variables, where none forgets:\n' "$usage"
  for stack in $every; do
    for parameter in $(declared "$stack"); do variable_of "$stack.$parameter"; done
  done | awk '!/ / && !seen[$0]++ { print "  " $0 }'
  printf '\nParameters, with their defaults:\n'
  for stack in $every; do
    for parameter in $(declared "$stack"); do
      variable=$(variable_of "$stack.$parameter")
      default=$(default_of "$stack" "$parameter")
      [ -n "$variable" ] || echo "  $stack.$parameter=$default"
    done
  done
}

# ── What is asked for ──
stage=
asked=()
for argument in "$@"; do
  case $argument in
    -h | --help) print_usage; exit ;;
    -*) die "'$argument' is no option: $usage" ;;
    *=*)
      for other in ${asked[@]+"${asked[@]}"}; do
        [ "${other%%=*}" != "${argument%%=*}" ] || die "${argument%%=*} is given twice, as '${other#*=}' and '${argument#*=}'; give it once"
      done
      asked+=("$argument")
      ;;
    *.*) die "'$argument' has no value; write $argument=VALUE" ;;
    *)
      [ -z "$stage" ] || die "'$argument' is one argument too many: $usage"
      check_stage "$argument"
      stage=$argument
      ;;
  esac
done
stage=${stage:-dev}
stop_on_interrupt

# ── Preflight: nothing is built or changed before all of this holds ──
command -v sam >/dev/null 2>&1 ||
  die 'the AWS SAM CLI (sam) is not on the PATH; install it: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/install-sam-cli.html'
version=$(sam --version) || die "'sam --version' fails; install the AWS SAM CLI anew"
[[ "$version" =~ ([0-9]+)\.([0-9]+)\.[0-9]+ ]] || die "'sam --version' says '$version', which names no version; install the AWS SAM CLI anew"
if [ "${BASH_REMATCH[1]}" -lt "$SAM_MAJOR" ] || { [ "${BASH_REMATCH[1]}" -eq "$SAM_MAJOR" ] && [ "${BASH_REMATCH[2]}" -lt "$SAM_MINOR" ]; }; then
  die "SAM CLI ${BASH_REMATCH[0]} does not know AWS::Serverless::WebSocketApi; install $SAM_MAJOR.$SAM_MINOR.0 or newer"
fi
[ -d node_modules/esbuild ] || die "the npm packages are not here; run 'npm ci' first"
check_account

before=
broken=0
forbidden= # why the budget cannot be seen
for stack in $every; do
  state=$(describe "$stack")
  [ -n "$state" ] || continue
  if [ "$(field "$state" status)" = FORBIDDEN ]; then
    where=$(region_of "$stack")
    forbidden="AWS does not let you look into $where, where the budget would be"
    continue
  fi
  before+=$(sed "s/^/$stack	/" <<<"$state")$'\n'
  status=$(field "$state" status)
  where=$(region_of "$stack")
  name="--stack-name hubbub-$stage-$stack --region $where"
  remedy=
  case $status in
    CREATE_COMPLETE | UPDATE_COMPLETE | UPDATE_ROLLBACK_COMPLETE | IMPORT_COMPLETE | IMPORT_ROLLBACK_COMPLETE) ;;
    *_IN_PROGRESS) remedy="something else is working on it; wait until it has ended: aws cloudformation describe-stacks $name --query 'Stacks[0].StackStatus'" ;;
    UPDATE_ROLLBACK_FAILED) remedy="mend what its events name, then: aws cloudformation continue-update-rollback $name" ;;
    UPDATE_FAILED) remedy="take the failed update back: aws cloudformation rollback-stack $name" ;;
    CREATE_FAILED | ROLLBACK_COMPLETE | ROLLBACK_FAILED) remedy="it was never created whole; delete it: aws cloudformation delete-stack $name" ;;
    DELETE_FAILED) remedy="its deletion stopped half-way; end it: aws cloudformation delete-stack $name" ;;
    *) remedy="look what its events say: aws cloudformation describe-stack-events $name" ;;
  esac
  [ -z "$remedy" ] || { printf 'deploy: hubbub-%s-%s is %s: %s\n' "$stage" "$stack" "$status" "$remedy" >&2; broken=$((broken + 1)); }
done
[ "$broken" -eq 0 ] || die "$broken of the stage's stacks cannot be deployed; do what stands above, then run this again"

# An environment variable and an argument for one parameter would contradict each other, so each parameter has one of the two.
for argument in ${asked[@]+"${asked[@]}"}; do
  [[ "$argument" =~ ^([a-z]+)\.([A-Za-z0-9]+)=(.*)$ ]] || die "'$argument' is no parameter; write STACK.PARAMETER=VALUE, e.g. api.ConnectionsPerAddress=0"
  stack=${BASH_REMATCH[1]} parameter=${BASH_REMATCH[2]} value=${BASH_REMATCH[3]}
  grep -qx "$stack" <<<"$every" || die "there is no stack '$stack' for $parameter; there are: $(tr '\n' ' ' <<<"$every")"
  variable=$(variable_of "$stack.$parameter")
  [ -z "$variable" ] || die "$stack.$parameter is set by $variable (docs/deploying.md)"
  give "$stack" "$parameter" "$value"
done

# Alarms and the budget. A stage without an address of its own takes the one of its budget.
if [ -n "${ALARM_EMAIL:-}" ]; then
  alarm_email=$(resulting "$ALARM_EMAIL" shared AlarmEmail)
  give shared AlarmEmail "$alarm_email"
else
  alarm_email=$(resulting '' shared AlarmEmail)
  if [ -z "$alarm_email" ]; then
    alarm_email=$(previous budget parameter AlarmEmail)
    [ -z "$alarm_email" ] || give shared AlarmEmail "$alarm_email"
  fi
fi
budget=no # keep, drop or no
usd=$(sed 's/ *, */,/g; s/^ *//; s/ *$//' <<<"${BUDGET_USD:-}")
if [ -n "$usd" ] && [ "$usd" != none ]; then
  amount_pattern=$(property_of budget FirstUsd AllowedPattern)
  matches "$usd" "$amount_pattern(,$amount_pattern){0,4}" ||
    die "BUDGET_USD '$BUDGET_USD' is not one to five amounts of US dollars above 0, by commas and with at most two decimals, e.g. 1,5; none drops the budget"
  twice=$(tr , '\n' <<<"$usd" | awk '{ amount = sprintf("%.2f", $1) } amount in seen { print seen[amount] " and " $1; exit } { seen[amount] = $1 }')
  [ -z "$twice" ] || die "BUDGET_USD '$BUDGET_USD' holds one amount twice, $twice; AWS Budgets takes each amount once"
  [ -n "$alarm_email" ] || die "BUDGET_USD needs the address that the budget writes to: ALARM_EMAIL=you@example.com BUDGET_USD=$usd npm run deploy -- $stage"
fi
if [ "$usd" = none ] || [ "${ALARM_EMAIL:-}" = none ]; then
  [ -z "$(previous budget status)" ] || budget=drop
elif [ -n "$usd${ALARM_EMAIL:-}$(previous budget status)" ]; then
  [ -z "$forbidden" ] || die "$forbidden; BUDGET_USD=none goes without one"
  budget=keep
  # Another Region's stage of this name may have given the budget another address.
  if [ -n "${ALARM_EMAIL:-}" ] || [ -z "$(previous budget status)" ]; then give budget AlarmEmail "$alarm_email"; fi
  if [ -n "$usd" ]; then
    rest=$usd,
    for ordinal in $ORDINALS; do
      give budget "${ordinal}Usd" "${rest%%,*}"
      rest=${rest#*,}
    done
  fi
fi

# The page: where it is, and under which name.
hosting_before=$(resulting '' front Hosting)
hosting=$(resulting "${HOSTING:-}" front Hosting)
[ -z "${HOSTING:-}" ] || give front Hosting "$hosting"
domain=$(resulting "${DOMAIN:-}" front Domain)
page_certificate=$(resulting "${CERTIFICATE_ARN:-}" front CertificateArn)
no_domain=$(default_of front Domain)
no_certificate=$(default_of front CertificateArn)
if [ "${DOMAIN:-}" = none ]; then
  case ${CERTIFICATE_ARN:-} in '' | none) ;; *) die 'DOMAIN=none forgets the certificate, too; leave CERTIFICATE_ARN out, or give the DOMAIN that it is for' ;; esac
  page_certificate=$no_certificate
fi
case ${DOMAIN:-} in '' | none) ;; *) check_value front Domain "$DOMAIN" ;; esac
if [ "$domain" != "$no_domain" ]; then
  [ "$hosting" != website ] || die "HOSTING=website serves no domain of one's own, for it has no certificate; add DOMAIN=none, or use HOSTING=cloudfront"
  [ "$page_certificate" != "$no_certificate" ] || die "DOMAIN=$domain needs CERTIFICATE_ARN: a certificate for $domain in ACM, in us-east-1, where CloudFront looks"
  check_value front CertificateArn "$page_certificate"
elif [ "$page_certificate" != "$no_certificate" ]; then
  die 'CERTIFICATE_ARN is for a DOMAIN, and none is set; add DOMAIN=chat.example.com'
fi
if [ -n "${DOMAIN:-}${CERTIFICATE_ARN:-}" ]; then
  if [ "$domain" != "$no_domain" ]; then check_certificate CERTIFICATE_ARN "$page_certificate" "$domain"; fi
  give front Domain "$domain"
  give front CertificateArn "$page_certificate"
fi

# The socket's name follows the page's until somebody sets it by itself.
no_socket_domain=$(default_of api Domain)
no_socket_certificate=$(default_of api CertificateArn)
socket_name_for() { if [ -n "$1" ] && [ "$1" != "$no_domain" ]; then echo "ws.$1"; else echo "$no_socket_domain"; fi; } # the page's name
socket_domain=${SOCKET_DOMAIN:-}
page_before=$(previous front parameter Domain)
socket_before=$(resulting '' api Domain)
allowed_before=$(resulting '' front SocketDomain)
if [ -z "$socket_domain" ] && [ -n "${DOMAIN:-}" ]; then
  old_name=$(socket_name_for "$page_before")
  new_name=$(socket_name_for "$domain")
  # Of a run that ended between api and front, api alone knows to which page the socket was on its way.
  case $socket_before/$allowed_before in "$old_name"/* | ws.*/"$old_name") socket_domain=${new_name:-none} ;; esac
fi
socket_certificate=${SOCKET_CERTIFICATE_ARN:-}
socket_after=$(resulting "$socket_domain" api Domain)
# In us-east-1 one certificate can serve both, until somebody sets the socket's by itself.
certificate_before=$(resulting '' api CertificateArn)
page_certificate_before=$(resulting '' front CertificateArn)
if [ "$region" = us-east-1 ] && [ "$socket_after" != "$no_socket_domain" ] && [ "$page_certificate" != "$no_certificate" ]; then
  case $socket_certificate/$certificate_before in
    none/*) socket_certificate=$page_certificate ;;
    "/$no_socket_certificate" | "/$page_certificate_before") socket_certificate=${CERTIFICATE_ARN:-} ;;
    /*)
      # Another one that is for the page, too, was on its way to it: a run ended between api and front.
      if [ -n "${CERTIFICATE_ARN:-}" ]; then
        found=$(certificate_of "$certificate_before")
        wanted=$(certificate_of "$CERTIFICATE_ARN")
        if covers "$found" "$domain" || covers "$found" "$page_before"; then
          if covers "$wanted" "$socket_after"; then socket_certificate=$CERTIFICATE_ARN; fi
        fi
      fi
      ;;
  esac
fi
if [ "$socket_domain" = none ]; then
  case ${SOCKET_CERTIFICATE_ARN:-} in
    '' | none) ;;
    *) die 'the socket has no name of its own here, so SOCKET_CERTIFICATE_ARN has no use; leave it out, or give the SOCKET_DOMAIN that it is for' ;;
  esac
  socket_certificate=none
fi
if [ -n "$socket_domain$socket_certificate" ]; then
  socket_certificate=$(resulting "$socket_certificate" api CertificateArn)
  if [ "$socket_after" != "$no_socket_domain" ]; then
    check_value api Domain "$socket_after"
    [ "$socket_certificate" != "$no_socket_certificate" ] ||
      die "the socket's name $socket_after needs SOCKET_CERTIFICATE_ARN: a certificate for it in ACM, in $region; SOCKET_DOMAIN=none goes without"
    check_value api CertificateArn "$socket_certificate"
    IFS=: read -r _ _ _ where _ <<<"$socket_certificate"
    [ "$where" = "$region" ] || die "SOCKET_CERTIFICATE_ARN is in $where, but API Gateway takes certificates of the stage's Region only; request one in $region"
    check_certificate SOCKET_CERTIFICATE_ARN "$socket_certificate" "$socket_after"
  elif [ "$socket_certificate" != "$no_socket_certificate" ]; then
    die 'SOCKET_CERTIFICATE_ARN is for a SOCKET_DOMAIN, and none is set; add SOCKET_DOMAIN=ws.chat.example.com'
  fi
  give api Domain "$socket_after"
  give api CertificateArn "$socket_certificate"
fi
# The page's policy allows the socket's name, whatever ended an earlier run before front heard of it.
if [ "$allowed_before" != "$socket_after" ]; then give front SocketDomain "$socket_after"; fi

# Sign-in at the stage's own pool: asked for now, or on since an earlier run.
mode=$(previous api parameter AuthMode)
issuer=$(previous api parameter OidcIssuer)
pool=$(previous identity output Issuer)
sign_in=no # yes, drop or no
case ${SIGN_IN:-} in
  none) sign_in=drop ;;
  '') if [ "$mode" = oidc ] && [ -n "$pool" ] && [ "$issuer" = "$pool" ]; then sign_in=yes; fi ;;
  *)
    case $SIGN_IN in
      yes | on | true | no | off | false) die "SIGN_IN '$SIGN_IN' would be the prefix of the sign-in domain; choose one of your own, e.g. SIGN_IN=my-chat; none goes back to guests" ;;
    esac
    [[ "$SIGN_IN" =~ ^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$ ]] || die "SIGN_IN '$SIGN_IN' must be small letters, digits and hyphens, at most 63; none goes back to guests"
    case $SIGN_IN in *aws* | *amazon* | *cognito*) die "SIGN_IN '$SIGN_IN' holds aws, amazon or cognito, which Cognito keeps for itself; choose another prefix" ;; esac
    sign_in=yes
    give identity DomainPrefix "$SIGN_IN"
    ;;
esac
if [ "$sign_in" = drop ]; then mode=guest; fi
pool_alone=no # whether identity is deployed though nobody signs in there
for argument in ${asked[@]+"${asked[@]}"}; do
  case $argument in
    api.AuthMode=* | api.Oidc* | front.SignInOrigins=*)
      [ -z "${SIGN_IN:-}" ] || die "SIGN_IN sets ${argument%%=*} itself; give one of the two"
      [ "$sign_in" = no ] || die "people sign in at the stage's own user pool, which sets ${argument%%=*}; first: SIGN_IN=none npm run deploy -- $stage"
      [ "${argument%%=*}" != api.AuthMode ] || mode=${argument#*=}
      ;;
    identity.*)
      if [ "$sign_in" != yes ]; then
        # What was imported has no prefix yet, and could not be deployed without.
        [ -n "$(previous identity parameter DomainPrefix)" ] || die "${argument%%=*} needs sign-in: add SIGN_IN=PREFIX"
        pool_alone=yes
      fi
      ;;
  esac
done
if [ "$hosting" = website ] && { [ "$sign_in" = yes ] || [ "$mode" = oidc ]; }; then
  die 'HOSTING=website is for guests only, for sign-in needs https; add SIGN_IN=none, or use HOSTING=cloudfront'
fi
if [ "${HOSTING:-}" = website ]; then bash front/check-public-access.sh; fi
if [ "$sign_in" = drop ]; then
  for parameter in AuthMode OidcIssuer OidcAudience OidcJwksUri; do
    value=$(default_of api "$parameter")
    give api "$parameter" "$value"
  done
  value=$(default_of front SignInOrigins)
  give front SignInOrigins "$value"
fi

# Which pages may open a socket. Those that were said stay said; else it is the stage's own page, wherever that is after this run.
# While the page moves, api lets the old and the new one in. A list whose last origin stands there twice is such a one, and
# nobody's own: a run that ended half-way left it.
origins_were=$(previous api parameter AllowedOrigins)
page_was=$(previous front output SiteUrl)
page_named= # the address of a page with a name, which is known before front stands
if [ "$domain" != "$no_domain" ]; then page_named=https://$domain; fi
follow=no
case ${ALLOWED_ORIGINS:-} in
  none) follow=yes ;;
  '')
    case $origins_were in
      '' | none | "$page_was") follow=yes ;;
      "https://${socket_before#ws.}") [ -n "$page_was" ] || follow=yes ;; # of a first deploy that ended before front stood
      *,*)
        earlier=${origins_were%,*}
        [ "${earlier##*,}" != "${origins_were##*,}" ] || follow=yes
        ;;
    esac
    ;;
  *)
    [[ "$ALLOWED_ORIGINS" =~ ^(\*|https?://[^[:space:],/]+(,\ ?https?://[^[:space:],/]+)*)$ ]] ||
      die "ALLOWED_ORIGINS '$ALLOWED_ORIGINS' must be origins without a path, by commas, e.g. https://chat.example.com, https://www.example.com; or *; or none for the page alone"
    twice=$(tr -d ' ' <<<"$ALLOWED_ORIGINS" | tr , '\n' | sort | uniq -d)
    [ -z "$twice" ] || die "ALLOWED_ORIGINS '$ALLOWED_ORIGINS' holds one origin twice; name each once"
    give api AllowedOrigins "$ALLOWED_ORIGINS"
    ;;
esac
if [ "$follow" = yes ]; then
  if [ -z "$page_was" ]; then
    # With a name, a first deploy needs no second one of api.
    [ -z "$page_named" ] || [ "$origins_were" = "$page_named" ] || give api AllowedOrigins "$page_named"
  elif [ "$domain" != "${page_before:-$no_domain}" ] || [ "$hosting" != "$hosting_before" ]; then
    next=${page_named:-$page_was}
    give api AllowedOrigins "$page_was,$next,$next"
  fi
fi

# What prod keeps is protected as soon as it stands, and not before: a first create that fails could not be rolled back with it.
unprotected=
if [ "$stage" = prod ]; then
  for stack in shared identity; do
    case $(previous "$stack" parameter DeletionProtection)/${asked[*]-} in
      on/* | off/* | *$stack.DeletionProtection=*) ;;
      *) if [ -n "$(previous "$stack" status)" ]; then give "$stack" DeletionProtection on; else unprotected="$unprotected $stack"; fi ;;
    esac
  done
fi

warn_unheard() {
  [ "$budget" != keep ] || [ -z "$alarm_email" ] || return 0
  if [ -z "$alarm_email" ]; then
    printf '\n!!! NOBODY HEARS AN ALARM OF THIS STAGE, AND THERE IS NO BUDGET. Mend it: ALARM_EMAIL=you@example.com BUDGET_USD=1,5 npm run deploy -- %s\n' "$stage"
  else
    printf '\n!!! THERE IS NO BUDGET FOR THIS STAGE: nobody hears what it costs.%s Mend it: BUDGET_USD=1,5 npm run deploy -- %s\n' "${forbidden:+ $forbidden.}" "$stage"
  fi
}
# What CloudFormation would refuse only after the build, stack by stack.
for stack in $every; do
  rule=$(known_values "$stack" | broken_rule "$stack")
  [ -z "$rule" ] || die "$stack would be refused by a rule of its template: $rule Change what it names, then run this again"
done

echo "stage $stage, account $account, Region $region"
if [ "$region" = us-east-1 ] && [ -n "${CERTIFICATE_ARN:-}" ] && [ -z "${SOCKET_CERTIFICATE_ARN:-}" ] && [ "$socket_after" != "$no_socket_domain" ]; then
  [ "${socket_certificate:-$certificate_before}" = "$page_certificate" ] ||
    echo "The socket keeps its own certificate, $certificate_before; with SOCKET_CERTIFICATE_ARN=none it takes the page's"
fi
if [ "$budget" = keep ] && [ -z "$usd" ] && [ -z "$(previous budget status)" ]; then
  echo 'ALARM_EMAIL makes a budget, too, because none stands; with BUDGET_USD=none beside it there is none'
fi
warn_unheard

# ── Build ──
build=()
for stack in $every; do
  case $stack in
    budget) [ "$budget" = keep ] || continue ;;
    identity) [ "$sign_in" = yes ] || [ "$pool_alone" = yes ] || continue ;;
  esac
  build+=("$stack")
done
npm run build -- "${build[@]}" || die 'the build failed, and nothing was deployed; mend what the lines above say, then run the same command again'

# ── Deploy ──
# First, producers before consumers: workflows imports api's callback URL, and front its socket's. Upgrades take workflows before api:
# a new event needs its rule before api publishes it, or it would reach the archive alone. Where the new workflows imports an
# export that the deployed api does not have yet, api has to go first: CloudFormation refuses an import that nobody exports.
order='shared workflows api front'
if [ -z "$(previous api status)" ] || [ -z "$(previous workflows status)" ]; then order='shared api workflows front'; fi
imports=$(sed -n 's/.*ImportValue: *!Sub *.hubbub-\${Stage}-\([A-Za-z0-9]*\).*/\1/p' workflows/template.yaml | sort -u)
for name in $imports; do
  if grep -q "Export: .*hubbub-\${Stage}-$name'" api/template.yaml && [ -z "$(previous api output "$name")" ]; then order='shared api workflows front'; fi
done

# The budget is there before anything costs.
if [ "$budget" = keep ]; then deploy budget; fi
for stack in $order; do deploy "$stack"; done
if [ "$budget" = drop ]; then
  echo "The budget goes. Stages of this name in other Regions shared it."
  remove budget # it says itself why it fails
fi

# Only now is the page's address known. What depends on it, or on the user pool, is deployed again where it differs from what stands.
page=$(output front SiteUrl)
again=
set_where_different() { # stack, parameter, value
  local state now
  state=$(describe "$1")
  now=$(field "$state" parameter "$2")
  [ "$now" != "$3" ] || return 0
  give "$1" "$2" "$3"
  case " $again " in *" $1 "*) ;; *) again="$again $1" ;; esac
}
if [ "$sign_in" = yes ]; then
  give identity PageUrl "$page/"
  deploy identity
  origins=$(output identity SignInOrigins)
  issuer=$(output identity Issuer)
  client=$(output identity ClientId)
  set_where_different front SignInOrigins "$origins"
  set_where_different api AuthMode oidc
  set_where_different api OidcIssuer "$issuer"
  set_where_different api OidcAudience "$client"
  keys=$(default_of api OidcJwksUri) # another issuer's keys may have been elsewhere
  set_where_different api OidcJwksUri "$keys"
elif [ "$pool_alone" = yes ]; then
  deploy identity
fi
if [ "$follow" = yes ]; then set_where_different api AllowedOrigins "$page"; fi
for stack in $unprotected; do
  if [ "$stack" != identity ] || [ "$sign_in" = yes ]; then set_where_different "$stack" DeletionProtection on; fi
done
for stack in $again; do deploy "$stack"; done
bash front/deploy-frontend.sh "$stage" || die 'the stacks are deployed, but the page was not uploaded whole; mend what the lines above say, then run the same command again'

# ── What stands now ──
front=$(describe front)
api=$(describe api)
shown() { # what describe printed, how the output's key begins, title
  printf '%s\n' "$1" | awk -F '\t' -v begin="$2" -v title="$3" '$1 == "output" && index($2, begin) == 1 && $3 != "" { print title $3 }'
}
printf '\nThe page:  %s\n' "$page"
shown "$front" Dns 'DNS, page: '
shown "$api" Dns 'DNS, socket: '
allowed=$(field "$api" parameter AllowedOrigins)
case ",${allowed//, /,}," in
  ',*,' | *",$page,"*) ;;
  *) printf '!!! THE PAGE MAY NOT OPEN A SOCKET: AllowedOrigins is %s. For the page alone: ALLOWED_ORIGINS=none npm run deploy -- %s\n' "$allowed" "$stage" ;;
esac
if [ -n "$alarm_email" ]; then echo "Alarms:    $alarm_email, once the link in the mail that AWS sent there has been followed"; fi
if [ "$budget" = keep ]; then
  state=$(describe budget)
  thresholds=
  for ordinal in $ORDINALS; do
    amount=$(field "$state" parameter "${ordinal}Usd")
    thresholds="$thresholds${amount:+, $amount}"
  done
  echo "Budget:    mail at ${thresholds#, } US dollars a month, of the whole account"
fi
identity=$(describe identity)
mode=$(field "$api" parameter AuthMode)
issuer=$(field "$api" parameter OidcIssuer)
pool=$(field "$identity" output Issuer)
if [ -n "$identity" ]; then
  case $mode/$issuer in
    oidc/"$pool")
      echo "Sign-in:   $(field "$identity" output SignInDomain)"
      self=$(field "$identity" parameter SelfSignUp)
      [ "$self" = yes ] || echo "           You make each account (docs/sign-in.md). To let people sign up by themselves: npm run deploy -- $stage identity.SelfSignUp=yes"
      ;;
    oidc/*) echo "Sign-in:   at $issuer, and not at the stage's own user pool, which stays with its people" ;;
    *) echo "Sign-in:   off. The user pool stays with its people; this deletes it: aws cloudformation delete-stack --stack-name hubbub-$stage-identity --region $region" ;;
  esac
fi
echo "Remove it: npm run destroy -- $stage"
warn_unheard
