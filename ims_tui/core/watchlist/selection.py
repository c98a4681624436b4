"""Which jobs a command is about: ids, labels, shown names and tags to keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from ims_tui.core.text import plural, printable
from ims_tui.core.watchlist.ids import check_id, is_job_id
from ims_tui.core.watchlist.watch import JobKey, Watch

MOST_NAMED = 5
"""Jobs of one name that are named."""


class UnknownNameError(ValueError):
    """A word that names no job; the text is one line that says why."""


def pick(
    words: Iterable[str],
    listed: Mapping[JobKey, Watch],
    profile: str = "",
    names: Callable[[], Mapping[JobKey, str]] = dict,
) -> list[JobKey | str]:
    """Find the jobs that words name.

    Args:
        words: ids, labels, or names as a table shows them.
        listed: the watchlist.
        profile: only jobs of this profile count; empty: of all.
        names: what a table shows in the place of a label; read where no label fits.

    Returns:
        For each job its key; for an id that is not on the list the id itself.

    Raises:
        UnknownNameError: a word is neither an id nor a name, or the name of several.
    """
    mine = [w for w in listed.values() if profile in ("", w.profile)]
    picked = [found for word in words for found in _named(word, mine, names)]
    return list(dict.fromkeys(picked))


def _named(
    word: str, watches: Sequence[Watch], names: Callable[[], Mapping[JobKey, str]]
) -> Sequence[JobKey | str]:
    if is_job_id(word.strip()):
        job_id = check_id(word)
        return [w.key for w in watches if w.job_id == job_id] or [job_id]
    called, name = "label", word.strip()
    labelled = [w for w in watches if w.label.strip() == name and name]
    shown_names: Mapping[JobKey, str] = {}
    if not labelled:
        shown_names, called = names(), "name"
        labelled = [w for w in watches if shown_names.get(w.key) == name]
    if len(labelled) == 1:
        return [labelled[0].key]
    shown = printable(word, 60)
    if labelled:
        ids = ", ".join(w.job_id for w in labelled[:MOST_NAMED])
        more = len(labelled) - MOST_NAMED
        ids += f" and {more} more" if more > 0 else ""
        raise UnknownNameError(f"'{shown}' is the {called} of several jobs: {ids}")
    known = [name for w in watches if (name := shown_names.get(w.key) or w.label)]
    import difflib  # only mistakes need it

    if near := difflib.get_close_matches(word, known, n=1):
        meant = printable(near[0], 60)
        raise UnknownNameError(
            f"no job on the list is called '{shown}'; did you mean '{meant}'?"
        )
    try:
        check_id(word)
    except ValueError as error:
        raise UnknownNameError(f"{error} No label is '{shown}' either.") from error
    raise AssertionError(word)


def tagged(tag: str, listed: Mapping[JobKey, Watch], profile: str = "") -> list[JobKey]:
    """The jobs that carry a tag."""
    return [
        w.key for w in listed.values() if tag in w.tags and profile in ("", w.profile)
    ]


def jobs(count: int) -> str:
    """`1 job`, `2 jobs`."""
    return plural(count, "job", "jobs")


class Placement(Struct, frozen=True):
    """The profile that is asked about a job, and what speaks against it."""

    profile: str
    stray: str = ""
    """That the job's URL names another project than the profile has; else empty."""


def placement(
    project_id: str, usual: str, projects: Mapping[str, str], *, is_chosen: bool = False
) -> Placement:
    """Which profile is asked about a job whose URL names a project.

    The only profile of that project; where there is none, the usual one.

    Args:
        project_id: of the URL; empty where it names none.
        usual: the profile that new jobs go to.
        projects: ids of the projects of all profiles, as far as they are known.
        is_chosen: the operator chose the usual profile, and it stays.
    """
    owners = [name for name, own in projects.items() if own == project_id]
    is_moved = len(owners) == 1 and project_id and not is_chosen
    profile = owners[0] if is_moved else usual
    own = projects.get(profile, "")
    if not project_id or own in ("", project_id):
        return Placement(profile)
    what = f"its URL names project {project_id}, but profile {profile} has {own}"
    return Placement(profile, what)


def placed(
    watches: Iterable[Watch],
    named: Mapping[str, str],
    projects: Mapping[str, str],
    *,
    is_chosen: bool,
) -> tuple[list[Watch], list[str]]:
    """Each new job in the profile whose project its URL names, else where it is.

    Args:
        watches: the new jobs.
        named: the project that the URL of a job names, by job id.
        projects: as of `placement`.
        is_chosen: as of `placement`.

    Returns:
        The jobs, and a line for each whose URL names a project that is not asked.
    """
    found, strays = [], []
    for watch in watches:
        project_id = named.get(watch.job_id, "")
        place = placement(project_id, watch.profile, projects, is_chosen=is_chosen)
        found.append(replace(watch, profile=place.profile))
        if place.stray:
            strays.append(f"{watch.job_id}: {place.stray}")
    return found, strays
