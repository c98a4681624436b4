"""`ims-tui simulate`: only the simulated service, for scripts and other clients."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Coroutine

from ims_tui.cli.call import Call
from ims_tui.cli.parser import port_number
from ims_tui.cli.signals import SERVING, ended_by_signals
from ims_tui.core.errors import ConfigError, reason_of
from ims_tui.simulator.account import DEMO
from ims_tui.simulator.scenario import SCENARIOS

_ACCEPTS = f"""\
accepted credentials:
  token         {DEMO.token}
  access key    {DEMO.key.access_key}
  secret key    {DEMO.key.secret_key}
  temporary     {DEMO.keys[1].access_key}
                {DEMO.keys[1].secret_key}
                security token {DEMO.keys[1].security_token}
  user          {DEMO.user} in domain {DEMO.domain}, password {DEMO.password}
  project       {DEMO.project.name}, id {DEMO.project.id}, which has the jobs
                {DEMO.projects[1].name}, id {DEMO.projects[1].id}, without jobs
                {DEMO.projects[2].name}, a name that two projects have
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the port and what is simulated."""
    parser.epilog = _ACCEPTS
    parser.add_argument(
        "--port", type=port_number, default=0, help="0 chooses a free one"
    )
    add_simulation(parser, speed=1.0)


def add_simulation(parser: argparse.ArgumentParser, *, speed: float) -> None:
    """Add what is simulated, and how fast."""
    names = list(SCENARIOS)
    parser.add_argument(
        "--scenario",
        choices=names,
        default="calm",
        metavar="NAME",
        help=f"one of {', '.join(names)}; default calm",
    )
    parser.add_argument(
        "--speed",
        type=_speed,
        default=speed,
        metavar="FACTOR",
        help=f"how much faster than life, such as 20x; default {speed:g}x",
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="varies the scenario"
    )


def _speed(text: str) -> float:
    try:
        speed = float(text.removesuffix("x"))
    except ValueError:
        speed = 0.0
    if not 0.1 <= speed <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a factor from 0.1x to 1000x")
    return speed


def run(call: Call) -> Coroutine[None, None, int]:
    """Serve until told to end; the first line says where and what is accepted."""
    return ended_by_signals(_serve(call), SERVING)


async def _serve(call: Call) -> int:
    from ims_tui.simulator.service import simulator  # not for the help alone

    args = call.args
    try:
        async with simulator(
            args.scenario, args.seed, args.speed, args.port
        ) as service:
            call.out.write(
                f"ready {service.url} token={DEMO.token} "
                f"access_key={DEMO.key.access_key} secret_key={DEMO.key.secret_key} "
                f"user={DEMO.user} project_id={DEMO.project.id}\n"
            )
            for watch in service.watches:
                call.out.write(f"job {watch.job_id} {watch.label}\n")
            call.out.flush()
            await asyncio.get_running_loop().create_future()  # until cancelled
    except OSError as error:
        # What asyncio says of it names the address again.
        why = os.strerror(error.errno) if error.errno else reason_of(error)
        raise ConfigError(f"port {args.port} cannot be had: {why}") from error
    return 0
