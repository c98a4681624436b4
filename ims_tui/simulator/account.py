"""The one account the simulator knows: made up, public, meant to be typed."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from ims_tui.core.values import Discreet


class Project(Struct, frozen=True):
    """A project as `GET /v3/projects` lists it."""

    id: str
    """32 hex digits."""
    name: str
    """The region's name for the default project of a region."""


class KeyPair(Discreet, frozen=True):
    """An access key; a temporary one also has a security token."""

    hidden: ClassVar = frozenset({"secret_key", "security_token"})

    access_key: str
    secret_key: str
    security_token: str | None = None


class Account(Discreet, frozen=True):
    """Everything the simulator accepts as a sign-in."""

    hidden: ClassVar = frozenset({"password", "token", "powerless_token"})

    domain_id: str
    domain: str
    user_id: str
    user: str
    password: str
    token: str
    """A ready token, for clients that do not sign in."""
    powerless_token: str
    """A ready token of a user who may not read jobs."""
    keys: tuple[KeyPair, ...]
    projects: tuple[Project, ...]

    @property
    def project(self) -> Project:
        """The project that jobs belong to."""
        return self.projects[0]

    @property
    def key(self) -> KeyPair:
        """The permanent key pair."""
        return self.keys[0]

    def key_pair(self, access_key: str) -> KeyPair | None:
        """The pair with this access key."""
        return next((k for k in self.keys if k.access_key == access_key), None)


DEMO = Account(
    domain_id="65382450e8f64ac0870cd180d14e0000",
    domain="demo-domain",
    user_id="7116d09f88fa41908676fdd4b0390000",
    user="demo-user",
    password="demo-password",
    token="demo-token",
    powerless_token="demo-token-without-rights",
    keys=(
        KeyPair("DEMOACCESSKEY0000001", "demoSecretKeyOfTheSimulator0000000000001"),
        KeyPair(
            "DEMOTEMPORARYKEY0001",
            "demoTemporarySecretKeyOfTheSimulator0001",
            "demo-security-token",
        ),
    ),
    projects=(Project("5a4f8c1e0b7d4c6e9f2a1b3c4d5e6f70", "cn-north-4"),),
)
"""The account of `ims-tui demo` and `ims-tui simulate`."""
