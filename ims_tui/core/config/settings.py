"""Settings as values: what the operator may choose.

The declaration of a field is all there is of a setting: its type, its default, and the
`setting` of its key. They are read as they stand, so this file does without `from
__future__ import annotations`, which would make texts of them.
"""

from collections.abc import Mapping
from datetime import time
from typing import Annotated, ClassVar, get_args

from msgspec import Struct, field

from ims_tui.core.config.settingkey import setting
from ims_tui.core.config.values import (
    BOOLEAN,
    HOURS,
    PROGRAM,
    RATE,
    TEXT,
    TEXTS,
    Rate,
    duration,
    number,
    one_of,
    some_of,
)
from ims_tui.core.notices.news import LEVELS, Level
from ims_tui.core.notices.quiet_hours import DAYS
from ims_tui.core.service.jobservice import JobService
from ims_tui.core.signin.secret import Secret
from ims_tui.core.values import Discreet

EVENTS = tuple(LEVELS)
"""What can be notified."""


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

    theme: Annotated[
        str,
        setting(
            TEXT,
            "auto, one of ours, or any theme of Textual",
            names=lambda known: known.looks,
        ),
    ] = "auto"
    glyphs: Annotated[
        str, setting(one_of("auto", "braille", "blocks", "ascii"), "signs of bars")
    ] = "auto"
    times: Annotated[
        str, setting(one_of("elapsed", "local", "utc"), "how times are shown")
    ] = "elapsed"
    mouse: Annotated[bool, setting(BOOLEAN, "clicks select, sort and open")] = True
    confirm_quit: Annotated[
        str,
        setting(
            one_of("never", "active", "always"),
            "whether q asks first; active = while jobs run",
        ),
    ] = "active"
    sort: Annotated[
        str,
        setting(
            TEXT,
            "attention, or a column; with - in front descending",
            names=lambda known: known.orders,
            sign="-",
        ),
    ] = "attention"
    columns: Annotated[
        tuple[str, ...],
        setting(
            TEXTS,
            'in order, such as ["state", "label", "progress"]; empty: as wide as fits',
            names=lambda known: known.columns,
        ),
    ] = ()
    """Column keys in order; empty means the catalogue's own order."""
    default_facet: Annotated[
        str,
        setting(
            one_of("all", "active", "attention", "failed", "done", "archive"),
            "the jobs shown at the start",
        ),
    ] = "all"
    archive_after_s: Annotated[
        float, setting(duration(), "finished jobs leave the table then; 0 = never")
    ] = 7 * 86400.0
    """0: never."""
    window_title: Annotated[
        bool, setting(BOOLEAN, "counts in the title of the terminal")
    ] = True
    taskbar: Annotated[
        bool,
        setting(BOOLEAN, "progress in the taskbar, where the terminal knows OSC 9;4"),
    ] = False
    clipboard: Annotated[
        str,
        setting(
            one_of("auto", "osc52", "native", "off"), "how a copy gets to the clipboard"
        ),
    ] = "auto"


class PollSettings(Struct, frozen=True):
    """The `[poll]` table."""

    min_interval_s: Annotated[
        float, setting(duration(0.5, 3600), "no job is asked more often")
    ] = 2.0
    max_interval_s: Annotated[
        float, setting(duration(1, 86400), "no running job is asked less often")
    ] = 35.0
    budget: Annotated[
        Rate, setting(RATE, "requests per profile; a quarter of it at once")
    ] = field(default_factory=Rate)
    max_in_flight: Annotated[
        int, setting(number(1, 32, whole=True), "requests of a profile at a time")
    ] = 4
    request_timeout_s: Annotated[
        float, setting(duration(1, 300), "a request without an answer ends then")
    ] = 15.0
    unfocused_factor: Annotated[
        float, setting(number(1, 100), "slower when nobody looks")
    ] = 2.0
    give_up_unknown_after_s: Annotated[
        float, setting(duration(), "for ids the service does not know")
    ] = 600.0


class StallSettings(Struct, frozen=True):
    """The `[stall]` table."""

    enabled: Annotated[bool, setting(BOOLEAN, "jobs that stand still are told")] = True
    minimum_s: Annotated[
        float, setting(duration(1), "no shorter pause counts as stalled")
    ] = 300.0
    factor: Annotated[
        float, setting(number(1, 100), "times the usual longest pause")
    ] = 3.0
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

    when: Annotated[
        str, setting(one_of("away", "always", "never"), "when the terminal is told")
    ] = "away"
    min_duration_s: Annotated[
        float, setting(duration(), "shorter jobs do not leave the app")
    ] = 30.0
    """Shorter jobs do not leave the app, unless they are urgent."""
    events: Annotated[tuple[str, ...], setting(some_of(*EVENTS), "what is told")] = (
        EVENTS
    )
    away_after_s: Annotated[
        float,
        setting(
            duration(), "nobody looks, where the terminal does not report its focus"
        ),
    ] = 60.0
    """Without a key for so long nobody looks, where the terminal does not tell."""
    digest_after_s: Annotated[
        float, setting(duration(1), "who was away for so long is told what happened")
    ] = 600.0
    """Who comes back after so long without a sign is told what happened."""
    coalesce_s: Annotated[
        float, setting(duration(0, 600), "what comes within this time is one message")
    ] = 5.0
    quiet_hours: Annotated[
        tuple[time, ...],
        setting(
            HOURS,
            'such as "22:00-07:30": told at their end; empty: never',
            name="quiet.hours",
        ),
    ] = ()
    """When they begin and end; empty: never."""
    quiet_days: Annotated[
        tuple[str, ...],
        setting(some_of(*DAYS), "the days on which they begin", name="quiet.days"),
    ] = DAYS
    """The days on which they begin."""
    quiet_allow: Annotated[
        tuple[str, ...],
        setting(
            some_of(*map(str, Level)),
            "levels that are told all the same",
            name="quiet.allow",
        ),
    ] = ("urgent",)
    """Levels that are told all the same."""
    escalate_after_s: Annotated[
        float,
        setting(
            duration(1, 86400),
            "what is urgent and nobody acknowledged for so long goes on",
            name="escalate.after",
        ),
    ] = 900.0
    """How long what is urgent waits for somebody to acknowledge it."""
    escalate_channels: Annotated[
        tuple[str, ...],
        setting(
            TEXTS,
            "to these, which hear of failures only then",
            example='channels = ["oncall"]',
            name="escalate.channels",
        ),
    ] = ()
    """Names of channels that hear of what is urgent only after that."""
    command: Annotated[
        tuple[str, ...],
        setting(
            PROGRAM,
            is_private=True,
            example='argv = ["notify-send", "$IMS_TUI_TITLE"]',
            name="command.argv",
        ),
    ] = ()
    """The program, run without a shell; empty: none."""
    command_timeout_s: Annotated[
        float,
        setting(
            duration(1, 300), "the program is stopped then", name="command.timeout"
        ),
    ] = 10.0
    command_credentials: Annotated[
        bool,
        setting(
            BOOLEAN,
            "whether the program gets the variables that hold credentials",
            name="command.credentials",
        ),
    ] = False
    channels: Mapping[str, ChannelSettings] = field(default_factory=dict)


class Settings(Struct, frozen=True):
    """Everything the operator may choose."""

    profiles: Mapping[str, Profile] = field(default_factory=dict)
    default_profile: Annotated[
        str,
        setting(
            TEXT,
            "the account used where none is named; the first if not set",
            example='default_profile = "team"',
        ),
    ] = "default"
    ui: UiSettings = field(default_factory=UiSettings)
    poll: PollSettings = field(default_factory=PollSettings)
    stall: StallSettings = field(default_factory=StallSettings)
    notify: NotifySettings = field(default_factory=NotifySettings)
    filters: Mapping[str, str] = field(default_factory=dict)
    """Filters of the operator, by name."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Action id to keys, comma-separated."""
    log_level: Annotated[
        str,
        setting(
            one_of("debug", "info", "warning", "error"),
            "debug logs requests",
            name="log.level",
        ),
    ] = "info"
    """`debug` logs requests; credentials are masked at every level."""
    keep_history_s: Annotated[
        float,
        setting(
            duration(),
            "0 = keep nothing beyond the watchlist",
            name="privacy.keep_history",
        ),
    ] = 180 * 86400.0
    """0: nothing beyond the watchlist."""

    @property
    def projects(self) -> dict[str, str]:
        """Ids of the projects by profile; empty where a profile names none."""
        return {name: profile.project_id for name, profile in self.profiles.items()}
