"""The import law, the few blanket excepts, and other rules that no linter knows."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from graphlib import TopologicalSorter
from pathlib import Path
from string import Formatter
from typing import get_type_hints

import pytest
from msgspec import Struct

from ims_tui.core.config.settings import Profile, Settings
from ims_tui.core.config.values import Rate
from ims_tui.core.show import texts

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "ims_tui"

THIRD_PARTY = {
    "core": set(),
    "adapters": {"httpx", "tomli_w", "filelock", "platformdirs", "yaml"},
    "simulator": {"h11"},
    "engine": set(),
    "wiring": set(),
    "cli": {"rich"},
    "ui": {"textual", "rich"},
    "client": set(),
    "__init__": set(),
    "__main__": set(),
}
"""Packages from elsewhere that a room may import; msgspec, the values, all."""

ROOMS = {
    "core": {"core"},
    "adapters": {"core", "adapters"},
    "simulator": {"core", "simulator"},
    "engine": {"core", "engine"},
    "wiring": {"core", "adapters", "engine"},
    "cli": {"core", "cli", "engine", "simulator", "ui", "wiring"},
    "ui": {"core", "ui", "engine"},
    "client": {"core", "wiring"},
    "__init__": {"client", "core"},
    "__main__": {"cli"},
}
"""Rooms of ours that a room may import."""

DOORS = {"__init__", "__main__"}
"""Where one comes in: no rooms, and not counted."""

MOST_ROOMS, MOST_ARROWS = 9, 16

GROUND = ("moment", "text", "errors", "values", "release")

CORE_ORDER = (
    "headless",
    "show",
    "ports",
    "state",
    "watchlist",
    "toml",
    "config",
    "polling",
    "notices",
    "signin",
    "service",
    "ground",
)
"""The floors of core: a file imports only from its own room and from those behind."""

NEIGHBOURS = {
    ("callfile", "atomicfile"): "a file is replaced as a whole",
    ("callfile", "smallfile"): "a named pipe in its place would wait for its writer",
    ("ims", "callfile"): "the call that a profile offers is remembered",
    ("exporter", "endpoint"): "metrics are served over HTTP",
    ("auth", "program"): "a credential helper is a program of the operator's",
    ("channels", "bodies"): "every body is read within the same bounds",
    ("channels", "certificates"): "what a chat service is verified with",
    ("channels", "clients"): "messages take the way that polls take",
    ("channels", "netcause"): "a failed message names what the network did",
    ("channels", "program"): "a hook is a program of the operator's",
    ("pollers", "logger"): "the log is loaded when there is something to say",
    ("statedb", "logger"): "the log is loaded when there is something to say",
    ("storedrows", "logger"): "the log is loaded when there is something to say",
    ("watchfile", "logger"): "the log is loaded when there is something to say",
    ("savedlist", "clock"): "what is known of a job depends on the time",
    ("savedlist", "pollers"): "a copy that polls is not asked twice",
    ("savedlist", "statedb"): "a guest of the state file works as its owner does",
    ("savedlist", "watchfile"): "the list and what is stored of it go together",
    ("outboxdb", "storedrows"): "one damaged row costs itself alone",
    ("statedb", "outboxdb"): "the outbox is a table of the state file",
    ("auth", "bodies"): "every body is read within the same bounds",
    ("ims", "bodies"): "every body is read within the same bounds",
    ("ims", "certificates"): "what the service is verified with",
    ("reach", "certificates"): "what the service is verified with",
    ("reach", "clients"): "doctor asks the way that polls take",
    ("auth", "smallfile"): "a file that changed is known by one mark",
    ("auth", "netcause"): "a failed sign-in names what the network did",
    ("clients", "netcause"): "where a request came as far as a proxy, that is named",
    ("configfile", "smallfile"): "files of the operator's are read in one way",
    ("ims", "auth"): "a request is signed on its way out",
    ("ims", "clients"): "the connections of one profile",
    ("ims", "netcause"): "a failed poll names what the network did",
    ("reach", "netcause"): "doctor names what the network did",
    ("archivedb", "storedrows"): "one damaged row costs itself alone",
    ("ledgerdb", "quarantine"): "a damaged file is set aside",
    ("pastjobs", "storedrows"): "one damaged row costs itself alone",
    ("pastoutages", "storedrows"): "one damaged row costs itself alone",
    ("statedb", "quarantine"): "a damaged file is set aside",
    ("statedb", "storedrows"): "one damaged row costs itself alone",
    ("statedb", "archivedb"): "the archive is a table of the state file",
    ("statedb", "pastjobs"): "the history is a table of the state file",
    ("statedb", "pastoutages"): "the outages are a table of the state file",
    ("themefiles", "smallfile"): "files of the operator's are read in one way",
    ("watchfile", "atomicfile"): "the list is replaced as a whole",
}
"""Adapters that know another one, and why; no others do."""

IMPURE = {
    "asyncio",
    "http",
    "os",
    "random",
    "select",
    "shutil",
    "socket",
    "sqlite3",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "urllib.request",
}
"""What core may not import: clocks, chance, files and the network are arguments."""

BLANKET = {
    "cli/main.py": "the last line of defence of the command line",
    "engine/lane.py": "a poll that must not end the loop",
    "engine/supervisor.py": "a step for one job that must not end the loop",
    "engine/threads.py": "what a call in a thread raises, its caller gets",
    "ui/workers.py": "an action or a worker, whose fault is logged and told",
}
"""Where any exception is caught without being raised again, and which."""


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(tree: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module or "", node


def typing_only(tree: ast.AST) -> set[ast.AST]:
    """Nodes under `if TYPE_CHECKING`."""
    return {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_room_imports_only_what_the_law_allows(path: Path) -> None:
    room, tree = room_of(path), ast.parse(path.read_text())
    for name, _ in imports(tree):
        top, _, rest = name.partition(".")
        if top == "ims_tui":
            target = rest.partition(".")[0] or "__init__"
            assert target in ROOMS[room], f"{room} imports {name}"
        elif top not in sys.stdlib_module_names:
            assert top in {"msgspec", *THIRD_PARTY[room], *optional(room)}, name
        elif room == "core":
            assert not {top, name} & IMPURE, f"core imports {name}"


def test_the_rooms_know_few_others_and_never_in_a_circle() -> None:
    arrows = {
        (room_of(path), name.split(".")[1])
        for path in modules()
        for name, _ in imports(ast.parse(path.read_text()))
        if name.startswith("ims_tui.")
    }
    arrows = {(room, known) for room, known in arrows if room != known}
    assert arrows == {(a, b) for a, known in ROOMS.items() for b in known - {a}}
    assert len(ROOMS.keys() - DOORS) <= MOST_ROOMS
    assert len([room for room, _ in arrows if room not in DOORS]) <= MOST_ARROWS
    TopologicalSorter({room: known - {room} for room, known in ROOMS.items()}).prepare()


def optional(room: str) -> set[str]:
    """Extras, imported where they are used and reported when missing."""
    return {"prometheus_client", "apprise"} if room == "adapters" else set()


def core_room(parts: Sequence[str]) -> str:
    """The floor of a file of core, or of a module that is imported from it."""
    name = parts[0].removesuffix(".py")
    return "ground" if name in (*GROUND, "__init__") else name


def test_each_room_of_core_imports_only_from_those_behind_it() -> None:
    core = PACKAGE / "core"
    for path in core.rglob("*.py"):
        floor = CORE_ORDER.index(core_room(path.relative_to(core).parts))
        for name, _ in imports(ast.parse(path.read_text())):
            if name.startswith("ims_tui.core."):
                target = CORE_ORDER.index(core_room(name.split(".")[2:]))
                assert target >= floor, f"{path.relative_to(core)} imports {name}"


def test_the_engine_does_not_know_what_is_shown() -> None:
    for path in (PACKAGE / "engine").rglob("*.py"):
        for name, _ in imports(ast.parse(path.read_text())):
            assert not name.startswith(("ims_tui.core.show", "ims_tui.core.headless"))


def test_adapters_know_each_other_only_where_a_reason_is_given() -> None:
    folder = PACKAGE / "adapters"
    found = set()
    for path in folder.rglob("*.py"):
        own = path.relative_to(folder).parts[0].removesuffix(".py")
        for name, _ in imports(ast.parse(path.read_text())):
            if name.startswith("ims_tui.adapters."):
                found.add((own, name.split(".")[2]))
    assert {(a, b) for a, b in found if a != b} == set(NEIGHBOURS)


def fields_of(settings: type[Struct]) -> Iterator[str]:
    """Names of all settings, those of the tables in them, too."""
    for name, kind in get_type_hints(settings).items():
        if isinstance(kind, type) and issubclass(kind, Struct) and kind is not Rate:
            yield from fields_of(kind)
        else:
            yield name


@pytest.mark.parametrize("name", [*fields_of(Settings), *fields_of(Profile)])
def test_each_setting_is_read_outside_of_the_rooms_that_read_it_in(name: str) -> None:
    config = PACKAGE / "core" / "config"
    readers = [
        path
        for path in modules()
        if config not in path.parents
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == name
    ]
    assert readers, f"{name} does nothing"


def test_core_does_no_io() -> None:
    for path in (PACKAGE / "core").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            assert called != "open", f"{path.name} opens a file"
            assert not called.endswith((".now", ".today", ".read_text")) or (
                called.startswith(("self.", "moment."))
            ), f"{path.name} calls {called}"


def test_the_screen_knows_the_engine_only_by_type() -> None:
    for path in (PACKAGE / "ui").rglob("*.py"):
        tree = ast.parse(path.read_text())
        only_types = typing_only(tree)
        for name, node in imports(tree):
            if name == "ims_tui.engine.runtime":
                assert node in only_types, path.name


def known_to(path: Path) -> set[str]:
    """The modules of ours that a file imports, by types or for real."""
    return {
        name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
        for name in imported(node)
    }


def imported(node: ast.ImportFrom) -> list[str]:
    """What is imported: modules by their whole name, where names are modules."""
    base = node.module or ""
    names = [f"{base}.{alias.name}" for alias in node.names]
    modules = [name for name in names if is_module(name)]
    return [*modules, base] if is_module(base) else modules


def is_module(name: str) -> bool:
    return (ROOT / f"{name.replace('.', '/')}.py").is_file()


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@pytest.mark.parametrize("room", sorted(ROOMS.keys() - DOORS))
def test_no_file_knows_one_that_knows_it_not_even_by_types(room: str) -> None:
    graph = {
        name_of(path): known_to(path) for path in modules() if room_of(path) == room
    }
    assert graph
    rest = dict(graph)
    while free := [name for name, known in rest.items() if not known & rest.keys()]:
        for name in free:
            del rest[name]
    assert not rest, f"a circle, or above one: {sorted(rest)}"


DESK = {"ims_tui.ui.desk", "ims_tui.ui.dialogs.contents"}


def test_commands_know_the_desk_and_no_widget() -> None:
    for path in (PACKAGE / "ui" / "commands").glob("*.py"):
        for name, _ in imports(ast.parse(path.read_text())):
            assert name.partition(".")[0] not in ("textual", "rich"), path.name
        for name in known_to(path):
            if name.startswith("ims_tui.ui."):
                assert name in DESK or name.startswith("ims_tui.ui.commands."), name


def test_dialogs_know_neither_the_app_nor_the_dashboard() -> None:
    above = {"ims_tui.ui.app", "ims_tui.ui.dashboard"}
    for path in (PACKAGE / "ui" / "dialogs").glob("*.py"):
        assert not known_to(path) & above, path.name


def literals(tree: ast.AST) -> Iterator[str]:
    """Texts that are values, with braces for what is put in; no docstrings."""
    inside: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            inside.add(node.value)
        if isinstance(node, ast.JoinedStr):
            inside.update(node.values)
            parts = (getattr(part, "value", "{}") for part in node.values)
            yield "".join(p if isinstance(p, str) else "{}" for p in parts)
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node not in inside
        ):
            yield node.value


OF_MACHINES = re.compile(r"(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|CASE|HTTP/|\w+=)")
"""How SQL and what goes to a server or to systemd begin; nobody reads it."""


def is_sentence(text: str) -> bool:
    return text[:1].isupper() and len(re.findall(r"[\w'-]+|\{\}", text)) >= 4


def test_engine_and_adapters_say_no_sentence_of_their_own() -> None:
    """They stand in `core/show`, for a translation to build on."""
    found = set()
    for room in ("engine", "adapters"):
        for path in (PACKAGE / room).rglob("*.py"):
            name = str(path.relative_to(PACKAGE))
            said = literals(ast.parse(path.read_text()))
            found |= {(name, text) for text in said if is_sentence(text)}
    assert not {(name, text) for name, text in found if not OF_MACHINES.match(text)}


NO_WORDS = {
    "the terminal is gone": "goes to the log",
    "Lines, Options": "asks Textual for widgets",
    "Options": "asks Textual for a widget",
    "ToastHolder": "asks Textual for its widgets",
    "OneLine { height: 1; }": "is a style",
}
"""What reads like words in the screen's files and nobody sees, and why."""


def is_worded(text: str) -> bool:
    """Whether a text has words: it begins with one, or holds two on end."""
    return re.search(r"^[A-Z][a-z]|[A-Za-z]{2} [A-Za-z]{2}", text) is not None


def unseen(tree: ast.AST) -> Iterator[str]:
    """Texts that go to the log, and names of types."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called.startswith("_LOG.") or called in ("TypeVar", "ParamSpec"):
                yield from literals(node)
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            yield from literals(node.value)


def test_the_screen_says_no_word_of_its_own() -> None:
    """Titles, buttons and sentences stand in `core/show`, for a translation."""
    found = set()
    for path in (PACKAGE / "ui").rglob("*.py"):
        tree = ast.parse(path.read_text())
        found |= {*filter(is_worded, literals(tree))} - {*unseen(tree)}
    assert found == NO_WORDS.keys()


CHOSEN_FIRST = {
    "AT_PERCENT",
    "BEFORE_END",
    "EVIDENCE_WRITTEN",
    "MUTED",
    "UNMUTED",
    "WROTE",
}
"""Texts that are filled after one of several was chosen."""


def test_texts_are_given_all_that_they_ask_for_and_no_more() -> None:
    """Of a text with braces; one that a variable names is looked for by its names."""
    wanted = {
        name: {field for _, field, _, _ in Formatter().parse(text) if field}
        for name, text in vars(texts).items()
        if name.isupper()
    }
    named, filled = set(), set()
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                text = ast.unparse(node.func.value).removeprefix("texts.")
                if node.func.attr == "format" and text in wanted:
                    given = {keyword.arg for keyword in node.keywords}
                    assert given == wanted[text], f"{path.name}: {text}"
                    filled.add(text)
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "texts":
                named.add(node.attr)
    assert wanted.keys() <= named, "nobody says these"
    assert {name for name in wanted if wanted[name]} - filled == CHOSEN_FIRST


LARGEST = 50, 450
"""Most methods and lines of a class."""


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_class_is_too_large_to_be_read_at_once(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ClassDef):
            functions = (ast.FunctionDef, ast.AsyncFunctionDef)
            count = sum(isinstance(inner, functions) for inner in node.body)
            lines = (node.end_lineno or 0) - node.lineno + 1
            size = f"{node.name}: {count} methods, {lines} lines"
            assert count <= LARGEST[0] and lines <= LARGEST[1], size


OF_THE_SCREEN = {
    "ims_tui.ui.app": "the dashboard is opened",
    "ims_tui.ui.clipboard": "doctor names the program that copies",
    "ims_tui.ui.terminal": "whether there is one, and what ends with it",
    "ims_tui.ui.textual_app": "Textual is loaded without what the screen does not use",
    "ims_tui.ui.themes": "the names of Textual's own themes",
}
"""What the command line may know of the screen, and why."""


def test_the_command_line_knows_only_this_of_the_screen() -> None:
    found = {
        name
        for path in (PACKAGE / "cli").rglob("*.py")
        for name, _ in imports(ast.parse(path.read_text()))
        if name.startswith("ims_tui.ui.")
    }
    assert found == set(OF_THE_SCREEN)


def test_the_command_line_loads_the_screen_only_inside_functions() -> None:
    for path in (PACKAGE / "cli").rglob("*.py"):
        tree = ast.parse(path.read_text())
        for node in tree.body:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                text = ast.unparse(node)
                assert "ims_tui.ui" not in text, path.name
                assert "textual" not in text, path.name


STARTS_PROGRAMS = {
    "adapters/program.py": "all of them, each in its bounds",
    "cli/configchange.py": "the editor, which gets the terminal",
}


def test_programs_are_started_in_one_place() -> None:
    found = {
        str(path.relative_to(PACKAGE))
        for path in modules()
        for name, node in imports(ast.parse(path.read_text()))
        if name == "subprocess" or "create_subprocess" in path.read_text()
    }
    assert found == STARTS_PROGRAMS.keys()


def test_nothing_is_caught_blindly_but_in_these_places() -> None:
    found = set()
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "exit_on_error":
                found.add(str(path.relative_to(PACKAGE)))  # Textual forgets the error
            if isinstance(node, ast.ExceptHandler):
                caught = ast.unparse(node.type) if node.type else ""
                reraises = any(isinstance(n, ast.Raise) for n in ast.walk(node))
                if caught in ("", "Exception", "BaseException") and not reraises:
                    found.add(str(path.relative_to(PACKAGE)))
    assert found == BLANKET.keys()


def test_every_module_says_what_it_is_for() -> None:
    missing = [
        str(path.relative_to(PACKAGE))
        for path in modules()
        if not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert not missing


def test_every_public_name_has_a_docstring() -> None:
    missing = []
    for path in modules():
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                missing += [
                    f"{path.relative_to(PACKAGE)}:{inner.lineno} {inner.name}"
                    for inner in (node, *methods(node))
                    if not inner.name.startswith("_") and not ast.get_docstring(inner)
                ]
    assert not missing


def methods(
    node: ast.AST,
) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    if not isinstance(node, ast.ClassDef) or node.name.startswith("_"):
        return []
    return [
        inner
        for inner in node.body
        if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]


def for_developers() -> str:
    """The README for developers."""
    return (PACKAGE / "README.md").read_text(encoding="utf-8")


def named_files(text: str) -> list[str]:
    """Python files of ours in a text; one without a folder is beside the one before."""
    found, folder = [], ""
    for name in re.findall(r"`([\w/]+\.py)`", text):
        if "/" in name:
            folder = name.rpartition("/")[0]
        found.append(name if "/" in name else f"{folder}/{name}")
    return found


def test_the_reading_list_is_eight_files_at_most_and_can_be_read_in_an_hour() -> None:
    names = named_files(for_developers().partition(" Then ")[0])
    assert 5 <= len(names) <= 8
    lines = [len((PACKAGE / name).read_text().splitlines()) for name in names]
    assert sum(lines) <= 2_400, dict(zip(names, lines, strict=True))


def test_the_glossary_is_short_and_its_table_of_changes_is_whole() -> None:
    _, words, changes, _ = re.split(
        r"\| (?:word|a change|what keeps it calm) \|.*", for_developers()
    )
    assert 10 < len(re.findall(r"^\| \w", words, re.M)) <= 20
    assert len(re.findall(r"^\| an?", changes, re.M)) == 9


def test_every_file_that_developers_are_sent_to_exists() -> None:
    names = named_files(for_developers())
    assert len(names) > 20
    gone = [n for n in names if not (PACKAGE / n).exists() and not (ROOT / n).exists()]
    assert not gone


def test_each_step_of_the_way_of_wait_is_there_and_is_known_to_one_before_it() -> None:
    walk = re.findall(r"^\d\. `([\w/]+)\.py` (.*?):", for_developers(), re.M)
    assert len(walk) == 8
    before = ""
    for file, named in walk:
        text = (PACKAGE / f"{file}.py").read_text()
        for name in re.findall(r"`(\w+)`", named):
            assert re.search(rf"^(?: *(?:async )?def )?{name}\b", text, re.M), name
        module = f"ims_tui.{file.replace('/', '.')}"
        is_known = module in before or f'"{file.rpartition("/")[2]}"' in before
        assert not before or is_known, f"nobody on the way loads {file}"
        before += text


def test_no_two_public_classes_share_a_name() -> None:
    places: dict[str, list[str]] = {}
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(str(path.relative_to(PACKAGE)))
    several = {name: files for name, files in places.items() if len(files) > 1}
    assert several.keys() <= {"WatchFile"}, "a port and its adapter may; else rename"


def test_the_visible_top_level_is_the_six() -> None:
    allowed = {
        "pyproject.toml",
        "README.md",
        "ims_tui",
        "tests",
        "themes",
        "screenshots",
    }
    visible = {p.name for p in ROOT.iterdir() if not p.name.startswith(".")}
    built = {"build", "dist", "ims_tui.egg-info"}  # never committed: .gitignore
    assert visible - built == allowed


@pytest.mark.parametrize("word", ["Manager", "Helper", "Utils", "Processor"])
def test_no_class_has_an_empty_name(word: str) -> None:
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                assert word not in node.name, f"{path.name}: {node.name}"
