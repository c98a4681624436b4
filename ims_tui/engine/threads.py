"""Threads for calls that block, for which the end of the program does not wait.

Python waits at its end for the threads of `asyncio.to_thread` and of name look-ups:
with a name server that does not answer, that took ten seconds. Whoever must not be cut
off waits for its own call, as long as that pays.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from threading import Lock, Thread
from typing import ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

MOST = 32
"""Threads at once: look-ups that hang must not hold up the reading of a file."""


class InThread(Protocol):
    """Calls what blocks on files in their thread, in the order of the calls."""

    def __call__(self, call: Callable[..., T], *arguments: object) -> Awaitable[T]:
        """Return what the call returns, or raise what it raises."""


class DaemonThreads(ThreadPoolExecutor):
    """Executor whose threads end with the program, whatever they wait for.

    A `ThreadPoolExecutor` by type only: an event loop takes no other.
    """

    def __init__(self, most: int = MOST, name: str = "call") -> None:
        super().__init__(most)
        self._most = most
        self._name = name
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._lock = Lock()
        self._started = self._under_way = 0
        self._is_closed = False

    def submit(
        self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """Call in a thread, in the order of the calls where there is one thread.

        Raises:
            RuntimeError: the executor was shut down.
        """
        future: Future[T] = Future()

        def call() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = fn(*args, **kwargs)
            except BaseException as error:  # noqa: BLE001 - its caller gets it
                future.set_exception(error)
            else:
                future.set_result(result)

        with self._lock:
            if self._is_closed:
                raise RuntimeError("these threads have ended")
            self._under_way += 1
            self._calls.put(call)
            if self._started < min(self._under_way, self._most):
                self._started += 1
                name = f"{self._name} {self._started}"
                Thread(target=self._serve, name=name, daemon=True).start()
        return future

    def _serve(self) -> None:
        while (call := self._calls.get()) is not None:
            call()
            del call
            with self._lock:
                self._under_way -= 1

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no further call; what is under way is left to itself."""
        with self._lock:
            self._is_closed = True
            for _ in range(self._started):
                self._calls.put(None)
