"""The configuration of KooCLI, where its keys are plain.

KooCLI encrypts what it writes for the machine it runs on; a file made by hand, or for
the terraform provider (`shared_config_file`), has plain keys. Source of the names: that
provider's `config/auth.go` (huaweicloud/terraform-provider-huaweicloud, SharedConfig).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ims_tui.core.config.environment import Environment, UnusableError, secret_file
from ims_tui.core.config.login import Login
from ims_tui.core.signin.source import RELOAD, START
from ims_tui.core.text import printable

KOO_FILE = "~/.hcloud/config.json"
_MEND = f"Mend the file, {RELOAD}"
_PLAIN = r"[A-Z0-9]{16,40}"


def koo_login(environment: Environment) -> Login | None:
    """The key pair of the profile in use; None where there is no file.

    Raises:
        UnusableError: the file, the profile or its keys are of no use.
    """
    path = environment.variable("HW_SHARED_CONFIG_FILE") or KOO_FILE
    if not environment.file(path).exists:
        return None
    document = _document(secret_file(environment, path), path)
    name = environment.variable("HW_PROFILE") or _text(document, "current") or "default"
    listed = document.get("profiles")
    profiles = listed if isinstance(listed, list) else []
    found = next((p for p in profiles if _text(p, "name") == name), None)
    if found is None:
        raise UnusableError(f"{path} has no profile {printable(name, 40)}", _MEND)
    access_key = _text(found, "accessKeyId")
    if not re.fullmatch(_PLAIN, access_key):
        why = f"{path} has no plain key pair; KooCLI alone can read an encrypted one"
        raise UnusableError(why, f"Name the keys in variables and {START}")
    return Login(
        f"{path} profile {printable(name, 40)}",
        access_key=access_key,
        secret_key=_text(found, "secretAccessKey"),
        security_token=_text(found, "securityToken"),
        project_id=_text(found, "projectId"),
        region=_text(found, "region"),
    )


def _document(text: str, path: str) -> Mapping[str, object]:
    import json  # 2 ms, and few machines have this file

    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        # The parser's own text quotes what it read, which may be a secret.
        raise UnusableError(f"{path} is not JSON", _MEND) from None
    if not isinstance(document, Mapping):
        raise UnusableError(f"{path} holds no profiles", _MEND)
    return document


def _text(table: object, name: str) -> str:
    value = table.get(name) if isinstance(table, Mapping) else None
    return value if isinstance(value, str) else ""
