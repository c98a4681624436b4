"""The forms of web channels by their kind; a new one is one file and one row."""

from __future__ import annotations

from collections.abc import Mapping

from ims_tui.adapters.channels import (
    dingtalk,
    feishu,
    ntfy,
    slack,
    teams,
    webhook,
    wecom,
)
from ims_tui.adapters.channels.post import MessageForm

FORMS: Mapping[str, MessageForm] = {
    "dingtalk": dingtalk.FORM,
    "feishu": feishu.FORM,
    "json": webhook.FORM,
    "lark": feishu.FORM,
    "ntfy": ntfy.FORM,
    "slack": slack.FORM,
    "teams": teams.FORM,
    "wecom": wecom.FORM,
}
