"""Tokens, their health, why a credential is refused, and where it may be sent."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ims_tui.core.service.outcome import FailureKind
from ims_tui.core.signin.address import is_loopback
from ims_tui.core.signin.credential import (
    CredentialState,
    SignInRefusedError,
    SignInUnavailableError,
    Token,
    TokenFault,
    check_transport,
    read_token,
)
from ims_tui.core.signin.refusal import (
    RefusalKind,
    Scheme,
    Unavailable,
    explain_refusal,
    from_source,
    masked,
    refusal,
)
from ims_tui.core.signin.secret import Secret
from ims_tui.core.signin.source import for_commands
from ims_tui.core.text import BOM

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
BAD_IAM = "Incorrect IAM authentication information: "


@pytest.mark.parametrize(
    ("code", "message", "skew_s", "scheme", "kind"),
    [
        (
            "",
            "The username or password is wrong.",
            0,
            Scheme.PASSWORD,
            RefusalKind.WRONG_PASSWORD,
        ),
        ("", "Unauthorized.", None, Scheme.PASSWORD, RefusalKind.WRONG_PASSWORD),
        (
            "",
            "The account is locked.",
            0,
            Scheme.PASSWORD,
            RefusalKind.ACCOUNT_LOCKED,
        ),
        (
            "",
            "Additional authentications steps required.",
            0,
            Scheme.PASSWORD,
            RefusalKind.SECOND_FACTOR,
        ),
        (
            "",
            "Could not find project: x",
            0,
            Scheme.PASSWORD,
            RefusalKind.NO_PROJECT,
        ),
        (
            "APIGW.0301",
            BAD_IAM + "AK access failed to reach the limit,forbidden.",
            1200,
            Scheme.KEY,
            RefusalKind.KEY_LOCKED,
        ),
        (
            "APIGW.0301",
            BAD_IAM + "ak HX*** not exist",
            0,
            Scheme.KEY,
            RefusalKind.UNKNOWN_KEY,
        ),
        (
            "APIGW.0301",
            BAD_IAM + "verify aksk signature fail",
            20,
            Scheme.KEY,
            RefusalKind.WRONG_KEY,
        ),
        (
            "APIGW.0301",
            BAD_IAM + "verify aksk signature fail",
            -1200,
            Scheme.KEY,
            RefusalKind.CLOCK_OFF,
        ),
        ("APIGW.0305", "", 1200, Scheme.KEY, RefusalKind.CLOCK_OFF),
        (
            "APIG.0301",
            BAD_IAM + "token expires, expires_at: 2024-01-02T00:00:00Z",
            0,
            Scheme.TOKEN,
            RefusalKind.TOKEN_EXPIRED,
        ),
        (
            "APIGW.0301",
            BAD_IAM + "decrypt token fail",
            0,
            Scheme.TOKEN,
            RefusalKind.TOKEN_INVALID,
        ),
        (
            "APIGW.0301",
            BAD_IAM + "x-auth-token not found",
            0,
            Scheme.TOKEN,
            RefusalKind.TOKEN_LOST,
        ),
        (
            "APIGW.0307",
            "The token must be updated.",
            0,
            Scheme.TOKEN,
            RefusalKind.OTHER_REGION,
        ),
        (
            "IMG.0030",
            "project and token do not match",
            0,
            Scheme.TOKEN,
            RefusalKind.OTHER_PROJECT,
        ),
        ("", "The request body is invalid", 0, Scheme.NONE, RefusalKind.REFUSED),
    ],
)
def test_every_refusal_is_recognised(
    code: str, message: str, skew_s: float | None, scheme: Scheme, kind: RefusalKind
) -> None:
    told = explain_refusal(code, message, skew_s, scheme)
    assert told.kind is kind
    assert told.code == code
    assert message in told.said


@pytest.mark.parametrize("scheme", [Scheme.TOKEN, Scheme.KEY])
@pytest.mark.parametrize("prefix", ["APIGW", "APIG"])
@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        ("0302", "which right the user lacks"),
        ("0306", "which right the user lacks"),
        ("0310", "project_id"),
        ("0402", "the IP address of this machine"),
        ("0802", "rights in that region"),
    ],
)
def test_a_code_about_access_does_not_blame_the_credential(
    scheme: Scheme, prefix: str, number: str, remedy: str
) -> None:
    message = "Incorrect token or signature of the project"
    told = explain_refusal(f"{prefix}.{number}", message, 2000, scheme)
    assert told.cause.startswith("The service denies access")
    assert remedy in told.remedy


def test_every_kind_has_its_own_sentence_and_a_remedy() -> None:
    causes = {refusal(kind).cause for kind in RefusalKind}
    assert len(causes) == len(RefusalKind)
    for kind in RefusalKind:
        told = refusal(kind)
        for sentence in (told.cause, told.remedy):
            assert sentence[0].isupper()
            assert sentence.endswith(".")
            assert not {"please", "sorry"} & set(sentence.lower().split())


def test_a_wrong_clock_is_told_with_its_error_and_direction() -> None:
    behind = explain_refusal("APIGW.0301", "verify aksk signature", -1200, Scheme.KEY)
    ahead = explain_refusal("APIGW.0301", "verify aksk signature", 1200, Scheme.KEY)
    assert "20:00 behind" in behind.cause
    assert "20:00 ahead of" in ahead.cause


@given(code=st.text(), message=st.text(), skew_s=st.none() | st.floats(-1e6, 1e6))
def test_any_text_is_explained(code: str, message: str, skew_s: float | None) -> None:
    for scheme in Scheme:
        told = explain_refusal(code, message, skew_s, scheme)
        assert told.cause
        assert told.remedy
        assert "{" not in told.cause


SECRETS = st.text(st.characters(exclude_categories=["Cs"]), min_size=4, max_size=40)


@given(secret=SECRETS, before=st.text(max_size=10))
def test_an_echoed_secret_is_masked_plain_and_in_json(secret: str, before: str) -> None:
    for body in (before + secret, json.dumps({"error_msg": secret})):
        kept = masked(body.encode(errors="replace"), [Secret(secret)])
        assert secret.encode() not in kept.replace(b"***", b"\0")


@pytest.mark.parametrize(
    ("url", "allow_http", "is_allowed"),
    [
        ("https://ims.example.com/v1", False, True),
        ("http://ims.example.com/v1", False, False),
        ("http://ims.example.com/v1", True, True),
        ("http://127.0.0.1:8080/", False, True),
        ("http://127.8.9.1/", False, True),
        ("http://[::1]:8080/", False, True),
        ("http://localhost:1/", False, True),
        ("http://localhost.example.com/", False, False),
        ("http://127.0.0.1.example.com/", False, False),
        ("http://example.com@10.0.0.1/", False, False),
        ("http://127.0.0.1@example.com/", False, False),
        ("ftp://127.0.0.1/", True, False),
        ("", True, False),
    ],
)
def test_a_credential_goes_over_plain_http_only_to_loopback(
    url: str, allow_http: bool, is_allowed: bool
) -> None:
    if is_allowed:
        check_transport(url, allow_http)
        return
    with pytest.raises(SignInRefusedError) as failed:
        check_transport(url, allow_http)
    assert failed.value.refusal.kind is RefusalKind.PLAIN_HTTP
    assert failed.value.exit_code == 4


def test_only_this_machine_is_loopback() -> None:
    assert is_loopback("LOCALHOST")
    assert not is_loopback("10.0.0.1")
    assert not is_loopback("")


def test_a_token_is_read_plain_or_as_json() -> None:
    assert read_token(Secret("  gAAA.b-c_d=\n")) == Token(Secret("gAAA.b-c_d="))
    text = '{"token": "t0k", "expires_at": "2026-11-24T12:00:00.000000Z"}'
    expected = Token(Secret("t0k"), NOW + timedelta(days=1))
    assert read_token(Secret(text)) == expected
    openstack = '{"id": "t0k", "expires": "2026-11-24T12:00:00+0000"}'
    assert read_token(Secret(openstack)) == expected


@pytest.mark.parametrize(
    "printed", ["t0k", " t0k\r\n", '{"token": "t0k"}', '\n{"id": "t0k"}']
)
def test_a_byte_order_mark_is_no_part_of_a_token(printed: str) -> None:
    assert read_token(Secret(BOM + printed)) == Token(Secret("t0k"))


@pytest.mark.parametrize(
    ("printed", "fault"),
    [
        ("", TokenFault.EMPTY),
        (" \n\t", TokenFault.EMPTY),
        (f"{BOM} \n", TokenFault.EMPTY),
        (f"to{BOM}ken", TokenFault.RUBBISH),
        ("two words", TokenFault.RUBBISH),
        ("line\r\nX-Evil: 1", TokenFault.RUBBISH),
        ("tøken", TokenFault.RUBBISH),
        ("\x1b[31mred", TokenFault.RUBBISH),
        ("x" * 40_000, TokenFault.RUBBISH),
        ("{not json", TokenFault.RUBBISH),
        ('{"token": 7}', TokenFault.RUBBISH),
        ('{"tok": "x"}', TokenFault.RUBBISH),
        ('{"token": "x", "expires_at": "soon"}', TokenFault.RUBBISH),
        ('{"token": "x", "expires_at": 17}', TokenFault.RUBBISH),
        ("{" * 50_000, TokenFault.RUBBISH),
    ],
)
def test_anything_else_is_no_token(printed: str, fault: TokenFault) -> None:
    assert read_token(Secret(printed)) is fault


@given(st.text())
def test_what_is_read_as_a_token_fits_a_header(printed: str) -> None:
    found = read_token(Secret(printed))
    if isinstance(found, Token):
        assert found.value.reveal().isascii()
        assert found.value.reveal().isprintable()
        assert " " not in found.value.reveal()


@given(life_s=st.floats(-1e5, 1e7))
def test_a_token_is_renewed_before_its_end_and_never_hammered(life_s: float) -> None:
    token = Token(Secret("t"), NOW + timedelta(seconds=life_s))
    renew_at = token.renew_at(NOW)
    assert renew_at is not None
    assert token.expires_at is not None
    assert renew_at <= token.expires_at
    assert token.expires_at - renew_at <= timedelta(hours=2)
    if life_s > 0:
        assert renew_at >= min(token.expires_at, NOW + timedelta(seconds=60))


def test_a_days_token_is_renewed_two_hours_early() -> None:
    token = Token(Secret("t"), NOW + timedelta(days=1))
    assert token.renew_at(NOW) == NOW + timedelta(hours=22)
    assert Token(Secret("t")).renew_at(NOW) is None
    assert Token(Secret("t")).retry_at(NOW) is None


def test_expiry_is_announced_half_an_hour_before_unless_it_renews() -> None:
    end = NOW + timedelta(minutes=40)
    held = CredentialState(Scheme.TOKEN, "environment", expires_at=end)
    assert held.left_s(NOW) == 2400
    assert not held.is_ending(NOW)
    assert held.is_ending(NOW + timedelta(minutes=10))
    assert held.left_s(end + timedelta(days=1)) == 0
    renewing = replace(held, renews=True)
    assert not renewing.is_ending(end)
    failing = replace(
        renewing, unavailable=Unavailable(FailureKind.UNREACHABLE, "No answer.")
    )
    assert failing.is_ending(end)
    assert replace(renewing, refusal=refusal(RefusalKind.WRONG_PASSWORD)).is_ending(end)
    assert not replace(held, expires_at=None).is_ending(NOW)


def test_an_error_tells_what_a_poll_that_met_it_is() -> None:
    refused = SignInRefusedError(explain_refusal("APIGW.0307", "", None, Scheme.TOKEN))
    assert refused.failure is FailureKind.AUTH_REJECTED
    assert refused.code == "APIGW.0307"
    assert str(refused) == refused.refusal.cause
    away = SignInUnavailableError(
        Unavailable(FailureKind.THROTTLED, "IAM is busy.", "IAM.0012", 30.0)
    )
    assert away.failure is FailureKind.THROTTLED
    assert away.retry_after_s == 30.0
    assert away.exit_code == 6


@pytest.mark.parametrize(
    ("code", "message", "scheme"),
    [
        ("APIGW.0301", "verify aksk signature fail", Scheme.KEY),
        ("APIGW.0301", "ak does not exist", Scheme.KEY),
        ("APIGW.0301", "ak failed to reach the limit", Scheme.KEY),
        ("", "Unauthorized.", Scheme.PASSWORD),
        ("", "Unauthorized.", Scheme.TOKEN),
        ("", "Unauthorized.", Scheme.NONE),
    ],
)
def test_what_a_variable_holds_is_not_read_anew_by_a_reload(
    code: str, message: str, scheme: Scheme
) -> None:
    refused = explain_refusal(code, message, None, scheme)
    assert "then reload." in from_source(refused, "~/keys").remedy
    fixed = from_source(refused, "environment OS_*").remedy
    assert "then reload." not in fixed
    assert "tart ims-tui again" in fixed


@pytest.mark.parametrize("source", ["environment HW_SECRET_KEY", "~/keys"])
def test_a_command_that_ends_is_told_of_no_reload(source: str) -> None:
    for kind in RefusalKind:
        remedy = for_commands(from_source(refusal(kind), source).remedy)
        assert "reload" not in remedy and "then start" not in remedy, kind
        assert remedy.endswith(".")


def test_a_key_that_becomes_active_needs_a_reload_alone() -> None:
    unknown = from_source(refusal(RefusalKind.UNKNOWN_KEY), "environment HW_ACCESS_KEY")
    assert unknown.remedy.endswith(
        "then reload; for another value of a variable, start ims-tui again."
    )
