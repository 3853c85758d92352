"""kcheck completion: scripts that make shells complete kcheck's words."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

# Each script asks `kcheck complete NUMBER WORD...`, NUMBER being the word to complete.  The first
# line of the answer says whether names of files fit besides, the others are WORD<tab>HELP.
_BASH = """\
# bash: put this into ~/.local/share/bash-completion/completions/kcheck
_kcheck() {
    local kind word help
    COMPREPLY=()
    {
        read -r kind
        while IFS=$'\\t' read -r word help; do
            COMPREPLY+=("$word")
        done
    } < <("$1" complete "$COMP_CWORD" -- "${COMP_WORDS[@]}" 2>/dev/null)
    if [[ $kind == files && ${#COMPREPLY[@]} -eq 0 ]]; then
        compopt -o default
    elif [[ $kind == files ]]; then
        compopt -o filenames
        while IFS= read -r word; do
            COMPREPLY+=("$word")
        done < <(compgen -f -- "${2#=}")
    fi
}
complete -F _kcheck kcheck
"""
_ZSH = """\
#compdef kcheck
# zsh: put this into a folder of $fpath, as _kcheck
_kcheck() {
    local kind word help
    local -a found asked
    asked=("${(@Q)words}")
    {
        read -r kind
        while IFS=$'\\t' read -r word help; do
            found+=("${word//:/\\\\:}${help:+:$help}")
        done
    } < <("${(Q)words[1]}" complete $((CURRENT - 1)) -- "${asked[@]}" 2>/dev/null)
    (( $#found )) && _describe kcheck found
    if [[ $kind == files ]]; then
        compset -P '*='
        _files
    fi
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _kcheck "$@"
else
    compdef _kcheck kcheck
fi
"""
_FISH = """\
# fish: put this into ~/.config/fish/completions/kcheck.fish
function __kcheck_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found ($words[1] complete (math (count $words) - 1) -- $words 2>/dev/null)
    if test "$found[1]" = files
        set -l start (string match -r '^(?:[^/=]*=)+' -- "$words[-1]")
        for path in (__fish_complete_path (string replace -r '^(?:[^/=]*=)+' '' -- "$words[-1]"))
            printf '%s\\n' "$start$path"
        end
    end
    printf '%s\\n' $found[2..-1]
end
complete --command kcheck --no-files --keep-order --arguments '(__kcheck_complete)'
"""
SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("completion")(completion)


def completion(
    shell: Annotated[str, typer.Argument(metavar="SHELL", help="bash, zsh or fish.")],
) -> None:
    """Print the script that makes a shell complete the words of kcheck.

    Its first lines say where to put it.  For one session: source <(kcheck completion bash).
    """
    from kcheck.errors import UsageError

    if shell not in SCRIPTS:
        raise UsageError(f"completion {shell}: not {', '.join(SCRIPTS)}")
    sys.stdout.write(SCRIPTS[shell])
