"""Watch asynchronous image jobs of Huawei Cloud IMS in a terminal, or from Python."""

from ims_tui.core import release

TYPE_CHECKING = False  # type checkers take it for true; `typing` costs 5 ms
if TYPE_CHECKING:
    from ims_tui.client import Client, WaitTimeoutError

__all__ = ["Client", "WaitTimeoutError", "__version__"]

__version__ = release.VERSION


def __getattr__(name: str) -> object:
    """Load the client when it is first wanted: the program itself needs none of it."""
    if name in ("Client", "WaitTimeoutError"):
        from ims_tui.client import Client, WaitTimeoutError

        return {"Client": Client, "WaitTimeoutError": WaitTimeoutError}[name]
    raise AttributeError(f"module 'ims_tui' has no attribute {name!r}")
