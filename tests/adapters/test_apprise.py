"""apprise: a mail to a sink on loopback, where it is installed; else one sentence."""

from __future__ import annotations

import importlib.util
import socket
from collections.abc import Iterator
from email import message_from_string
from threading import Thread

import pytest

from ims_tui.adapters.channels.apprise import MISSING, AppriseChannel
from ims_tui.core.errors import ChannelError
from ims_tui.core.notices.message import Message, message_of
from ims_tui.core.notices.news import Level
from ims_tui.core.signin.secret import Secret
from tests.core.notices.some_news import some_news

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # its own
IS_THERE = importlib.util.find_spec("apprise") is not None


class MailSink:
    """Takes one mail by SMTP."""

    def __init__(self) -> None:
        self.text = ""
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        peer, _ = self._server.accept()
        with peer, peer.makefile("rw", newline="\r\n") as lines:
            print("220 sink", file=lines, flush=True)
            for line in lines:
                word = line[:4].upper().strip()
                if word == "DATA":
                    print("354 go on", file=lines, flush=True)
                    while (data := lines.readline()).rstrip("\r\n") != ".":
                        self.text += data
                print("221 bye" if word == "QUIT" else "250 ok", file=lines, flush=True)
                if word == "QUIT":
                    return

    def close(self) -> None:
        self._server.close()
        self._thread.join(5)


@pytest.fixture
def sink() -> Iterator[MailSink]:
    found = MailSink()
    yield found
    found.close()


@pytest.mark.skipif(not IS_THERE, reason="the extra notify is not installed")
async def test_a_mail_with_all_its_words_and_no_markup(sink: MailSink) -> None:
    url = (
        f"mailto://127.0.0.1:{sink.port}?from=a@b.example&to=c@d.example&mode=insecure"
    )
    news = some_news("fail", 1)
    await AppriseChannel(Secret(url)).send(message_of([news]))
    mail = message_from_string(sink.text)
    assert "job1 fail" in str(mail["Subject"])
    bodies = [part.get_payload(decode=True) for part in mail.walk()]
    assert any(b"job1 is told as fail" in body for body in bodies if body)


@pytest.mark.skipif(not IS_THERE, reason="the extra notify is not installed")
async def test_no_text_becomes_a_header_or_markup_or_mentions_anybody(
    sink: MailSink,
) -> None:
    url = (
        f"mailto://127.0.0.1:{sink.port}?from=a@b.example&to=c@d.example&mode=insecure"
    )
    hostile = "x\r\nBcc: evil@example.com\r\n\r\n<b>bold</b> @everyone {{ app_id }}"
    message = Message(hostile, hostile, Level.URGENT, [some_news("fail")])
    await AppriseChannel(Secret(url)).send(message)
    mail = message_from_string(sink.text)
    assert mail["Bcc"] is None
    assert mail["To"] is not None
    texts = [part.get_payload(decode=True) for part in mail.walk()]
    body = b"".join(text for text in texts if isinstance(text, bytes)).decode()
    assert "<b>" not in body
    assert "@everyone" not in body
    assert "everyone {{ app_id }}" in body, "it is still there to read"


@pytest.mark.skipif(not IS_THERE, reason="the extra notify is not installed")
@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("nothing://geheim", "does not know such an address"),
        ("json://a:geheim@127.0.0.1:1", "could not send it"),
    ],
)
async def test_an_address_that_takes_nothing(
    url: str, says: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ChannelError, match=says) as raised:
        await AppriseChannel(Secret(url)).send(message_of([some_news()]))
    shown = capfd.readouterr()
    assert "geheim" not in str(raised.value) + shown.out + shown.err


@pytest.mark.skipif(IS_THERE, reason="the extra notify is installed")
async def test_where_it_is_not_installed_one_sentence_says_what_to_do() -> None:
    with pytest.raises(ChannelError) as raised:
        await AppriseChannel(Secret("mailto://geheim")).send(message_of([some_news()]))
    assert str(raised.value) == MISSING
