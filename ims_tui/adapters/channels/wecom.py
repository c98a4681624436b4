"""WeCom: a robot of a group, text messages; its address holds its key.

Format: developer.work.weixin.qq.com/document/path/91770; content has at most 2048
bytes. Nobody is mentioned: the lists for that are left out.
"""

from __future__ import annotations

from datetime import datetime

from ims_tui.adapters.channels.jsonreply import JSON, body_of, code_in
from ims_tui.adapters.channels.post import MessageForm, Post, Target
from ims_tui.core.notices.message import Message, harmless

MOST_BYTES = 2048


def _write(message: Message, target: Target, now: datetime) -> Post:
    text = harmless(f"{message.title}\n{message.body}")
    cut = text.encode("utf-8", "replace")[:MOST_BYTES].decode("utf-8", "ignore")
    document = {"msgtype": "text", "text": {"content": cut}}
    return Post(target.url.reveal(), body_of(document), JSON)


FORM = MessageForm(_write, lambda body: code_in(body, "errcode"))
