"""`ims-tui config`."""

from __future__ import annotations

import argparse
import json
import re
import resource
import stat
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

import pytest

from ims_tui.adapters.configfile import ConfigFiles
from ims_tui.adapters.places import find_places
from ims_tui.cli.config import add_arguments, run_with
from ims_tui.core.config.spec import KEYS
from ims_tui.core.config.values import SECRET
from ims_tui.core.errors import ConfigError
from tests.cli.program import PATIENCE_S, Program


class Shell:
    """The command with its files in one folder."""

    def __init__(self, folder: Path) -> None:
        self.config = folder / "sub" / "config.toml"
        self.folder = folder

    def write(self, text: str) -> None:
        self.config.parent.mkdir(exist_ok=True)
        self.config.write_text(text, encoding="utf-8")
        self.config.chmod(0o600)

    def run(
        self, *argv: str, environ: Mapping[str, str] | None = None
    ) -> tuple[int, str, str]:
        parser = argparse.ArgumentParser()
        add_arguments(parser)
        out, err = StringIO(), StringIO()
        code = run_with(
            parser.parse_args(argv),
            find_places(environ or {}, str(self.config)),
            lambda: ConfigFiles(environ or {}, {}, self.config, self.folder).load(),
            out,
            err,
        )
        return code, out.getvalue(), err.getvalue()


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_init_writes_once(shell: Shell) -> None:
    code, out, err = shell.run("init")
    assert (code, out) == (0, "")
    assert str(shell.config) in err
    assert stat.S_IMODE(shell.config.stat().st_mode) == 0o600
    assert shell.run("check")[0] == 0
    before = shell.config.read_bytes()
    with pytest.raises(ConfigError, match="is there already and stays as it is"):
        shell.run("init")
    assert shell.config.read_bytes() == before


def test_init_that_cannot_write_says_so(shell: Shell) -> None:
    shell.config.parent.write_text("a file in the way", encoding="utf-8")
    with pytest.raises(ConfigError, match="cannot be written"):
        shell.run("init")


def test_init_that_is_cut_off_leaves_nothing(tmp_path: Path, program: Program) -> None:
    def small() -> None:  # as a full disk: the first bytes fit, the others do not
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    (program.home / "config" / "ims-tui" / "config.toml").unlink()
    program.environ["PYTHONDONTWRITEBYTECODE"] = "1"  # it would be cut, too
    begun = program.start("config", "init", preexec_fn=small)
    _, told = begun.communicate(timeout=PATIENCE_S)
    assert begun.returncode == 7
    assert "config.toml cannot be written: File too large." in told
    assert not list((program.home / "config" / "ims-tui").iterdir())
    assert program.run("config", "init").returncode == 0
    assert "in order" in program.run("config", "check").stdout


def test_the_log_that_an_option_names_is_listed(program: Program) -> None:
    done = program.run("config", "path", "--log-file", "/nowhere/a.log")
    assert "/nowhere/a.log  (not there)" in done.stdout


def test_everything_in_the_example_may_be_set_as_it_stands(shell: Shell) -> None:
    shell.run("init")
    text = shell.config.read_text(encoding="utf-8")
    shell.write(re.sub(r"^#(?=\S)", "", text, flags=re.MULTILINE))
    names = ("IMS_FEISHU_URL", "IMS_FEISHU_SECRET", "IMS_NTFY_URL")
    environ = dict.fromkeys(names, "https://chat.example/hook?key=1")
    code, out, _ = shell.run("check", environ=environ)
    assert (code, out) == (0, f"{shell.config} is in order.\n")
    defaults = json.loads(shell.run("show", "--json", environ={})[1])["settings"]
    theme = next(item for item in defaults if item["key"] == "ui.theme")
    assert theme["value"] == "auto"
    assert re.fullmatch(r"config.toml line \d+", theme["source"])


def test_the_example_names_every_key_that_does_something(shell: Shell) -> None:
    shell.run("init")
    text = shell.config.read_text(encoding="utf-8")
    for key in KEYS:
        if key.path[-1] == "*" or key.kind.allowed == SECRET:
            continue
        if key.field or key.path[0] == "profiles":
            assert re.search(rf"^# *{key.path[-1]}\b", text, re.MULTILINE), key.name


@pytest.mark.parametrize(
    ("argv", "title", "part"),
    [
        ((), "config.toml of ims-tui", "poll"),
        (("config",), "config.toml of ims-tui", "profiles"),
        (("watchlist",), "watchlist.toml of ims-tui", "jobs"),
    ],
)
def test_schema_prints_one_for_each_file(
    shell: Shell, argv: tuple[str, ...], title: str, part: str
) -> None:
    code, out, err = shell.run("schema", *argv)
    assert (code, err) == (0, "")
    schema = json.loads(out)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == title
    assert part in schema["properties"]


PROFILE = """\
[poll]
budget = "60/5m"
[profiles.prod]
region = "cn-north-4"
auth = "password"
domain = "account"
user = "reader"
password_env = "PW"
"""


def test_show_gives_each_value_its_source_and_no_secret(shell: Shell) -> None:
    shell.write(PROFILE)
    code, out, err = shell.run(
        "show", environ={"PW": "geheim", "IMS_TUI_THEME": "mono"}
    )
    assert (code, err) == (0, "")
    lines = {line.split(" = ")[0]: line for line in out.splitlines()}
    assert lines["poll.budget"].endswith("# config.toml line 2")
    assert lines["ui.theme"].endswith("# environment IMS_TUI_THEME")
    assert lines["ui.mouse"].endswith("# default")
    assert lines["profiles.prod.endpoint"].endswith("# region cn-north-4")
    assert lines["profiles.prod.user"].endswith("# config.toml line 7")
    assert '"***"' in lines["profiles.prod.password"]
    assert "environment PW" in lines["profiles.prod.password"]
    assert "geheim" not in out


def test_show_as_json(shell: Shell) -> None:
    shell.write(PROFILE + 'colour = "red"\n')
    code, out, err = shell.run("show", "--json", environ={"PW": "geheim"})
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert document["schema"] == 2
    values = {item["key"]: item for item in document["settings"]}
    assert values["poll.budget"]["value"] == "60/5m"
    assert values["ui.mouse"]["value"] is True
    assert values["profiles.prod.password"]["value"] == "***"
    assert document["problems"] == [
        {
            "key": "profiles.prod.colour",
            "source": "config.toml line 9",
            "line": 9,
            "text": "profiles.prod.colour is not a setting "
            "(nearest: profiles.prod.cloud). Left out.",
        }
    ]
    assert "geheim" not in out


def test_keys_and_programs_are_stars_too(shell: Shell) -> None:
    shell.write(
        '[notify.command]\nargv = ["ring", "geheim"]\n'
        '[profiles.a]\nendpoint = "https://x"\ntoken_command = ["get", "geheim"]\n'
        '[profiles.b]\nregion = "eu-de"\naccess_key_env = "AK"\nsecret_key_env = "SK"\n'
    )
    _, out, _ = shell.run("show", environ={"AK": "geheim", "SK": "geheim"})
    assert "geheim" not in out
    assert 'profiles.a.token_command = ["get", "***"]' in out
    assert 'profiles.b.access_key = "***"' in out


def test_check_prints_each_problem_and_exits_7(shell: Shell) -> None:
    shell.write("[ui]\nmouse = 'no'\n[poll]\nbudgt = 1\n")
    code, out, _ = shell.run("check")
    assert code == 7
    assert out.splitlines() == [
        'config.toml line 2: ui.mouse = "no" is neither true nor false. Kept true.',
        "config.toml line 4: poll.budgt is not a setting (nearest: poll.budget). "
        "Left out.",
    ]


def test_check_without_a_file(shell: Shell) -> None:
    assert shell.run("check")[:2] == (
        0,
        f"{shell.config} is not there; defaults hold.\n",
    )


def test_path_lists_every_place(shell: Shell) -> None:
    shell.write("")
    environ = {"XDG_STATE_HOME": str(shell.folder / "state")}
    code, out, _ = shell.run("path", environ=environ)
    rows = dict(line.split(maxsplit=1) for line in out.splitlines())
    assert code == 0
    assert rows["config"] == str(shell.config)
    assert rows["state"] == f"{shell.folder}/state/ims-tui/state.db  (not there)"
    assert list(rows) == ["config", "watchlist", "state", "log", "themes"]


def test_schema_needs_no_configuration_in_order(program: Program) -> None:
    program.configure("[poll\n")
    done = program.run("config", "schema")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["title"] == "config.toml of ims-tui"


def test_schema_of_no_file_of_ours_is_wrong_usage(program: Program) -> None:
    done = program.run("config", "schema", "themes")
    assert done.returncode == 2
    assert "'config', 'watchlist'" in done.stderr
