"""Settings as values: what the operator may choose, with the defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from msgspec import Struct, field

from ims_tui.core.signin.secret import Secret
from ims_tui.core.values import Discreet

EVENTS = (
    "fail",
    "success",
    "stalled",
    "auth",
    "unreachable",
    "not_saved",
)
"""What can be notified."""


class Rate(Struct, frozen=True):
    """At most so many requests in any window."""

    requests: int = 200
    window_s: float = 300.0


class TokenSpec(Struct, frozen=True):
    """A project-scoped token, from the environment or from a file."""

    token: Secret | None = None
    file: str = ""
    """Path of a file that holds the token; read again when the token is refused."""
    source: str = ""
    """Where this came from, such as `environment IMS_TUI_TOKEN`; never the secret."""


class PasswordSpec(Struct, frozen=True):
    """An IAM user who signs in for a token (Keystone v3)."""

    auth_url: str
    """Identity endpoint with its version, `https://iam.REGION.DOMAIN/v3`."""
    user: str
    domain: str
    password: Secret
    project_name: str = ""
    project_id: str = ""
    source: str = ""


class KeySpec(Discreet, frozen=True):
    """An access key and secret key, maybe temporary."""

    hidden: ClassVar = frozenset({"access_key"})

    access_key: str
    """No secret, yet half of the pair: the gateway echoes it, we show it nowhere."""
    secret_key: Secret
    security_token: Secret | None = None
    project_id: str = ""
    iam_url: str = ""
    """Where the project id is looked up when it is missing; without a version."""
    project_name: str = ""
    """Name of the project to look up, by default that of the region."""
    source: str = ""


class CommandSpec(Discreet, frozen=True):
    """A program that prints a token, or JSON with `token` and `expires_at`.

    It runs without a shell.
    """

    hidden: ClassVar = frozenset({"argv"})

    argv: tuple[str, ...]
    """Arguments may hold a secret."""
    timeout_s: float = 10.0
    source: str = ""


class NoCredential(Struct, frozen=True):
    """No credential was found; `reason` is one line that says where was looked."""

    reason: str = ""
    source: str = ""
    remedy: str = ""
    """What one can do about it; empty: what helps everybody."""


AuthSpec = TokenSpec | PasswordSpec | KeySpec | CommandSpec | NoCredential


class Profile(Struct, frozen=True):
    """One account in one region: endpoint, credential, budget."""

    name: str = "default"
    region: str = ""
    endpoint: str = ""
    """Base URL of IMS, such as `https://ims.cn-north-4.myhuaweicloud.com`."""
    auth: AuthSpec = field(default_factory=NoCredential)
    project_id: str = ""
    ca_bundle: str = ""
    allow_http: bool = False
    """Whether a credential may go over plain http to another host than loopback."""
    budget: Rate | None = None
    """None: the budget of `[poll]`."""
    gap: str = ""
    """Why there is no endpoint, in one sentence."""
    cloud_note: str = ""
    """That the region's name alone chose between two clouds; else empty."""


class UiSettings(Struct, frozen=True):
    """The `[ui]` table."""

    theme: str = "auto"
    glyphs: str = "auto"
    times: str = "elapsed"
    mouse: bool = True
    confirm_quit: str = "active"
    sort: str = "attention"
    columns: tuple[str, ...] = ()
    """Column keys in order; empty means the catalogue's own order."""
    default_facet: str = "all"
    archive_after_s: float = 7 * 86400.0
    """0: never."""
    window_title: bool = True
    clipboard: str = "auto"


class PollSettings(Struct, frozen=True):
    """The `[poll]` table."""

    min_interval_s: float = 2.0
    max_interval_s: float = 35.0
    budget: Rate = field(default_factory=Rate)
    max_in_flight: int = 4
    request_timeout_s: float = 15.0
    unfocused_factor: float = 2.0
    give_up_unknown_after_s: float = 600.0


class StallSettings(Struct, frozen=True):
    """The `[stall]` table."""

    enabled: bool = True
    minimum_s: float = 300.0
    factor: float = 3.0
    by_type_s: Mapping[str, float] = field(default_factory=dict)


class NotifySettings(Struct, frozen=True):
    """The `[notify]` table."""

    when: str = "unfocused"
    events: tuple[str, ...] = EVENTS
    min_duration_s: float = 30.0
    """Shorter jobs do not leave the app."""
    command: tuple[str, ...] = ()
    """The program, run without a shell; empty: none."""
    command_timeout_s: float = 10.0
    command_credentials: bool = False
    """Whether the program gets the variables that hold credentials."""


class Settings(Struct, frozen=True):
    """Everything the operator may choose."""

    profiles: Mapping[str, Profile] = field(default_factory=dict)
    default_profile: str = "default"
    ui: UiSettings = field(default_factory=UiSettings)
    poll: PollSettings = field(default_factory=PollSettings)
    stall: StallSettings = field(default_factory=StallSettings)
    notify: NotifySettings = field(default_factory=NotifySettings)
    keys: Mapping[str, str] = field(default_factory=dict)
    """Action id to keys, comma-separated."""
    log_level: str = "info"
    """`debug` logs requests; credentials are masked at every level."""
    keep_history_s: float = 180 * 86400.0
    """0: nothing beyond the watchlist."""
