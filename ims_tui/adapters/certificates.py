"""What certificates are checked by: a profile's file, the variables, or the usual ones.

What cannot be used is named with the setting or variable it comes from: OpenSSL says
`No such file or directory` of it, of a folder that is not there nothing at all, and
from a pipe it reads for ever.
"""

from __future__ import annotations

import os
import ssl
import stat
from collections.abc import Mapping
from pathlib import Path

import httpx

from ims_tui.core.errors import UnusableSettingError, reason_of
from ims_tui.core.show.cause_texts import RELOAD_IT
from ims_tui.core.signin.source import CORRECT_IT
from ims_tui.core.text import printable


def trusted(ca_bundle: str, environ: Mapping[str, str]) -> ssl.SSLContext:
    """The authorities that may vouch for a service; to read them takes 50 ms.

    Called where TLS is used, and nowhere else: only there these names matter.

    Args:
        ca_bundle: the profile's own file; empty: the variables `SSL_CERT_FILE` and
            `SSL_CERT_DIR` count, else the usual authorities.
        environ: the variables.

    Raises:
        UnusableSettingError: a file or folder that is named cannot be used.
    """
    _check_key_log(environ.get("SSLKEYLOGFILE", ""))
    if ca_bundle:
        return _of_file("ca_bundle", ca_bundle, RELOAD_IT)
    if path := environ.get("SSL_CERT_FILE"):
        return _of_file("SSL_CERT_FILE", path, CORRECT_IT)
    if folders := environ.get("SSL_CERT_DIR"):
        if not any(Path(folder).is_dir() for folder in folders.split(os.pathsep)):
            raise _unusable(
                "SSL_CERT_DIR", folders, "there is no such folder", CORRECT_IT
            )
        return ssl.create_default_context(capath=folders)
    return httpx.create_ssl_context(trust_env=False)


def _of_file(name: str, path: str, remedy: str) -> ssl.SSLContext:
    try:
        if not stat.S_ISREG(Path(path).stat().st_mode):
            raise _unusable(name, path, "it is not a file", remedy)
        return ssl.create_default_context(cafile=path)
    except ssl.SSLError as error:
        why = "it does not hold certificates"
        raise _unusable(name, path, why, remedy) from error
    except (OSError, ValueError) as error:
        why = f"it cannot be read ({reason_of(error)})"
        raise _unusable(name, path, why, remedy) from error


def _check_key_log(path: str) -> None:
    """Make sure that the keys can be written where somebody wants to see them."""
    if not path:
        return
    try:
        if Path(path).is_fifo():  # to open it would wait for its reader
            raise _unusable("SSLKEYLOGFILE", path, "it is not a file", CORRECT_IT)
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).keylog_filename = path
    except (OSError, ValueError) as error:
        why = f"it cannot be written ({reason_of(error)})"
        raise _unusable("SSLKEYLOGFILE", path, why, CORRECT_IT) from error


def _unusable(name: str, path: str, why: str, remedy: str) -> UnusableSettingError:
    return UnusableSettingError(f"{name} = {printable(path, 200)}: {why}", remedy)
