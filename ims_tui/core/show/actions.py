"""Every action an operator has a key for: the one table behind keys, help and palette.

Bindings, the key line, the help, the command palette and the names allowed in `[keys]`
are all made of `AREAS`, so none of them can say what another does not do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from itertools import chain

from msgspec import Struct

from ims_tui.core.text import cell_len


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
    brief: str = ""
    """Word for the key line at the foot; empty: it is never shown there."""
    place: int = 0
    """Its place there from left to right, in tens: another one fits between."""
    owner: Owner = Owner.SCREEN


def _table(id: str, keys: str, words: str) -> Action:
    return Action(id, keys, words, owner=Owner.TABLE)


MOVE = "Move"
"""Heading of the keys that move in the table."""

AREAS: Mapping[str, tuple[Action, ...]] = {
    MOVE: (
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
    ),
    "Find": (
        Action("filter", "/", "Filter as you type", "Filter", 50),
        Action("back", "escape", "Back: filter, zoom, marks, pane", "Back", 180),
        Action("next", "}", "Next row with trouble", "Trouble", 75),
        Action("previous", "{", "Previous row with trouble"),
        Action("facet_all", "1", "All jobs"),
        Action("facet_active", "2", "Active jobs"),
        Action("facet_attention", "3", "Attention: failed, stalled, gone, refused"),
        Action("facet_failed", "4", "Failed jobs"),
        Action("facet_done", "5", "Done: jobs that succeeded"),
        Action("facet_archive", "6", "Archive: shows it"),
    ),
    "Jobs": (
        Action("add", "a", "Add jobs; pasting does it too", "Add", 20),
        Action(
            "remove",
            "d,delete",
            "Remove from the list or the archive; an active job goes on",
            "Remove",
            40,
        ),
        Action("undo", "u", "Undo the last removal or move"),
        Action("edit", "n", "Label and note"),
        Action("tags", "#", "Tags"),
        Action("mute", "m", "Mute or unmute a job"),
        Action("marks", "%", "Tell of the job before its end"),
        Action("mutes", "M", "Mute or unmute tags and profiles"),
        Action("snooze", "Z", "Tell nobody anything for 30 minutes"),
        Action(
            "archive",
            "A",
            "Archive what has ended; in the archive: bring back",
            "Bring back",
            30,
        ),
        Action("acknowledge", "x", "Acknowledge the result", "Ack", 80),
        Action("next_result", "N", "Acknowledge and go to the next new result"),
        Action("acknowledge_all", "X", "Acknowledge all shown"),
        Action(
            "mark",
            "space",
            "Mark a job or a group; actions apply to all marked",
            owner=Owner.TABLE,
        ),
        Action(
            "mark_range", "ctrl+@", "Mark from the last mark to here", owner=Owner.TABLE
        ),
    ),
    "Look": (
        Action(
            "open",
            "enter",
            "Details, sub-jobs; fold a group, or JSON",
            "Details",
            10,
            owner=Owner.TABLE,
        ),
        Action("sub_jobs", "b", "Sub-jobs as rows"),
        Action("zoom", "z", "Zoom the detail"),
        Action("pane_next", "tab", "Next pane"),
        Action("pane_before", "shift+tab", "Previous pane"),
        Action("tab_next", "]", "Next tab of the detail", "Next tab", 170),
        Action("tab_before", "[", "Previous tab of the detail"),
        Action("wall", "w", "Wall: large, for a screen nobody types at"),
        Action("groups", "B", "Group by cause of failure, tag, type, profile"),
        Action("fold_all", "-", "Fold all groups; enter folds one"),
        Action("unfold_all", "+", "Unfold all groups"),
        Action("gantt", "H", "Last hours or only job, where rows leave room"),
        Action("times", "t", "Times: elapsed and left; clock times; UTC"),
        Action("columns", "c", "Choose and order columns", "Columns", 70),
        Action("sort", "s", "Sort by", "Sort", 60),
        Action("reverse", "S", "Turn the order around"),
    ),
    "Act": (
        Action("poll", "r,f5", "Poll now", "Poll now", 110),
        Action("poll_all", "ctrl+r", "Poll all shown now"),
        Action("pause", "p", "Pause or go on", "Pause", 120),
        Action("copy", "y", "Copy the job id", "Copy", 90),
        Action("copy_menu", "Y", "Copy more: image id, JSON, reply, error"),
        Action("export", "e", "Export what is shown", "Export", 130),
        Action("console", "o", "Console of the cloud: open, or copy its link"),
        Action("bundle", "ctrl+e", "Evidence of a job, for a support ticket"),
    ),
    "App": (
        Action("palette", "ctrl+p,:", "All commands; places by name", "Commands", 150),
        Action("profiles", "P", "Profiles: show, hide, default", "Profiles", 140),
        Action("theme", "T", "Theme"),
        Action("events", "E", "Events; enter goes to the job"),
        Action("digest", "D", "What happened while you were away"),
        Action("log", "L", "Log, requests, how soon ends are noticed", "Log", 160),
        Action("try_channel", "ctrl+t", "Try a channel of news"),
        Action("reload", "R", "Reload configuration and credentials", "Reload", 100),
        Action("help", "?,f1", "Help", "Help", 190),
        Action("repaint", "ctrl+l", "Repaint the screen"),
        Action("suspend", "ctrl+z", "Suspend to the shell; fg comes back"),
        Action("quit", "q", "Back, then quit", "Quit", 200),
        Action("quit_now", "ctrl+q", "Quit at once", owner=Owner.APP),
        Action("interrupt", "ctrl+c", "Copy a selection; twice quits", owner=Owner.APP),
    ),
}
"""All of them by the headings under which the help lists them."""

ACTIONS = tuple(chain.from_iterable(AREAS.values()))

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
