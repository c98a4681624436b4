"""Work behind the screen whose faults are seen: logged, and told in a toast.

Textual forgets the error of a worker that must not end the program. All workers of the
screen are made here, with somebody who looks at it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from textual.app import App
from textual.dom import DOMNode
from textual.worker import Worker

from ims_tui.core.show import texts
from ims_tui.ui.toast import tell

_LOG = logging.getLogger(__name__)
P = ParamSpec("P")
N = TypeVar("N", bound=DOMNode)


def observed(
    *, exclusive: bool = False, group: str = "default"
) -> Callable[
    [Callable[Concatenate[N, P], Awaitable[None]]], Callable[Concatenate[N, P], None]
]:
    """Make a method of a node a worker that is observed.

    Args:
        exclusive: end the workers of the group that run.
        group: the workers of a node that belong together.
    """

    def decorate(
        method: Callable[Concatenate[N, P], Awaitable[None]],
    ) -> Callable[Concatenate[N, P], None]:
        @wraps(method)
        def start(self: N, /, *args: P.args, **kwargs: P.kwargs) -> None:
            def call() -> Awaitable[None]:
                return method(self, *args, **kwargs)

            observe(self, call, exclusive=exclusive, group=group)

        return start

    return decorate


def observe(
    node: DOMNode,
    call: Callable[[], Awaitable[None]],
    *,
    exclusive: bool = False,
    group: str = "default",
) -> None:
    """Run a call in a worker of a node; what it raises is logged and told."""

    async def run() -> None:
        with observing(node.app):
            await call()

    # Not the coroutine: where the node is closing nobody would await it.
    _: Worker[None] = node.run_worker(
        run, exclusive=exclusive, group=group, exit_on_error=False
    )


@contextmanager
def observing(app: App[Any]) -> Iterator[None]:
    """Log and tell a fault of what is done in the block, which ends there."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - of one action, not of the program
        _LOG.exception("a fault behind the screen")
        tell(app, texts.OWN_FAULT.format(name=type(error).__name__), is_bad=True)
