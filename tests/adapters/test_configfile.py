"""Reading settings and credentials from real files, and noticing changes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ims_tui.adapters.configfile import ConfigFiles
from ims_tui.core.config.provenance import Loaded
from ims_tui.core.config.settings import NoCredential, PasswordSpec, TokenSpec
from ims_tui.core.config.values import Rate
from ims_tui.core.signin.secret import Secret

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        return path

    return write_file


def files_in(tmp_path: Path, *, is_named: bool = False) -> ConfigFiles:
    config = tmp_path / "config.toml"
    return ConfigFiles({}, {}, config, tmp_path, is_named=is_named)


def the_line(loaded: Loaded) -> str:
    (problem,) = loaded.problems
    return str(problem)


def test_no_file_is_no_problem_unless_it_was_named(tmp_path: Path) -> None:
    assert files_in(tmp_path).load().problems == ()
    loaded = files_in(tmp_path, is_named=True).load()
    assert the_line(loaded) == f"config.toml: {tmp_path / 'config.toml'} is not there."
    assert loaded.problems[0].whole_file


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[ui]\nmouse = yes\n", "config.toml line 2: column 9: Invalid value."),
        (b"a = 1\na = 2\n", "Cannot overwrite a value. Nothing of this file is used"),
        (b"a = 1\n\xff = 2", "is not UTF-8 text (line 2)"),
        (b"a = '" + b"x" * 1_000_001, "is larger than 1 MB"),
        (b"a = " + b"[" * 20_000, "config.toml: "),
    ],
)
def test_an_unusable_file_is_one_problem(
    tmp_path: Path, content: bytes, words: str
) -> None:
    (tmp_path / "config.toml").write_bytes(content)
    loaded = files_in(tmp_path).load()
    assert words in the_line(loaded)
    assert loaded.problems[0].whole_file


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "config.toml")
    assert "is not a file" in the_line(files_in(tmp_path).load())
    (tmp_path / "config.toml").unlink()
    (tmp_path / "config.toml").mkdir()
    assert "is not a file" in the_line(files_in(tmp_path).load())


def test_windows_line_ends_and_byte_order_marks(tmp_path: Path, write: Write) -> None:
    write("config.toml", "\ufeff[ui]\r\nmouse = false\r\nx = 1\r\n")
    loaded = files_in(tmp_path).load()
    assert loaded.settings.ui.mouse is False
    assert the_line(loaded).startswith("config.toml line 3: ui.x")


def test_a_change_is_noticed_and_a_broken_file_keeps_the_good_one(
    tmp_path: Path, write: Write
) -> None:
    write("config.toml", "[poll]\nbudget = '60/5m'\n")
    files = files_in(tmp_path)
    files.load()
    assert not files.has_changed()
    write("config.toml", "[poll]\nbudget = '60/5m\n")
    assert files.has_changed()
    loaded = files.load()
    assert loaded.settings.poll.budget == Rate(60, 300)
    assert loaded.problems[0].whole_file
    assert not files.has_changed()
    (tmp_path / "config.toml").unlink()
    assert files.has_changed()
    assert files.load().settings.poll.budget == Rate(200, 300)


PASSWORD_FILE = """[profiles.p]
endpoint = 'https://x'
auth_url = 'https://x/v3'
region = 'eu-de'
domain = 'd'
user = 'u'
password_file = '~/password'
"""


def test_a_renewed_password_is_read_also_with_a_broken_config(
    tmp_path: Path, write: Write
) -> None:
    write("config.toml", PASSWORD_FILE)
    files = files_in(tmp_path)
    auth = files.load().settings.profiles["p"].auth
    assert isinstance(auth, NoCredential)
    assert auth.remedy == "Check path and permissions, then reload."
    write("password", "one\n")
    assert files.has_changed()
    write("config.toml", "=")
    auth = files.load().settings.profiles["p"].auth
    assert isinstance(auth, PasswordSpec)
    assert auth.password == Secret("one")


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_files_that_others_can_write(tmp_path: Path, write: Write, mode: int) -> None:
    write("config.toml", PASSWORD_FILE)
    write("password", "one").chmod(mode)
    auth = files_in(tmp_path).load().settings.profiles["p"].auth
    assert isinstance(auth, NoCredential)
    assert "can be written by others" in auth.reason
    assert auth.remedy == "Run chmod 600 ~/password, then reload."
    text = "[profiles.p]\nendpoint = 'https://x'\ntoken_command = ['get']\n"
    write("config.toml", text).chmod(mode)
    loaded = files_in(tmp_path).load()
    assert isinstance(loaded.settings.profiles["p"].auth, NoCredential)
    assert "others can write config.toml" in the_line(loaded)


def test_clouds_yaml(tmp_path: Path, write: Write) -> None:
    clouds = write(
        "clouds.yaml",
        "clouds:\n  c:\n    auth: {auth_url: https://iam.eu-de.otc.t-systems.com/v3}\n",
    )
    secure = write("secure.yaml", "clouds:\n  c:\n    auth: {token: secret-t}\n")
    environ = {
        "OS_CLOUD": "c",
        "OS_CLIENT_CONFIG_FILE": str(clouds),
        "OS_CLIENT_SECURE_FILE": str(secure),
    }
    config = tmp_path / "config.toml"
    profile = (
        ConfigFiles(environ, {}, config, tmp_path).load().settings.profiles["default"]
    )
    assert isinstance(profile.auth, TokenSpec)
    assert profile.endpoint == "https://ims.eu-de.otc.t-systems.com"
    write("secure.yaml", "clouds:\n  c: [secret-t: {\n")
    broken = ConfigFiles(environ, {}, config, tmp_path).load()
    auth = broken.settings.profiles["default"].auth
    assert isinstance(auth, NoCredential)
    assert "it is not YAML in line" in auth.reason
    assert "secret-t" not in repr(broken)


def test_without_pyyaml_the_extra_is_named(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    clouds = write("clouds.yaml", "clouds: {}")
    environ = {"OS_CLOUD": "c", "OS_CLIENT_CONFIG_FILE": str(clouds)}
    loaded = ConfigFiles(environ, {}, tmp_path / "config.toml", tmp_path).load()
    auth = loaded.settings.profiles["default"].auth
    assert isinstance(auth, NoCredential)
    assert "pip install 'ims-tui[clouds]'" in auth.reason


def test_the_credentials_file_of_the_sdk(tmp_path: Path, write: Write) -> None:
    write(".huaweicloud/credentials", "[basic]\nak = a\nsk = s\n")
    loaded = ConfigFiles({}, {}, tmp_path / "config.toml", tmp_path).load()
    assert loaded.choices["default"].winner == "~/.huaweicloud/credentials"


def test_reading_settings_loads_nothing_heavy(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from ims_tui.adapters.configfile import ConfigFiles\n"
        "ConfigFiles({}, {}, Path(sys.argv[1]), Path(sys.argv[2])).load()\n"
        "heavy = {'httpx', 'textual', 'yaml', 'asyncio', 'difflib', 'configparser'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "c.toml"), str(tmp_path)]
    root = Path(__file__).parents[2]
    result = subprocess.run(
        command, capture_output=True, text=True, cwd=root, check=True, timeout=60
    )
    assert result.stdout == "[]\n"
