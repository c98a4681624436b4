"""`config set` and `config edit` in a real process."""

from __future__ import annotations

import os
import resource
import shlex
from pathlib import Path

import pytest

from tests.cli.program import PATIENCE_S, Program

TEXT = "# mine\n[ui]\ntheme = 'nord'  # dark\n"


@pytest.fixture
def config(program: Program) -> Path:
    program.configure(TEXT)
    return program.home / "config" / "ims-tui" / "config.toml"


def test_set_keeps_comments(program: Program, config: Path) -> None:
    done = program.run("config", "set", "ui.theme", "dracula")
    assert done.returncode == 0, done.stderr
    assert config.read_text() == TEXT.replace("'nord'", '"dracula"')


def test_set_begins_a_file(program: Program) -> None:
    assert program.run("config", "set", "ui.times", "utc").returncode == 0
    shown = program.run("config", "show").stdout
    assert 'ui.times = "utc"' in shown


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("ui.colour", "x", 2),
        ("ui.columns", "state,nonsense", 7),
        ("ui.theme", "nrod", 7),
        ("ui.mouse", "5", 2),
    ],
)
def test_what_is_not_in_order_changes_nothing(
    program: Program, config: Path, key: str, value: str, code: int
) -> None:
    done = program.run("config", "set", key, value)
    assert (done.returncode, config.read_text()) == (code, TEXT)
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("words", [("set", "ui.theme", "dracula"), ("edit",)])
def test_a_full_disk_changes_nothing_and_is_said(
    program: Program, config: Path, words: tuple[str, ...]
) -> None:
    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    program.environ["TMPDIR"] = str(program.home)
    begun = program.start("config", *words, preexec_fn=full)
    _, said = begun.communicate(timeout=PATIENCE_S)
    assert (begun.returncode, config.read_text()) == (7, TEXT)
    assert len(said.splitlines()) == 1
    assert "nothing is changed: a draft cannot be written: " in said


def edited(program: Program, script: str) -> tuple[int, str]:
    editor = program.home / "editor.sh"
    editor.write_text(script, encoding="utf-8")
    program.environ["TMPDIR"] = str(program.home)
    program.environ["EDITOR"] = f"sh {shlex.quote(str(editor))}"
    done = program.run("config", "edit")
    return done.returncode, done.stderr


def test_an_edit_that_is_in_order_is_taken(program: Program, config: Path) -> None:
    code, said = edited(program, 'sed -i s/nord/dracula/ "$1"\n')
    assert (code, config.read_text()) == (0, TEXT.replace("nord", "dracula")), said


def test_an_edit_that_is_not_is_kept_beside(program: Program, config: Path) -> None:
    code, said = edited(program, "echo 'mouse = 7' >> \"$1\"\n")
    assert (code, config.read_text()) == (7, TEXT)
    assert "config.toml line 4: ui.mouse = 7" in said
    draft = Path(said.rsplit("kept in ", 1)[1].strip())
    assert draft.read_text().endswith("mouse = 7\n")


def test_what_was_wrong_before_does_not_hold_up_an_edit(program: Program) -> None:
    wrong = "[notify.channels.a]\nkind = 'json'\nurl_env = 'ONLY_OF_THE_SERVICE'\n"
    program.configure(TEXT + wrong)
    code, said = edited(program, 'sed -i s/nord/dracula/ "$1"\n')
    config = program.home / "config" / "ims-tui" / "config.toml"
    assert (code, config.read_text()) == (0, (TEXT + wrong).replace("nord", "dracula"))
    told, why = said.splitlines()
    assert told.endswith(" is written; still wrong:")
    assert "ONLY_OF_THE_SERVICE is not set" in why


@pytest.mark.parametrize("script", ["exit 3\n", "true\n"])
def test_an_editor_that_does_nothing_changes_nothing(
    program: Program, config: Path, script: str
) -> None:
    code, said = edited(program, script)
    assert (code, config.read_text()) == (7 if "3" in script else 0, TEXT)
    assert "nothing is changed" in said


def test_a_change_by_somebody_else_meanwhile_is_not_lost(
    program: Program, config: Path
) -> None:
    script = f"echo '[poll]' > {shlex.quote(str(config))}; echo '# x' >> \"$1\"\n"
    code, said = edited(program, script)
    assert (code, config.read_text()) == (7, "[poll]\n")
    assert "was changed meanwhile" in said


def test_a_check_knows_the_themes_of_the_screen(program: Program) -> None:
    program.configure('[ui]\ntheme = "nrod"\n')
    done = program.run("config", "check")
    assert done.returncode == 7
    assert done.stdout.startswith('config.toml line 2: ui.theme = "nrod" is not one of')
    assert "nearest: nord" in done.stdout
    program.configure('[ui]\ntheme = "auto"\n')
    assert program.run("config", "check").returncode == 0


def test_a_theme_of_textual_is_taken_and_one_of_nobody_is_not(program: Program) -> None:
    assert program.run("config", "set", "ui.theme", "nord").returncode == 0
    assert program.run("config", "check").returncode == 0
    done = program.run("config", "set", "ui.theme", "nrod")
    assert done.returncode == 7
    assert "(nearest: nord)" in done.stderr


@pytest.mark.parametrize("words", [("set", "ui.theme", "dracula"), ("edit",)])
def test_a_named_pipe_as_config_is_said_and_keeps_nobody_waiting(
    program: Program, config: Path, words: tuple[str, ...]
) -> None:
    config.unlink()
    os.mkfifo(config)
    done = program.run("config", *words)
    assert (done.returncode, config.is_fifo()) == (7, True)
    assert done.stderr == f"ims-tui: {config} is not a file\n"
