"""The filter line: words, `field:value`, `-word`, `/regex/`."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from ims_tui.core.show.anycase import compiled
from ims_tui.core.show.columns import COLUMNS
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.searchtext import FIELDS, PLAIN_END, lines_of, search_text

# Texts, not compiled: `re` compiles each at its first use and keeps it.
_TOKEN = r"-?(?:/(?:[^/\\]|\\.)*/|\w+:\"[^\"]*\"|\"[^\"]*\"|\S+)"
MAX_PATTERN = 200
_FIELD_OF = {name: name for name in FIELDS} | {
    column.key: column.search for column in COLUMNS.values() if column.search
}
"""The field that a term names, by its own name or that of its column."""


class Filter(Struct, frozen=True):
    """A parsed filter; an entry must meet every term."""

    text: str = ""
    terms: tuple[Callable[[str], bool], ...] = ()
    """What the search text of an entry has to meet."""
    problem: str = ""
    """Why a term is ignored, for the filter line."""

    tokens: tuple[str, ...] = ()
    """The words of the terms."""

    @property
    def before_last(self) -> Filter:
        """All terms but the last; while that is typed, these stay the same."""
        return Filter("\n".join(self.tokens[:-1]), self.terms[:-1])

    @property
    def last(self) -> Filter:
        """The last term alone."""
        return Filter(terms=self.terms[-1:])

    def matches(self, entry: Entry) -> bool:
        """Whether an entry passes."""
        return self.passes(search_text(entry))

    def passes(self, text: str) -> bool:
        """Whether the entry with this search text passes."""
        return all(term(text) for term in self.terms)

    def passing(self, rows: Iterable[int], texts: Sequence[str]) -> Iterable[int]:
        """Those of many rows whose texts pass, term by term, which is fastest."""
        for term in self.terms:
            rows = [row for row in rows if term(texts[row])]
        return rows


def parse_filter(text: str) -> Filter:
    """Read a filter. Never raises: a term that cannot be read is said in `problem`."""
    terms, tokens, problem = [], [], ""
    for token in re.findall(_TOKEN, text):
        negated = token.startswith("-") and len(token) > 1
        term, why = _term(token[1:] if negated else token)
        problem = problem or why
        if term is not None:
            terms.append(_not(term) if negated else term)
            tokens.append(token)
    return Filter(text.strip(), tuple(terms), problem, tuple(tokens))


def _not(term: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda text: not term(text)


def _term(token: str) -> tuple[Callable[[str], bool] | None, str]:
    if len(token) > 1 and token.startswith("/") and token.endswith("/"):
        return _regex(token[1:-1])
    name, colon, value = token.partition(":")
    value = value.strip('"').casefold()
    if colon and (field := _FIELD_OF.get(name.lower())):
        return _in_field(field, value), ""
    if colon and name.isalpha() and value:
        return None, f"no field {name}; fields are {', '.join(FIELDS)}"
    word = token.strip('"').casefold()
    return (lambda text: word in text and text.find(word) < text.find(PLAIN_END)), ""


def _in_field(name: str, value: str) -> Callable[[str], bool]:
    match name:  # the ends of a text are found without cutting it up
        case "label":
            return lambda text: text.find(value, 0, text.find("\n")) >= 0
        case "state":
            return lambda text: (
                text.find(value, text.find(PLAIN_END), text.rfind("\n")) >= 0
            )
        case "profile":
            return lambda text: text.find(value, text.rfind("\n")) >= 0
    lines = lines_of(name)
    return lambda text: value in text and value in "\n".join(lines(text))


def _regex(pattern: str) -> tuple[Callable[[str], bool] | None, str]:
    if len(pattern) > MAX_PATTERN:
        return None, f"a pattern has at most {MAX_PATTERN} characters"
    try:
        with warnings.catch_warnings():  # `[[` may mean more in a later Python
            warnings.simplefilter("ignore", FutureWarning)
            search = compiled(pattern).search
    except re.error as error:
        return None, f"/{pattern}/ is not a pattern: {error.msg}"
    return (lambda text: search(text, 0, text.find(PLAIN_END)) is not None), ""
