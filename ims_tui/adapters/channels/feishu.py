"""Feishu and Lark: a custom bot of a group, text messages, signed where it can.

Format and signature: open.feishu.cn/document/client-docs/bot-v3/add-custom-bot. The
signature is the HMAC-SHA256 of nothing, keyed with time in seconds, newline, secret; it
stands in the body.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime

from ims_tui.adapters.channels.jsonreply import JSON, body_of, code_in
from ims_tui.adapters.channels.post import MessageForm, Post, Target
from ims_tui.core.notices.message import Message, harmless


def _write(message: Message, target: Target, now: datetime) -> Post:
    document: dict[str, object] = {
        "msg_type": "text",
        "content": {"text": harmless(f"{message.title}\n{message.body}")},
    }
    if target.secret:
        time_s = str(int(now.timestamp()))
        key = f"{time_s}\n{target.secret.reveal()}".encode()
        mac = hmac.new(key, b"", hashlib.sha256).digest()
        sign = base64.b64encode(mac).decode()
        document |= {"timestamp": time_s, "sign": sign}
    return Post(target.url.reveal(), body_of(document), JSON)


FORM = MessageForm(_write, lambda body: code_in(body, "code", "StatusCode"))
