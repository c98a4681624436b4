"""Every bad credential has its own sentence, remedy and exit code, everywhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from ims_tui.adapters.configfile import ConfigFiles
from ims_tui.core.config.settings import (
    AuthSpec,
    CommandSpec,
    KeySpec,
    PasswordSpec,
    Profile,
    Settings,
    TokenSpec,
)
from ims_tui.core.headless.diagnosis import Severity, of_sign_in
from ims_tui.core.headless.signcheck import SignCheck, lines
from ims_tui.core.moment import Moment
from ims_tui.core.service.outcome import PollFailed
from ims_tui.core.show.sentences import banner
from ims_tui.core.show.view import View
from ims_tui.core.signin.secret import Secret
from ims_tui.core.state.health import Health, Link
from ims_tui.core.watchlist.watch import JobKey
from ims_tui.simulator.message import Request, Response, json_response
from ims_tui.wiring import try_profile
from tests.scripted_service import (
    NOT_KNOWN,
    Answer,
    ScriptedApi,
    gateway,
    keystone,
    refused,
    served,
)

ACCESS_KEY = "TESTACCESSKEY0000001"
SECRETS = ("a-secret-token", "a-secret-key", "a-secret-password", ACCESS_KEY)


def token(url: str, folder: Path) -> AuthSpec:
    return TokenSpec(Secret("a-secret-token"), source="environment IMS_TUI_TOKEN")


def key_pair(url: str, folder: Path) -> AuthSpec:
    return KeySpec(ACCESS_KEY, Secret("a-secret-key"), project_id="p", source="here")


def key_without_project(url: str, folder: Path) -> AuthSpec:
    return KeySpec(ACCESS_KEY, Secret("a-secret-key"), iam_url=url, source="here")


def password(url: str, folder: Path) -> AuthSpec:
    secret = Secret("a-secret-password")
    return PasswordSpec(f"{url}/v3", "u", "d", secret, "cn-north-4", source="here")


def file_of(content: str, mode: int = 0o600) -> Callable[[str, Path], AuthSpec]:
    def make(url: str, folder: Path) -> AuthSpec:
        path = folder / "token"
        path.write_text(content)
        path.chmod(mode)
        return TokenSpec(file=str(path), source=str(path))

    return make


def no_file(url: str, folder: Path) -> AuthSpec:
    return TokenSpec(file=str(folder / "token"), source="token_file")


def helper(code: str) -> Callable[[str, Path], AuthSpec]:
    argv = (sys.executable, "-S", "-c", code)
    return lambda url, folder: CommandSpec(argv, 0.5, "token_command")


def always(response: Response) -> Answer:
    return lambda request: response


def iam(response: Response) -> Answer:
    return lambda request: response if "/v3/" in request.target else NOT_KNOWN


def projects(*ids: str) -> Response:
    found = [{"id": project_id, "name": "cn-north-4"} for project_id in ids]
    return json_response(200, {"projects": found})


@dataclass(frozen=True)
class Case:
    """One bad input and what is said of it."""

    auth: Callable[[str, Path], AuthSpec]
    answer: Answer
    cause: str
    remedy: str
    exit_code: int = 4
    clock_off_s: float = 0.0
    most_requests: int = 2


CASES: Mapping[str, Case] = {
    "wrong password": Case(
        password,
        iam(keystone("The username or password is wrong.")),
        "IAM refused the user name or the password",
        "More tries lock the account",
        most_requests=1,
    ),
    "locked account": Case(
        password,
        iam(keystone("The account is locked.")),
        "IAM has locked this user or account",
        "Wait until the lock ends",
        most_requests=1,
    ),
    "locked key pair": Case(
        key_pair,
        always(refused("AK access failed to reach the limit,forbidden.")),
        "The key pair is locked",
        "Wait five minutes",
        most_requests=1,
    ),
    "unknown access key": Case(
        key_pair,
        always(refused(f"ak {ACCESS_KEY} not exist")),
        "does not know this access key",
        "Check that the key exists",
        most_requests=1,
    ),
    "wrong secret key": Case(
        key_pair,
        always(refused("verify aksk signature fail")),
        "refused the signature",
        "the secret key belongs to the access key",
        most_requests=1,
    ),
    "clock off by an hour": Case(
        key_pair,
        always(refused("verify aksk signature fail")),
        "the clock of this machine is 1h00m ahead of the service's",
        "Set the clock (NTP)",
        clock_off_s=-3630.0,  # amid a minute: `Date` counts whole seconds
    ),
    "expired token": Case(
        token,
        always(refused("token expires, expires_at: 2026-11-22T12:00:00Z")),
        "The token has expired",
        "Start ims-tui again with a new, whole token",
        most_requests=1,
    ),
    "expired token of a file": Case(
        file_of('{"token": "a-secret-token", "expires_at": "2020-01-01T00:00:00Z"}'),
        always(NOT_KNOWN),
        "The token has expired.",
        "Put a new token where this one came from",
        most_requests=0,
    ),
    "token of another project": Case(
        token,
        always(
            json_response(400, {"error": {"code": "IMG.0030", "message": "mismatch"}})
        ),
        "The credential belongs to another project",
        "Sign in to the project of this profile",
        most_requests=1,
    ),
    "token of another region": Case(
        token,
        always(gateway(401, "APIGW.0307", "The token must be updated.")),
        "The token is not valid at this endpoint",
        "of the same region",
        most_requests=1,
    ),
    "missing project": Case(
        key_without_project,
        iam(projects()),
        "IAM knows no project named cn-north-4",
        "Set project or project_id",
        most_requests=1,
    ),
    "two matching projects": Case(
        key_without_project,
        iam(projects("one", "two")),
        "IAM knows 2 projects named cn-north-4: one, two",
        "Set project_id of the profile",
        most_requests=1,
    ),
    "helper that fails": Case(
        helper("import sys; sys.exit('vault is sealed')"),
        always(NOT_KNOWN),
        "failed with status 1: vault is sealed",
        "Run it in a shell to see why",
        most_requests=0,
    ),
    "helper that hangs": Case(
        helper("import time; time.sleep(60)"),
        always(NOT_KNOWN),
        "did not end within 0.5 s and was stopped",
        "Check that it asks nothing",
        most_requests=0,
    ),
    "helper that prints rubbish": Case(
        helper("print('two words')"),
        always(NOT_KNOWN),
        "printed something that is not a token",
        "It must print a token",
        most_requests=0,
    ),
    "no file": Case(
        no_file,
        always(NOT_KNOWN),
        "token does not exist",
        "Check path and permissions",
        most_requests=0,
    ),
    "empty file": Case(
        file_of(""),
        always(NOT_KNOWN),
        "token is empty",
        "Write only the token into it",
        most_requests=0,
    ),
    "file that others can write": Case(
        file_of("a-secret-token", 0o622),
        always(NOT_KNOWN),
        "Others can write",
        "chmod 600",
        most_requests=0,
    ),
    "no permission": Case(
        token,
        always(gateway(403, "APIGW.0302", "The user does not have permissions.")),
        "HTTP 403 APIGW.0302",
        "The user needs the permission ims:imageJobs:getPercentage",
        most_requests=1,
    ),
    "no such call": Case(
        token,
        always(gateway(404, "APIGW.0101", "The API does not exist.")),
        "HTTP 404 APIGW.0101",
        "Check endpoint and region",
        exit_code=7,
    ),
}


async def check_of(case: Case, folder: Path) -> tuple[SignCheck, list[Request]]:
    """Try a profile with the bad credential against the scripted service."""
    api = ScriptedApi(case.answer, case.clock_off_s)
    async with served(api) as url:
        profile = Profile(
            "prod", region="cn-north-4", endpoint=url, auth=case.auth(url, folder)
        )
        return await try_profile(profile, Settings()), api.requests


def on_screen(check: SignCheck) -> list[str]:
    """The banner of the dashboard after the same outcome."""
    now = Moment(datetime.now(UTC), 0.0)
    health = Health("prod").after(JobKey("prod", "x"), check.outcome, now)
    assert health.link is Link.STOPPED
    health = replace(health, credential=check.credential)
    return banner(health, View(now), host="ims", others=True)


@pytest.mark.parametrize("name", CASES)
async def test_a_bad_credential_says_what_it_is_and_what_to_do(
    name: str, tmp_path: Path
) -> None:
    case = CASES[name]
    check, requests = await check_of(case, tmp_path)
    assert check.exit_code == case.exit_code
    assert len(requests) <= case.most_requests  # five refusals lock a key pair
    finding = of_sign_in(check)
    assert finding.level is Severity.FAIL
    screen = on_screen(check)
    places = ["\n".join(lines(check)), f"{finding.text} {finding.remedy}"]
    for place in [*places, "\n".join(screen)]:
        assert case.cause in place
        assert case.remedy in place
    assert any("Polling of prod is stopped" in line for line in screen)
    told = "\n".join([*places, *screen, repr(check), str(check.document())])
    assert not [secret for secret in SECRETS if secret in told]


def test_each_has_its_own_sentence() -> None:
    sentences = [case.cause for case in CASES.values()]
    assert len(set(sentences)) == len(sentences)


@dataclass(frozen=True)
class Written:
    """What stands in files and variables, and what is said of it."""

    config: str
    cause: str
    remedy: str
    files: Mapping[str, str] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    mode: int = 0o600


CLOUDS = "clouds:\n  other: {auth: {token: t}}\n"
KEYS = "auth = 'aksk'\naccess_key_env = 'AK'\nsecret_key_file = '~/key'\n"
WRITTEN: Mapping[str, Written] = {
    "clouds.yaml without the entry": Written(
        "auth = 'clouds'\ncloud = 'staging'\n",
        "clouds.yaml has no entry staging",
        "Add the entry, or correct cloud",
        files={".config/openstack/clouds.yaml": CLOUDS},
    ),
    "no clouds.yaml": Written(
        "auth = 'clouds'\ncloud = 'staging'\n",
        "there is no clouds.yaml",
        "Write it, or name it in OS_CLIENT_CONFIG_FILE",
    ),
    "a variable that is not set": Written(
        "auth = 'token'\ntoken_env = 'NOWHERE'\n",
        "the variable NOWHERE is not set",
        "Set it and start ims-tui again",
    ),
    "unreadable file": Written(
        KEYS, "~/key is not there", "Check path and permissions", environ={"AK": "ak"}
    ),
    "unsafe file": Written(
        KEYS,
        "~/key can be written by others",
        "Run chmod 600 ~/key",
        files={"key": "a-secret-key"},
        environ={"AK": "ak"},
        mode=0o666,
    ),
    "half a key pair": Written(
        "auth = 'aksk'\n",
        "it lacks the secret key",
        "Set what is lacking where the rest stands",
        environ={"HW_ACCESS_KEY": "ak"},
    ),
    "a wrong scheme": Written(
        "auth = 'pasword'\n", "is not one of", "Correct the profile"
    ),
}


@pytest.mark.parametrize("name", WRITTEN)
async def test_a_credential_that_cannot_be_read_says_why(
    name: str, tmp_path: Path
) -> None:
    case = WRITTEN[name]
    for place, text in case.files.items():
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(case.mode)
    config = tmp_path / "config.toml"
    head = "[profiles.prod]\nendpoint = 'http://127.0.0.1:1'\n"
    config.write_text(head + case.config)
    loaded = ConfigFiles(dict(case.environ), {}, config, tmp_path).load()
    check = await try_profile(loaded.settings.profiles["prod"], loaded.settings)
    assert isinstance(check.outcome, PollFailed)
    assert check.exit_code == 4
    finding = of_sign_in(check)
    places = ["\n".join(lines(check)), f"{finding.text} {finding.remedy}"]
    for said in [*places, "\n".join(on_screen(check))]:
        assert case.cause in said
        assert case.remedy in said
        assert "a-secret-key" not in said


async def test_a_certificate_file_that_cannot_be_read(tmp_path: Path) -> None:
    for content, why in ((None, "No such file"), ("rubbish", "not hold cert")):
        bundle = tmp_path / "ca.pem"
        if content:
            bundle.write_text(content)
        endpoint = "https://127.0.0.1:1"
        profile = Profile(
            "prod",
            endpoint=endpoint,
            ca_bundle=str(bundle),
            auth=TokenSpec(Secret("t")),
        )
        check = await try_profile(profile, Settings())
        for said, remedy in (
            (lines(check), "Correct it."),  # a command has nothing to reload
            (on_screen(check), "Correct it, then reload."),
        ):
            text = "\n".join(said)
            assert f"ca_bundle = {bundle}: it " in text
            assert why in text
            assert remedy in text
        assert check.exit_code == 7


@pytest.mark.parametrize(
    ("region", "cause"),
    [("", "Neither region nor endpoint is set"), ("eu-ch2", "in eu-ch2 is not known")],
)
async def test_a_profile_without_an_endpoint_says_what_to_set(
    region: str, cause: str
) -> None:
    check = await try_profile(Profile("prod", region=region), Settings())
    assert check.exit_code == 7
    assert cause in next(lines(check))
    assert any("Set endpoint" in line for line in on_screen(check))


async def test_a_service_that_is_not_there_is_no_matter_of_the_credential() -> None:
    profile = Profile(endpoint="http://127.0.0.1:1", auth=TokenSpec(Secret("t")))
    check = await try_profile(profile, Settings())
    assert check.exit_code == 6
    assert next(lines(check)) == "default: no answer (connection refused)."


async def test_a_good_credential_says_account_project_expiry_and_clock() -> None:
    def answer(request: Request) -> Response:
        if "/v3/" not in request.target:
            return NOT_KNOWN
        body = {
            "token": {
                "expires_at": "2099-01-01T00:00:00.000000Z",
                "project": {"id": "p" * 32, "name": "cn-north-4"},
            }
        }
        return json_response(201, body, (("X-Subject-Token", "a-secret-token"),))

    case = Case(password, answer, "", "", clock_off_s=300.0)
    check, _ = await check_of(case, Path())
    said = "\n".join(lines(check))
    assert check.exit_code == 0
    assert said.startswith("prod: signed in")
    for fact in ("account     d", f"cn-north-4, id {'p' * 32}", "clock", "expires"):
        assert fact in said
    assert check.offset_s is not None
    assert -301 <= check.offset_s <= -297
    assert "a-secret-token" not in said + str(check.document()) + repr(check)
