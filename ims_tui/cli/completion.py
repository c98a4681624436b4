"""`ims-tui completion`: scripts for shells, made from the command table."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from ims_tui.cli.call import Call
from ims_tui.cli.completionwords import OF_OPTIONS, words
from ims_tui.cli.parser import COMMANDS, DASHBOARD, the_parser
from ims_tui.core.errors import UsageError

SHELLS = ("bash", "zsh", "fish")
_JOBS = ("", "rm", "set", "ack", "get", "wait", "explain")
"""Commands whose words are jobs on the list."""
_KINDS = {name: "explain" if name == "explain" else "jobs" for name in _JOBS}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the shell."""
    parser.add_argument(
        "shell", nargs="?", metavar="SHELL", help=f"one of {', '.join(SHELLS)}"
    )
    # What the scripts ask for while the operator types.
    parser.add_argument("--words", metavar="KIND", help=argparse.SUPPRESS)


def run(call: Call) -> int:
    """Print the script; returns the exit code."""
    make = {"bash": _bash, "zsh": _zsh, "fish": _fish}
    if call.args.words:
        found = words(call, call.args.words, call.args.shell or "")
        call.out.writelines(f"{word}\n" for word in found)
    elif call.args.shell in make:
        call.out.write(make[call.args.shell]())
    else:
        raise UsageError(f"name a shell: {', '.join(SHELLS)}")
    return 0


_parser = cache(the_parser)  # each is asked for its words in several places


def _options() -> dict[str, list[argparse.Action]]:
    """The visible options of each command, with those of its own commands."""
    options = {}
    inner_of = dict(_inner_parsers())
    for name in COMMANDS:
        parser = _parser(name)
        by_strings = {
            tuple(action.option_strings): action
            for one in (parser, *inner_of.get(name, {}).values())
            for action in one._option_string_actions.values()
            if action.help is not argparse.SUPPRESS
        }
        options[name] = list(by_strings.values())
    return options


def _kind(action: argparse.Action) -> str:
    """What the value of an option is a word of; empty: nothing that is known."""
    found = (OF_OPTIONS.get(option, "") for option in action.option_strings)
    return next(filter(None, found), "")


def _first_words() -> dict[str, dict[str, str]]:
    """Words, other than jobs, that come behind a command, with what they do."""
    return {"completion": dict.fromkeys(SHELLS, "")} | {
        name: {word: parser.description or "" for word, parser in inner.items()}
        for name, inner in _inner_parsers()
    }


def _last_words(command: str) -> dict[str, list[str]]:
    """Words that come behind a command of a command, by its name."""
    return {
        word: [str(choice) for choice in action.choices]
        for name, inner in _inner_parsers()
        for word, parser in inner.items()
        for action in parser._actions
        if name == command and action.choices and not action.option_strings
    }


def _inner_parsers() -> Iterator[tuple[str, Mapping[str, argparse.ArgumentParser]]]:
    """The commands that have some of their own, with these."""
    for name in COMMANDS:
        if (commands := _parser(name).commands) is not None:
            for shown in commands._choices_actions:
                commands.choices[shown.dest].description = shown.help
            yield name, commands.choices


_NAMES = [name for name in COMMANDS if name]

_BASH = r"""# bash completion for ims-tui
_ims_tui_offer() {{
    # Not compgen: that would run what stands in a label.
    local each
    while IFS= read -r each; do
        if [[ -n $each && $each == "$word"* ]]; then
            each=${{each#"$before"}}
            case $quote in
                \') each=${{each//\'/\'\\\'\'}};;
                \") each=${{each//\\/\\\\}} each=${{each//\"/\\\"}}
                    each=${{each//\$/\\\$}} each=${{each//\`/\\\`}};;
                *) printf -v each %q "$each"; each=${{each//\\,/,}};;
            esac
            COMPREPLY+=("$each")
        fi
    done
}}
_ims_tui_ask() {{
    _ims_tui_offer < <(ims-tui completion --words "$1" -- "$word" 2>/dev/null)
}}
_ims_tui() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} at=$COMP_CWORD
    local previous command="" each quote="" before="" line=${{COMP_LINE:0:COMP_POINT}}
    COMPREPLY=()
    # Bash cuts words at colons; what stands before the last one is not replaced.
    while ((at > 1)) && [[ $word == :* || ${{COMP_WORDS[at-1]}} == *: ]] &&
        [[ $line == *"${{COMP_WORDS[at-1]}}$word" ]]; do
        word=${{COMP_WORDS[at-1]}}$word at=$((at - 1))
    done
    previous=${{COMP_WORDS[at-1]}}
    case $word in
        \'*) quote=\' word=${{word:1}};;
        \"*) quote=\" word=${{word:1}} word=${{word//\\/}};;
        *) word=${{word//\\/}}
            [[ $COMP_WORDBREAKS != *:* ]] || before=${{word%"${{word##*:}}"}};;
    esac
    for each in "${{COMP_WORDS[@]:1:at-1}}"; do
        case $each in {names}) command=$each; break;; esac
    done
    case $command:$previous in
{values}
    esac
    if [[ $word == -* ]]; then
        case $command in
{options}
        esac
    else
        case $command in
{words}
        esac
    fi
}}
complete -F _ims_tui ims-tui
"""


def _bash() -> str:
    first = _first_words()
    values, options, words = [], [], []
    for name, actions in _options().items():
        known = [option for action in actions for option in action.option_strings]
        options.append(f"            '{name}') {_offer(known)};;")
        if name in first:
            words.append(f"            '{name}') {_offer(list(first[name]))};;")
        for word, last in _last_words(name).items():
            values.append(f"        '{name}':{word}) {_offer(last)}; return;;")
        for action in actions:
            pattern = "|".join(f"'{name}':{o}" for o in action.option_strings)
            if action.choices:
                offer = _offer(list(map(str, action.choices)))
                values.append(f"        {pattern}) {offer}; return;;")
            elif kind := _kind(action):
                values.append(f"        {pattern}) _ims_tui_ask {kind}; return;;")
            elif action.metavar in ("FILE", "DIR"):
                which = "f" if action.metavar == "FILE" else "d"
                offer = f'mapfile -t COMPREPLY < <(compgen -{which} -- "$word")'
                offer = f"{offer}; compopt -o filenames"
                values.append(f"        {pattern}) {offer}; return;;")
    for name in _JOBS:
        more = f"{_offer(_NAMES)}; " if name == DASHBOARD else ""
        words.append(f"            '{name}') {more}_ims_tui_ask {_KINDS[name]};;")
    return _BASH.format(
        names="|".join(_NAMES),
        values="\n".join(values),
        options="\n".join(options),
        words="\n".join(words),
    )


def _offer(words: Sequence[str]) -> str:
    lines = "\\n".join(words)
    return f"_ims_tui_offer <<< $'{lines}'"


_ZSH = """\
#compdef ims-tui
# zsh completion for ims-tui
_ims_tui_ask() {{
    local -a found
    found=("${{(@f)$(ims-tui completion --words $1 -- "${{(Q)PREFIX}}" 2>/dev/null)}}")
    compadd -a found
}}
_ims_tui() {{
    local command each
    for each in "${{(@)words[2,CURRENT-1]}}"; do
        case $each in {names}) command=$each; break;; esac
    done
    case $command in
{commands}
    esac
}}
_ims_tui "$@"
"""


def _zsh() -> str:
    first = _first_words()
    commands = []
    for name, actions in _options().items():
        specs = [_zsh_option(o, a) for a in actions for o in a.option_strings]
        if name in _JOBS:
            specs.append(f"'*:job: _ims_tui_ask {_KINDS[name]}'")
        elif name in first:
            shown = " ".join(rf'{w}\:"{_plain(t)}"' for w, t in first[name].items())
            specs.append(f"'*:command:(({shown}))'")
        else:  # the command itself is a word, too
            specs.append("'*:word:'")
        body = " \\\n            ".join(specs)
        if name == DASHBOARD:
            shown = " ".join(f"'{n}:{_plain(COMMANDS[n].help)}'" for n in _NAMES)
            body = f"{body}\n        local -a commands=({shown})"
            body = f"{body}\n        _describe command commands"
        before = "".join(
            f"[[ $words[CURRENT-1] == {word} ]] && compadd {' '.join(last)} && return\n"
            "        "
            for word, last in _last_words(name).items()
        )
        commands.append(f"    '{name}')\n        {before}_arguments -s {body};;")
    return _ZSH.format(names="|".join(_NAMES), commands="\n".join(commands))


def _zsh_option(option: str, action: argparse.Action) -> str:
    spec = f"{option}[{_plain(action.help or '')}]"
    if action.choices:
        spec += f":value:({' '.join(map(str, action.choices))})"
    elif kind := _kind(action):
        spec += f":value: _ims_tui_ask {kind}"
    elif action.metavar in ("FILE", "DIR"):
        spec += ":file:_files" if action.metavar == "FILE" else ":folder:_files -/"
    elif action.metavar:
        spec += ":value:"
    return f"'{spec}'"


def _plain(text: str) -> str:
    """A help text without what shells would read in it."""
    return "".join(c for c in text if c not in "'[]:\\%")


def _fish() -> str:
    first = _first_words()
    lines = [
        "# fish completion for ims-tui",
        "complete -c ims-tui -f",
        "function __ims_tui_command",
        "    for each in (commandline -opc)[2..]",
        f"        if contains -- $each {' '.join(_NAMES)}",
        "            echo $each",
        "            return 0",
        "        end",
        "    end",
        "    return 1",
        "end",
        # fish takes what begins with a dash for an option, also behind --sort.
        "set -l descending 'test \"$(commandline -opc)[-1]\" = --sort'",
        f"complete -c ims-tui -n $descending -f -a '{_fish_ask('sort')}'",
    ]
    for name in _NAMES:
        about = f"-a {name} -d '{_plain(COMMANDS[name].help)}'"
        lines.append(f"complete -c ims-tui -n 'not __ims_tui_command' {about}")
    for name, actions in _options().items():
        when = f'-n \'test "$(__ims_tui_command)" = "{name}"\''
        lines += [f"complete -c ims-tui {when} {_fish_option(a)}" for a in actions]
        if name in _JOBS:
            lines.append(f"complete -c ims-tui {when} -a '{_fish_ask(_KINDS[name])}'")
        for word, help in first.get(name, {}).items():
            about = f"-a {word} -d '{_plain(help)}'"
            lines.append(f"complete -c ims-tui {when} {about}")
        for word, last in _last_words(name).items():
            behind = f"-n 'contains -- {word} (commandline -opc)'"
            lines.append(f"complete -c ims-tui {when} {behind} -a '{' '.join(last)}'")
    return "\n".join(lines) + "\n"


def _fish_option(action: argparse.Action) -> str:
    parts = []
    for option in action.option_strings:
        name = option.lstrip("-")
        parts.append(f"-l {name}" if option.startswith("--") else f"-s {name}")
    if action.choices:
        parts.append(f"-x -a '{' '.join(map(str, action.choices))}'")
    elif kind := _kind(action):
        parts.append(f"-x -a '{_fish_ask(kind)}'")
    elif action.metavar:
        parts.append("-r -F" if action.metavar in ("FILE", "DIR") else "-x")
    return f"{' '.join(parts)} -d '{_plain(action.help or '')}'"


def _fish_ask(kind: str) -> str:
    typed = "(commandline -ct | string unescape)"
    return f"(ims-tui completion --words {kind} -- {typed} 2>/dev/null)"
