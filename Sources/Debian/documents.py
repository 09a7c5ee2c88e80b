"""Writes the manual pages of a program and its completion for bash, from the commands that it describes itself.

    PROGRAM --experimental-dump-help | python3 documents.py ROOT DATE

They go below ROOT, in the places of a Debian package. DATE is that of the manual pages.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

NAME = "mailstore_exporter"
# The command that runs if none is named.
DEFAULT = "serve"
FILES = {"file": "-f", "directory": "-d"}
BASH = """\
# Completion of NAME for bash.
_NAME() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=DEFAULT word
    # Bash splits --flag=value into three words.
    if [[ $current == "=" ]]; then
        current=
    elif [[ $previous == "=" ]]; then
        previous=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    ((COMP_CWORD > 1)) && [[ ${COMP_WORDS[1]} != -* ]] && command=${COMP_WORDS[1]}
    for word in "$command ${COMP_WORDS[2]}"; do
        case $word in SUBCOMMANDS) ((COMP_CWORD > 2)) && command=$word ;; esac
    done
    COMPREPLY=()
    case "$command $previous" in
VALUES
    esac
    if [[ $current == -* ]]; then
        case $command in
OPTIONS
        esac
    elif ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W "COMMANDS" -- "$current")
    elif ((COMP_CWORD == 2)); then
        case $command in
NESTED
        esac
    fi
}
complete -F _NAME NAME
"""


def commands(parent: dict, path: tuple[str, ...] = ()) -> list[tuple[str, dict]]:
    """All commands below one, with their names, such as `state list`."""
    found = []
    for command in parent.get("subcommands", []):
        if command["commandName"] == "help":
            continue
        names = (*path, command["commandName"])
        found += [(" ".join(names), command), *commands(command, names)]
    return found


def flags(argument: dict) -> list[str]:
    return [("--" if name["kind"] == "long" else "-") + name["name"] for name in argument.get("names", [])]


def shown(command: dict) -> list[dict]:
    return [argument for argument in command.get("arguments", []) if argument["shouldDisplay"]]


def bash(root: dict) -> str:
    every = commands(root)
    values, options, nested = [], [], []
    for name, command in every:
        for argument in shown(command):
            if argument["kind"] != "option":
                continue
            places = "|".join(f'"{name} {flag}"' for flag in flags(argument))
            kind = FILES.get(argument["valueName"])
            if kind:
                answer = f'compopt -o filenames; mapfile -t COMPREPLY < <(compgen {kind} -- "$current"); return'
            else:
                words = " ".join(argument.get("allValues", []))
                answer = f'mapfile -t COMPREPLY < <(compgen -W "{words}" -- "$current"); return'
            values.append(f"    {places}) {answer} ;;")
        names = " ".join(flag for argument in shown(command) for flag in flags(argument) if flag.startswith("--"))
        options.append(f'        "{name}") mapfile -t COMPREPLY < <(compgen -W "{names}" -- "$current") ;;')
        below = " ".join(child["commandName"] for child in command.get("subcommands", []))
        if below:
            nested.append(f'        "{name}") mapfile -t COMPREPLY < <(compgen -W "{below}" -- "$current") ;;')
    text = BASH.replace("VALUES", "\n".join(values)).replace("OPTIONS", "\n".join(options))
    text = text.replace("NESTED", "\n".join(nested))
    text = text.replace("SUBCOMMANDS", "|".join(f'"{name}"' for name, _ in every if " " in name))
    text = text.replace("COMMANDS", " ".join(name for name, _ in every if " " not in name))
    return text.replace("DEFAULT", DEFAULT).replace("NAME", NAME)


def roff(text: str) -> str:
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in text.split("\n"))


def manual(title: str, command: dict, below: list[tuple[str, dict]], date: str) -> str:
    page = title.replace(" ", "\\-")
    lines = [f'.TH "{page.upper()}" "1" "{date}" "{NAME}" "User Commands"', ".SH NAME"]
    lines += [f"{page} \\- {roff(command['abstract'].rstrip('.'))}", ".SH SYNOPSIS", f".B {roff(title)}"]
    lines += [roff("[OPTION]...")] if shown(command) else []
    lines += [roff("COMMAND")] if below else []
    if command.get("discussion"):
        lines += [".SH DESCRIPTION", roff(command["discussion"]).replace("\n\n", "\n.PP\n")]
    if shown(command):
        lines.append(".SH OPTIONS")
    for argument in shown(command):
        value = f" \\fI{roff(argument['valueName'])}\\fR" if argument["kind"] == "option" else ""
        names = ", ".join(f"\\fB{roff(flag)}\\fR" for flag in flags(argument)) or roff(argument["valueName"])
        default = f" The default is {argument['defaultValue']}." if argument.get("defaultValue") else ""
        lines += [".TP", names + value, roff(argument.get("abstract", "") + default) or "\\&"]
    if below:
        lines.append(".SH COMMANDS")
    for name, child in below:
        lines += [".TP", f"\\fB{roff(name)}\\fR", roff(child["abstract"])]
    return "\n".join(lines) + "\n"


def main() -> None:
    root, date = Path(sys.argv[1]), sys.argv[2]
    program = json.load(sys.stdin)["command"]
    every = commands(program)
    default = next(command for name, command in every if name == DEFAULT)
    pages = {NAME: (dict(program, arguments=default["arguments"]), every)}
    pages |= {f"{NAME} {name}": (command, []) for name, command in every if name != DEFAULT}
    folder = root / "usr/share/man/man1"
    folder.mkdir(parents=True)
    for title, (command, below) in pages.items():
        (folder / f"{title.replace(' ', '-')}.1").write_text(manual(title, command, below, date))
    completions = root / "usr/share/bash-completion/completions"
    completions.mkdir(parents=True)
    (completions / NAME).write_text(bash(program))


if __name__ == "__main__":
    main()
