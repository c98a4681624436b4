"""What one simulated job does, as a function of time."""

from __future__ import annotations

import math
from enum import StrEnum
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from ims_tui.core.service.jobservice import JobService

CHILD_DELAY_S = 120.0
"""Sub-jobs begin two minutes after their parent, as in the published OVA sample."""
PARENT_TAIL_S = 15.0
"""A parent ends a little after its last sub-job."""


class Shape(StrEnum):
    """Which keys `entities` has; it depends on the type of job."""

    IMAGE = "image"
    IMPORT = "import"
    """As IMAGE, with the worker's `subJobId`."""
    NAMELESS = "nameless"
    """As IMAGE, but the deprecated call leaves the name out."""
    MEMBERS = "members"
    REMOVED_MEMBERS = "removed members"
    PARENT = "parent"
    SERVERS = "servers"
    """A parent of ECS, whose sub-jobs stand in `sub_jobs`."""
    SERVER = "server"
    DISK = "disk"


class Quirk(StrEnum):
    """How the replies of one job are wrong, odd or incomplete."""

    NOT_KNOWN = "the service does not know the job"
    EARLY_SUCCESS = "SUCCESS at 24 % with a step and without an end time"
    FALLING_PERCENT = "percent falls now and then"
    UNKNOWN_STATUS = "a status word that no manual has"
    UNPAID = "the order behind it is not paid"
    PERCENT_AS_TEXT = "percent is text"
    PERCENT_NAN = "percent is NaN"
    FOREIGN_ID = "the reply names another job"
    NULLS = "null instead of empty values while INIT"
    MISSING_KEYS = "keys are left out"
    EXTRA_KEYS = "entities has unknown keys"
    NO_END_TIME = "ended without an end time"
    NO_REASON = "FAIL without code and reason"
    REASON_IN_ENTITIES = "FAIL with code and reason inside entities only"
    TRAILING_COMMA = "a comma before the closing bracket, as the manual shows it"
    CUT_OFF = "the body breaks off, in every second window of two minutes"


class Step(Struct, frozen=True):
    """One value of `current_task`."""

    task: str
    share: float
    """Part of the job's working time, 0..1."""
    percent: float
    """Ratio 0..1 reached at the end of the step."""


class Recipe(Struct, frozen=True):
    """One type of job."""

    job_type: str
    typical_s: float
    shape: Shape
    steps: tuple[Step, ...] = ()
    children: tuple[Recipe, ...] = ()
    """Types of the sub-jobs; the last one repeats."""
    init_s: float = 6.0
    """How long a job of this type is INIT when nothing holds it up."""
    service: JobService = JobService.IMS
    """Whose job it is."""


class Failure(Struct, frozen=True):
    """The job ends as FAIL."""

    at_share: float
    """After this part of its working time, 0..1."""
    code: str
    reason: str


class Stall(Struct, frozen=True):
    """The job stands still for a while."""

    at_share: float
    """After this part of its working time, 0..1."""
    length_s: float


class JobState(Struct, frozen=True):
    """What the service knows about a job at one moment."""

    status: str
    percent: float | None = None
    """Ratio 0..1."""
    task: str = ""
    ended_s: float | None = None
    """Offset of the end from the scenario's start."""
    failure: Failure | None = None


class JobPlan(Struct, frozen=True):
    """One job of a scenario; offsets count from the scenario's start."""

    image: str
    """Image name; remote text, so it may be hostile."""
    recipe: Recipe
    begin_s: float
    """Below zero: the job is under way when the scenario starts."""
    length_s: float
    """Working time: without INIT and without a stall."""
    queued_s: float = 0.0
    """INIT beyond what its type needs."""
    fails: Failure | None = None
    stall: Stall | None = None
    parts: tuple[str, ...] = ()
    """Image names of the sub-jobs."""
    quirk: Quirk | None = None
    label: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""

    def children(self) -> tuple[JobPlan, ...]:
        """The sub-jobs; a planned failure hits the last one."""
        recipes = self.recipe.children
        last = len(self.parts) - 1
        return tuple(
            JobPlan(
                image=part,
                recipe=recipes[min(number, len(recipes) - 1)],
                begin_s=self._first_child_s + 0.015 * number,
                length_s=self.length_s / (number + 1),
                fails=self.fails if number == last else None,
            )
            for number, part in enumerate(self.parts)
        )

    @property
    def end_s(self) -> float:
        """Offset at which the job ends."""
        if self.parts:
            return max(child.end_s for child in self.children()) + PARENT_TAIL_S
        work_s = self._last_work_s
        pause = self.stall
        paused = pause is not None and pause.at_share * self.length_s < work_s
        return self._work_begin_s + work_s + (pause.length_s if pause and paused else 0)

    def state(self, elapsed_s: float) -> JobState | None:
        """The state at `elapsed_s`; None before the job exists."""
        if elapsed_s < self.begin_s or self.quirk is Quirk.NOT_KNOWN:
            return None
        if elapsed_s < self._work_begin_s:
            return JobState("INIT")
        if elapsed_s >= self.end_s:
            return self._end_state()
        if self.parts:
            return JobState("RUNNING")
        return self._step_at(self._work_done_s(elapsed_s))

    @property
    def _work_begin_s(self) -> float:
        return self.begin_s + self.recipe.init_s + self.queued_s

    @property
    def _first_child_s(self) -> float:
        return self._work_begin_s + CHILD_DELAY_S

    @property
    def _last_work_s(self) -> float:
        return self.length_s * (self.fails.at_share if self.fails else 1.0)

    def _work_done_s(self, elapsed_s: float) -> float:
        done_s = elapsed_s - self._work_begin_s
        if self.stall is None:
            return done_s
        pause_s = self.stall.at_share * self.length_s
        return min(done_s, max(pause_s, done_s - self.stall.length_s))

    def _step_at(self, work_s: float) -> JobState:
        share = work_s / self.length_s
        begin_share = 0.0
        for before, step in pairwise((Step("", 0.0, 0.0), *self.recipe.steps)):
            if share < begin_share + step.share or step is self.recipe.steps[-1]:
                part = min((share - begin_share) / step.share, 1.0)
                percent = before.percent + (step.percent - before.percent) * part
                # 1 is the mark of success: never reached while running.
                return JobState(
                    "RUNNING", min(math.floor(percent * 100) / 100, 0.99), step.task
                )
            begin_share += step.share
        raise ValueError(f"{self.recipe.job_type} has no steps")

    def _end_state(self) -> JobState:
        if self.fails is None:
            return JobState("SUCCESS", None if self.parts else 1, "", self.end_s)
        if self.parts:
            # The reason stands in the sub-job only.
            return JobState("FAIL", ended_s=self.end_s)
        last = self._step_at(self._last_work_s)
        return replace(last, status="FAIL", ended_s=self.end_s, failure=self.fails)
