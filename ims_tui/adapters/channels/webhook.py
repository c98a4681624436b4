"""Any web address that takes JSON, in our form or another; signed where it can be.

The signature is the HMAC-SHA256 of the body, keyed with the secret, in hexadecimal
digits, as GitHub signs: docs.github.com/webhooks/using-webhooks/
validating-webhook-deliveries.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime

from ims_tui.adapters.channels.jsonreply import JSON, body_of
from ims_tui.adapters.channels.post import MessageForm, Post, Target
from ims_tui.core.notices.message import Message
from ims_tui.core.notices.template import filled
from ims_tui.core.release import JSON_SCHEMA

SIGNATURE = "X-Ims-Tui-Signature-256"


def _write(message: Message, target: Target, now: datetime) -> Post:
    document = {
        "schema": JSON_SCHEMA,
        "title": message.title,
        "text": message.body,
        "level": message.level.value,
        "news": [json.loads(news.document) for news in message.news],
    }
    body, headers = body_of(document), dict(JSON)
    if target.template:
        body = filled(target.template, message).encode("utf-8", "replace")
    if target.secret:
        mac = hmac.new(target.secret.reveal().encode(), body, hashlib.sha256)
        headers[SIGNATURE] = f"sha256={mac.hexdigest()}"
    return Post(target.url.reveal(), body, headers)


FORM = MessageForm(_write)
