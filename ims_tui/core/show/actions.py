"""Every action an operator has a key for: the one table behind keys, help and palette.

Bindings, the key line, the help, the command palette and the names allowed in `[keys]`
are all made of `ACTIONS`, so none of them can say what another does not do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct

from ims_tui.core.text import cell_len


class Area(StrEnum):
    """Where the help lists an action."""

    MOVE = "Move"
    FIND = "Find"
    JOBS = "Jobs"
    LOOK = "Look"
    ACT = "Act"
    APP = "App"


class Owner(StrEnum):
    """Where the keys of an action hold."""

    TABLE = "table"
    SCREEN = "screen"
    APP = "app"


class Action(Struct, frozen=True):
    """One thing the operator can do."""

    id: str
    """Its name in `[keys]`."""
    keys: str
    """Default keys, comma-separated, as one writes them in `[keys]`."""
    words: str
    area: Area
    brief: str = ""
    """Word for the key line at the foot; empty: it is never shown there."""
    place: int = 0
    """Its place there from left to right, in tens: another one fits between."""
    owner: Owner = Owner.SCREEN


def _table(id: str, keys: str, words: str) -> Action:
    return Action(id, keys, words, Area.MOVE, owner=Owner.TABLE)


_SHOWN = (
    ("all", "All jobs"),
    ("active", "Active jobs"),
    ("attention", "Attention: failed, stalled, gone, refused"),
    ("failed", "Failed jobs"),
    ("done", "Done: jobs that succeeded"),
    ("archive", "Archive: shows it"),
)

ACTIONS: tuple[Action, ...] = (
    _table("up", "up,k", "Row up"),
    _table("down", "down,j", "Row down"),
    _table("page_up", "pageup", "Page up"),
    _table("page_down", "pagedown", "Page down"),
    _table("half_up", "ctrl+u", "Half a page up"),
    _table("half_down", "ctrl+d", "Half a page down"),
    _table("first", "g,home", "First row"),
    _table("last", "G,end", "Last row"),
    _table("left", "h,left", "Scroll columns left; fold a group"),
    _table("right", "l,right", "Scroll columns right; unfold a group"),
    Action("filter", "/", "Filter as you type", Area.FIND, "Filter", 50),
    Action("back", "escape", "Back: filter, zoom, marks, pane", Area.FIND, "Back", 180),
    Action("next", "}", "Next row with trouble", Area.FIND, "Trouble", 75),
    Action("previous", "{", "Previous row with trouble", Area.FIND),
    *(
        Action(f"facet_{name}", str(n), words, Area.FIND)
        for n, (name, words) in enumerate(_SHOWN, start=1)
    ),
    Action("add", "a", "Add jobs; pasting does it too", Area.JOBS, "Add", 20),
    Action(
        "remove",
        "d,delete",
        "Remove from the list or the archive; an active job goes on",
        Area.JOBS,
        "Remove",
        40,
    ),
    Action("undo", "u", "Undo the last removal or move", Area.JOBS),
    Action("edit", "n", "Label and note", Area.JOBS),
    Action("tags", "#", "Tags", Area.JOBS),
    Action("mute", "m", "Mute or unmute a job", Area.JOBS),
    Action("marks", "%", "Tell of the job before its end", Area.JOBS),
    Action("mutes", "M", "Mute or unmute tags and profiles", Area.JOBS),
    Action("snooze", "Z", "Tell nobody anything for 30 minutes", Area.JOBS),
    Action(
        "archive",
        "A",
        "Archive what has ended; in the archive: bring back",
        Area.JOBS,
        "Bring back",
        30,
    ),
    Action("acknowledge", "x", "Acknowledge the result", Area.JOBS, "Ack", 80),
    Action("next_result", "N", "Acknowledge and go to the next new result", Area.JOBS),
    Action("acknowledge_all", "X", "Acknowledge all shown", Area.JOBS),
    Action(
        "mark",
        "space",
        "Mark a job or a group; actions apply to all marked",
        Area.JOBS,
        owner=Owner.TABLE,
    ),
    Action(
        "mark_range",
        "ctrl+@",
        "Mark from the last mark to here",
        Area.JOBS,
        owner=Owner.TABLE,
    ),
    Action(
        "open",
        "enter",
        "Details, sub-jobs; fold a group, or JSON",
        Area.LOOK,
        "Details",
        10,
        owner=Owner.TABLE,
    ),
    Action("sub_jobs", "b", "Sub-jobs as rows", Area.LOOK),
    Action("zoom", "z", "Zoom the detail", Area.LOOK),
    Action("pane_next", "tab", "Next pane", Area.LOOK),
    Action("pane_before", "shift+tab", "Previous pane", Area.LOOK),
    Action("tab_next", "]", "Next tab of the detail", Area.LOOK, "Next tab", 170),
    Action("tab_before", "[", "Previous tab of the detail", Area.LOOK),
    Action("wall", "w", "Wall: large, for a screen nobody types at", Area.LOOK),
    Action("groups", "B", "Group by cause of failure, tag, type, profile", Area.LOOK),
    Action("fold_all", "-", "Fold all groups; enter folds one", Area.LOOK),
    Action("unfold_all", "+", "Unfold all groups", Area.LOOK),
    Action("gantt", "H", "Last hours or only job, where rows leave room", Area.LOOK),
    Action("times", "t", "Times: elapsed and left; clock times; UTC", Area.LOOK),
    Action("columns", "c", "Choose and order columns", Area.LOOK, "Columns", 70),
    Action("sort", "s", "Sort by", Area.LOOK, "Sort", 60),
    Action("reverse", "S", "Turn the order around", Area.LOOK),
    Action("poll", "r,f5", "Poll now", Area.ACT, "Poll now", 110),
    Action("poll_all", "ctrl+r", "Poll all shown now", Area.ACT),
    Action("pause", "p", "Pause or go on", Area.ACT, "Pause", 120),
    Action("copy", "y", "Copy the job id", Area.ACT, "Copy", 90),
    Action("copy_menu", "Y", "Copy more: image id, JSON, reply, error", Area.ACT),
    Action("export", "e", "Export what is shown", Area.ACT, "Export", 130),
    Action("console", "o", "Console of the cloud: open, or copy its link", Area.ACT),
    Action("bundle", "ctrl+e", "Evidence of a job, for a support ticket", Area.ACT),
    Action(
        "palette",
        "ctrl+p,:",
        "All commands; places by name",
        Area.APP,
        "Commands",
        150,
    ),
    Action("profiles", "P", "Profiles: show, hide, default", Area.APP, "Profiles", 140),
    Action("theme", "T", "Theme", Area.APP),
    Action("events", "E", "Events; enter goes to the job", Area.APP),
    Action("digest", "D", "What happened while you were away", Area.APP),
    Action(
        "log",
        "L",
        "Log, requests, how soon ends are noticed",
        Area.APP,
        "Log",
        160,
    ),
    Action("try_channel", "ctrl+t", "Try a channel of news", Area.APP),
    Action(
        "reload", "R", "Reload configuration and credentials", Area.APP, "Reload", 100
    ),
    Action("help", "?,f1", "Help", Area.APP, "Help", 190),
    Action("repaint", "ctrl+l", "Repaint the screen", Area.APP),
    Action("suspend", "ctrl+z", "Suspend to the shell; fg comes back", Area.APP),
    Action("quit", "q", "Back, then quit", Area.APP, "Quit", 200),
    Action("quit_now", "ctrl+q", "Quit at once", Area.APP, owner=Owner.APP),
    Action(
        "interrupt",
        "ctrl+c",
        "Copy a selection; twice quits",
        Area.APP,
        owner=Owner.APP,
    ),
)

BY_ID = {action.id: action for action in ACTIONS}

USUAL = (
    *("quit", "help", "open", "add", "filter", "acknowledge", "copy", "next"),
    *("pause", "remove", "sort", "poll", "columns", "export"),
)
"""What the key line shows of a list of jobs, the most useful first."""
ARCHIVED = (
    *("quit", "help", "open", "archive", "filter", "copy", "sort", "columns"),
    *("export", "remove"),
)
"""The key line in the archive."""
EMPTY = ("quit", "help", "add", "profiles", "palette")
"""The key line while nothing is watched."""
CUT_OFF = ("quit", "help", "poll", "pause", "log", "add", "filter", "profiles")
"""The key line while the service does not answer."""
ZOOMED = ("quit", "help", "back", "tab_next", "copy", "acknowledge", "poll")
"""The key line while the detail has the whole screen."""
STOPPED = ("quit", "help", "reload", "profiles", "log", "add", "filter", "copy")
"""The key line while a credential is refused."""

_NAMES = {
    "escape": "esc",
    "delete": "del",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "ctrl+@": "ctrl+space",
}


def keys_of(action: Action, keymap: Mapping[str, str]) -> list[str]:
    """The keys bound to an action; `[keys]` overrides the default."""
    chosen = keymap.get(action.id, "") or action.keys
    return [key.strip() for key in chosen.split(",") if key.strip()]


def shown_key(key: str) -> str:
    """A key as it stands in texts."""
    return _NAMES.get(key, key)


def keys_text(action: Action, keymap: Mapping[str, str]) -> str:
    """All keys of an action for the help: `d, del`."""
    return ", ".join(map(shown_key, keys_of(action, keymap)))


def clashes(keymap: Mapping[str, str]) -> dict[str, list[str]]:
    """The actions of each key, as shown, that `[keys]` gives to one of several."""
    owners: dict[str, list[str]] = {}
    for action in ACTIONS:
        for key in keys_of(action, keymap):
            owners.setdefault(key, []).append(action.id)
    return {shown_key(key): ids for key, ids in owners.items() if len(ids) > 1}


class KeyHint(Struct, frozen=True):
    """One key with its word at the foot of the screen."""

    key: str
    word: str
    run: str
    """What a click runs."""

    @property
    def text(self) -> str:
        """Both, as they stand there."""
        return f"{self.key} {self.word}"


def key_line(
    wanted: Iterable[str], keymap: Mapping[str, str], width: int, opening: str = ""
) -> list[KeyHint]:
    """As many hints as fit into a width: the first wanted ones, in a fixed order.

    Args:
        wanted: names of actions, the most useful first.
        keymap: the operator's own keys.
        width: cells there are.
        opening: what `open` does, where it shows no details.
    """
    chosen: dict[str, KeyHint] = {}
    room = width - 1
    for name in wanted:
        action = BY_ID[name]
        key = shown_key(keys_of(action, keymap)[0])
        word = opening if opening and name == "open" else action.brief
        hint = KeyHint(key, word, name)
        room -= cell_len(hint.text) + 2
        if room < -2:
            break
        chosen[name] = hint
    return [chosen[name] for name in sorted(chosen, key=lambda n: BY_ID[n].place)]
