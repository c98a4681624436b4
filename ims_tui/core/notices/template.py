"""A message in a form of the operator's: JSON with `$IMS_TUI_...` in its texts.

The names are those that a program gets. What stands for them is escaped, so that no
text of the service ends the text that it stands in, nor mentions anybody in a chat.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from string import Template

from ims_tui.core.notices.message import Message, harmless

NAMES = (
    *("TITLE", "BODY", "LEVEL", "EVENT", "PROFILE", "JOB_ID", "LABEL", "STATE"),
    *("CODE", "REASON", "MEANING", "TRY", "ELAPSED"),
)
_PREFIX = "IMS_TUI_"


def filled(template: str, message: Message) -> str:
    """The body of a request; of several news only title, body and level are known."""
    facts = message.news[0].facts if len(message.news) == 1 else {}
    values = {name: facts.get(name, "") for name in NAMES} | {
        "TITLE": message.title,
        "BODY": message.body,
        "LEVEL": message.level.value,
    }
    return _filled(template, values)


def problem_of(template: str) -> str:
    """Why it is of no use, to follow its name; empty where it is in order."""
    try:
        json.loads(_filled(template, dict.fromkeys(NAMES, "x")))
    except KeyError as error:
        known = ", ".join(f"${_PREFIX}{name}" for name in NAMES)
        return f"has ${error.args[0]}, which is none of {known}"
    except (ValueError, RecursionError):
        return "is not JSON with variables inside of its texts"
    return ""


def _filled(template: str, values: Mapping[str, str]) -> str:
    """Raises KeyError for an unknown name, ValueError for a single `$`."""
    escaped = {
        _PREFIX + name: json.dumps(harmless(value), ensure_ascii=False)[1:-1]
        for name, value in values.items()
    }
    return Template(template).substitute(escaped)
