"""News that leave the program: in real processes, to a server on loopback."""

from __future__ import annotations

import json
import os
import pty
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ims_tui.adapters.statedb import StateDb
from ims_tui.core.notices.pace import HOUR_S
from tests.chat_server import ChatServer
from tests.cli.program import COMMAND, Program, until
from tests.cli.service import TOKEN, Service, failed, job_id, running, succeeded
from tests.pty_screen import PtyScreen

ONE, TWO, THREE = map(job_id, (1, 2, 3))
QUICK = '[poll]\nmin_interval = "1s"\nmax_interval = "2s"\n'
TEAM = """
[notify]
min_duration = "0"
coalesce = "1s"
[notify.channels.team]
kind = "json"
url_env = "TEAM_URL"
"""


@pytest.fixture
def chat() -> Iterator[ChatServer]:
    with ChatServer() as found:
        yield found


def told(chat: ChatServer) -> list[str]:
    """Ids and events of all that was told, in order."""
    found = [news for body in chat.bodies for news in json.loads(body)["news"]]
    return [
        f"{news['event']} {news['job']['job_id'][-1]}" if news["job"] else news["event"]
        for news in found
    ]


def test_watch_tells_a_web_channel_each_thing_once(
    program: Program, service: Service, chat: ChatServer
) -> None:
    program.environ["TEAM_URL"] = chat.url
    program.configure(QUICK + TEAM)
    service.jobs = {ONE: running(), TWO: failed(), THREE: running()}
    program.run("add", ONE, TWO, THREE)
    process = program.start("watch", "--exit-when-done")
    until(lambda: told(chat) == ["fail 2"], "the failure that was there already")
    service.jobs |= {ONE: succeeded(), THREE: succeeded()}
    process.communicate(timeout=30)
    assert process.returncode == 3
    assert sorted(told(chat)) == ["all_done", "fail 2", "success 1", "success 3"]
    program.run("watch", "--exit-when-done")
    assert len(told(chat)) == 4, "the next run tells nothing again"


def test_a_failure_that_nobody_told_is_told_by_the_next_run(
    program: Program, service: Service, chat: ChatServer
) -> None:
    program.environ["TEAM_URL"] = chat.url
    program.configure(QUICK + TEAM)
    now, old = datetime.now(UTC), datetime.now(UTC) - timedelta(days=2)
    service.jobs = {ONE: failed() | {"end_time": now.isoformat()}}
    service.jobs[TWO] = failed() | {"end_time": old.isoformat()}
    service.jobs[THREE] = failed() | {"end_time": now.isoformat()}
    program.run("add", ONE, TWO, THREE)
    program.run("list", "--refresh")  # which tells nobody, as a kill in time would
    program.run("ack", THREE)
    for _ in range(2):
        program.run("watch", "--exit-when-done")
        assert sorted(told(chat)) == ["all_done", "fail 1"]
    done = program.run("digest", "--json")
    assert json.loads(done.stdout)["told"] == [
        {"channel": "channels.team", "event": "all_done", "count": 1},
        {"channel": "channels.team", "event": "fail", "count": 1},
    ]


def test_a_channel_that_refuses_costs_watch_nothing(
    program: Program, service: Service, chat: ChatServer
) -> None:
    program.environ["TEAM_URL"] = chat.url
    program.configure(QUICK + TEAM)
    chat.status = 500
    service.jobs = {ONE: failed()}
    program.run("add", ONE)
    done = program.run("watch", "--exit-when-done")
    assert done.returncode == 3
    assert "notify.channels.team: it was refused with HTTP 500" in done.stderr
    assert "geheim" not in done.stderr + done.stdout
    chat.status = 200
    chat.bodies.clear()
    service.jobs[TWO] = running()
    program.run("add", TWO)
    process = program.start("watch")
    until(lambda: told(chat) == ["fail 1"], "what was refused before")
    process.terminate()
    assert process.wait(timeout=20) == 0


def test_a_channel_whose_filter_is_wrong_is_named(
    program: Program, service: Service, chat: ChatServer
) -> None:
    program.environ["TEAM_URL"] = chat.url
    program.configure(QUICK + TEAM + 'filter = "tagg:prod"\n')
    service.jobs = {ONE: succeeded()}
    program.run("add", ONE)
    done = program.run("watch", "--exit-when-done")
    assert "notify.channels.team.filter: no field tagg; fields are" in done.stderr


def test_what_befalls_a_profile_and_a_job_before_its_end(
    program: Program, service: Service, chat: ChatServer, tmp_path: Path
) -> None:
    program.environ["TEAM_URL"] = chat.url
    del program.environ["IMS_TUI_TOKEN"], program.environ["IMS_TUI_ENDPOINT"]
    ends = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    token = tmp_path / "token.json"
    token.write_text(json.dumps({"token": TOKEN, "expires_at": ends}))
    profile = f'[profiles.default]\nendpoint = "{service.url}"\n'
    program.configure(f'{QUICK}{profile}token_file = "{token}"\n{TEAM}')
    service.jobs = {ONE: running(0.5), TWO: running(0.5)}
    program.run("add", ONE, TWO)
    text = program.watchlist.read_text()
    program.watchlist.write_text(text.replace("[[jobs]]", '[[jobs]]\nmarks = ["90%"]'))
    process = program.start("watch")
    until(lambda: "expiring" in told(chat), "that the credential ends")
    service.jobs[ONE] = running(0.93)
    until(lambda: "near_end 1" in told(chat), "the mark")
    newer = program.watchlist.read_text().replace("schema = 1", "schema = 99")
    program.watchlist.write_text(newer)  # which no save replaces
    service.jobs[ONE] = succeeded()
    until(lambda: "not_saved" in told(chat), "that the list is not saved")
    service.refuses = True
    until(lambda: "auth" in told(chat), "that a sign-in is needed")
    process.terminate()
    process.wait(timeout=20)
    once = sorted(told(chat))
    assert once == ["auth", "expiring", "near_end 1", "not_saved", "success 1"]


def test_a_changed_configuration_changes_channels_and_loses_no_news(
    program: Program, service: Service, chat: ChatServer
) -> None:
    program.environ["TEAM_URL"] = chat.url
    program.configure(QUICK)
    service.jobs = {ONE: running(), TWO: running(), THREE: running()}
    program.run("add", ONE, TWO, THREE)
    process = program.start("watch")
    until(lambda: set(service.asked) == {ONE, TWO, THREE}, "the first requests")
    chat.status = 500
    program.configure(QUICK + TEAM)
    reload(process, "settings and credentials are read again")
    service.jobs[ONE] = failed()
    until(lambda: told(chat) == ["fail 1"], "a try over the new channel")
    chat.status = 200
    program.configure(QUICK + TEAM + 'level = "loud"\n')
    reload(process, "It stays as it was.")
    service.jobs[TWO] = failed()
    until(lambda: "fail 2" in told(chat), "what the old channel tells")
    until(lambda: told(chat).count("fail 1") == 2, "what was not taken before")
    program.configure(QUICK + TEAM + "][")
    reload(process, "Nothing of this file is used")
    service.jobs[THREE] = failed()
    until(lambda: "fail 3" in told(chat), "what the old channel tells, still")
    process.terminate()
    process.communicate(timeout=20)


def reload(process: subprocess.Popen[str], words: str) -> None:
    """Let it read its settings again, and wait for what it says of that."""
    process.send_signal(signal.SIGHUP)
    assert process.stderr is not None
    for line in process.stderr:
        if words in line:
            return
    raise AssertionError("it ended")


@pytest.mark.parametrize("way", ["ack JOB", "ack --all", "x"])
def test_an_acknowledgement_anywhere_stops_what_would_go_further(
    program: Program, service: Service, chat: ChatServer, way: str
) -> None:
    program.environ["TEAM_URL"] = chat.url
    escalate = '[notify.escalate]\nafter = "1h"\nchannels = ["team"]\n'
    program.configure(QUICK + TEAM + escalate)
    service.jobs = {ONE: running(), TWO: running(), THREE: running()}
    program.run("add", ONE, TWO, THREE)
    process = program.start("watch")
    until(lambda: set(service.asked) == {ONE, TWO, THREE}, "the first requests")
    environ = program.environ | {"TERM": "xterm-256color"}
    with PtyScreen(COMMAND, environ=environ) as screen:
        screen.wait_for("3 run")
        service.jobs[ONE] = failed()
        screen.wait_for("1 FAIL")
        until(lambda: is_stored(program, ONE), "the first failure")
        if way == "x":
            screen.send("4x")  # the one failure there is
            until(lambda: not is_stored(program, ONE), "what the key does")
        else:
            words = [ONE if word == "JOB" else word for word in way.split()]
            assert "acknowledged 1 job" in program.run(*words).stderr
        screen.wait_for(lambda text: "1 FAIL" not in text)
        service.jobs[TWO] = failed()
        until(lambda: is_stored(program, TWO), "the second failure")
        screen.send("qq")
        screen.end()
    pass_an_hour(program)
    service.jobs[THREE] = succeeded()
    until(lambda: "success 3" in told(chat), "what came later")
    until(lambda: "fail 2" in told(chat), "what nobody acknowledged")
    process.terminate()
    process.communicate(timeout=20)
    assert "fail 1" not in told(chat)
    titles = [json.loads(body)["title"] for body in chat.bodies]
    assert any("nobody acknowledged it in 1h" in title for title in titles)


def test_a_refusal_goes_further_until_the_sign_in_works_again(
    program: Program, service: Service, chat: ChatServer
) -> None:
    program.environ |= {"TEAM_URL": chat.url, "DESK_URL": chat.url}
    desk = '[notify.channels.desk]\nkind = "json"\nurl_env = "DESK_URL"\n'
    escalate = '[notify.escalate]\nafter = "1h"\nchannels = ["team"]\n'
    program.configure(QUICK + TEAM + desk + escalate)
    service.jobs = {ONE: running()}
    program.run("add", ONE)
    process = program.start("watch")
    until(lambda: ONE in service.asked, "the first request")
    for _ in range(2):
        service.refuses = True
        until(lambda: told(chat)[-1:] == ["auth"], "that a sign-in is needed")
        service.refuses = False
        process.send_signal(signal.SIGHUP)
        until(lambda: told(chat)[-1:] == ["back"], "that it works again")
    pass_an_hour(program)
    service.jobs[ONE] = succeeded()
    until(lambda: "success 1" in told(chat), "what came later")
    process.terminate()
    process.communicate(timeout=20)
    assert told(chat)[:4] == ["auth", "back"] * 2, "and nothing went further"


def test_a_list_that_cannot_be_read_and_can_again(
    program: Program, service: Service, chat: ChatServer
) -> None:
    program.environ["TEAM_URL"] = chat.url
    program.configure(QUICK + TEAM)
    service.jobs = {ONE: running()}
    program.run("add", ONE)
    process = program.start("watch")
    until(lambda: ONE in service.asked, "the first request")
    good = program.watchlist.read_text()
    program.watchlist.write_text(good + "[[[\n")
    until(lambda: told(chat) == ["not_saved"], "that the list cannot be read")
    message = json.loads(chat.bodies[0])
    assert (message["level"], message["title"]) == ("urgent", "ims-tui: not saved")
    assert "watchlist.toml line" in message["text"]
    program.watchlist.write_text(good)
    until(lambda: told(chat) == ["not_saved", "back"], "that it can be read")
    process.terminate()
    process.communicate(timeout=20)


def is_stored(program: Program, job: str) -> bool:
    """Whether a result is stored that nobody acknowledged."""
    with closing(StateDb(program.home / "state" / "ims-tui" / "state.db")) as db:
        return any(poll.key.job_id == job and poll.is_news for poll in db.load())


def pass_an_hour(program: Program) -> None:
    """For what waits until somebody has acknowledged it."""
    path = program.home / "state" / "ims-tui" / "state.db"
    with closing(sqlite3.connect(path, timeout=10)) as db, db:
        db.execute("UPDATE outbox SET due_s=due_s-?", (HOUR_S,))


def test_a_trial_reaches_what_a_channel_hears(
    program: Program, service: Service, chat: ChatServer
) -> None:
    program.environ["TEAM_URL"] = chat.url
    program.configure(TEAM + 'level = "warning"\n')
    done = program.run("notify", "test", "team")
    assert done.returncode == 0, done.stderr
    assert [json.loads(body)["level"] for body in chat.bodies] == ["urgent", "warning"]
    assert done.stdout.count("notify.channels.team  took a message of level") == 2
    chat.status = 403
    done = program.run("notify", "test", "team")
    assert done.returncode == 7
    assert "level urgent: it was refused with HTTP 403" in done.stdout
    assert "geheim" not in done.stdout + done.stderr


def test_a_channel_that_is_not_there(program: Program, chat: ChatServer) -> None:
    program.environ["TEAM_URL"] = chat.url
    done = program.run("notify", "test")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no channel is set but the terminal" in done.stderr
    program.configure('[notify]\nwhen = "never"\n')
    done = program.run("notify", "test")
    assert (done.returncode, done.stdout) == (2, "")
    assert 'nobody is told anything: notify.when is "never"' in done.stderr
    program.configure(TEAM)
    done = program.run("notify", "test", "taem")
    assert done.returncode == 2
    assert "'taem' is not a channel; there are: team, terminal" in done.stderr


def test_a_dry_run_says_who_would_hear(
    program: Program, service: Service, chat: ChatServer
) -> None:
    program.environ["TEAM_URL"] = chat.url
    program.configure(QUICK + TEAM + 'level = "urgent"\n')
    now = datetime.now(UTC).isoformat()
    service.jobs = {ONE: failed() | {"end_time": now}}
    service.jobs[TWO] = succeeded() | {"end_time": now}
    program.run("add", ONE, "--label", "bad")
    program.run("add", TWO, "--label", "good")
    program.run("list", "--refresh")
    done = program.run("notify", "dry-run")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert any(line.endswith("fail     bad: team, terminal") for line in lines)
    assert any(line.endswith("success  good: nobody") for line in lines)
    assert chat.bodies == []
    program.configure(QUICK + TEAM + 'filter = "tag:prod"\n')
    done = program.run("notify", "dry-run")
    line = "notify.channels.team: its filter matches none of 2 jobs"
    assert line in done.stderr


def test_doctor_tries_the_channels_where_it_is_asked_to(
    program: Program, service: Service, chat: ChatServer
) -> None:
    program.environ["TEAM_URL"] = chat.url
    program.configure(TEAM)
    program.run("doctor")
    assert chat.bodies == []
    done = program.run("doctor", "--notify")
    assert done.stdout.count("took a message of level") == 3
    chat.status = 403
    done = program.run("doctor", "--notify")
    assert done.returncode == 1
    assert "level urgent: it was refused with HTTP 403" in done.stdout
    assert "geheim" not in done.stdout + done.stderr


def test_a_notice_of_the_terminal_on_a_real_one(program: Program) -> None:
    program.configure('[notify.channels.desk]\nkind = "terminal"\nlevel = "urgent"\n')
    read, write = pty.openpty()
    environ = program.environ | {"TERM_PROGRAM": "WezTerm"}
    words = [*COMMAND, "notify", "test", "desk"]
    done = subprocess.run(words, stderr=write, env=environ, timeout=30, check=False)
    os.close(write)
    shown = os.read(read, 4096)
    os.close(read)
    assert done.returncode == 0
    text = b"ims-tui: a trial  This is a trial of level urgent."
    assert shown == b"\x1b]9;" + text + b"\x1b\\\x07"


def test_wait_tells_where_it_is_asked_to(
    program: Program, service: Service, chat: ChatServer
) -> None:
    program.environ["TEAM_URL"] = chat.url
    assert "no channel is set" in program.run("wait", ONE, "--notify").stderr
    program.configure(QUICK + TEAM)
    service.jobs = {ONE: running()}
    process = program.start("wait", ONE, "--notify", "--timeout", "60s")
    until(lambda: ONE in service.asked, "the first request")
    service.jobs[ONE] = failed()
    process.communicate(timeout=20)
    assert process.returncode == 3
    assert told(chat) == ["fail 1"]
