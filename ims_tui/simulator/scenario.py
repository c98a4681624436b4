"""The scenarios: named tables of jobs and faults. A new job is one line.

Offsets are seconds from the scenario's start; below zero for jobs that are already
under way when somebody begins to look. `python -m ims_tui demo` plays `calm`.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from ims_tui.simulator.fault import Fault, FaultKind
from ims_tui.simulator.fleet import fleet
from ims_tui.simulator.plan import Failure, JobPlan, Quirk, Stall
from ims_tui.simulator.reasons import (
    BAD_FILE,
    CHINESE,
    HOSTILE,
    LONG,
    NO_ADDRESS,
    NO_BUCKET,
    NOT_STOPPED,
    PLATFORM,
    QUOTA,
)
from ims_tui.simulator.recipes import (
    ADD_MEMBERS,
    COPY,
    CREATE,
    CREATE_DISK,
    CREATE_SERVER,
    CREATE_SERVERS,
    CROSS_COPY,
    DEL_MEMBERS,
    DELETE_SERVER,
    EXPORT,
    HOUR,
    IMPORT,
    IMPORT_DATA,
    IMPORT_OVA,
    MIN,
    REGISTER,
    UPDATE_MEMBERS,
    VOLUME,
    VOLUMES,
    WHOLE,
    WHOLE_BACKUP,
)


class Scenario(Struct, frozen=True):
    """Everything that will happen, given a seed; no clock, no state."""

    name: str
    seed: int
    jobs: tuple[JobPlan, ...]
    faults: tuple[Fault, ...] = ()
    token_life_s: float | None = None
    """Simulated seconds that any token works; None: 24 h of the wall clock as with
    the real IAM, and the ready token for ever."""
    legacy: bool = False
    """Only the deprecated call is published; times have the old format."""


# image name, type, begin, working time in seconds
CALM = (
    JobPlan("rocky9-base", CREATE, -130, 300, tags=("base", "weekly")),
    JobPlan(
        "win2019-golden",
        IMPORT,
        -4 * MIN,
        20 * MIN,
        fails=Failure(0.55, *BAD_FILE),
        tags=("golden", "windows"),
        note="Third try. Ask storage about the bucket if it fails again.",
    ),
    JobPlan(
        "sap-data-vol",
        COPY,
        -11 * MIN,
        18 * MIN,
        stall=Stall(0.63, 40 * MIN),
        tags=("sap", "weekly"),
        note="Maintenance window ends at noon.",
    ),
    JobPlan("ubuntu24-gpu", IMPORT, -2 * MIN, 25 * MIN, tags=("gpu",)),
    JobPlan("db-volume-weekly", VOLUME, -20, 4.5 * MIN, tags=("weekly",)),
    JobPlan("dr-copy-eu", CROSS_COPY, -8, 22 * MIN, queued_s=580, tags=("dr",)),
    JobPlan(
        "erp-bundle",
        IMPORT_OVA,
        -5 * MIN,
        35 * MIN,
        parts=("erp-app", "erp-db-data", "erp-archive"),
        tags=("erp",),
    ),
    JobPlan("财务数据盘", IMPORT_DATA, -45, 9 * MIN, tags=("finance",)),
    JobPlan("audit-2026-q3", EXPORT, -3, 40 * MIN, tags=("audit",)),
    JobPlan("crm-full", WHOLE, -40 * MIN, 95 * MIN, label="crm full server"),
    JobPlan("debian12-base", CREATE, -14 * MIN, 222, tags=("base", "weekly")),
    JobPlan("debian12-base", ADD_MEMBERS, -9 * MIN, 2.3, label="debian12 to dr"),
)

HOSTILE_NAMES = (
    "[bold red]markup[/] [link='https://example.com']click[/link] [/unbalanced",
    "\x1b[2J\x1b[31mescape\x1b]0;owned\x07\x1b]8;;https://example.com\x07",
    "invoice\u202egpj.exe\u202c \u2066isolated\u2069",
    "family-\U0001f468\u200d\U0001f469\u200d\U0001f467-\U0001f1e9\U0001f1ea-e\u0301\u0301",
    "tab\there\r\nnew line\x00zero\x85next\x9b31mc1",
    "lone surrogate \ud83d here",
    "行情数据库生产环境每日备份镜像" * 4,
    "very-long-" * 40,
    "שרת-בסיס-خادم",
)

STRANGE = (
    JobPlan("early-success", CREATE, -9 * MIN, HOUR, quirk=Quirk.EARLY_SUCCESS),
    JobPlan("percent-falls", COPY, -4 * MIN, 40 * MIN, quirk=Quirk.FALLING_PERCENT),
    JobPlan("unknown-word", CREATE, -MIN, 20 * MIN, quirk=Quirk.UNKNOWN_STATUS),
    JobPlan("percent-text", IMPORT, -3 * MIN, 18 * MIN, quirk=Quirk.PERCENT_AS_TEXT),
    JobPlan("percent-nan", IMPORT, -3 * MIN, 18 * MIN, quirk=Quirk.PERCENT_NAN),
    JobPlan("not-my-id", VOLUME, -MIN, 15 * MIN, quirk=Quirk.FOREIGN_ID),
    JobPlan("queued-nulls", IMPORT, -30, 9 * MIN, queued_s=400, quirk=Quirk.NULLS),
    JobPlan("missing-keys", CREATE, -90, 14 * MIN, quirk=Quirk.MISSING_KEYS),
    JobPlan("unknown-keys", EXPORT, -2 * MIN, 16 * MIN, quirk=Quirk.EXTRA_KEYS),
    JobPlan("trailing-comma", IMPORT, -5 * MIN, HOUR, quirk=Quirk.TRAILING_COMMA),
    JobPlan("cut-off-body", IMPORT, -2 * MIN, 25 * MIN, quirk=Quirk.CUT_OFF),
    JobPlan("long-forgotten", CREATE, -30 * HOUR, 4 * MIN, quirk=Quirk.NOT_KNOWN),
    JobPlan("no-end-time", REGISTER, -9 * MIN, 6 * MIN, quirk=Quirk.NO_END_TIME),
)

FAILURES = (
    JobPlan("reason-on-top", IMPORT, -MIN, 4 * MIN, fails=Failure(0.7, *BAD_FILE)),
    JobPlan(
        "reason-missing",
        CREATE,
        -MIN,
        3 * MIN,
        fails=Failure(0.5, *PLATFORM),
        quirk=Quirk.NO_REASON,
    ),
    JobPlan(
        "reason-in-entities",
        EXPORT,
        -2 * MIN,
        6 * MIN,
        fails=Failure(0.6, *NO_BUCKET),
        quirk=Quirk.REASON_IN_ENTITIES,
    ),
    JobPlan(
        "reason-in-sub-job",
        IMPORT_OVA,
        -2 * MIN,
        8 * MIN,
        fails=Failure(0.8, *BAD_FILE),
        parts=("ova-system", "ova-data"),
    ),
    JobPlan("reason-in-chinese", IMPORT, -20, 5 * MIN, fails=Failure(0.3, *CHINESE)),
    JobPlan("reason-very-long", IMPORT, -40, 7 * MIN, fails=Failure(0.9, *LONG)),
    JobPlan("reason-hostile", IMPORT, -50, 6 * MIN, fails=Failure(0.5, *HOSTILE)),
    JobPlan("fails-at-once", CREATE, -5, 4 * MIN, fails=Failure(0.02, *NOT_STOPPED)),
    JobPlan("failed-before", VOLUME, -HOUR, 5 * MIN, fails=Failure(0.1, *QUOTA)),
    JobPlan("this-one-works", CREATE, -30, 4 * MIN),
)

STALLS = (
    JobPlan("stalls-for-ever", IMPORT, -MIN, 8 * MIN, stall=Stall(0.4, 1000 * HOUR)),
    JobPlan("moves-again", COPY, -2 * MIN, 12 * MIN, stall=Stall(0.3, 25 * MIN)),
    JobPlan("stalls-near-end", CREATE, -MIN, 4 * MIN, stall=Stall(0.97, 45 * MIN)),
    JobPlan("stalls-at-0", CROSS_COPY, -9, 20 * MIN, stall=Stall(0.0, 30 * MIN)),
    JobPlan("long-queue", IMPORT, -10, 9 * MIN, queued_s=35 * MIN),
    JobPlan("slow-not-stalled", WHOLE, -20 * MIN, 9 * HOUR),
    JobPlan("moves-steadily", IMPORT, -MIN, 14 * MIN),
)

STORM = (
    *CALM,
    *(JobPlan(name, CREATE, -90, 9 * MIN) for name in HOSTILE_NAMES),
    *STRANGE,
    *FAILURES[1:4],
    *FAILURES[6:7],
    *STALLS[:2],
    JobPlan("data-volumes", VOLUMES, -MIN, 9 * MIN, parts=("vol-sys", "vol-data")),
    JobPlan("from-backup", WHOLE_BACKUP, -20, 55),
    JobPlan("accept-share", UPDATE_MEMBERS, -30 * MIN, 0.9),
    JobPlan("end-share", DEL_MEMBERS, -25 * MIN, 0.9),
)

STORM_FAULTS = (
    Fault(FaultKind.OUTAGE, 1000, 400, every_s=3600),
    Fault(FaultKind.HTML_PAGE, 160, 60, every_s=700, share=0.4),
    Fault(FaultKind.IAM_DOWN, 620, 60, every_s=1100, share=0.5),
    Fault(FaultKind.THROTTLE, 240, 80, every_s=900, share=0.8),
    Fault(FaultKind.BAD_GATEWAY, 420, 120, every_s=800, share=0.5),
    Fault(FaultKind.GATEWAY_TIMEOUT, 540, 40, every_s=900, share=0.5),
    Fault(FaultKind.INTERNAL, 340, 40, every_s=650, share=0.3),
    Fault(FaultKind.SLOW, 0, 1000 * HOUR, share=0.05, delay_s=1.5),
)
THROTTLE_FAULTS = (
    Fault(FaultKind.THROTTLE, 120, 240, every_s=1800),
    Fault(FaultKind.THROTTLE, 900, 120, every_s=1800, limit="limit:20,time:1 minute"),
    Fault(FaultKind.THROTTLE, 1500, 60, every_s=1800, retry_after_s=20),
)
AUTH_FAULTS = (Fault(FaultKind.IAM_DOWN, 1800, 300, every_s=5400),)
OUTAGE_FAULTS = (
    Fault(FaultKind.OUTAGE, 120, 400, every_s=2400),
    Fault(FaultKind.BAD_GATEWAY, 520, 120, every_s=2400, share=0.7),
    Fault(FaultKind.HTML_PAGE, 1500, 200, every_s=2400),
)

CHAIN = (
    JobPlan(
        "build-vm", CREATE_SERVERS, -6 * MIN, 90, parts=("build-vm",), label="build vm"
    ),
    JobPlan("golden-2026-11", CREATE, -MIN, 6 * MIN, tags=("golden",)),
    JobPlan("scratch-disk", CREATE_DISK, -10, 40, label="scratch disk"),
    JobPlan(
        "test-vms",
        CREATE_SERVERS,
        -30,
        3 * MIN,
        parts=("test-vm-1", "test-vm-2"),
        fails=Failure(0.6, *NO_ADDRESS),
        label="test vms",
    ),
    JobPlan("yearly-vm", CREATE_SERVER, -MIN, HOUR, quirk=Quirk.UNPAID),
    JobPlan("build-vm", DELETE_SERVER, 0, 50, queued_s=30, label="build vm goes"),
)

SCENARIOS: dict[str, Callable[[int], Scenario]] = {
    "calm": lambda seed: Scenario("calm", seed, CALM),
    "storm": lambda seed: Scenario("storm", seed, (*STORM, *fleet(seed)), STORM_FAULTS),
    "failures": lambda seed: Scenario("failures", seed, FAILURES),
    "stall": lambda seed: Scenario("stall", seed, STALLS),
    "throttle": lambda seed: Scenario("throttle", seed, CALM, THROTTLE_FAULTS),
    "auth": lambda seed: Scenario(
        "auth", seed, CALM, AUTH_FAULTS, token_life_s=15 * MIN
    ),
    "outage": lambda seed: Scenario("outage", seed, CALM, OUTAGE_FAULTS),
    "chain": lambda seed: Scenario("chain", seed, CHAIN),
    "legacy": lambda seed: Scenario("legacy", seed, CALM, legacy=True),
}


def scenario(name: str, seed: int = 0) -> Scenario:
    """The scenario of that name; ValueError names the known ones."""
    if name not in SCENARIOS:
        raise ValueError(f"no scenario {name!r}: one of {', '.join(SCENARIOS)}")
    return SCENARIOS[name](seed)
