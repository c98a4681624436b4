"""DingTalk: a custom robot of a group, text messages, signed where it has a secret.

Format and signature: open.dingtalk.com/document/robots/custom-robot-access and
/customize-robot-security-settings. The signature is the HMAC-SHA256, keyed with the
secret, of time in milliseconds, newline, secret; it stands in the address.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from urllib.parse import quote_plus

from ims_tui.adapters.channels.jsonreply import JSON, body_of, code_in
from ims_tui.adapters.channels.post import MessageForm, Post, Target
from ims_tui.core.notices.message import Message, harmless


def _write(message: Message, target: Target, now: datetime) -> Post:
    url = target.url.reveal()
    if target.secret:
        url += "&" if "?" in url else "?"
        url += _signed(target.secret.reveal(), int(now.timestamp() * 1000))
    document = {
        "msgtype": "text",
        "text": {"content": harmless(f"{message.title}\n{message.body}")},
        "at": {"isAtAll": False},
    }
    return Post(url, body_of(document), JSON)


def _signed(secret: str, time_ms: int) -> str:
    text = f"{time_ms}\n{secret}".encode()
    mac = hmac.new(secret.encode(), text, hashlib.sha256).digest()
    sign = quote_plus(base64.b64encode(mac))
    return f"timestamp={time_ms}&sign={sign}"


FORM = MessageForm(_write, lambda body: code_in(body, "errcode"))
