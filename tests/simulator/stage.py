"""A simulator whose clock the test holds."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from ims_tui.simulator.account import DEMO, Account
from ims_tui.simulator.api import ImsApi
from ims_tui.simulator.message import Request, Response
from ims_tui.simulator.scenario import Scenario, scenario
from ims_tui.simulator.simulation import Simulation

STARTED = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def utc_now() -> datetime:
    return datetime.now(UTC)


class Stage:
    """One scenario, played forward by hand."""

    def __init__(
        self,
        chosen: str | Scenario = "calm",
        *,
        seed: int = 0,
        speed: float = 1.0,
        account: Account = DEMO,
    ) -> None:
        self.elapsed_s = 0.0
        self.speed = speed
        played = chosen if isinstance(chosen, Scenario) else scenario(chosen, seed)
        self.simulation = Simulation(played, started=STARTED, speed=speed)
        self.api = ImsApi(
            self.simulation,
            elapsed=lambda: self.elapsed_s,
            now=self.now,
            account=account,
        )

    def now(self) -> datetime:
        """Wall time."""
        return STARTED + timedelta(seconds=self.elapsed_s / self.speed)

    def job_id(self, image: str) -> str:
        """The id of the scenario's first job with this image name."""
        plans = self.simulation.scenario.jobs
        names = [plan.image for plan in plans]
        return self.simulation.job_ids[names.index(image)]

    def ask(
        self, method: str, target: str, body: object = None, **headers: str
    ) -> Response | None:
        """One request with the ready token unless `x_auth_token` says otherwise."""
        sent = {"x_auth_token": DEMO.token, "host": "127.0.0.1", **headers}
        return self.api.answer(
            Request(
                method,
                target,
                {
                    name.replace("_", "-"): value
                    for name, value in sent.items()
                    if value
                },
                b"" if body is None else json.dumps(body).encode(),
            )
        )

    def get(self, target: str, **headers: str) -> tuple[int, Any]:
        """Status and decoded body of a GET."""
        return decoded(self.ask("GET", target, **headers))

    def show(self, image: str, **headers: str) -> tuple[int, Any]:
        """The documented call for a job of the scenario."""
        return self.get(f"/v1/cloudimages/job/{self.job_id(image)}", **headers)


def decoded(response: Response | None) -> tuple[int, Any]:
    """Status and JSON body; the service must not have hung up."""
    assert response is not None
    return response.status, json.loads(response.body)


def header(response: Response | None, name: str) -> str:
    """One header of a response."""
    assert response is not None
    return dict(response.headers)[name]
