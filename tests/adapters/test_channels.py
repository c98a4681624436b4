"""Channels against a real server on loopback: formats, signatures, refusals."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from msgspec.structs import replace

from ims_tui.adapters.channels.command import CommandChannel, filled
from ims_tui.adapters.channels.forms import FORMS
from ims_tui.adapters.channels.post import Target, WebChannel
from ims_tui.core.config.channelkinds import CHANNEL_KINDS
from ims_tui.core.errors import ChannelError
from ims_tui.core.notices.message import Message, message_of
from ims_tui.core.notices.news import Level
from ims_tui.core.signin.secret import Secret
from tests.chat_server import ChatServer
from tests.core.entries import at
from tests.core.notices.some_news import some_news

SECRET = "SEC-geheim"
HOSTILE = "@everyone <!channel> <at user_id=\"all\"> *x* [a](http://b) & \\ 'q'"


@pytest.fixture
def chat() -> Iterator[ChatServer]:
    with ChatServer() as found:
        yield found


MESSAGE = message_of([some_news("fail")])
HOSTILE_MESSAGE = Message(HOSTILE, f"a\n{HOSTILE}", Level.URGENT, [some_news("fail")])


async def send(
    kind: str, chat: ChatServer, message: Message = MESSAGE, *, secret: str = ""
) -> None:
    target = Target(Secret(chat.url), Secret(secret) if secret else None)
    await WebChannel(FORMS[kind], target, lambda: at(0), {}).send(message)


def test_each_kind_that_can_be_set_is_there() -> None:
    assert {*FORMS, "apprise", "bell", "command", "terminal"} == CHANNEL_KINDS.keys()


async def test_dingtalk_signs_in_the_address(chat: ChatServer) -> None:
    await send("dingtalk", chat, secret=SECRET)
    query = parse_qs(urlsplit(chat.path).query)
    assert query["access_token"] == ["geheim"]
    (time_ms,) = query["timestamp"]
    assert int(time_ms) == at(0).timestamp() * 1000
    text = f"{time_ms}\n{SECRET}".encode()
    mac = hmac.new(SECRET.encode(), text, hashlib.sha256).digest()
    assert query["sign"] == [base64.b64encode(mac).decode()]
    assert chat.document == {
        "msgtype": "text",
        "text": {"content": f"{MESSAGE.title}\n{MESSAGE.body}"},
        "at": {"isAtAll": False},
    }


@pytest.mark.parametrize("kind", ["feishu", "lark"])
async def test_feishu_signs_in_the_body(chat: ChatServer, kind: str) -> None:
    await send(kind, chat, secret=SECRET)
    time_s = chat.document["timestamp"]
    assert int(time_s) == at(0).timestamp()
    mac = hmac.new(f"{time_s}\n{SECRET}".encode(), b"", hashlib.sha256).digest()
    assert chat.document["sign"] == base64.b64encode(mac).decode()
    assert chat.document["msg_type"] == "text"
    assert chat.document["content"]["text"].startswith(MESSAGE.title)
    await send(kind, chat)
    assert "sign" not in chat.document


async def test_wecom(chat: ChatServer) -> None:
    long = replace(MESSAGE, body="\u6d4b" * 5000)
    await send("wecom", chat, long)
    assert chat.document["msgtype"] == "text"
    assert len(chat.document["text"]["content"].encode()) <= 2048
    assert chat.document["text"].keys() == {"content"}, "nobody is mentioned"


async def test_slack_finds_none_of_its_three_signs(chat: ChatServer) -> None:
    await send("slack", chat, HOSTILE_MESSAGE)
    text = chat.document["text"]
    assert "!channel&gt;" in text
    assert "&amp;" in text
    assert "<" not in text
    assert chat.document["mrkdwn"] is False


async def test_teams_gets_a_card(chat: ChatServer) -> None:
    await send("teams", chat, HOSTILE_MESSAGE)
    (attachment,) = chat.document["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.2")
    assert [block["type"] for block in card["body"]] == ["TextBlock"] * 3
    assert r"\*x\* \[a\]\(http://b\)" in card["body"][0]["text"]
    assert "msteams" not in card, "nobody is mentioned"


@pytest.mark.parametrize(
    ("kind", "priority"), [("fail", 5), ("stalled", 4), ("success", 3)]
)
async def test_ntfy_publishes_json(chat: ChatServer, kind: str, priority: int) -> None:
    url = chat.url.partition("?")[0]
    target = Target(Secret(url), Secret("tk_geheim"))
    channel = WebChannel(FORMS["ntfy"], target, lambda: at(0), {})
    message = message_of([some_news(kind)])
    await channel.send(message)
    assert chat.path == "/"
    assert chat.headers["Authorization"] == "Bearer tk_geheim"
    assert chat.document == {
        "topic": "hook",
        "title": message.title,
        "message": message.body,
        "priority": priority,
    }


async def test_json_is_signed_over_its_body(chat: ChatServer) -> None:
    await send("json", chat, secret=SECRET)
    mac = hmac.new(SECRET.encode(), chat.body, hashlib.sha256).hexdigest()
    assert chat.headers["X-Ims-Tui-Signature-256"] == f"sha256={mac}"
    assert chat.document["level"] == "urgent"
    assert chat.document["text"] == MESSAGE.body
    assert chat.document["news"] == [{}]


@pytest.mark.parametrize("kind", ["dingtalk", "feishu", "wecom", "slack", "teams"])
async def test_no_text_mentions_anybody(chat: ChatServer, kind: str) -> None:
    await send(kind, chat, HOSTILE_MESSAGE)
    text = json.dumps(chat.document, ensure_ascii=False)
    assert "@everyone" not in text
    assert "<at" not in text
    assert "everyone" in text, "it is still there to read"


@pytest.mark.parametrize("kind", sorted(FORMS))
async def test_a_refusal_is_named_and_holds_no_address(
    chat: ChatServer, kind: str
) -> None:
    chat.status, chat.reply = 403, {"errmsg": chat.url}
    with pytest.raises(ChannelError, match=r"^it was refused with HTTP 403$"):
        await send(kind, chat)


@pytest.mark.parametrize(
    ("kind", "reply", "says"),
    [
        ("dingtalk", {"errcode": 310000, "errmsg": "geheim"}, "errcode 310000"),
        ("wecom", {"errcode": 93000}, "errcode 93000"),
        ("feishu", {"code": 19021, "msg": "sign match fail"}, "code 19021"),
        ("lark", {"StatusCode": 9499}, "StatusCode 9499"),
        ("dingtalk", {}, "a reply without a code"),
    ],
)
async def test_a_refusal_inside_of_a_good_reply(
    chat: ChatServer, kind: str, reply: Mapping[str, Any], says: str
) -> None:
    chat.reply = reply
    with pytest.raises(ChannelError, match=f"^it was refused with {says}$"):
        await send(kind, chat)


async def test_who_cannot_be_reached_is_told_without_the_address() -> None:
    target = Target(Secret("http://127.0.0.1:1/hook?access_token=geheim"))
    channel = WebChannel(FORMS["json"], target, lambda: at(0), {})
    with pytest.raises(ChannelError, match=r"^connection refused$"):
        await channel.send(MESSAGE)
    assert "geheim" not in repr(target)


# -- programs --------------------------------------------------------------------------

NEWS = replace(
    some_news("fail"),
    facts={"TITLE": "a 'title'; $(x)"},
    document='{"event": "fail"}',
)


async def test_a_program_gets_document_and_variables_and_no_shell(
    tmp_path: Path,
) -> None:
    code = (
        "import os, sys, pathlib;"
        "pathlib.Path(sys.argv[2]).write_text("
        "sys.argv[1] + os.environ['IMS_TUI_TITLE'] + sys.stdin.read())"
    )
    out = tmp_path / "out"
    argv = [sys.executable, "-c", code, "<$IMS_TUI_TITLE>", str(out)]
    await CommandChannel(argv, 20.0, {}).send(message_of([NEWS]))
    assert out.read_text() == "<a 'title'; $(x)>a 'title'; $(x){\"event\": \"fail\"}"


@pytest.mark.parametrize(
    ("argv", "limit_s", "problem"),
    [
        (["/nowhere/program"], 5.0, "/nowhere/program: No such file or directory"),
        (["false"], 5.0, "false ended with 1"),
        (["sh", "-c", "echo so; echo why >&2; exit 3"], 5.0, "sh ended with 3: why"),
        (["sh", "-c", "kill -9 0"], 5.0, "sh was ended by signal 9"),
        (["sleep", "60"], 0.05, r"sleep took longer than 0\.05 s"),
    ],
)
async def test_what_goes_wrong_with_a_program(
    argv: list[str], limit_s: float, problem: str
) -> None:
    channel = CommandChannel(argv, limit_s, {"PATH": "/usr/bin:/bin"})
    with pytest.raises(ChannelError, match=f"^{problem}$"):
        await channel.send(message_of([NEWS]))


@pytest.mark.parametrize("text", ["$HOME", "`x`", "a b", "\n--option", "\u6d4b"])
def test_values_never_become_more_arguments_or_variables(text: str) -> None:
    argv = ["program", "$IMS_TUI_BODY", "a $IMS_TUI_BODY b", "$HOME ${x} $"]
    assert filled(argv, {"IMS_TUI_BODY": text}) == [
        "program",
        text,
        f"a {text} b",
        "$HOME ${x} $",
    ]


async def test_json_in_a_form_of_the_operators(chat: ChatServer) -> None:
    template = '{"text": "$IMS_TUI_TITLE|$IMS_TUI_LEVEL", "code": "$IMS_TUI_CODE"}'
    target = Target(Secret(chat.url), Secret(SECRET), template)
    news = replace(some_news("fail"), facts={"CODE": HOSTILE})
    message = Message(HOSTILE, "b", Level.URGENT, [news])
    await WebChannel(FORMS["json"], target, lambda: at(0), {}).send(message)
    shown = HOSTILE.replace("@", "\uff20").replace("<", "\uff1c")
    assert chat.document == {"text": f"{shown}|urgent", "code": shown}
    mac = hmac.new(SECRET.encode(), chat.body, hashlib.sha256).hexdigest()
    assert chat.headers["X-Ims-Tui-Signature-256"] == f"sha256={mac}"
