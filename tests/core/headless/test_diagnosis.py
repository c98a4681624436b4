"""Findings of `doctor`: in order, or what to do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from ims_tui.core.config.provenance import SettingProblem, Source
from ims_tui.core.config.settings import ChannelSettings, NotifySettings
from ims_tui.core.headless.diagnosis import (
    WIDTH_SAMPLES,
    FileFacts,
    Finding,
    Severity,
    TerminalFacts,
    failures,
    of_channels,
    of_config,
    of_file,
    of_reach,
    of_terminal,
)
from ims_tui.core.headless.reach import Reach

GOOD = TerminalFacts(
    True,
    120,
    40,
    {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
    "utf-8",
    WIDTH_SAMPLES,
    "wl-copy",
)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
REACHED = Reach(
    "ims.example.com",
    NOW,
    latency_s=0.034,
    date=NOW,
    tls="TLSv1.3",
    valid_until=NOW + timedelta(days=90),
)


def found(facts: TerminalFacts) -> dict[str, Finding]:
    return {finding.subject: finding for finding in of_terminal(facts)}


def test_a_good_terminal_is_in_order() -> None:
    assert {finding.level for finding in of_terminal(GOOD)} == {Severity.OK}
    assert found(GOOD)["terminal"].text == "xterm-256color, 120x40"
    assert found(GOOD)["colours"].text == "16 million"


def test_without_a_terminal_nothing_is_measured() -> None:
    (only,) = of_terminal(replace(GOOD, is_terminal=False))
    assert only.level is Severity.NOTE
    assert only.remedy == "Run doctor in a terminal."


@pytest.mark.parametrize(
    ("environ", "size", "remedy"),
    [
        ({}, (120, 40), "Set TERM"),
        ({"TERM": "dumb"}, (120, 40), "Set TERM"),
        ({"TERM": "xterm"}, (39, 40), "40x6"),
        ({"TERM": "xterm"}, (80, 5), "40x6"),
    ],
)
def test_a_terminal_that_cannot_show_the_screen_fails(
    environ: Mapping[str, str], size: tuple[int, int], remedy: str
) -> None:
    facts = replace(GOOD, environ=environ, columns=size[0], rows=size[1])
    finding = found(facts)["terminal"]
    assert finding.level is Severity.FAIL
    assert remedy in finding.remedy


def test_what_works_less_well_is_a_note_with_a_remedy() -> None:
    facts = replace(
        GOOD, environ={"TERM": "vt220"}, encoding="ascii", widths={"a": 1, "中": 1}
    )
    notes = {
        finding.subject: finding
        for finding in of_terminal(facts)
        if finding.level is Severity.NOTE
    }
    assert notes.keys() == {"colours", "encoding", "widths"}
    assert "中 takes 1 instead of 2" in notes["widths"].text
    assert all(note.remedy for note in notes.values())
    assert found(replace(GOOD, widths=None))["widths"].level is Severity.NOTE


def test_colours_and_clipboard_say_what_they_are() -> None:
    def text(subject: str, tool: str = "", **environ: str) -> str:
        terminal = {"TERM": "tmux-256color", **environ}
        facts = replace(GOOD, environ=terminal, clipboard_tool=tool)
        return found(facts)[subject].text

    assert text("colours") == "256"
    assert "NO_COLOR" in text("colours", NO_COLOR="1")
    assert text("clipboard", "xclip") == "xclip"
    assert text("clipboard", "xclip", SSH_TTY="/dev/pts/1").startswith("OSC 52")
    assert text("clipboard", TMUX="x") == "OSC 52 through tmux"


def test_every_mistake_in_the_config_is_a_failure() -> None:
    problem = SettingProblem(
        Source("config.toml", "", 14), "poll.budget", "is no rate."
    )
    (finding,) = of_config([problem], "config.toml")
    assert finding.text == "config.toml line 14: is no rate."
    assert [f.level for f in of_config([], "config.toml")] == [Severity.OK]
    assert failures([finding, finding]) == 2


FILE = FileFacts("log", "/s/ims-tui.log", exists=True, is_usable=True, is_private=True)


def test_files_are_usable_and_nobody_elses() -> None:
    assert of_file(FILE).level is Severity.OK
    assert of_file(replace(FILE, exists=False)).text.endswith("(not there yet)")
    assert "Check owner" in of_file(replace(FILE, is_usable=False)).remedy
    assert "chmod go-w" in of_file(replace(FILE, others_write=True)).remedy
    assert "chmod 600" in of_file(replace(FILE, others_read=True)).remedy
    full = of_file(replace(FILE, free_bytes=12 * 1024))
    assert full.level is Severity.FAIL
    assert "12 KiB are left" in full.text
    assert full.remedy
    assert of_file(replace(FILE, free_bytes=2**30)).level is Severity.OK
    closed = of_file(replace(FILE, is_usable=False, reason="Permission denied"))
    assert closed.level is Severity.FAIL
    assert closed.text == "/s/ims-tui.log cannot be used: Permission denied"
    assert closed.remedy
    listed = replace(FILE, others_read=True, is_private=False)
    assert of_file(listed).level is Severity.OK


def of_way(reach: Reach) -> dict[str, Finding]:
    return {f.subject.partition(" ")[2]: f for f in of_reach("prod", reach)}


def test_a_good_way_to_the_service_is_in_order() -> None:
    good = of_way(REACHED)
    assert {finding.level for finding in good.values()} == {Severity.OK}
    assert good["network"].text == "ims.example.com answers in 34 ms"
    assert good["TLS"].text == "TLSv1.3, certificate until 2027-02-21"


def test_no_answer_is_one_failure_with_a_remedy() -> None:
    (finding,) = of_way(replace(REACHED, cause="DNS lookup failed")).values()
    assert finding.level is Severity.FAIL
    assert finding.remedy


@pytest.mark.parametrize(
    ("off_s", "level", "words"),
    [
        (1.2, Severity.OK, "agrees with"),
        (90, Severity.NOTE, "1:30 ahead of the service's"),
        (-90, Severity.NOTE, "1:30 behind the service's"),
        (1200, Severity.FAIL, "20:00 ahead of the service's"),
        (-355_000 * 86400, Severity.FAIL, "it is 2998-11-07, which is not believed"),
    ],
)
def test_the_clock(off_s: float, level: Severity, words: str) -> None:
    date = NOW - timedelta(seconds=off_s)
    finding = of_way(replace(REACHED, date=date))["clock"]
    assert finding.level is level
    assert words in finding.text
    assert (level is Severity.OK) or "NTP" in finding.remedy


def test_tls_that_is_missing_or_ends_soon() -> None:
    open_way = replace(REACHED, tls="", valid_until=None)
    assert of_way(open_way)["TLS"].level is Severity.FAIL
    assert of_way(replace(open_way, host="127.0.0.1"))["TLS"].level is Severity.OK
    soon = replace(REACHED, valid_until=NOW + timedelta(days=3))
    assert of_way(soon)["TLS"].level is Severity.NOTE
    assert of_way(replace(REACHED, date=None))["clock"].level is Severity.NOTE


def test_channels_are_named_with_what_they_hear() -> None:
    team = ChannelSettings("slack", "warning", "tag:prod")
    wrong = ChannelSettings("ntfy", "urgent", "tagg:prod")
    notify = NotifySettings(channels={"team": team, "oncall": wrong}, command=("x",))
    good, bad, command, terminal = of_channels(notify)
    assert (good.level, good.subject) == (Severity.OK, "channel team")
    assert good.text.startswith("slack, hears warning, only tag:prod;")
    assert "ims-tui notify test team" in good.text
    assert (bad.level, bad.subject) == (Severity.FAIL, "channel oncall")
    assert "no field tagg" in bad.text
    assert command.subject == "channel command"
    assert terminal.text.startswith("terminal, hears urgent;"), "without a config"
    silent = replace(notify, when="never")
    assert next(iter(of_channels(silent))).level is Severity.NOTE
    deaf = NotifySettings(channels={"desk": ChannelSettings("bell", "urgent")})
    (finding,) = of_channels(replace(deaf, events=("success", "stalled")))
    assert finding.level is Severity.FAIL
    assert finding.text.startswith("it hears nothing: no event of notify.events is")
    desk = NotifySettings(channels={"desk": ChannelSettings("bell")})
    assert [one.subject for one in of_channels(desk)] == ["channel desk"]
