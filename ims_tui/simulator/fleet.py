"""A crowd of ordinary jobs for busy scenarios, varied by the seed."""

from __future__ import annotations

from ims_tui.simulator.chance import chance
from ims_tui.simulator.plan import Failure, JobPlan, Recipe, Stall
from ims_tui.simulator.reasons import USUAL
from ims_tui.simulator.recipes import (
    COPY,
    CREATE,
    CROSS_COPY,
    EXPORT,
    IMPORT,
    IMPORT_DATA,
    MIN,
    VOLUME,
    WHOLE,
)

FAILED_SHARE = 0.1
STALLED_SHARE = 0.06

# image name, type
CROWD = (
    ("web-frontend-blue", CREATE),
    ("api-gateway-node", CREATE),
    ("rhel9-hardened", CREATE),
    ("win2022-ad-dc1", IMPORT),
    ("ubuntu24-cuda12", IMPORT),
    ("appliance-f5-17", IMPORT),
    ("sap-hana-data-01", IMPORT_DATA),
    ("日志归档-华东", IMPORT_DATA),
    ("mongo-shard-3-data", VOLUME),
    ("训练集群-数据盘", VOLUME),
    ("audit-export-q3", EXPORT),
    ("copy-for-team-blue", COPY),
    ("开发环境-副本", COPY),
    ("dr-eu-west-101-base", CROSS_COPY),
    ("dr-ap-southeast-3", CROSS_COPY),
    ("erp-full-nightly", WHOLE),
)


def fleet(seed: int) -> tuple[JobPlan, ...]:
    """One job per entry of CROWD, spread over all phases."""
    return tuple(_plan(seed, image, recipe) for image, recipe in CROWD)


def _plan(seed: int, image: str, recipe: Recipe) -> JobPlan:
    def draw(what: str) -> float:
        return chance(seed, "fleet", image, what)

    length_s = recipe.typical_s * (0.6 + draw("length"))
    fails = stall = None
    if draw("fails") < FAILED_SHARE:
        reason = USUAL[int(draw("reason") * len(USUAL))]
        fails = Failure(0.2 + 0.7 * draw("fails at"), *reason)
    elif draw("stalls") < STALLED_SHARE:
        stall = Stall(0.2 + 0.7 * draw("stalls at"), 120 * MIN)
    return JobPlan(
        image,
        recipe,
        begin_s=-draw("begin") * length_s * 1.3,
        length_s=length_s,
        queued_s=120 * draw("queued") ** 4,
        fails=fails,
        stall=stall,
        tags=("fleet",),
    )
