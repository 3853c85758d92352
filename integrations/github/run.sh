#!/usr/bin/env bash
# What action.yml runs: installs kcheck from the action's own checkout, and checks configs.
# All inputs come as INPUT_ variables and are never part of a command's text.
set -uo pipefail

# The runner takes what an output line begins with for a command; %q leaves no line break.
fault() {
    printf 'kcheck action: %s\n' "$1" >&2
    finish 3
}

finish() {
    printf 'exit-code=%d\n' "$1" >>"$GITHUB_OUTPUT"
    exit "$1"
}

install_kcheck() {
    local python=${INPUT_PYTHON:-python3}
    # -I: nothing of the folder that is checked is imported.
    "$python" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fault "$(printf '%q is not Python 3.11 or later; actions/setup-python has one' "$python")"
    "$python" -I -m venv "$venv" || fault 'no venv could be made'
    "$venv/bin/python" -I -m pip install --quiet --disable-pip-version-check \
        "$GITHUB_ACTION_PATH" || {
        rm -rf "$venv"
        fault 'kcheck could not be installed'
    }
}

venv=$RUNNER_TEMP/kcheck-venv
[ -x "$venv/bin/kcheck" ] || install_kcheck
cd "$GITHUB_WORKSPACE" || fault 'no workspace'

arguments=(--format=github)
is_on() { [ "$1" = true ]; }
option() { [ -z "$2" ] || arguments+=("--$1=$2"); }
option format "${INPUT_SARIF:+sarif=$INPUT_SARIF}"
option tree "${INPUT_TREE:-}"
option arch "${INPUT_ARCH:-}"
option cc "${INPUT_CC:-}"
option cross-compile "${INPUT_CROSS_COMPILE:-}"
option llvm "${INPUT_LLVM:-}"
option probes "${INPUT_PROBES:-none}"
option jobs "${INPUT_JOBS:-}"
is_on "${INPUT_FIX:-}" && arguments+=(--fix)

# One a line.  What is not quoted here is split at line breaks alone, and then taken for a
# pattern of file names; the shell looks for nothing else in it.
rules=${INPUT_RULES:-livepatch}
configs=${INPUT_CONFIGS:-}
IFS=$'\n'
set -f
for each in ${rules//$'\r'/}; do
    arguments+=("--rules=$each")
done
set +f
shopt -s globstar
files=(${configs//$'\r'/})
unset IFS

"$venv/bin/kcheck" check "${arguments[@]}" -- ${files[@]+"${files[@]}"}
finish $?
