"""Completion scripts, run by the shells they are for."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys

import pytest

from tests.cli.program import Program
from tests.cli.service import job_id
from tests.pty_screen import PtyScreen

HOSTILE = "we$(touch oops) `touch oops`"


@pytest.fixture
def listed(program: Program) -> Program:
    program.run("add", job_id(1), "--label", "golden")
    program.run("add", job_id(2), "--label", HOSTILE)
    program.run("add", job_id(3), "--label", "proj:img a", "--tag", "nightly")
    program.run("add", job_id(4), "--label", "it's")
    return program


OURS = f'ims-tui() {{ "{sys.executable}" -m ims_tui "$@"; }}'


def bash(program: Program, *words: str, line: str = "") -> list[str]:
    """What bash offers for the last word; of a line that it cuts into these words."""
    script = program.run("completion", "bash").stdout
    line = line or " ".join(["ims-tui", *words])
    test = (
        f"{script}\n{OURS}\nCOMP_WORDBREAKS=$' \\t\\n\"\\'><=;|&(:'\n"
        'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_POINT=${#COMP_LINE}\n'
        "_ims_tui\n"
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "-c", test, "bash", "ims-tui", *words],
        capture_output=True,
        text=True,
        cwd=program.home,
        env=program.environ | {"COMP_LINE": line},
        check=True,
    )
    assert "compopt: not currently executing" in done.stderr or done.stderr == ""
    return done.stdout.splitlines()


def fish(program: Program, line: str) -> list[str]:
    """What fish offers for the end of a line, without descriptions."""
    script = program.run("completion", "fish").stdout
    ours = f'function ims-tui; "{sys.executable}" -m ims_tui $argv; end'
    (program.home / "line").write_text(line)
    done = subprocess.run(
        ["fish", "-c", f"{ours}\n{script}\ncomplete -C (cat line | string collect)"],
        capture_output=True,
        text=True,
        cwd=program.home,
        env=program.environ,
        check=True,
    )
    return [row.split("\t")[0] for row in done.stdout.splitlines()]


def zsh(program: Program, line: str) -> str:
    """The line as zsh completes it."""
    (program.home / "script").write_text(program.run("completion", "zsh").stdout)
    (program.home / "ours").write_text(OURS)
    environ = program.environ | {"HOME": str(program.home), "PS1": "ready> "}
    setup = (
        f"cd {shlex.quote(str(program.home))}; autoload -Uz compinit; compinit -u -D; "
        "source ./ours; source ./script; compdef _ims_tui ims-tui; clear; print loaded"
    )
    with PtyScreen(["zsh", "-f", "-i"], columns=200, environ=environ) as screen:
        screen.wait_for("ready>")
        screen.send(f"{setup}\r")
        screen.wait_for("loaded\nready>")
        screen.send(f"{line}\t")
        screen.send("\x01print -r -- '[' '\x05' ']'\r")  # in single quotes
        screen.wait_for("\n[ ims-tui")
        shown = next(row for row in screen.text.splitlines() if row.startswith("[ ims"))
    return shown.removeprefix("[ ").rpartition(" ]")[0].strip()


needs = {
    shell: pytest.mark.skipif(not shutil.which(shell), reason=f"no {shell} here")
    for shell in ("bash", "zsh", "fish")
}


@needs["bash"]
def test_bash_offers_commands_options_values_labels_and_ids(listed: Program) -> None:
    assert bash(listed, "wa") == ["wait", "watch"]
    assert bash(listed, "wait", "--unt") == ["--until"]
    assert bash(listed, "wait", "--until", "") == ["success", "done"]
    assert bash(listed, "wait", "gol") == ["golden"]
    assert bash(listed, "wait", "0000") == [job_id(n) for n in range(1, 5)]
    assert {"show", "schema"} <= {*bash(listed, "config", "")}
    assert bash(listed, "config", "schema", "") == ["config", "watchlist"]
    assert bash(listed, "config", "show", "--js") == ["--json"]
    assert bash(listed, "completion", "f") == ["fish"]
    assert bash(listed, "list", "--wat") == ["--watchlist"]


@needs["bash"]
def test_bash_offers_what_values_may_be(listed: Program) -> None:
    assert bash(listed, "list", "--sort", "-en") == ["-ends", "-ended"]
    assert bash(listed, "list", "--columns", "state,la") == [
        "state,label",
        "state,latency",
    ]
    assert bash(listed, "list", "--tag", "n") == ["nightly"]
    assert bash(listed, "list", "--state", "f") == ["fail"]
    assert bash(listed, "-p", "d") == ["default"]
    assert bash(listed, "--theme", "au") == ["auto"]
    assert "IMG.0057" in bash(listed, "explain", "IMG.00")


@needs["bash"]
def test_bash_offers_files_with_blanks_whole(listed: Program) -> None:
    (listed.home / "my list.toml").touch()
    assert bash(listed, "list", "-w", "my") == ["my list.toml"]


@needs["bash"]
@pytest.mark.parametrize(
    ("words", "line", "offered"),
    [
        (["proj", ":", "i"], "proj:i", ["img a"]),
        (["proj", ":"], "proj:", ["img a"]),
        (["'proj:i"], "'proj:i", ["proj:img a"]),
        (['"it'], '"it', ["it's"]),
        (["'it"], "'it", ["it'\\''s"]),
        (["it\\'"], "it\\'", ["it\\'s"]),
    ],
)
def test_bash_with_colons_and_open_quotes(
    listed: Program, words: list[str], line: str, offered: list[str]
) -> None:
    found = bash(listed, "get", *words, line=f"ims-tui get {line}")
    is_bare = line[0] not in "'\""
    assert found == [w.replace(" ", "\\ ") if is_bare else w for w in offered]


@needs["bash"]
def test_a_label_is_never_run(listed: Program) -> None:
    for start, escaped in (
        ("we", r"we\$\(touch\ oops\)\ \`touch\ oops\`"),
        (r"we\$\(t", r"we\$\(touch\ oops\)\ \`touch\ oops\`"),
        ('"we', r"we\$(touch oops) \`touch oops\`"),
        ("'we", HOSTILE),
    ):
        assert bash(listed, "wait", start) == [escaped]
    assert not (listed.home / "oops").exists()


@needs["fish"]
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("list --sort en", ["ended", "ends"]),
        ("list --sort -en", ["-ended", "-ends"]),
        ("list --sort=-en", ["--sort=-ended", "--sort=-ends"]),
        ("list --tag n", ["nightly"]),
        ("list --columns state,la", ["state,label", "state,latency"]),
        ("get proj:", ["proj:img a"]),
        ("get 'proj:i", ["proj:img a"]),
        ("explain IMG.005", ["IMG.0057"]),
        ("config show --js", ["--json"]),
        ("config pa", ["path"]),
    ],
)
def test_fish_offers_the_same(listed: Program, line: str, offered: list[str]) -> None:
    assert set(offered) <= set(fish(listed, f"ims-tui {line}"))


@needs["zsh"]
@pytest.mark.parametrize(
    ("line", "whole"),
    [
        ("list --sort -ende", "list --sort -ended"),
        ("list --tag n", "list --tag nightly"),
        ("list --columns state,lab", "list --columns state,label"),
        ("get proj:", r"get proj:img\ a"),
        ("get gol", "get golden"),
        ("explain IMG.0057", "explain IMG.0057"),
        ("config pa", "config path"),
        ("get we", r"get we\$\(touch\ oops\)\ \`touch\ oops\`"),
    ],
)
def test_zsh_completes_the_same(listed: Program, line: str, whole: str) -> None:
    assert zsh(listed, f"ims-tui {line}") == f"ims-tui {whole}"
    assert not (listed.home / "oops").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_can_read_its_script(program: Program, shell: str) -> None:
    script = program.run("completion", shell)
    assert script.returncode == 0
    assert "fail-fast" in script.stdout
    path = shutil.which(shell)
    if path is None:
        pytest.skip(f"{shell} is not installed")
    done = subprocess.run(
        [path, "-n"], input=script.stdout, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
