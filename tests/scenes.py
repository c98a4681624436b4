"""Scenes: what the screen shows of given replies at a given moment.

The golden tests compare them as plain text; `python -m tests.pictures` draws some of
them into `screenshots/`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace
from textual.app import App

from ims_tui.core.moment import Moment, ServiceClock
from ims_tui.core.polling.basis import Basis
from ims_tui.core.polling.estimate import Estimate, estimate
from ims_tui.core.polling.habits import NO_HABITS, Habits, Usual
from ims_tui.core.polling.timeleft import Grounds, Remaining
from ims_tui.core.service.outcome import FailureKind, PollFailed
from ims_tui.core.service.reply import parse_reply
from ims_tui.core.state.archive_row import Archived, archived
from ims_tui.core.state.entry import Entry, after_poll
from ims_tui.core.state.health import Health, Link
from ims_tui.core.state.store import Event, EventKind
from ims_tui.core.state.traffic import Traffic
from ims_tui.core.text import printable
from ims_tui.core.watchlist.watch import Watch

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 11, 23, 12, 4, 31, tzinfo=UTC)
MOMENT = Moment(NOW, 100_000.0)
PROFILE = "prod"


def moment(ago_s: float) -> Moment:
    """The moment some seconds ago."""
    return Moment(NOW - timedelta(seconds=ago_s), MOMENT.mono_s - ago_s)


def usual(median_s: float) -> Usual:
    """A usual length, from fourteen earlier jobs."""
    return Usual(0.85 * median_s, median_s, 1.2 * median_s, 1.35 * median_s, 14)


def iso(ago_s: float) -> str:
    """The service's time some seconds ago."""
    at = NOW - timedelta(seconds=ago_s)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def job_id(number: int, began_ago_s: float) -> str:
    """A time-ordered id, as the service makes them."""
    made_ms = int((NOW - timedelta(seconds=began_ago_s)).timestamp() * 1000)
    return f"9a175ac79d2a54ad{made_ms:012x}{number:04x}"


class Sketch(Struct, frozen=True):
    """One job of a scene, in the terms of the API."""

    label: str
    status: str = "RUNNING"
    job_type: str = "imsImportImageJob"
    began_ago_s: float = 300
    ended_ago_s: float | None = None
    percent: float | None = None
    step: str = ""
    error: tuple[str, str] | None = None
    entities: Mapping[str, object] = field(default_factory=dict)
    seen_ago_s: float = 2
    detected_s: float = 4.0
    is_news: bool = False
    is_stalled: bool = False
    is_stored: bool = False
    failure: PollFailed | None = None
    tags: tuple[str, ...] = ()
    note: str = ""
    is_asked: bool = True
    before: Sequence[tuple[float, float | None, str]] = ()
    """Earlier replies: how long ago, percent (None: INIT), step."""
    left_s: tuple[float, float, float] | None = None
    """Time left when it was seen, as foreseen."""
    jobs: int = 14
    """Earlier jobs of its type."""
    still_s: float = 0.0
    habits: Habits = NO_HABITS

    def earlier(self, percent: float | None, step: str) -> Sketch:
        """The job as it was before."""
        status = "INIT" if percent is None else "RUNNING"
        return replace(
            self,
            status=status,
            ended_ago_s=None,
            percent=percent,
            step=step,
            error=None,
        )

    def estimate(self) -> Estimate | None:
        """What the scheduler would have foreseen."""
        if self.left_s is None:
            return None
        percent = None if self.percent is None else float(self.percent)
        grounds = Grounds(self.step, percent, self.left_s[1] / 1.5, 1.6, self.jobs)
        left = Remaining(*self.left_s, Basis.HISTORY, self.jobs, grounds)
        seen = moment(self.seen_ago_s)
        age_s = self.began_ago_s - self.seen_ago_s
        return estimate(None, left, self.habits.total, age_s, seen.mono_s)

    def body(self, identity: str) -> bytes:
        """The reply."""
        entities: dict[str, object] = dict(self.entities)
        if self.percent is not None:
            entities |= {"process_percent": self.percent, "current_task": self.step}
        code, reason = self.error or (None, None)
        ended = "" if self.ended_ago_s is None else iso(self.ended_ago_s)
        return json.dumps(
            {
                "job_id": identity,
                "job_type": self.job_type,
                "begin_time": iso(self.began_ago_s),
                "end_time": ended,
                "status": self.status,
                "error_code": code,
                "fail_reason": reason,
                "entities": entities,
            }
        ).encode()

    def entry(self, number: int) -> Entry:
        """The entry after a poll that brought this reply."""
        identity = job_id(number, self.began_ago_s)
        label = printable(self.label)  # as whoever reads the list does
        watch = Watch(identity, PROFILE, label, self.tags, self.note, added=NOW)
        entry = Entry(watch)
        if not self.is_asked:
            return entry
        date = f"{NOW - timedelta(seconds=self.seen_ago_s):%a, %d %b %Y %H:%M:%S} GMT"
        headers = {"date": date, "x-request-id": "7b1c20f0c2e24f5a9d0e3b7a6c5d4e3f"}
        outcome = parse_reply(
            200, headers, self.body(identity), identity, now=NOW, latency_s=0.084
        )
        for ago_s, percent, step in self.before:
            body = self.earlier(percent, step).body(identity)
            reply = parse_reply(200, headers, body, identity, now=NOW)
            entry = after_poll(entry, reply, moment(ago_s), moment(ago_s).wall)
        if not self.before:
            entry = after_poll(entry, outcome, moment(60), moment(60).wall)
        seen = moment(self.seen_ago_s)
        entry = after_poll(entry, outcome, seen, seen.wall)
        return replace(
            entry,
            is_news=self.is_news,
            is_stalled=self.is_stalled,
            is_stored=self.is_stored,
            failure=self.failure,
            detection_s=self.detected_s if self.ended_ago_s is not None else None,
            still_s=self.still_s,
            habits=self.habits,
            estimate=self.estimate(),
            planned_s=30.0,
        )


SUB_JOBS = {
    "sub_jobs_result": [
        {
            "job_id": "9a175ac79d2a54ad019d4c37b9772675",
            "job_type": "imsImportImageJob",
            "begin_time": iso(500),
            "end_time": iso(90),
            "status": "SUCCESS",
            "error_code": None,
            "fail_reason": None,
            "entities": {"image_name": "erp-system", "image_id": "6d0c5c0e-5505"},
        },
        {
            "job_id": "9a175ac79d2a54ad019d4c37b9862676",
            "job_type": "imsImportDataImageJob",
            "begin_time": iso(500),
            "end_time": "",
            "status": "RUNNING",
            "error_code": None,
            "fail_reason": None,
            "entities": {"image_name": "erp-data"},
        },
    ],
    "sub_jobs_list": [
        "9a175ac79d2a54ad019d4c37b9772675",
        "9a175ac79d2a54ad019d4c37b9862676",
    ],
}

MORNING = (
    Sketch(
        "win2019-golden",
        "FAIL",
        began_ago_s=1306,
        ended_ago_s=37,
        percent=0.38,
        step="ImportImageTask:ConvertImageTask",
        error=("IMG.0057", "The image file is missing, empty or in a wrong format."),
        is_news=True,
        tags=("weekly", "windows"),
        note="ticket 4711",
        before=(
            (1303, None, ""),
            (1298, 0.02, "ImportImageTask:ObtainImageInfoTask"),
            (1261, 0.1, "ImportImageTask:ObtainImageInfoTask"),
            (1257, 0.12, "ImportImageTask:DownloadImageTask"),
            (709, 0.35, "ImportImageTask:DownloadImageTask"),
            (705, 0.35, "ImportImageTask:ConvertImageTask"),
            (60, 0.38, "ImportImageTask:ConvertImageTask"),
        ),
        habits=Habits(
            usual(1150),
            {
                "": usual(5),
                "ImportImageTask:ObtainImageInfoTask": usual(38),
                "ImportImageTask:DownloadImageTask": usual(530),
                "ImportImageTask:ConvertImageTask": usual(260),
            },
        ),
    ),
    Sketch(
        "sap-data-vol",
        job_type="imsCopyImageInRegionJob",
        began_ago_s=4440,
        percent=0.62,
        step="CopyImageInRegionTask:",
        is_stalled=True,
        seen_ago_s=4,
        still_s=2280,
        left_s=(10, 20, 30),
        habits=Habits(usual(690), {}, {"CopyImageInRegionTask:": usual(400)}),
    ),
    Sketch(
        "rocky9-base",
        job_type="imsCreateImageByInstance",
        began_ago_s=312,
        percent=0.91,
        step="CreateImageByInstanceTask:UploadImageTask",
        seen_ago_s=1,
        left_s=(33, 41, 55),
        habits=Habits(usual(345)),
    ),
    Sketch(
        "ubuntu24-gpu",
        began_ago_s=110,
        percent=0.24,
        step="ImportImageTask:ObtainImageInfoTask",
        seen_ago_s=6,
        left_s=(250, 310, 360),
    ),
    Sketch(
        "erp-ova",
        job_type="imsImportOvaImageJob",
        began_ago_s=620,
        entities=SUB_JOBS,
        left_s=(200, 360, 500),
        jobs=3,
    ),
    Sketch("跨区复制-eu", "INIT", job_type="imsCrossRegionCopyImageJob", began_ago_s=8),
    Sketch(
        "debian12-base",
        "SUCCESS",
        job_type="imsCreateImageByInstance",
        began_ago_s=600,
        ended_ago_s=378,
        percent=1,
        detected_s=2.0,
        is_news=True,
        entities={"image_id": "eacac5cb-1153-4b8c-873c-73e036f5a988"},
    ),
    Sketch("centos7-legacy", "SUCCESS", began_ago_s=2400, ended_ago_s=2045, percent=1),
    Sketch(
        "member-share-17",
        "SUCCESS",
        job_type="imsAddImageMembersJob",
        began_ago_s=3600,
        ended_ago_s=3598,
        percent=1,
    ),
    Sketch(
        "export-obs-0611",
        "SUCCESS",
        job_type="imsNativeExportImageJob",
        began_ago_s=5000,
        ended_ago_s=4818,
        percent=1,
    ),
)

COPYING = Sketch(
    "dr-copy",
    job_type="imsCrossRegionCopyImageJob",
    began_ago_s=2500,
    percent=0.6,
    step="CopyImageTask:UploadImageTask",
    left_s=(500, 700, 900),
    before=(
        (2498, None, ""),
        (2380, 0.05, "CopyImageTask:ExportImageTask"),
        (1400, 0.4, "CopyImageTask:TransferImageTask"),
        (700, 0.5, "CopyImageTask:UploadImageTask"),
    ),
)
HOURS = (
    *MORNING[:3],
    COPYING,
    replace(
        COPYING,
        label="dr-copy-2",
        status="SUCCESS",
        percent=1,
        began_ago_s=4000,
        ended_ago_s=600,
        left_s=None,
        before=((3990, None, ""), (3900, 0.1, COPYING.step), (601, 0.99, COPYING.step)),
    ),
    *MORNING[3:],
)
"""Jobs of the last hour, some of them watched from their begin."""

HOSTILE = (
    Sketch("[bold red]markup[/] [/foo] IMG.0001 [a=b]", percent=0.5, step="[/]"),
    Sketch("\x1b[2J\x1b]0;owned\x07 escape", percent=0.4, step="\x9b31mC1:\x00nul"),
    Sketch("", percent=0.3, entities={"image_name": "invoice\u202egpj.exe\ud800"}),
    Sketch(
        "财务数据盘 é e\u0301 👩\u200d💻 ﷽",
        percent=0.2,
        step="一二三四五六七八九十:一二三",
    ),
    Sketch(
        "hostile reason",
        "FAIL",
        ended_ago_s=10,
        percent=0.1,
        error=("IMG.0061[/]", "\x1b[31mred\x1b[0m\nsecond line \u2066isolated"),
        is_news=True,
    ),
    Sketch("odd values", "SUCCESS", percent=0.24, step="ImportImageTask:ObtainTask"),
    Sketch("a word of its own", "PENDING_REVIEW", percent=0.1),
)

AWAY = PollFailed(FailureKind.UNREACHABLE, "DNS lookup failed")
REFUSED = PollFailed(
    FailureKind.AUTH_REJECTED,
    "The token has expired.",
    "APIGW.0301",
    remedy="Put a fresh token into IMS_TUI_TOKEN, then reload.",
)


def health(link: Link = Link.LIVE, failure: PollFailed | None = None) -> Health:
    """Health of the profile of all scenes."""
    clock = ServiceClock(NOW - timedelta(seconds=MOMENT.mono_s))
    since = moment(134)
    return Health(
        PROFILE,
        link,
        failure,
        since,
        last_good=moment(134),
        tries=7 if link is Link.OFFLINE else 0,
        next_try_s=MOMENT.mono_s + 18,
        clock=clock,
        rate_per_s=0.4,
        allowed_per_min=30,
        traffic=Traffic(214, 2, 1, (0.051, 0.084, 0.084, 0.42)),
    )


class Scene(Struct, frozen=True):
    """A screen to look at."""

    name: str
    size: tuple[int, int]
    jobs: Sequence[Sketch] = MORNING
    health: Health = field(default_factory=health)
    keys: tuple[str, ...] = ()
    """Pressed before the picture is taken."""
    away: tuple[datetime, datetime] | None = None
    """From the end of the run before to the start of this one."""
    glyphs: str = "braille"
    theme: str = "ims-dark"
    picture: str = ""
    """File name in `screenshots/`, where it is one of them."""
    archived: Sequence[Sketch] = ()

    def archive(self) -> list[Archived]:
        """The archived jobs."""
        return [
            archived(sketch.entry(900 + number), NOW)
            for number, sketch in enumerate(self.archived)
        ]

    def entries(self) -> list[Entry]:
        """The jobs as entries."""
        return [sketch.entry(number) for number, sketch in enumerate(self.jobs)]

    def events(self) -> list[Event]:
        """What happened lately."""
        return [
            Event(e.watch.result.job.end_time, EventKind.FAILED, e.key, PROFILE)
            for e in self.entries()
            if e.is_news and e.watch.result and e.watch.result.job.error
            if e.watch.result.job.end_time
        ]


DAY_S = 86400.0
OLD = (
    Sketch(
        "debian12-base",
        "SUCCESS",
        began_ago_s=8 * DAY_S + 400,
        ended_ago_s=8 * DAY_S,
        percent=1.0,
        step="ImportImageTask:UploadImageTask",
        seen_ago_s=8 * DAY_S - 4,
        tags=("monthly",),
    ),
    Sketch(
        "oracle-data",
        "FAIL",
        job_type="imsCopyImageInRegionJob",
        began_ago_s=9 * DAY_S + 3100,
        ended_ago_s=9 * DAY_S,
        percent=0.4,
        step="CopyImageInRegionTask:",
        error=("IMG.0020", "Image quota exceeded."),
        seen_ago_s=9 * DAY_S - 4,
        note="ticket 4680",
    ),
    Sketch(
        "跨区复制-测试",
        "SUCCESS",
        job_type="imsNativeExportImageJob",
        began_ago_s=12 * DAY_S + 95,
        ended_ago_s=12 * DAY_S,
        percent=1.0,
        seen_ago_s=12 * DAY_S - 4,
    ),
)
"""Jobs of last week."""

BATCHES = (
    MORNING[0],
    replace(MORNING[0], label="win2022-golden", is_news=False),
    replace(MORNING[0], label="oracle-data", error=("IMG.0020", "Quota."), tags=()),
    *(replace(job, tags=("weekly",)) for job in MORNING[1:4]),
    *(replace(job, tags=("monthly",)) for job in MORNING[4:7]),
    *MORNING[7:],
)
"""Batches of the morning, two failures of one cause, and one job with two tags."""

TINY, LOW, SMALL = (40, 6), (60, 15), (80, 24)
MIDDLE, WIDE, HUGE = (120, 40), (170, 44), (240, 60)
FOLDED = (*["down"] * 11, "enter")
"""Keys that fold the object under the cursor in Raw."""

SCENES = (
    Scene("morning-80", SMALL),
    Scene("morning-120", MIDDLE, picture="dashboard"),
    Scene("morning-170", WIDE, picture="wide"),
    Scene("morning-light", MIDDLE, theme="ims-light", picture="light"),
    Scene("morning-ascii", SMALL, glyphs="ascii"),
    Scene("morning-cvd", SMALL, theme="ims-cvd-dark"),
    Scene("morning-60", (60, 15)),
    Scene("morning-40", (40, 6)),
    Scene("too-small", (30, 5)),
    Scene("empty", SMALL, ()),
    Scene("failed", SMALL, keys=("enter",), picture="failed"),
    Scene("entities", MIDDLE, keys=("j", "j", "j", "j", "right_square_bracket")),
    Scene("raw", MIDDLE, keys=("left_square_bracket",)),
    Scene("timeline", MIDDLE, keys=("right_square_bracket", "right_square_bracket")),
    Scene("filter", MIDDLE, keys=("slash", *"rocky", "enter")),
    Scene("marked", SMALL, keys=("space", "space", "slash", *"win", "enter")),
    Scene("archive", MIDDLE, keys=("6", "j"), archived=OLD),
    Scene("offline", SMALL, health=health(Link.OFFLINE, AWAY), picture="offline"),
    Scene("refused", SMALL, health=health(Link.STOPPED, REFUSED)),
    Scene("hostile", MIDDLE, HOSTILE),
    Scene(
        "starting",
        SMALL,
        [replace(job, is_stored=True, seen_ago_s=4000) for job in MORNING[1:4]],
        health=Health(PROFILE),
    ),
    Scene(
        "first-look",
        SMALL,
        [replace(MORNING[2], is_asked=False), replace(MORNING[3], is_asked=False)],
        health=Health(PROFILE),
    ),
    Scene("away", SMALL, away=(NOW - timedelta(hours=2), NOW - timedelta(seconds=30))),
    Scene("help-40", (40, 6), keys=("question_mark",)),
    Scene("few", SMALL, MORNING[:3]),
    Scene("pane-150", (150, 44)),
    Scene("gantt-80x60", (80, 60), HOURS),
    Scene("gantt-170", WIDE, HOURS),
    Scene("gantt-240", (240, 60), HOURS),
    Scene("gantt-ascii", MIDDLE, HOURS, glyphs="ascii"),
    Scene("gantt-hidden", MIDDLE, HOURS, keys=("H",)),
    Scene("groups-80", SMALL, BATCHES, keys=("B", "t", "G", "h", "h")),
    Scene("groups-cause", MIDDLE, BATCHES, keys=("B", "c", "g")),
    Scene("groups-170", WIDE, BATCHES, keys=("B", "t", "g")),
    Scene("groups-folded", MIDDLE, BATCHES, keys=("B", "t", "minus", "g")),
    Scene("groups-60", LOW, BATCHES, keys=("B", "t", "g")),
    Scene("groups-40", TINY, BATCHES, keys=("B", "c", "minus", "g")),
    Scene("groups-ascii", SMALL, BATCHES, glyphs="ascii", keys=("B", "c")),
    Scene("groups-240", HUGE, BATCHES, keys=("B", "y", "g", "space", "minus")),
    *(
        Scene(f"one-{columns}x{rows}", (columns, rows), MORNING[at : at + 1])
        for columns, rows, at in (
            *((40, 6, 2), (60, 15, 0), (80, 24, 2), (120, 40, 0), (170, 44, 2)),
            *((240, 60, 1),),
        )
    ),
    Scene("one-ascii", SMALL, MORNING[:1], glyphs="ascii"),
    Scene("one-zoomed", SMALL, MORNING[:1], keys=("enter",)),
    Scene("wall-80", SMALL, keys=("w",)),
    Scene("wall-170", WIDE, keys=("w",)),
    Scene("wall-ascii", (60, 15), MORNING[2:4], glyphs="ascii", keys=("w",)),
    Scene("sub-jobs", SMALL, keys=("j", "j", "j", "j", "enter")),
    Scene("events", SMALL, keys=("E",)),
    Scene("log", SMALL, keys=("L",)),
    Scene("help", MIDDLE, keys=("question_mark",)),
    Scene("add", SMALL, keys=("a",)),
    Scene("add-60", LOW, keys=("a",)),
    Scene("morning-240", HUGE),
    Scene("morning-mono", SMALL, theme="mono"),
    Scene("failed-40", TINY, keys=("enter",)),
    Scene("failed-60", LOW, keys=("enter",)),
    Scene("failed-ascii", SMALL, glyphs="ascii", keys=("enter",)),
    Scene("failed-170", WIDE, keys=("enter",)),
    Scene("folded", SMALL, keys=("j", "j", "z", "left_square_bracket", *FOLDED)),
    Scene("archive-60", LOW, keys=("6", "j"), archived=OLD),
    Scene("archive-170", WIDE, keys=("6", "j"), archived=OLD),
    Scene("help-60", LOW, keys=("question_mark",)),
    Scene("events-40", TINY, keys=("E",)),
    Scene("events-170", WIDE, keys=("E",)),
    Scene("log-60", LOW, keys=("L",)),
    Scene("log-120", MIDDLE, keys=("L",)),
    Scene("wall-40", TINY, keys=("w",)),
    Scene("wall-240", HUGE, keys=("w",)),
    Scene("palette", SMALL, keys=("ctrl+p",)),
    Scene("palette-40", TINY, keys=("ctrl+p",)),
    Scene("columns", SMALL, keys=("c",)),
    Scene("sort-60", LOW, keys=("s",)),
    Scene("profiles", SMALL, keys=("P",)),
    Scene("tags-60", LOW, keys=("number_sign",)),
    Scene("copies", SMALL, keys=("Y",)),
    Scene("evidence", SMALL, keys=("ctrl+e",)),
)


def screen_text(app: App[Any]) -> str:
    """The screen as plain text, one line each, trailing blanks cut."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips) + "\n"


def without_fonts(svg: str) -> str:
    """Drop the links to web fonts: offline readers have none."""
    return re.sub(r"@font-face\s*{[^}]*}", "", svg)


async def draw_screenshots(folder: Path) -> None:
    """Write the pictures of the README."""
    from tests.golden_stage import on_stage

    for scene in SCENES:
        if scene.picture:
            async with on_stage(scene) as pilot:
                svg = pilot.app.export_screenshot(title="ims-tui", simplify=True)
                (folder / f"{scene.picture}.svg").write_text(without_fonts(svg))
