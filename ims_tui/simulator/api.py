"""Request to response: the calls of IMS, ECS, EVS and IAM that are served.

| call | what |
|---|---|
| GET /v1/cloudimages/job/{job_id} | the documented call (not in scenario `legacy`) |
| GET /v1/{project_id}/jobs/{job_id} | its deprecated sibling, and that of ECS, EVS |
| POST /v2/cloudimages/action and others of `submission` | start a job |
| POST /v3/auth/tokens | sign in by password |
| GET /v3 | the version of IAM, without a sign-in |
| GET /v3/projects | the account's projects |

Everything else is 404 APIGW.0101, as at the real gateway.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import partial
from typing import Any

from ims_tui.simulator.account import DEMO, Account
from ims_tui.simulator.chance import digest, hex_id
from ims_tui.simulator.fault import Fault, FaultKind, fault_at
from ims_tui.simulator.gate import Gate
from ims_tui.simulator.iam import Iam
from ims_tui.simulator.message import (
    RefusedError,
    Request,
    Response,
    gateway_refusal,
    ims_refusal,
    json_response,
)
from ims_tui.simulator.simulation import Simulation
from ims_tui.simulator.submission import Planner, plan_submission, planner_for

TOKEN_LIFE = timedelta(hours=24)
"""Of a token from the real IAM."""

SIGN_IN = ("POST", "/v3/auth/tokens")
JOB_PATH = re.compile(r"/v1/cloudimages/job/([^/]+)")
SIBLING_PATH = re.compile(r"/v1/([0-9a-f]{32})/jobs/([^/]+)")

HTML_PAGE = b"""<html>
<head><title>502 Bad Gateway</title></head>
<body><center><h1>502 Bad Gateway</h1></center><hr><center>elb</center></body>
</html>
"""
NOT_PUBLISHED = "The API does not exist or has not been published in the environment."
OTHER_PROJECT = "The project ID in the URL is different from that in the token."
THROTTLED = "The throttling threshold has been reached: policy user over ratelimit,"
GATEWAY_FAULTS = {
    FaultKind.INTERNAL: (500, "APIGW.0601", "Internal server error."),
    FaultKind.BAD_GATEWAY: (502, "APIGW.0201", "Backend unavailable."),
    FaultKind.GATEWAY_TIMEOUT: (504, "APIGW.0201", "Backend timeout."),
}


class ImsApi:
    """The service behind one endpoint; it does no I/O.

    Args:
        simulation: the jobs.
        elapsed: simulated seconds since the scenario's start.
        now: aware wall time, for `Date`, tokens and signatures.
        account: whose credentials are accepted.
    """

    def __init__(
        self,
        simulation: Simulation,
        *,
        elapsed: Callable[[], float],
        now: Callable[[], datetime],
        account: Account = DEMO,
    ) -> None:
        self._simulation = simulation
        self._elapsed = elapsed
        self._now = now
        self._account = account
        self._requests = 0
        scenario = simulation.scenario
        token_key = digest(scenario.seed, "token key", size=32)
        life = token_end = None
        if scenario.token_life_s is not None:
            token_end = simulation.wall(scenario.token_life_s)
            life = token_end - simulation.wall(0)
        self._gate = Gate(account, token_key, token_end)
        self._iam = Iam(account, token_key, life or TOKEN_LIFE)

    def answer(self, request: Request) -> Response | None:
        """The response; None when the service hangs up without one."""
        self._requests += 1
        scenario = self._simulation.scenario
        request_id = hex_id(scenario.seed, "request", self._requests)
        fault = fault_at(
            scenario.faults, scenario.seed, self._elapsed(), self._requests
        )
        if fault and fault.kind is FaultKind.OUTAGE:
            return None
        try:
            response = self._serve(request, request_id, fault)
        except RefusedError as refusal:
            response = refusal.response
        return Response(
            response.status,
            response.body,
            (
                ("Date", format_datetime(self._now(), usegmt=True)),
                ("X-Request-Id", request_id),
                *response.headers,
            ),
            fault.delay_s if fault else 0.0,
        )

    def _serve(
        self, request: Request, request_id: str, fault: Fault | None
    ) -> Response:
        if fault and fault.kind is FaultKind.HTML_PAGE:
            return Response(502, HTML_PAGE, (("Content-Type", "text/html"),))
        if fault and fault.kind is FaultKind.IAM_DOWN:
            message = "The IAM service is currently unavailable."
            raise gateway_refusal(503, "APIGW.0613", message, request_id)
        if (request.method, request.path) == SIGN_IN:
            return self._iam.sign_in(request, self._now(), request_id)
        if (request.method, request.path.rstrip("/")) == ("GET", "/v3"):
            return self._iam.version(request)
        handler = self._handler(request, request_id)
        if handler is None:
            raise gateway_refusal(404, "APIGW.0101", NOT_PUBLISHED, request_id)
        self._gate.check(request, self._now(), request_id)
        if fault and not request.path.startswith("/v3/"):
            _raise_backend_fault(fault, request_id)
        return handler()

    def _handler(
        self, request: Request, request_id: str
    ) -> Callable[[], Response] | None:
        """What serves this request; None for a call that is not published."""
        if planner := planner_for(request):
            return partial(self._submit, request, planner)
        if request.method != "GET":
            return None
        if request.path == "/v3/projects":
            return partial(self._iam.projects, request, request_id)
        if match := SIBLING_PATH.fullmatch(request.path):
            return partial(self._show_job, request, *match.groups())
        match = JOB_PATH.fullmatch(request.path)
        if match and not self._simulation.scenario.legacy:
            return partial(self._show_progress, request, match[1])
        return None

    def _show_progress(self, request: Request, job_id: str) -> Response:
        elapsed_s = self._elapsed()
        body = self._simulation.job_body(job_id, elapsed_s)
        if not self._is_of_jobs(request):
            body = None
        return self._job_response(job_id, body, elapsed_s)

    def _show_job(self, request: Request, project_id: str, job_id: str) -> Response:
        if project_id != self._gate.project_id(request):
            raise ims_refusal("Common.0018", OTHER_PROJECT)
        elapsed_s = self._elapsed()
        body = self._simulation.sibling_body(job_id, elapsed_s)
        if body is None or not self._is_of_jobs(request):
            raise ims_refusal("Common.0011", "Failed to query system tasks.")
        return self._job_response(job_id, body, elapsed_s)

    def _is_of_jobs(self, request: Request) -> bool:
        """Whether a request is signed in to the project that the jobs belong to."""
        return self._gate.project_id(request) == self._account.project.id

    def _job_response(
        self, job_id: str, body: dict[str, Any] | None, elapsed_s: float
    ) -> Response:
        if body is None:
            # No source shows the real reply; this code is "job query failed".
            raise ims_refusal("IMG.0023", "An error occurred in querying the job.")
        content = self._simulation.encode(job_id, body, elapsed_s)
        return Response(200, content, (("Content-Type", "application/json"),))

    def _submit(self, request: Request, planner: Planner) -> Response:
        plan = plan_submission(request, planner, self._elapsed())
        return json_response(200, {"job_id": self._simulation.submit(plan)})


def _raise_backend_fault(fault: Fault, request_id: str) -> None:
    """Raise what the gateway says behind its own checks; nothing for SLOW."""
    retry_after_s = fault.retry_after_s
    headers = () if retry_after_s is None else (("Retry-After", str(retry_after_s)),)
    if fault.kind is FaultKind.THROTTLE:
        message = f"{THROTTLED}{fault.limit}"
        raise gateway_refusal(429, "APIGW.0308", message, request_id, headers)
    if fault.kind in GATEWAY_FAULTS:
        status, code, message = GATEWAY_FAULTS[fault.kind]
        raise gateway_refusal(status, code, message, request_id, headers)
