"""TOML texts for tests: of all forms of values and headers, and damaged ones."""

from __future__ import annotations

from hypothesis import strategies as st

_KEYS = st.sampled_from(
    ["a", "b", "jobs", "id", "result", "a.b", '"a"', "'q.r'", '"\\u00e9"', "1", '""']
)
_INTEGERS = ["0", "-1", "+7", "1_000", "01", "0xff", "0o7", "0b1", "1__0", "9" * 19]
_FLOATS = ["1.5", "1e3", "-inf", "nan", "1.", ".5", "6.02e+23"]
_TEXTS = [
    '""',
    '"a"',
    "'b'",
    '"é \\" \\u00e9 \\\\"',
    '"\\q"',
    '"""a\n"b"\n"""',
    "'''it's'''",
    '"""x""""',
    "true",
    "True",
]
_TIMES = [
    "2026-11-23T12:00:00Z",
    "2026-11-23T12:00:00z",
    "2026-11-23t12:00:00.5+08:00",
    "2026-11-23 12:00:00.1234567-00:30",
    "2026-11-23T12:00:00+05:99",
    "2026-11-23T12:00:00+24:00",
    "2026-11-23T24:00:00Z",
    "2026-11-23T12:60:00Z",
    "2026-02-29T12:00:00Z",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "2026-11-23",
    "12:00:00",
]
_SCALARS = st.sampled_from([*_INTEGERS, *_FLOATS, *_TEXTS, *_TIMES])
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda each: f"[{', '.join(each)}]"),
        st.lists(inner, max_size=2).map(
            lambda each: "[\n# [\n" + ",\n".join(each) + "]"
        ),
        st.tuples(_KEYS, inner).map(lambda each: f"{{ {each[0]} = {each[1]} }}"),
    ),
    max_leaves=4,
)
_LINES = st.one_of(
    st.tuples(_KEYS, _VALUES).map(lambda each: f"{each[0]} = {each[1]}"),
    st.tuples(_KEYS, _VALUES).map(lambda each: f"  {each[0]}={each[1]}\t# [said]"),
    _KEYS.map(lambda key: f"[{key}]"),
    _KEYS.map(lambda key: f"[[ {key} ]] # = 1"),
    st.sampled_from(["[[jobs]]", "[jobs.result]", "", " \t", "# a [comment] = 1"]),
)


def documents() -> st.SearchStrategy[str]:
    """Texts of TOML lines; many of them are valid, each way a line may end."""
    return st.tuples(
        st.lists(_LINES, max_size=8), st.sampled_from(["\n", "\r\n"]), st.booleans()
    ).map(lambda each: each[1].join(each[0]) + each[1] * each[2])


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Such a text, as it is or with one or two places of it changed."""
    text = draw(documents())
    for _ in range(draw(st.integers(0, 2))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 2)))
        new = draw(st.text("\"'[]{}=.,#\\\n\r\t a0:-+TZé\x00\x7f\ufeff", max_size=2))
        text = text[:start] + new + text[end:]
    return text
