"""What the operator's locale can write."""

from __future__ import annotations

import pytest

from ims_tui.core.config.locales import is_utf8


@pytest.mark.parametrize(
    ("environ", "is_so"),
    [
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LANG": "en_US.utf8@euro"}, True),
        ({"LC_CTYPE": "UTF-8"}, True),
        ({"LC_ALL": "C.UTF-8"}, True),
        ({}, False),
        ({"LANG": "C"}, False),
        ({"LC_ALL": "POSIX", "LANG": "en_US.UTF-8"}, False),
        ({"LC_ALL": "", "LC_CTYPE": "en_US.ISO-8859-1", "LANG": "C.UTF-8"}, False),
        ({"LANG": "zh_CN.GB18030"}, False),
        ({"LANG": "en_US"}, False),
        # What Python makes of a locale C, set by nobody.
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, False),
    ],
)
def test_the_first_variable_that_is_set_decides(
    environ: dict[str, str], is_so: bool
) -> None:
    assert is_utf8(environ) is is_so
