"""Job ids out of any text: lists, JSON, URLs, logs, shell output.

A job id is 32 hex digits that stand alone. Project, user and request ids look the
same, so what names an id decides: its key (`"project_id":`, `X-Project-Id:`,
`项目ID：`), the part of the URL before it (`/v1/` is followed by a project), or the
key of the JSON object or list around it (`"project": {"id": ...}`). An id that
nothing names is taken for a job, and a `job` in its name always wins. Ids of sub-jobs
are left out: the parent's reply shows them, and each would cost requests of its own.

One pass over the text, so the time taken grows with its length only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from msgspec import Struct

from ims_tui.core.service.jobservice import JobService
from ims_tui.core.text import printable

ID_LENGTH = 32
"""Hex digits of a job id."""

# Texts, not compiled: `re` compiles each at its first use and keeps it.
_JOB_ID = r"[0-9A-Fa-f]{32}"
_HEX = frozenset("0123456789abcdefABCDEF")

# Clipped or doubled ids lie here; 40 digits are a SHA-1, 64 a SHA-256.
_NEAR = range(20, 40)
_MAX_WRONG = 2
"""Characters of a 32-character run that may be no hex digits in a mistyped id."""

_MAX_DEPTH = 256
"""Brackets remembered; deeper ones keep the meaning of the last."""

_NOISE = (
    r"\x1b\[[0-9;:?]*[A-Za-z]"  # colours of shell output
    r"|\\[nrt]"  # escapes of a string in JSON
    r"|%(?:0[AaDd]|2[026FfCc]|27|3[AaDd]|5[BbDd]|7[BbDd])"  # escapes of a URL
)
_URL_SIGNS = {"%3a": ":", "%3d": "=", "%2f": "/"}

_SCAN = (
    r"(?P<record>\n(?=[^\s\]}\"']))"
    r"|(?<![\w-])(?P<key>[^\W\d][\w-]*+)[\"'\\]*+\s*+[:=]\s*+[\[{]"
    r"|(?P<open>[\[{])|(?P<close>[\]}])"
    r"|(?<![0-9A-Za-z])(?P<run>[0-9A-Za-z]{20,}+)"
)

# Read backwards from an id: quotes, then a sign, then quotes, then one or two words.
_NAME = (
    r"[\"'`\\(<\[{ \t]*+(?P<sign>>=|=>|[:=/>|：])?[\"'`\\ \t]*+(?P<last>[\w.-]+)"
    r"(?:[ ](?P<first>\w+))?"
)
_BEHIND = 80
"""Characters before an id in which its name is looked for."""

_API_VERSION = r"v\d"

# The job framework's other services; their jobs have ids of the same form.
_OTHER_SERVICE = (
    r"(?i)https?://(ecs|evs|bms|vbs|sdrs|elb)\.[^\s/]{1,100}/v\d(?:\.\d)?"
    r"/[0-9a-f]{32}/jobs/$"
)
_FOLLOWED = frozenset(JobService)
_URL_PROJECT = (
    r"(?i)https?://[^\s\"'<>]*?(?:/v\d(?:\.\d)?/|project_?id[=/])([0-9a-f]{32})"
    r"(?![0-9a-f])[^\s\"'<>]*$"
)
_URL_BEHIND = 200
"""Characters before an id in which the address of its URL is looked for."""

_OTHER_STEMS = (
    "project|tenant|domain|user|account|group|role|agency|request|req|trace|span|"
    "correlation|session|transaction|parent|catalog|endpoint|service|image|server|"
    "instance|volume|snapshot|backup|vault|disk|network|port|项目|租户|用户|请求"
)
_OTHER_NAME = (
    rf"x?(?:{_OTHER_STEMS})s?|.*(?:{_OTHER_STEMS})ids?|etag|md5\w*|checksum|hash|digest|"
    r"nonce"
)
_SECRET_NAME = r".*(?:token|password|secret|signature|accesskey)"
_SUB_JOB = r"subjobs?(?:ids?|list|results?)?|子任务(?:id)?"


NO_SERVICES: Mapping[str, JobService] = MappingProxyType({})
"""Every id is one of IMS."""

NO_PROJECTS: Mapping[str, str] = MappingProxyType({})
"""No URL names a project."""


class Rejected(NamedTuple):
    """Something that is much like a job id, but not taken."""

    text: str
    why: str


class IdReport(Struct, frozen=True):
    """What a text holds, each id once, in the order of the text."""

    found: tuple[str, ...] = ()
    """Ids not known before."""
    known: tuple[str, ...] = ()
    """Ids already watched."""
    rejected: tuple[Rejected, ...] = ()
    services: Mapping[str, JobService] = NO_SERVICES
    """Whose jobs those ids are that a URL of another service names."""
    projects: Mapping[str, str] = NO_PROJECTS
    """Ids of the projects that URLs name, by the job ids in them."""


def is_job_id(text: str) -> bool:
    """Whether a text is a job id and nothing else; upper case counts."""
    return re.fullmatch(_JOB_ID, text) is not None


def check_id(text: str) -> str:
    """Return a job id in the service's lower case.

    Raises:
        ValueError: it is none; the text names it and what is allowed.
    """
    bare = text.strip()
    if is_job_id(bare):
        return bare.lower()
    shown = f'"{printable(bare, 40)}"'
    if "-" in bare and is_job_id(bare.replace("-", "")):
        why = "the hyphens make it an image id or another UUID"
    elif wrong := next((c for c in bare if c not in _HEX), ""):
        at = bare.index(wrong) + 1
        why = f'"{printable(wrong)}" at place {at} is no hex digit'
    else:
        why = f"it has {len(bare)} characters"
    raise ValueError(f"{shown} is not a job id: {why}. A job id has 32 hex digits.")


def find_ids(text: str) -> IdReport:
    """Pick the job ids out of a text."""
    finder = _Finder(re.sub(_NOISE, _quieted, text))
    finder.read()
    return IdReport(
        found=tuple(finder.ids),
        rejected=tuple(
            Rejected(each, why)
            for each, why in finder.rejected.items()
            if each not in finder.ids
        ),
        services=finder.services,
        projects=finder.projects,
    )


def _quieted(noise: re.Match[str]) -> str:
    if noise[0].startswith("\x1b"):
        return ""
    return _URL_SIGNS.get(noise[0].lower(), " ")


class _Finder:
    """One pass over one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.ids: dict[str, None] = {}
        self.rejected: dict[str, str] = {}
        self.services: dict[str, JobService] = {}
        self.projects: dict[str, str] = {}
        # What the brackets around the current place say their ids are; "" is nothing.
        self.around = [""]
        self.too_deep = 0

    def read(self) -> None:
        for match in re.finditer(_SCAN, self.text):
            match match.lastgroup:
                case "run":
                    self._judge(match["run"], match.start(), match.end())
                case "key":
                    self._enter(_other(match["key"]))
                case "open":
                    self._enter("")
                case "close":
                    self._leave()
                case _:  # a new record, say of a log: a bracket left open ends here
                    self.around, self.too_deep = [""], 0

    def _enter(self, other: str) -> None:
        if len(self.around) >= _MAX_DEPTH:
            self.too_deep += 1
        else:
            self.around.append(other or self.around[-1])

    def _leave(self) -> None:
        if self.too_deep:
            self.too_deep -= 1
        elif len(self.around) > 1:
            self.around.pop()

    def _judge(self, run: str, start: int, end: int) -> None:
        if len(run) not in _NEAR or self._is_part(start, end):
            return
        if is_job_id(run):
            other = self._named_other(start, end)
            if other == _SECRET:
                return
            if other:
                self.rejected.setdefault(run.lower(), other)
            else:
                self.ids[run.lower()] = None
                if service := self._url_service(start):
                    self.services[run.lower()] = JobService(service)
                if project := self._project(start):
                    self.projects[run.lower()] = project
        elif (why := _mangled(run)) and not self._named_other(start, end):
            self.rejected.setdefault(run, why)

    def _is_part(self, start: int, end: int) -> bool:
        """Whether hyphens tie it into something longer, such as a W3C trace parent."""
        text = self.text
        return (
            text[start - 1 : start] == "-"
            and text[end : end + 1] == "-"
            and text[start - 2 : start - 1] in _HEX
            and text[end + 1 : end + 2] in _HEX
        )

    def _url_service(self, start: int) -> str:
        """The service of the job framework whose URL ends here; empty where none."""
        url = self.text[max(0, start - _URL_BEHIND) : start]
        found = url.endswith("/") and re.search(_OTHER_SERVICE, url)
        return found[1].lower() if found else ""

    def _project(self, start: int) -> str:
        """Id of the project that the URL before an id names; empty where none."""
        found = re.search(_URL_PROJECT, self.text[max(0, start - _URL_BEHIND) : start])
        return found[1].lower() if found else ""

    def _named_other(self, start: int, end: int) -> str:
        """Say what else an id is, by its name; "" where it may be a job's."""
        if (other := self._url_service(start)) and other not in _FOLLOWED:
            return f"a job of {other.upper()}, which is not followed"
        backwards = self.text[max(0, start - _BEHIND) : start][::-1]
        name = re.match(_NAME, backwards)
        around = self.around[-1]
        if name is None:
            return around
        last, sign = name["last"][::-1], name["sign"] or ""
        if (
            sign == "/"
            and re.match(_API_VERSION, last)
            and self.text[end : end + 1] == "/"
        ):
            return "a project id, by its place in the URL"
        pair = f"{name['first'][::-1]}{last}" if name["first"] else last
        other = _other(last) or _other(pair)
        if other:
            return other
        if "job" in last.lower() or "任务" in last:
            return around if around == _SUB_JOB_WHY else ""
        return around


_NO_SIGNS = str.maketrans("", "", "-_.")

_SUB_JOB_WHY = "a sub-job, which its parent shows"
_SECRET = "a secret"  # so it is not even repeated


def _other(name: str) -> str:
    """Say what ids under this name are if not a job's; "" where the name is open."""
    compact = name.translate(_NO_SIGNS).lower()
    if re.fullmatch(_SUB_JOB, compact):
        return _SUB_JOB_WHY
    if re.fullmatch(_SECRET_NAME, compact):
        return _SECRET
    if "job" in compact or not re.fullmatch(_OTHER_NAME, compact):
        return ""
    return f"not a job id by its name ({printable(name.strip('-_'), 40)})"


def _mangled(run: str) -> str:
    """Say how a run fails to be a job id; "" where it never was one."""
    wrong = [place for place, char in enumerate(run, 1) if char not in _HEX]
    if len(run) == ID_LENGTH and 0 < len(wrong) <= _MAX_WRONG:
        char = run[wrong[0] - 1]
        return f'"{char}" at place {wrong[0]} is no hex digit'
    if wrong or run.isdigit() or run.isalpha():
        return ""
    size = "short" if len(run) < ID_LENGTH else "long"
    return f"too {size} ({len(run)} of {ID_LENGTH} characters)"
