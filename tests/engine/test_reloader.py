"""Changed files and ending credentials: noticed, told, and nobody else disturbed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import ParamSpec, TypeVar

from msgspec.structs import replace

from ims_tui.core.config.provenance import Loaded, SettingProblem, Source
from ims_tui.core.config.settings import (
    PollSettings,
    Profile,
    Settings,
    StallSettings,
    TokenSpec,
)
from ims_tui.core.service.jobservice import JobService
from ims_tui.core.service.outcome import FailureKind
from ims_tui.core.show.sentences import banner, event_line
from ims_tui.core.show.statusline import status_line
from ims_tui.core.show.view import View
from ims_tui.core.signin.credential import CredentialState
from ims_tui.core.signin.refusal import Scheme, Unavailable
from ims_tui.core.signin.secret import Secret
from ims_tui.core.state.health import Link
from ims_tui.core.state.store import EventKind
from ims_tui.core.watchlist.watch import JobKey, LoadReport, Watch
from ims_tui.engine.runtime import Ports, Runtime
from ims_tui.engine.saver import LOOK_S
from tests.fakes import REFUSED, ScriptedJob, ScriptedSource, between, job_id
from tests.memory_state import MemoryStateFile
from tests.virtual_time import START, VirtualClock, virtual

P = ParamSpec("P")
T = TypeVar("T")


class AtOnce(ThreadPoolExecutor):
    """Runs work where it is handed in, so that virtual time does not run away."""

    def submit(
        self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        future: Future[T] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class Files:
    """The list without a file."""

    edited: Sequence[Watch] | None = None
    """What somebody wrote into it since it was last read."""

    def load(self) -> LoadReport:
        return LoadReport(())

    def save(self, watches: Sequence[Watch]) -> LoadReport:
        edited, self.edited = self.edited, None
        return LoadReport(tuple(watches if edited is None else edited))

    def load_backup(self) -> LoadReport:
        return self.load()

    def has_changed(self) -> bool:
        return self.edited is not None


class Config:
    """Settings that a test changes."""

    def __init__(self, settings: Settings) -> None:
        self.loaded = Loaded(settings)
        self.is_changed = False
        self.reads = 0

    def change(
        self, *profiles: Profile, problems: Iterable[SettingProblem] = ()
    ) -> None:
        """Write another file."""
        known = {profile.name: profile for profile in profiles}
        settings = replace(self.loaded.settings, profiles=known)
        self.loaded = Loaded(settings, tuple(problems))
        self.is_changed = True

    def load(self) -> Loaded:
        self.reads += 1
        self.is_changed = False
        return self.loaded

    def has_changed(self) -> bool:
        return self.is_changed


class Stage:
    """A runtime with scripted services, one per way a profile was written."""

    def __init__(self, *profiles: Profile) -> None:
        known = {profile.name: profile for profile in profiles}
        poll = PollSettings(max_interval_s=30.0)
        settings = Settings(known, profiles[0].name, poll=poll)
        self.config = Config(settings)
        self.sources: dict[str, list[ScriptedSource]] = {}
        self.prepare: Callable[[Profile, ScriptedSource], None] = lambda p, s: None
        self.clock = VirtualClock()
        self.files = Files()
        self.runtime = Runtime(
            settings,
            Ports(
                clock=self.clock,
                watch_file=self.files,
                state_file=MemoryStateFile(),
                open_source=self._open,
                config=self.config,
                chance=lambda: 0.5,
                file_thread=AtOnce(),  # in the loop, for virtual time
            ),
        )

    def _open(self, profile: Profile, settings: Settings) -> ScriptedSource:
        source = ScriptedSource()
        for number in range(3):
            source.add(number)
        self.prepare(profile, source)
        self.sources.setdefault(profile.name, []).append(source)
        return source

    def link(self, profile: str) -> Link:
        return self.runtime.store.health(profile).link

    def told(self, *kinds: EventKind) -> list[str]:
        """What was told of some kinds, as sentences."""
        snapshot = self.runtime.snapshot()
        view = View(self.runtime.moment(), snapshot.health)
        events = [event for event in snapshot.events if event.kind in kinds]
        return [event_line(event, snapshot.entries, view) for event in events]

    @asynccontextmanager
    async def running(self, *jobs: tuple[str, int]) -> AsyncIterator[None]:
        asyncio.get_running_loop().set_default_executor(AtOnce())
        first = [Watch(job_id(number), profile) for profile, number in jobs]
        task = asyncio.create_task(self.runtime.run(first))
        await asyncio.sleep(1)
        try:
            yield
            assert not task.done()
        finally:
            task.cancel()
            await asyncio.wait([task])


PROD = Profile("prod", "cn-north-4", "https://a", TokenSpec(Secret("one")))
DR = Profile("dr", "eu-de", "https://b", TokenSpec(Secret("two")))
BOTH = (("prod", 0), ("prod", 1), ("dr", 2))


@virtual
async def test_other_rules_for_stalled_jobs_hold_at_once() -> None:
    stage = Stage(PROD)
    still = ScriptedJob(end_s=1e6, ratio=lambda at_s: 0.5)
    stage.prepare = lambda profile, source: source.jobs.update({job_id(0): still})
    async with stage.running(("prod", 0)):
        await asyncio.sleep(100)
        (entry,) = stage.runtime.snapshot().entries.values()
        assert not entry.is_stalled
        rules = StallSettings(by_type_s={entry.job_type: 60.0})
        loaded = stage.config.loaded
        stage.config.loaded = Loaded(replace(loaded.settings, stall=rules))
        stage.config.is_changed = True
        await asyncio.sleep(200)
        (entry,) = stage.runtime.snapshot().entries.values()
        assert entry.is_stalled
        assert len(stage.sources["prod"]) == 1


ECS, NAME = JobService.ECS, "prod (ecs)"


async def add_server(stage: Stage) -> JobKey:
    """A job of ECS on the list, while the tracker runs."""
    watch = Watch(job_id(2), "prod", service=ECS)
    await stage.runtime.add([watch])
    return watch.key


@virtual
async def test_jobs_of_another_service_are_asked_for_there_and_only_there() -> None:
    stage = Stage(PROD)
    async with stage.running(("prod", 0), ("prod", 1)):
        assert set(stage.sources) == {"prod"}  # no lane without a job
        key = await add_server(stage)
        await asyncio.sleep(100)
        (images,), (servers,) = stage.sources["prod"], stage.sources[NAME]
        assert {sent for _, sent in servers.sent} == {job_id(2)}
        assert {sent for _, sent in images.sent} == {job_id(0), job_id(1)}
        assert stage.link(NAME) is Link.LIVE
        assert stage.runtime.tracker.poll_now([key]).count == 1
        await stage.runtime.remove([key])
        count = len(servers.sent)
        await asyncio.sleep(100)
        assert len(servers.sent) == count


@virtual
async def test_a_job_whose_service_is_named_later_moves_to_its_lane() -> None:
    stage = Stage(PROD)
    async with stage.running(("prod", 0), ("prod", 2)):
        await asyncio.sleep(20)
        images = stage.sources["prod"][0]
        store = stage.runtime.store
        stage.files.edited = [
            replace(watch, service=ECS) if watch.job_id == job_id(2) else watch
            for watch in (entry.watch for entry in store.entries())
        ]
        await asyncio.sleep(LOOK_S)
        count = len(images.asked(job_id(2)))
        await asyncio.sleep(100)
        assert len(images.asked(job_id(2))) == count
        assert stage.sources[NAME][0].asked(job_id(2))


@virtual
async def test_a_right_that_lacks_at_one_service_stops_no_other() -> None:
    stage = Stage(PROD)
    stage.prepare = lambda profile, source: setattr(
        source,
        "fault",
        between(0, 1e9, REFUSED) if profile.service is ECS else source.fault,
    )
    async with stage.running(("prod", 0)):
        await add_server(stage)
        await asyncio.sleep(100)
        assert (stage.link("prod"), stage.link(NAME)) == (Link.LIVE, Link.STOPPED)
        snapshot = stage.runtime.snapshot()
        view = View(stage.runtime.moment(), snapshot.health)
        lines = banner(snapshot.health[NAME], view, host="h", others=True)
        assert any(NAME in line and "other profiles go on" in line for line in lines)
        assert len(stage.sources[NAME][0].sent) == 1


@virtual
async def test_all_lanes_of_a_profile_follow_its_settings() -> None:
    stage = Stage(PROD, DR)
    async with stage.running(("prod", 0)):
        await add_server(stage)
        await asyncio.sleep(50)
        other = replace(PROD, auth=TokenSpec(Secret("new")))
        stage.config.change(other, DR)
        await asyncio.sleep(50)
        assert [len(stage.sources[name]) for name in ("prod", NAME)] == [2, 2]
        assert stage.sources[NAME][1].sent
        stage.config.change(DR)
        await asyncio.sleep(50)
        count = len(stage.sources[NAME][1].sent)
        await asyncio.sleep(100)
        assert len(stage.sources[NAME][1].sent) == count
        assert NAME not in stage.runtime.snapshot().health


@virtual
async def test_a_changed_credential_is_taken_up_and_nobody_else_notices() -> None:
    stage = Stage(PROD, DR)
    refuse = between(0, 1e9, REFUSED)
    stage.prepare = lambda profile, source: setattr(
        source,
        "fault",
        refuse if profile.auth == PROD.auth else source.fault,
    )
    async with stage.running(*BOTH):
        await asyncio.sleep(100)
        assert stage.link("prod") is Link.STOPPED
        assert len(stage.sources["prod"][0].sent) == 1
        stage.config.change(replace(PROD, auth=TokenSpec(Secret("new"))), DR)
        await asyncio.sleep(3.5)
        assert stage.link("prod") is Link.LIVE
        old, new = stage.sources["prod"]
        assert old.is_closed
        assert {wanted for _, wanted in new.sent} == {job_id(0), job_id(1)}
        assert len(stage.sources["dr"]) == 1
        assert stage.sources["dr"][0].reloads == 0
        assert len(stage.told(EventKind.CONFIG_READ)) == 1
        await asyncio.sleep(100)
        assert stage.config.reads == 1


@virtual
async def test_a_new_token_in_its_file_resumes_a_stopped_profile() -> None:
    stage = Stage(PROD, DR)
    async with stage.running(*BOTH):
        (source,) = stage.sources["prod"]
        source.fault = between(0, 1e9, REFUSED)
        await asyncio.sleep(60)
        assert stage.link("prod") is Link.STOPPED
        sent = len(source.sent)
        source.fault, source.is_changed = (lambda wanted, at_s: None), True
        await asyncio.sleep(3.5)
        assert stage.link("prod") is Link.LIVE
        assert source.reloads == 1
        assert len(source.sent) > sent
        assert stage.sources["dr"][0].reloads == 0


@virtual
async def test_what_is_wrong_with_new_settings_is_told_once() -> None:
    stage = Stage(PROD)
    wrong = SettingProblem(
        Source("config.toml", "", 3), "ui.theme", "ui.theme is wrong."
    )
    async with stage.running(("prod", 0)):
        for _ in range(2):
            stage.config.change(PROD, problems=[wrong])
            await asyncio.sleep(10)
        assert stage.told(EventKind.CONFIG_PROBLEM) == [
            "config.toml line 3: ui.theme is wrong."
        ]
        assert await stage.runtime.reload() == (wrong,)  # asked for: told again
        assert len(stage.told(EventKind.CONFIG_PROBLEM)) == 2
        assert len(stage.sources["prod"]) == 1


@virtual
async def test_a_job_without_a_profile_is_nobody_elses() -> None:
    stage = Stage(PROD)
    async with stage.running(("prod", 0), ("dr", 2)):
        await asyncio.sleep(60)
        asked = {wanted for _, wanted in stage.sources["prod"][0].sent}
        assert asked == {job_id(0)}
        snapshot = stage.runtime.snapshot()
        view = View(stage.runtime.moment(), snapshot.health)
        said = banner(snapshot.health["dr"], view, host="", others=True)
        assert said[0] == "There is no profile dr; its jobs are not asked about."
        assert "Add it to config.toml" in said[1]
        line = "".join(
            cell.text for cell in status_line(snapshot, {"prod": PROD}, view, 100)
        )
        assert "NO SUCH PROFILE" in line
        stage.config.change(PROD, DR)
        await asyncio.sleep(3.5)
        assert stage.link("dr") is Link.LIVE
        assert stage.sources["dr"][0].asked(job_id(2))
        assert len(stage.sources["prod"]) == 1
        stage.config.change(PROD)
        await asyncio.sleep(3.5)
        health = stage.runtime.store.health("dr")
        assert health.failure is not None
        assert health.failure.kind is FailureKind.NO_PROFILE
        await stage.runtime.remove([JobKey("dr", job_id(2))])
        assert stage.runtime.snapshot().health.keys() == {"prod"}
        await stage.runtime.undo()
        assert stage.link("dr") is Link.STOPPED


def held(ends_in_s: float, **facts: object) -> CredentialState:
    ends = START + timedelta(seconds=ends_in_s)
    state = CredentialState(Scheme.TOKEN, "environment IMS_TUI_TOKEN", expires_at=ends)
    return replace(state, **facts)


@virtual
async def test_the_end_of_a_credential_is_announced_once() -> None:
    stage = Stage(PROD, DR)
    async with stage.running(*BOTH):
        stage.sources["prod"][0].credential = held(3600)
        stage.sources["dr"][0].credential = held(3600, renews=True)
        await asyncio.sleep(1790)
        assert not stage.told(EventKind.EXPIRING)
        await asyncio.sleep(1700)
        assert stage.told(EventKind.EXPIRING) == [
            "prod: the credential ends in 30:00; "
            "ims-tui has to be started with a new one then"
        ]
        away = Unavailable(FailureKind.UNREACHABLE, "No answer from iam.")
        stage.sources["dr"][0].credential = held(3600, renews=True, unavailable=away)
        await asyncio.sleep(5)
        assert "renewing fails: No answer from iam" in stage.told(EventKind.EXPIRING)[1]


@virtual
async def test_the_life_of_a_credential_is_in_line_1_where_it_matters() -> None:
    stage = Stage(PROD)
    async with stage.running(("prod", 0)):

        async def shown(state: CredentialState, width: int) -> str:
            stage.sources["prod"][0].credential = state
            await asyncio.sleep(60)
            snapshot = stage.runtime.snapshot()
            view = View(stage.runtime.moment(), snapshot.health)
            cells = status_line(snapshot, {"prod": PROD}, view, width)
            return "".join(cell.text for cell in cells)

        assert "auth 21h" in await shown(held(21.5 * 3600), 120)
        assert "auth" not in await shown(held(21.5 * 3600), 80)
        assert "auth 4h" in await shown(held(5 * 3600), 80)
        assert "auth" not in await shown(held(5 * 3600, renews=True), 80)
