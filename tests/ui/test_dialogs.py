"""What an operator opens over the dashboard: each does what it says."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual import events
from textual.widgets import Input, OptionList

from ims_tui.core.config.settings import Profile
from ims_tui.core.show.actions import ACTIONS, keys_text
from ims_tui.core.show.texts import NONE_FOUND
from ims_tui.core.show.viewstate import from_state, to_state
from ims_tui.core.watchlist.watch import JobKey
from ims_tui.ui.lines import Lines
from tests.golden_stage import settings_for
from tests.scenes import HOSTILE, MORNING, PROFILE, Scene
from tests.ui.stage import stage, with_ui

NEW = [f"cafe{n:028x}" for n in range(1, 4)]
PLAIN = settings_for(Scene("plain", (120, 40)))


async def test_ids_are_picked_out_of_a_paste_and_enter_adds_them() -> None:
    async with stage() as it:
        known = it.app.runtime.snapshot().entries
        seen = next(iter(known)).job_id
        await it.paste(f'{{"job_id":"{NEW[0]}"}} {seen} {NEW[1][:26]}')
        assert "Found 1 id, 1 more watched already, 1 too short (26 of 32" in it.text
        assert "enter Add 1" in it.text
        await it.press("enter")
        await it.settle()
        assert JobKey(PROFILE, NEW[0]) in it.app.runtime.snapshot().entries
        assert it.told[-1] == "Added 1 job; the list is saved."
        assert it.dashboard.current
        assert it.dashboard.current.watch.job_id == NEW[0]


async def test_a_url_of_another_project_than_the_profile_s_is_said() -> None:
    profile = replace(PLAIN.profiles[PROFILE], project_id="a" * 32)
    own = replace(PLAIN, profiles={PROFILE: profile})
    async with stage(settings=own) as it:
        url = f"https://ims.x.example/v1/{'b' * 32}/jobs/{NEW[0]}"
        await it.paste(url)
        assert "A URL names another project" in it.text
        assert f"than that of {PROFILE}" in it.text


async def test_a_paste_of_ten_thousand_ids_is_one_paste_and_no_key() -> None:
    ids = [f"{n:032x}" for n in range(1, 10_001)]
    async with stage() as it:
        before = it.app.runtime.snapshot()
        await it.paste("\n".join(ids))
        assert it.app.runtime.snapshot().entries == before.entries
        assert "Found 10000 ids" in it.text
        assert "Pasted 10000 lines, 329,999 characters" in it.text
        await it.press("enter")
        await it.settle()
        assert len(it.app.runtime.snapshot().entries) == 10_000 + len(MORNING)


async def test_a_paste_never_runs_as_keys() -> None:
    async with stage() as it:
        rows = it.labels
        await it.paste("ddddq\nq\nxXp")
        assert it.labels == rows
        assert "Found 0 ids" in it.text
        await it.press("enter")
        await it.settle()
        assert "Nothing to add" in it.text
        await it.press("escape")
        assert it.app.screen is it.dashboard


async def test_several_new_jobs_get_numbered_labels_and_tags() -> None:
    async with stage() as it:
        await it.press("a")
        await it.type(" ".join(NEW))
        await it.press("tab")
        await it.type("sap")
        await it.press("tab")
        await it.type("weekly, sap,")
        await it.press("enter")
        await it.settle()
        watches = [
            it.app.runtime.snapshot().entries[JobKey(PROFILE, i)].watch for i in NEW
        ]
        assert [w.label for w in watches] == ["sap 1", "sap 2", "sap 3"]
        assert {w.tags for w in watches} == {("weekly", "sap")}


async def test_the_profile_is_asked_for_when_there_are_several() -> None:
    profiles = {**PLAIN.profiles, "dr": Profile("dr")}
    async with stage(settings=replace(PLAIN, profiles=profiles)) as it:
        await it.press("a")
        await it.type(NEW[0])
        await it.press("down", "down", "down", "right", "enter")
        await it.settle()
        assert JobKey("dr", NEW[0]) in it.app.runtime.snapshot().entries


async def test_label_and_note_of_one_job() -> None:
    async with stage() as it:
        await it.press("n")
        assert "ticket 4711" in it.text
        await it.type("new name")
        await it.press("enter")
        await it.settle()
        assert it.under_cursor == "new name"
        assert it.dashboard.current
        assert it.dashboard.current.watch.note == "ticket 4711"
        assert it.app.focused is it.dashboard.table


async def test_tags_of_several_marked_jobs_are_added_and_taken_off() -> None:
    async with stage() as it:
        await it.press("space", "space", "number_sign")
        await it.type("night, -windows")
        await it.press("enter")
        await it.settle()
        tags = [entry.watch.tags for entry in it.dashboard.chosen_entries()]
        assert tags == [("weekly", "night"), ("night",)]


async def test_columns_are_turned_off_and_moved_at_once() -> None:
    async with stage() as it:
        await it.press("c", "space")
        await it.press("J")
        assert it.dashboard.sight.columns[:2] == ("label", "progress")
        await it.press("space", "escape")
        assert it.dashboard.sight.columns[:3] == ("label", "state", "progress")
        await it.press("c", "u", "escape")
        assert it.dashboard.sight.looks.columns == ()


async def test_the_sort_menu_sorts_and_the_same_again_turns_around() -> None:
    async with stage() as it:
        await it.press("s", "down", "down", "enter")
        await it.settle()
        assert it.labels == sorted(it.labels, key=str.casefold)
        assert it.app.screen is it.dashboard
        await it.press("s", "enter")
        await it.settle()
        assert it.labels == sorted(it.labels, key=str.casefold, reverse=True)


async def test_hidden_profiles_hide_their_rows_and_say_so() -> None:
    async with stage(size=(80, 24)) as it:
        await it.press("P", "space", "escape")
        assert it.labels == []
        assert "All jobs are of hidden profiles. P shows them." in it.text


async def test_themes_are_tried_under_the_cursor_and_taken_back_by_esc() -> None:
    async with stage() as it:
        before = it.app.theme
        await it.press("T", "down")
        assert it.app.theme != before
        await it.press("escape")
        assert it.app.theme == before


async def test_a_chosen_theme_is_there_in_the_next_run() -> None:
    async with stage() as it:
        await it.press("T", *"nord", "enter")
        await it.settle()
        assert it.app.theme == "nord" == it.dashboard.sight.looks.theme
        state = from_state(to_state(it.dashboard.sight.looks, PLAIN.ui), PLAIN.ui)
    async with stage() as again:
        assert again.app.theme == "ims-dark"
        again.dashboard.show_looks(state)
        assert again.app.theme == "nord"
    async with stage(has_color=False) as again:
        again.dashboard.show_looks(state)
        assert again.app.theme == "ansi-dark", "without colour there is no choice"


async def test_the_palette_finds_and_runs_every_action() -> None:
    async with stage() as it:
        await it.press("colon")
        await it.type("order around")
        assert "S  " in it.text
        await it.press("enter")
        await it.settle()
        assert it.dashboard.sight.choice.descending


async def test_help_lists_every_binding_and_the_operators_own_keys() -> None:
    settings = replace(PLAIN, keys={"acknowledge": "ctrl+k,v"})
    async with stage(settings=settings) as it:
        await it.press("question_mark")
        text = it.app.screen.query_one(Lines).text
        for action in ACTIONS:
            assert action.words in text
            assert keys_text(action, settings.keys) in text
        assert "ctrl+k, v" in text
        await it.type("colum")
        assert "Choose and order columns" in it.app.screen.query_one(Lines).text
        assert "Undo" not in it.app.screen.query_one(Lines).text
        await it.press("escape")
        assert it.has_dialog  # first the search, then the page
        await it.press("escape")
        assert it.app.screen is it.dashboard


async def test_a_rebound_key_acts_and_the_old_one_does_not() -> None:
    async with stage(settings=replace(PLAIN, keys={"acknowledge": "v"})) as it:
        await it.press("x")
        assert it.dashboard.current and it.dashboard.current.is_news
        await it.press("v")
        await it.settle()
        entries = it.dashboard.sight.snapshot.entries.values()
        key = next(entry.key for entry in entries if entry.watch.note)
        assert not it.app.runtime.snapshot().entries[key].is_news


@pytest.mark.parametrize("ending", ["csv", "json", "md"])
async def test_export_writes_what_is_shown(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"jobs.{ending}"
    async with stage() as it:
        await it.press("4", "e")
        await it.type(str(path))
        await it.press("enter")
        await it.settle()
        assert it.app.screen is it.dashboard
    text = path.read_text()
    assert "win2019-golden" in text
    assert "rocky9-base" not in text
    if ending == "json":
        jobs = json.loads(text)
        assert jobs["schema"] == 2
        assert jobs["jobs"][0]["error_code"] == "IMG.0057"
    if ending == "csv":
        (row,) = csv.DictReader(text.splitlines())
        assert row["process_percent"] == "0.38"


def read(path: Path) -> str:
    return path.read_text()


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_export_overwrites_only_after_a_second_enter(tmp_path: Path) -> None:
    path = tmp_path / "jobs.csv"
    path.write_text("mine")
    async with stage() as it:
        await it.press("e")
        await it.type(str(path))
        await it.press("enter")
        await it.settle()
        assert read(path) == "mine"
        assert "enter again overwrites it" in it.text.replace("\n", " ")
        await it.press("enter")
        await it.settle()
        assert "win2019" in read(path)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "A file needs a name."),
        ("jobs.txt", "The ending .txt chooses no format"),
        ("jobs", "A name without an ending chooses no format"),
        ("missing/jobs.csv", "cannot be written"),
    ],
)
async def test_export_stays_open_and_says_why_where_it_cannot_write(
    tmp_path: Path, name: str, why: str
) -> None:
    async with stage() as it:
        await it.press("e")
        await it.type(str(tmp_path / name) if name else "")
        await it.press("enter")
        await it.settle()
        assert it.has_dialog
        assert why in it.text.replace("\n", " ")
    assert not files_in(tmp_path)


async def test_a_key_with_alt_types_nothing() -> None:
    async with stage() as it:
        await it.press("question_mark")
        line = it.app.screen.query_one(Input)
        for key in (events.Key("alt+X", "X"), events.Key("x", "x")):
            line.post_message(key)
        await it.settle()
        assert line.value == "x"


@pytest.mark.parametrize("keys", [("ctrl+p",), ("question_mark",), ("E", "slash")])
async def test_a_search_without_a_hit_says_so(keys: tuple[str, ...]) -> None:
    async with stage() as it:
        await it.press(*keys)
        await it.type("xyzzy")
        assert NONE_FOUND in it.text
        await it.press("enter")
        assert it.has_dialog


async def test_copying_says_what_and_how() -> None:
    async with stage(settings=with_ui(PLAIN, clipboard="osc52")) as it:
        await it.press("y")
        await it.settle()
        assert it.told[-1] == "Copied id (32 characters) through the terminal."
        assert any(text.startswith("\x1b]52;c;") for text in it.written)


async def test_the_copy_menu_copies_by_its_own_keys() -> None:
    async with stage(settings=with_ui(PLAIN, clipboard="osc52")) as it:
        await it.press("Y", "e")
        await it.settle()
        assert it.told[-1].startswith("Copied error text")
        await it.press("Y", "m")
        await it.settle()
        assert it.told[-1] == "win2019-golden has no image id to copy."


async def test_copying_can_be_off() -> None:
    async with stage(settings=with_ui(PLAIN, clipboard="off")) as it:
        await it.press("y")
        await it.settle()
        assert it.told[-1].startswith("Copying is off")
        assert not any("]52;" in text for text in it.written)


KEYS = [
    "a",
    "n",
    "number_sign",
    "c",
    "s",
    "P",
    "T",
    "E",
    "L",
    "question_mark",
    "colon",
    "Y",
    "e",
]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (170, 44), (60, 15), (40, 10)])
async def test_every_dialog_opens_at_every_size_and_esc_closes_it(
    size: tuple[int, int],
) -> None:
    async with stage(size=size) as it:
        for key in KEYS:
            await it.press(key)
            assert it.has_dialog, key
            assert "esc C" in it.text, (key, it.text)
            await it.press("escape")
            assert it.app.screen is it.dashboard, key
            assert it.app.focused is it.dashboard.table, key


async def test_dialogs_are_made_once() -> None:
    async with stage() as it:
        for _ in range(3):
            for key in KEYS:
                await it.press(key, "escape")
        kinds = [type(screen) for screen in it.app._installed_screens.values()]
        assert len(kinds) == len(set(kinds))
        assert it.app.screen_stack == [it.dashboard]


def is_shown(char: str) -> bool:
    """Whether a character stands for itself on a terminal."""
    return char == "\n" or not (ord(char) < 32 or 127 <= ord(char) < 160)


async def test_hostile_names_neither_restyle_nor_break_any_dialog() -> None:
    async with stage(HOSTILE) as it:
        for row in range(len(HOSTILE)):
            for key in KEYS:
                await it.press(key)
                assert it.has_dialog
                assert all(is_shown(char) for char in it.text)
                assert "\u202e" not in it.text
                await it.press("escape")
            assert it.dashboard.table.cursor_place == row
            await it.press("j")


async def test_pasted_escapes_do_not_reach_the_screen() -> None:
    async with stage() as it:
        for key in ("slash", "n", "a", "question_mark"):
            await it.press(key)
            await it.paste("\x1b]0;owned\x07\x1b[2J\u202eabc")
            assert "\x1b" not in it.text
            assert "\u202e" not in it.text
            await it.press("escape", "escape")


async def test_a_letter_typed_in_a_field_is_no_key() -> None:
    async with stage() as it:
        await it.press("n", "q", "d", "x")
        focused = it.app.focused
        assert isinstance(focused, Input)
        assert focused.value == "win2019-goldenqdx"


async def test_the_menu_can_be_searched_to_nothing_and_back() -> None:
    async with stage() as it:
        await it.press("colon")
        await it.type("no such thing")
        await it.press("enter")
        assert NONE_FOUND in it.text
        await it.type("")
        assert it.app.screen.query_one(OptionList).option_count >= len(ACTIONS) - 1


async def test_the_evidence_of_a_job_is_private_also_over_another_file(
    tmp_path: Path,
) -> None:
    path = tmp_path / "ticket.zip"
    path.write_text("mine")
    path.chmod(0o644)
    async with stage() as it:
        it.label("win2019-golden")
        await it.press("ctrl+e")
        await it.type(str(path))
        await it.press("enter")
        await it.settle()
        assert read(path) == "mine"
        await it.press("enter")
        await it.settle()
        assert "Look through it before you send it: ticket.zip" in it.told[-1]
    assert path.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(path) as archive:
        assert any(name.endswith("/about.txt") for name in archive.namelist())
