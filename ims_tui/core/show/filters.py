"""The filter line: words, `field:value`, `-word`, `/regex/`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from ims_tui.core.dataclass import dataclass
from ims_tui.core.service.jobtypes import plain_type
from ims_tui.core.show.columns import state_of
from ims_tui.core.state.entry import Entry

_TOKEN = re.compile(r"-?(?:/(?:[^/\\]|\\.)*/|\w+:\"[^\"]*\"|\"[^\"]*\"|\S+)")
MAX_PATTERN = 200

FIELDS: dict[str, Callable[[Entry], Iterable[str]]] = {
    "state": lambda e: (state_of(e)[0], str(e.status or "")),
    "label": lambda e: (e.watch.label,),
    "id": lambda e: (e.watch.job_id,),
    "type": lambda e: (e.job_type, plain_type(e.job_type)),
    "step": lambda e: (e.job.step if e.job else "",),
    "image": lambda e: (e.image_id, e.job.image_name if e.job else ""),
    "tag": lambda e: e.watch.tags,
    "note": lambda e: (e.watch.note,),
    "profile": lambda e: (e.watch.profile,),
    "code": lambda e: (_code(e),),
    "reason": lambda e: (_reason(e),),
}
"""Fields of `field:value`. A plain word looks in all but `state` and `profile`."""

_NAMED_ONLY = ("state", "profile")
_PLAIN = [name for name in FIELDS if name not in _NAMED_ONLY]
_ORDER = [*_PLAIN, *_NAMED_ONLY]
_FIELD, _PLAIN_END = "\x1f", "\x1e"  # printable text has neither


def _code(entry: Entry) -> str:
    if entry.job is not None and entry.job.error is not None:
        return entry.job.error.code
    return entry.watch.result.error_code if entry.watch.result else ""


def _reason(entry: Entry) -> str:
    if entry.job is not None and entry.job.error is not None:
        return entry.job.error.reason
    return entry.watch.result.fail_reason if entry.watch.result else ""


@dataclass(frozen=True, slots=True)
class Filter:
    """A parsed filter; an entry must meet every term."""

    text: str = ""
    terms: tuple[Callable[[str], bool], ...] = ()
    """What the search text of an entry has to meet."""
    problem: str = ""
    """Why a term is ignored, for the filter line."""

    def matches(self, entry: Entry) -> bool:
        """Whether an entry passes."""
        return self.passes(search_text(entry))

    def passes(self, text: str) -> bool:
        """Whether the entry with this search text passes."""
        return all(term(text) for term in self.terms)


def search_text(entry: Entry) -> str:
    """All that is searched of an entry, made once per entry: a line per text.

    Filtering ten thousand entries at every key press would not do without.
    """
    plain, named = (
        _FIELD.join("\n".join(FIELDS[name](entry)) for name in names)
        for names in (_PLAIN, _NAMED_ONLY)
    )
    return f"{plain}{_PLAIN_END}{_FIELD}{named}".casefold()


def parse_filter(text: str) -> Filter:
    """Read a filter. Never raises: a term that cannot be read is said in `problem`."""
    terms, problem = [], ""
    for token in _TOKEN.findall(text):
        negated = token.startswith("-") and len(token) > 1
        term, why = _term(token[1:] if negated else token)
        problem = problem or why
        if term is not None:
            terms.append(_not(term) if negated else term)
    return Filter(text.strip(), tuple(terms), problem)


def _not(term: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda text: not term(text)


def _term(token: str) -> tuple[Callable[[str], bool] | None, str]:
    if len(token) > 1 and token.startswith("/") and token.endswith("/"):
        return _regex(token[1:-1])
    name, colon, value = token.partition(":")
    value = value.strip('"').casefold()
    if colon and name.lower() in FIELDS:
        place = _ORDER.index(name.lower())
        return (lambda text: value in text and value in text.split(_FIELD)[place]), ""
    if colon and name.isalpha() and value:
        return None, f"no field {name}; fields are {', '.join(FIELDS)}"
    word = token.strip('"').casefold()
    return (lambda text: 0 <= text.find(word) < text.find(_PLAIN_END)), ""


def _regex(pattern: str) -> tuple[Callable[[str], bool] | None, str]:
    if len(pattern) > MAX_PATTERN:
        return None, f"a pattern has at most {MAX_PATTERN} characters"
    try:
        compiled = re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    except re.error as error:
        return None, f"/{pattern}/ is not a pattern: {error.msg}"

    def is_found(text: str) -> bool:
        lines = text[: text.find(_PLAIN_END)].replace(_FIELD, "\n")
        return compiled.search(lines) is not None

    return is_found, ""
