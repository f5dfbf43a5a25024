# ./dev deploy and undeploy: the deployed run of MongoDB's CI by hand, in your own AWS account.
# shellcheck shell=bash

FAAS_DEPLOY=$FAAS_BUILD/deploy
# One file per stack that may exist, from before its creation until after its deletion: its region, and the shell that
# deploys it.
DEPLOY_STACKS=$FAAS_DEPLOY/stacks

deploy_arguments() {
   local source
   arguments_read "arch driver region stack freeze outage-command keep! lean!" "$@"
   arguments_none deploy
   DEPLOY_STACK=$ARG_stack DEPLOY_FREEZE=${ARG_freeze:-60}
   DEPLOY_REGION=${ARG_region:-${AWS_REGION:-${AWS_DEFAULT_REGION:-us-east-1}}}
   [[ -z $ARG_lean ]] || export FAAS_LEAN=1
   package_machine "${ARG_arch:-${FAAS_ARCH:-}}"
   export FAAS_ARCH=$PACKAGE_ARCH
   if [[ -n $ARG_driver ]]; then
      export FAAS_DRIVER=$ARG_driver
      if [[ $ARG_driver == source:* ]]; then
         # sam build runs in another folder.
         source=$(source_folder "${ARG_driver#source:}") || exit
         FAAS_DRIVER=source:$source
      fi
   fi
   [[ $DEPLOY_FREEZE =~ ^[0-9]{1,5}$ ]] || ui_die 2 "--freeze is a number of seconds; found \"$DEPLOY_FREEZE\"."
   [[ -n $DEPLOY_STACK ]] || DEPLOY_STACK=$(deploy_name)
   deploy_check_name "$DEPLOY_STACK"
}

# CloudFormation's rule for names of stacks.
deploy_check_name() {
   [[ $1 =~ ^[A-Za-z][A-Za-z0-9-]{0,127}$ ]] ||
      ui_die 2 "A stack's name must begin with a letter and have only letters, digits and hyphens, at most 128; found \"$1\"."
}

deploy_name() {
   local user=${USER:-$(id -un)}
   user=${user//[^A-Za-z0-9-]/-}
   printf 'faas-harness-%s-%s-%s\n' "${user:0:40}" "$(date +%m%d-%H%M%S)" "$$"
}


# --- requirements ---

# Sets DEPLOY_SAM, to FAAS_SAM if that is set.
deploy_tools() {
   command -v aws >/dev/null ||
      ui_die 2 "AWS's command line, aws, is not installed. Install version 2 as" \
         "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html says, or: apt-get install awscli"
   if [[ -n ${FAAS_SAM:-} ]]; then
      command -v "$FAAS_SAM" >/dev/null || ui_die 2 "FAAS_SAM is \"$FAAS_SAM\", which is not a program."
      DEPLOY_SAM=$FAAS_SAM
   else
      sam_ensure
      DEPLOY_SAM=$FAAS_SAM_VENV/bin/sam
   fi
   export SAM_CLI_TELEMETRY=0
}

deploy_credentials() {
   local answer
   if ! answer=$(aws sts get-caller-identity --region "$DEPLOY_REGION" --output json 2>&1 </dev/null); then
      ui_fail "AWS rejected the credentials:"
      printf '%s\n' "$answer" | sed 's/^/    /' >&2
      ui_die 2 "No usable AWS credentials. Set them in any way that the aws command line supports: aws configure, aws sso login and" \
         "AWS_PROFILE, or AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, for temporary ones, AWS_SESSION_TOKEN."
   fi
   ui_say "AWS: $(sed -n 's/.*"Arn": *"\([^"]*\)".*/\1/p' <<<"$answer"), region $DEPLOY_REGION"
}

# --- the records of stacks ---

# deploy_record STACK REGION [PID]
deploy_record() {
   mkdir -p "$DEPLOY_STACKS"
   printf '%s\n' "$2${3:+ $3 $(deploy_process_start "$3")}" >"$DEPLOY_STACKS/$1"
}

# deploy_record_read STACK: sets RECORD_REGION, and RECORD_PID while it is being deployed.
deploy_record_read() {
   local start
   read -r RECORD_REGION RECORD_PID start <"$DEPLOY_STACKS/$1" || true
   # The number of a shell that has ended may belong to another process now.
   [[ -n $RECORD_PID && $(deploy_process_start "$RECORD_PID") == "$start" ]] || RECORD_PID=''
}

# deploy_process_start PID: proc_pid_stat(5)'s field 22; nothing when there is no such process.
deploy_process_start() {
   local stat fields
   { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 0
   # The second field is a name in parentheses, which may hold anything.
   read -ra fields <<<"${stat##*) }"
   printf '%s\n' "${fields[19]}"
}

# A stack of that name that ./dev deploy did not create would be updated now and deleted at the end.
deploy_stack_is_free() {
   local answer
   if [[ -f $DEPLOY_STACKS/$DEPLOY_STACK ]]; then
      deploy_record_read "$DEPLOY_STACK"
      [[ -z $RECORD_PID ]] || ui_die 2 "The stack $DEPLOY_STACK is being deployed by process $RECORD_PID; choose another name."
      [[ $RECORD_REGION == "$DEPLOY_REGION" ]] || ui_die 2 "The stack $DEPLOY_STACK of an earlier ./dev deploy is in" \
         "$RECORD_REGION: ./dev undeploy $DEPLOY_STACK first, or choose another name."
      return 0
   fi
   if answer=$(aws cloudformation describe-stacks --stack-name "$DEPLOY_STACK" --region "$DEPLOY_REGION" --output json 2>&1 </dev/null); then
      ui_die 2 "The stack $DEPLOY_STACK in $DEPLOY_REGION was not created by ./dev deploy here: it would be changed, and deleted" \
         "at the end. Choose another name or, if it is yours, delete it first: ./dev undeploy --region $DEPLOY_REGION $DEPLOY_STACK"
   fi
   [[ $answer != *"$DEPLOY_STACK does not exist"* ]] || return 0
   ui_fail "Cannot check whether the stack $DEPLOY_STACK exists:"
   printf '%s\n' "$answer" | sed 's/^/    /' >&2
   ui_die 2 "Nothing was deployed. The credentials need cloudformation:DescribeStacks, and more: docs/evergreen.md."
}

# --- the stack ---

# The URI has a password, and everyone can see arguments (ps): sam reads it from a file that only this user can read.
deploy_config() {
   # shellcheck disable=SC2016 # python's
   (umask 077 && python3 -c '
import json, os, sys
uri = os.environ["MONGODB_URI"]
if any(c in " \"\\" or not c.isprintable() for c in uri):
    sys.exit("It contains a space, quote, backslash or control character: percent-encode it.")
override = json.dumps("MongoDbUri=\"" + uri + "\" DeleteLogs=true Architecture=" + os.environ["FAAS_ARCH"])
print("version = 0.1\n[default.deploy.parameters]\nparameter_overrides = " + override)
' >"$DEPLOY_DIR/samconfig.toml") || ui_die 2 "MONGODB_URI cannot be passed to sam."
}

deploy_delete() {
   "$DEPLOY_SAM" delete --stack-name "$1" --no-prompts --region "$2"
}

deploy_cleanup() {
   local status=$?
   # From here on nothing may stop it, because a remaining stack costs money.
   trap '' INT TERM HUP
   rm -rf "${DEPLOY_DIR:?}/samconfig.toml" "$DEPLOY_DIR/sam"
   if [[ -n $DEPLOY_RECORDED && -f $DEPLOY_STACKS/$DEPLOY_STACK ]]; then
      if [[ -n $ARG_keep ]]; then
         ui_say "The stack $DEPLOY_STACK was not deleted; ./dev undeploy deletes it."
      else
         deploy_delete_one "$DEPLOY_STACK" || ((status)) || status=1
      fi
   fi
   if rmdir "$DEPLOY_DIR" 2>/dev/null; then
      rm -f "$FAAS_DEPLOY/latest"
   else
      ui_say "reports: ${DEPLOY_DIR#"$FAAS_ROOT/"}"
   fi
   exit "$status"
}

# deploy_delete_one STACK: in the region where it was created. Not a ui_step, whose failure would keep the others from
# being deleted.
deploy_delete_one() {
   local stack=$1 region log=$FAAS_LOGS/undeploy-$1.log
   deploy_record_read "$stack"
   region=$RECORD_REGION
   ui_say "Deleting the stack $stack in $region"
   if ! deploy_delete "$stack" "$region" >"$log" 2>&1 </dev/null; then
      tail -n 20 "$log" | sed 's/^/    /' >&2
      ui_fail "✗ The stack $stack in $region was not deleted. Try again: ./dev undeploy $stack, or delete it in the AWS console."
      return 1
   fi
   rm -f "$DEPLOY_STACKS/$stack"
   ui_good "✓ deleted"
}

deploy_stack() {
   local build=$DEPLOY_DIR/sam/build arn
   # The template is this repository's, whatever the current folder is.
   cd "$FAAS_ROOT" || exit
   ui_step "deploy-build-$DEPLOY_STACK" "Building the function" "$DEPLOY_SAM" build --build-dir "$build" \
      --parameter-overrides "Architecture=$FAAS_ARCH"
   deploy_config
   DEPLOY_RECORDED=1
   deploy_record "$DEPLOY_STACK" "$DEPLOY_REGION" $$
   ui_say "Stack: $DEPLOY_STACK"
   ui_step "deploy-$DEPLOY_STACK" "Deploying the function" "$DEPLOY_SAM" deploy --no-confirm-changeset --template-file "$build/template.yaml" \
      --stack-name "$DEPLOY_STACK" --capabilities CAPABILITY_IAM --resolve-s3 --region "$DEPLOY_REGION" \
      --config-file "$DEPLOY_DIR/samconfig.toml"
   rm -f "$DEPLOY_DIR/samconfig.toml"
   ui_step "deploy-outputs-$DEPLOY_STACK" "Looking up the function's ARN" deploy_outputs
   arn=$(python3 -c '
import json, sys
print("".join(o["OutputValue"] for o in json.load(open(sys.argv[1])) if o["OutputKey"] == "MongoDBFunction"))
' "$DEPLOY_DIR/outputs.json")
   [[ -n $arn ]] || ui_die 1 "The stack has no output MongoDBFunction; see $DEPLOY_DIR/outputs.json"
   DEPLOY_ARN=$arn
}

deploy_outputs() {
   "$DEPLOY_SAM" list stack-outputs --stack-name "$DEPLOY_STACK" --region "$DEPLOY_REGION" --output json >"$DEPLOY_DIR/outputs.json"
}

# --- the invocations ---

# deploy_invoke PHASE: its report in PHASE.json, AWS's answer about it in PHASE.invoke.json.
deploy_invoke() {
   ui_step "deploy-$1-$DEPLOY_STACK" "Invoking the function $1" deploy_invoke_once "$1"
   "$FAAS_VENV/bin/python" "$FAAS_ROOT/tools/deploy_report.py" "$DEPLOY_DIR" "$1" || DEPLOY_STATUS=1
}

deploy_invoke_once() {
   # One attempt: a second one would be another invocation, and the report would be about that.
   AWS_MAX_ATTEMPTS=1 aws lambda invoke --region "$DEPLOY_REGION" --function-name "$DEPLOY_ARN" --log-type Tail \
      --cli-read-timeout 60 --output json "$DEPLOY_DIR/$1.json" >"$DEPLOY_DIR/$1.invoke.json"
}

deploy_phases() {
   deploy_invoke cold
   deploy_invoke warm
   ui_step "deploy-wait-$DEPLOY_STACK" "Waiting $DEPLOY_FREEZE s: Lambda has frozen the function" sleep "$DEPLOY_FREEZE"
   deploy_invoke frozen
   [[ -n $ARG_outage_command ]] || return 0
   ui_step "deploy-outage-$DEPLOY_STACK" "Running the outage command" bash -c "$ARG_outage_command"
   ui_step "deploy-wait-$DEPLOY_STACK" "Waiting $DEPLOY_FREEZE s: Lambda has frozen the function" sleep "$DEPLOY_FREEZE"
   deploy_invoke outage
}

command_deploy() {
   deploy_arguments "$@"
   [[ -n ${MONGODB_URI:+set} ]] ||
      ui_die 2 "MONGODB_URI is not set: it must name a deployment that AWS Lambda can reach. The embedded server" \
         "cannot be reached from there; ./dev drill does the same without AWS."
   deploy_tools
   deploy_credentials
   deploy_stack_is_free
   venv_ensure

   DEPLOY_DIR=$(new_folder "$FAAS_DEPLOY")
   trap deploy_cleanup EXIT
   trap 'exit 130' INT
   trap 'exit 143' TERM HUP
   DEPLOY_STATUS=0 DEPLOY_RECORDED=''
   deploy_stack
   deploy_phases
   exit "$DEPLOY_STATUS"
}

# Sets stacks to all that are not being deployed.
undeploy_left() {
   local file
   for file in "$DEPLOY_STACKS"/*; do
      [[ -f $file ]] || {
         ui_say "No stacks of ./dev deploy remain."
         return 0
      }
      deploy_record_read "${file##*/}"
      if [[ -n $RECORD_PID ]]; then
         ui_say "The stack ${file##*/} is being deployed by process $RECORD_PID and was kept; name it to delete it anyway."
      else
         stacks+=("${file##*/}")
      fi
   done
}

command_undeploy() {
   local stacks stack status=0
   arguments_read "region" "$@"
   DEPLOY_REGION=${ARG_region:-${AWS_REGION:-${AWS_DEFAULT_REGION:-us-east-1}}}
   stacks=("${REST[@]}")
   for stack in "${stacks[@]}"; do
      [[ $stack != -* ]] || ui_die 2 "undeploy: unknown argument \"$stack\"; see ./dev undeploy --help"
      deploy_check_name "$stack"
   done
   mkdir -p "$DEPLOY_STACKS" "$FAAS_LOGS"
   if ((${#stacks[@]} == 0)); then
      undeploy_left
      ((${#stacks[@]})) || return 0
   fi
   deploy_tools
   deploy_credentials
   for stack in "${stacks[@]}"; do
      # One named by hand may have been created elsewhere.
      [[ -f $DEPLOY_STACKS/$stack ]] || deploy_record "$stack" "$DEPLOY_REGION"
      deploy_delete_one "$stack" || status=1
   done
   return "$status"
}
