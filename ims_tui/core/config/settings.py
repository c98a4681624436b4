"""Settings as values: what the operator may choose, with the defaults."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import ClassVar, get_args

from msgspec import Struct, field

from ims_tui.core.notices.news import LEVELS
from ims_tui.core.notices.quiet_hours import DAYS
from ims_tui.core.service.jobservice import JobService
from ims_tui.core.signin.secret import Secret
from ims_tui.core.values import Discreet

EVENTS = tuple(LEVELS)
"""What can be notified."""


class Rate(Struct, frozen=True):
    """At most so many requests in any window."""

    requests: int = 200
    window_s: float = 300.0


class TokenSpec(Struct, frozen=True):
    """A project-scoped token, from the environment or from a file."""

    scheme: ClassVar[str] = "token"
    noun: ClassVar[str] = "token"

    token: Secret | None = None
    file: str = ""
    """Path of a file that holds the token; read again when the token is refused."""
    source: str = ""
    """Where this came from, such as `environment IMS_TUI_TOKEN`; never the secret."""

    @property
    def owner(self) -> str:
        """Who is asked for; of a token nobody can guess, so its hash tells nothing."""
        return self.file or (self.token.reveal() if self.token else "")


class PasswordSpec(Struct, frozen=True):
    """An IAM user who signs in for a token (Keystone v3)."""

    scheme: ClassVar[str] = "password"
    noun: ClassVar[str] = "password"

    auth_url: str
    """Identity endpoint with its version, `https://iam.REGION.DOMAIN/v3`."""
    user: str
    domain: str
    password: Secret
    project_name: str = ""
    project_id: str = ""
    source: str = ""

    @property
    def owner(self) -> str:
        """The user, in its domain."""
        return f"{self.domain}\0{self.user}"


class KeySpec(Discreet, frozen=True):
    """An access key and secret key, maybe temporary."""

    scheme: ClassVar[str] = "aksk"
    noun: ClassVar[str] = "access key"
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

    @property
    def owner(self) -> str:
        """The key, which belongs to one user."""
        return self.access_key


class CommandSpec(Discreet, frozen=True):
    """A program that prints a token, or JSON with `token` and `expires_at`.

    It runs without a shell.
    """

    scheme: ClassVar[str] = "command"
    noun: ClassVar[str] = "command"
    hidden: ClassVar = frozenset({"argv"})

    argv: tuple[str, ...]
    """Arguments may hold a secret."""
    timeout_s: float = 10.0
    source: str = ""

    @property
    def owner(self) -> str:
        """The program with its arguments."""
        return "\0".join(self.argv)


class NoCredential(Struct, frozen=True):
    """No credential was found; `reason` is one line that says where was looked."""

    scheme: ClassVar[str] = "none"
    noun: ClassVar[str] = "none"
    owner: ClassVar[str] = ""

    reason: str = ""
    source: str = ""
    remedy: str = ""
    """What one can do about it; empty: what helps everybody."""


AuthSpec = TokenSpec | PasswordSpec | KeySpec | CommandSpec | NoCredential
"""One class for each kind of credential.

Each has its `scheme`, as `auth` and JSON name it; its `noun` for people; and its
`owner`, for whom the service counts requests, which is never shown nor stored.
"""

NOUNS: Mapping[str, str] = {kind.scheme: kind.noun for kind in get_args(AuthSpec)}
"""What people call the credential of a scheme."""
SCHEMES = (*(name for name in NOUNS if name != NoCredential.scheme), "clouds")
"""What `auth` may say. Through `clouds` comes a credential of another scheme."""


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
    service: JobService = JobService.IMS
    """Whose jobs are asked for at the endpoint."""
    endpoints: Mapping[JobService, str] = field(default_factory=dict)
    """Base URLs of other services, where they do not follow from that of IMS."""
    unusable: Mapping[JobService, NoCredential] = field(default_factory=dict)
    """Other services whose address is written wrongly, so that nothing is sent."""
    console_url: str = ""
    """The page of the cloud's console for a job, with names in braces; empty: that of
    IMS, where the cloud is known."""
    cloud_note: str = ""
    """That the region's name alone chose the cloud, where that is doubtful."""


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
    taskbar: bool = False
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


class ChannelSettings(Discreet, frozen=True):
    """One table of `[notify.channels]`."""

    hidden: ClassVar = frozenset({"argv", "template"})

    kind: str
    level: str = "news"
    """News that matter less are left out."""
    filter: str = ""
    """Jobs that pass, in the filter language of the table; empty: all."""
    url: Secret | None = None
    """The address of what is not a program."""
    secret: Secret | None = None
    """What the address signs or authorises with."""
    argv: tuple[str, ...] = ()
    """The program, run without a shell."""
    timeout_s: float = 10.0
    """Of the program."""
    gets_credentials: bool = False
    """Whether the program gets the variables that hold credentials."""
    template: str = ""
    """The body of what is posted, in a form of the operator's; empty: ours."""
    language: str = "en"
    """What it is told in: `en` or `zh-CN`."""

    @property
    def is_of_terminal(self) -> bool:
        """Whether it needs the terminal of the dashboard."""
        return self.kind in ("bell", "terminal")


class NotifySettings(Struct, frozen=True):
    """The `[notify]` table."""

    when: str = "away"
    events: tuple[str, ...] = EVENTS
    min_duration_s: float = 30.0
    """Shorter jobs do not leave the app, unless they are urgent."""
    away_after_s: float = 60.0
    """Without a key for so long nobody looks, where the terminal does not tell."""
    digest_after_s: float = 600.0
    """Who comes back after so long without a sign is told what happened."""
    coalesce_s: float = 5.0
    """What comes within this time is one message."""
    quiet_hours: tuple[time, ...] = ()
    """When they begin and end; empty: never."""
    quiet_days: tuple[str, ...] = DAYS
    """The days on which they begin."""
    quiet_allow: tuple[str, ...] = ("urgent",)
    """Levels that are told all the same."""
    channels: Mapping[str, ChannelSettings] = field(default_factory=dict)
    escalate_after_s: float = 900.0
    """How long what is urgent waits for somebody to acknowledge it."""
    escalate_channels: tuple[str, ...] = ()
    """Names of channels that hear of what is urgent only after that."""
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
    filters: Mapping[str, str] = field(default_factory=dict)
    """Filters of the operator, by name."""
    log_level: str = "info"
    """`debug` logs requests; credentials are masked at every level."""
    keep_history_s: float = 180 * 86400.0
    """0: nothing beyond the watchlist."""

    @property
    def projects(self) -> dict[str, str]:
        """Ids of the projects by profile; empty where a profile names none."""
        return {name: profile.project_id for name, profile in self.profiles.items()}
