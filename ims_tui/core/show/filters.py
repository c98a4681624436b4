"""The filter line: words, phrases, `field:value`, comparisons, `-word`, `/regex/`."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from msgspec import Struct

from ims_tui.core.show.casefold import compiled
from ims_tui.core.show.columns import COLUMNS
from ims_tui.core.show.comparisons import MEASURES, Comparison, comparison
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.searchtext import FIELDS, PLAIN_END, lines_of, search_text

# Texts, not compiled: `re` compiles each at its first use and keeps it.
_QUOTED = r"\"[^\"]*\"?"
"""A phrase; while it is typed its end is not there yet."""
_TOKEN = rf"-?(?:/(?:[^/\\]|\\.)*/|\w+(?::|[<>=!~]+){_QUOTED}|{_QUOTED}|\S+)"
_COMPARED = r"(?s)([A-Za-z]\w*):?([<>=!~]+)(.*)"
MAX_PATTERN = 200
_FIELD_OF = {name: name for name in FIELDS} | {
    column.key: column.search for column in COLUMNS.values() if column.search
}
"""The field that a term names, by its own name or that of its column."""

_CLOSED = ("state", "profile", "type", "tag")
"""Fields with few values, which are named where a term has none of them."""

MOST_NAMED = 8
"""Values of a field that are named."""

Term = Callable[[str], bool] | Comparison
"""What the search text of an entry has to meet, or a number of it."""


class Filter(Struct, frozen=True):
    """A parsed filter; an entry must meet every term."""

    text: str = ""
    terms: tuple[Term, ...] = ()
    problem: str = ""
    """Why a term is ignored, for the filter line."""

    tokens: tuple[str, ...] = ()
    """The words of the terms."""
    named: tuple[tuple[str, str], ...] = ()
    """Fields with few values, and the value that each is to have."""

    @property
    def before_last(self) -> Filter:
        """All terms but the last; while that is typed, these stay the same."""
        return Filter("\n".join(self.tokens[:-1]), self.terms[:-1])

    @property
    def last(self) -> Filter:
        """The last term alone."""
        return Filter(terms=self.terms[-1:])

    @property
    def depends_on_now(self) -> bool:
        """Whether a job may pass later without having changed."""
        return any(
            term.depends_on_now for term in self.terms if isinstance(term, Comparison)
        )

    def matches(self, entry: Entry, view: View) -> bool:
        """Whether an entry passes."""
        return bool(self.among([entry], search_text, view))

    def among(
        self, entries: Iterable[Entry], text_of: Callable[[Entry], str], view: View
    ) -> list[Entry]:
        """Those of some entries that pass, term by term."""
        for term in self.terms:
            if isinstance(term, Comparison):
                entries = filter(term.of_entry(view), entries)
            else:
                meets = term
                entries = [entry for entry in entries if meets(text_of(entry))]
        return list(entries)

    def passes(self, text: str) -> bool:
        """Whether a search text meets all terms that are about it."""
        return all(isinstance(term, Comparison) or term(text) for term in self.terms)

    def passing(
        self,
        rows: Iterable[int],
        texts: Sequence[str],
        numbers: Mapping[str, Sequence[float]],
        view: View,
    ) -> Iterable[int]:
        """Those of many archived rows that pass, term by term, which is fastest."""
        for term in self.terms:
            if isinstance(term, Comparison):
                test, name = term.of_number(view), term.measure.archived
                if name:
                    values = numbers[name]
                    rows = [row for row in rows if test(values[row])]
                elif not test(None):
                    rows = ()
            else:
                rows = [row for row in rows if term(texts[row])]
        return rows

    def unmet(self, texts: Collection[str]) -> str:
        """Which term names a value that no job has, and what there is; else empty."""
        for field, value in self.named:
            meets, lines = _in_field(field, value), lines_of(field)
            if any(map(meets, texts)):
                continue
            whole = field == "tag"
            there = {x for t in texts for x in lines(t)[: None if whole else 1] if x}
            some = sorted(there)[:MOST_NAMED]
            more = f" and {len(there) - MOST_NAMED} more" * (len(there) > MOST_NAMED)
            known = f"there are {', '.join(some)}{more}" if some else "none has any"
            return f"no job has {field}:{value}; {known}"
        return ""


def parse_filter(text: str) -> Filter:
    """Read a filter. Never raises: a term that cannot be read is said in `problem`."""
    terms: list[Term] = []
    tokens, named, problem = [], [], ""
    for token in re.findall(_TOKEN, text):
        is_negated = token.startswith("-") and len(token) > 1
        try:
            term, is_named = _term(token[1:] if is_negated else token, is_negated)
        except ValueError as error:
            problem = problem or str(error)
            continue
        terms.append(term)
        tokens.append(token)
        if is_named and not is_negated:
            named.append(is_named)
    return Filter(text.strip(), tuple(terms), problem, tuple(tokens), tuple(named))


def _term(token: str, is_negated: bool) -> tuple[Term, tuple[str, str] | None]:
    """A term, and the field with few values that it names."""
    if found := re.fullmatch(_COMPARED, token):
        value = found[3].strip('"')
        return comparison(found[1], found[2], value, negated=is_negated), None
    test, named = _text_term(token)
    return ((lambda text: not test(text)) if is_negated else test), named


def _text_term(token: str) -> tuple[Callable[[str], bool], tuple[str, str] | None]:
    if len(token) > 1 and token.startswith("/") and token.endswith("/"):
        return _regex(token[1:-1]), None
    name, colon, value = token.partition(":")
    value = value.strip('"').casefold()
    if colon and (field := _FIELD_OF.get(name.lower())):
        named = (field, value) if field in _CLOSED else None
        return _in_field(field, value), named
    if colon and name.lower() in MEASURES:
        raise ValueError(f"{name} is compared, as in {name}>{value or 'x'}")
    if colon and name.isalpha() and value:
        known = ", ".join((*FIELDS, *MEASURES))
        raise ValueError(f"no field {name}; fields are {known}")
    word = token.strip('"').casefold()
    return (lambda text: word in text), None


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


def _regex(pattern: str) -> Callable[[str], bool]:
    if len(pattern) > MAX_PATTERN:
        raise ValueError(f"a pattern has at most {MAX_PATTERN} characters")
    try:
        with warnings.catch_warnings():  # `[[` may mean more in a later Python
            warnings.simplefilter("ignore", FutureWarning)
            search = compiled(pattern).search
    except re.error as error:
        raise ValueError(f"/{pattern}/ is not a pattern: {error.msg}") from error
    return lambda text: search(text, 0, text.find(PLAIN_END)) is not None
