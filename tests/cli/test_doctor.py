"""`ims-tui doctor` survives what it looks for, and says what to do about it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ims_tui.cli.doctor import facts_of
from ims_tui.core.headless.diagnosis import LEAST_FREE_BYTES, Severity, of_file
from tests.cli.program import Program
from tests.cli.service import Service


def loop(folder: Path) -> Path:
    (folder / "a").symlink_to(folder / "b")
    (folder / "b").symlink_to(folder / "a")
    return folder / "a" / "list.toml"


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "list.toml")
    return folder / "list.toml"


def no_folder(folder: Path) -> Path:
    (folder / "file").touch()
    return folder / "file" / "list.toml"


def long_name(folder: Path) -> Path:
    return folder / ("x" * 300)


def itself_a_folder(folder: Path) -> Path:
    return folder


BAD = {f.__name__: f for f in (loop, pipe, no_folder, long_name, itself_a_folder)}


@pytest.mark.parametrize("name", BAD)
def test_a_list_that_cannot_be_is_one_line(
    name: str, program: Program, service: Service, tmp_path: Path
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    path = BAD[name](place)
    done = program.run("doctor", "--watchlist", str(path))
    (line,) = (x for x in done.stdout.splitlines() if " watchlist " in x)
    assert line.startswith("FAIL")
    assert f"{path} cannot be used: " in line
    assert "Check the folders" in line
    assert "a fault of" not in done.stderr
    assert "default sign-in" in done.stdout  # it looked at the rest, too
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[jobs", "Expected ']]' at the end of an array"),
        ("[[jobs]]\nid = 'xyz'\n", 'line 2: id = "xyz" is not a job id'),
        ("schema = 9\n", "9 is newer than 1, so the list is read only"),
    ],
)
def test_a_list_that_cannot_be_used_is_said(
    text: str, said: str, program: Program, service: Service, tmp_path: Path
) -> None:
    path = tmp_path / "list.toml"
    path.write_text(text)
    path.chmod(0o600)
    done = program.run("doctor", "--watchlist", str(path))
    (line,) = (x for x in done.stdout.splitlines() if " watchlist " in x)
    assert line.startswith("FAIL")
    assert said in line
    assert done.returncode == 1


def test_a_config_that_cannot_be_read_ends_nothing(
    program: Program, service: Service
) -> None:
    program.run("add", "ff" * 16)
    program.configure("[[")
    done = program.run("doctor")
    assert (done.returncode, done.stderr) == (1, "")
    assert "ok    watchlist " in done.stdout
    assert "default sign-in" in done.stdout  # it looked at the rest, too


def test_the_log_that_an_option_names_is_looked_at(
    program: Program, service: Service, tmp_path: Path
) -> None:
    path = no_folder(tmp_path)
    done = program.run("doctor", "--log-file", str(path))
    (line,) = (x for x in done.stdout.splitlines() if " log " in x)
    assert line.startswith("FAIL")
    assert f"{path} cannot be used: " in line
    assert done.returncode == 1
    assert program.run("doctor", "--log-file", "/dev/null").returncode == 0


@pytest.mark.parametrize("name", [n for n in BAD if n != "pipe"])
def test_stored_replies_that_cannot_be_end_nothing(
    name: str, program: Program, service: Service, tmp_path: Path
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    done = program.run("doctor", XDG_STATE_HOME=str(BAD[name](place) / "state"))
    assert "a fault of" not in done.stderr
    assert "default sign-in" in done.stdout


def test_a_folder_that_cannot_be_entered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> os.stat_result:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "stat", refuse)  # whoever runs the tests may be root
    finding = of_file(facts_of("watchlist", tmp_path / "list.toml"))
    assert finding.level is Severity.FAIL
    assert "Permission denied" in finding.text


def test_room_is_looked_for_where_something_is_written(tmp_path: Path) -> None:
    free = facts_of("list", tmp_path / "new" / "list.toml").free_bytes
    assert free is not None
    assert free > LEAST_FREE_BYTES
    assert facts_of("config", tmp_path / "c.toml", written=False).free_bytes is None


@pytest.mark.parametrize(
    "environ",
    [
        {"ALL_PROXY": "socks5://127.0.0.1:1080"},
        {"HTTPS_PROXY": "http://u:secret@proxy:bad"},
        {"SSL_CERT_FILE": "/proc/nonexistent"},
        {"SSLKEYLOGFILE": "/proc/nonexistent/x"},
    ],
)
@pytest.mark.parametrize("words", [("doctor",), ("auth", "check")])
def test_variables_of_the_network_are_no_crash(
    program: Program, service: Service, words: tuple[str, ...], environ: dict[str, str]
) -> None:
    done = program.run(*words, **environ)
    told = done.stdout + done.stderr
    assert "a fault of" not in told
    assert "secret" not in told
    assert done.returncode == 0  # this machine is asked directly, and without TLS
