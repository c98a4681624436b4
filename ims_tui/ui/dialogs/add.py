"""The add dialog: any text in, the job ids in it are picked out."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.widgets import Static

from ims_tui.core.show import texts
from ims_tui.core.text import cut, printable
from ims_tui.core.watchlist.ids import IdReport, find_ids
from ims_tui.core.watchlist.operator_input import (
    merged,
    new_watches,
    parse_tags,
    report_line,
)
from ims_tui.core.watchlist.selection import placement
from ims_tui.ui.dialogs.contents import Field, Form, Values
from ims_tui.ui.dialogs.form import FieldInput, FormDialog

LONG = 400
"""Characters of a paste that are kept beside the field instead of in it."""


class AddDialog(FormDialog):
    """Asks for text with ids; what was found is said while typing."""

    def compose_body(self) -> ComposeResult:
        """The form, with a line for what was pasted."""
        yield Static("", classes="pasted", markup=False)
        yield from super().compose_body()

    def ask(self, text: str = "") -> None:
        """Prepare for being opened, with text to find ids in."""
        self._pasted = ""
        self._kept = IdReport()
        self._report = IdReport()
        self._text = text
        settings = self.host.settings
        profiles = tuple(settings.profiles) or (settings.default_profile,)
        fields = [
            Field("text", texts.IDS, hint=texts.IDS_HINT),
            Field("label", texts.LABEL, hint=texts.NEW_LABEL_HINT),
            Field("tags", texts.TAGS, hint=texts.COMMAS),
        ]
        if len(profiles) > 1:
            fields.append(
                Field(
                    "profile",
                    texts.PROFILE,
                    self.host.new_profile,
                    choices=profiles,
                )
            )
        title, verb, intro = texts.ADD_TITLE, texts.ADD, texts.ADD_INTRO
        self.contents = Form(title, fields, verb, self._add, intro, self._found)

    def open_up(self) -> None:
        """Show the empty form, then take what was pasted to open it."""
        super().open_up()
        if self._text:
            self.take(self._text)
        self._show_pasted()

    def on_paste(self, event: events.Paste) -> None:
        """Text pasted beside a field is meant for the ids."""
        event.stop()
        self.take(event.text)

    def take_paste(self, line: FieldInput, text: str) -> None:
        """Look for ids in what was pasted into the first field."""
        if line is self.rows[0].query_one(FieldInput):
            self.take(text)
        else:
            super().take_paste(line, text)

    def take(self, text: str) -> None:
        """Take a text: a short one into the field, a long one beside it."""
        line = self.rows[0].query_one(FieldInput)
        if len(text) <= LONG and "\n" not in text.strip():
            line.value = f"{line.value} {printable(text.strip())}".strip()
            line.cursor_position = len(line.value)
        else:
            self._pasted = f"{self._pasted}\n{text}"
            self._kept = find_ids(self._pasted)
            self.tell()
        self._show_pasted()

    def _show_pasted(self) -> None:
        shown = self.query_one(".pasted", Static)
        shown.display = bool(self._pasted)
        lines = self._pasted.strip().count("\n") + 1
        begin = cut(printable(" ".join(self._pasted[:200].split())), 40)
        pasted = texts.PASTED.format(
            lines=texts.lines(lines), characters=len(self._pasted) - 1, begin=begin
        )
        shown.update(pasted)

    def _found(self, values: Values) -> str:
        profile = values.get("profile", self.host.new_profile)
        watched = {
            key.job_id
            for key in self.host.runtime.snapshot().entries
            if key.profile == profile
        }
        every = merged(self._kept, find_ids(values["text"]))
        self._report = IdReport(
            tuple(each for each in every.found if each not in watched),
            tuple(each for each in every.found if each in watched),
            tuple(r for r in every.rejected if r.text not in every.found),
            every.services,
            every.projects,
        )
        is_empty = not (self._pasted or values["text"].strip())
        return "" if is_empty else f"{report_line(self._report)}{self._stray(profile)}"

    def _stray(self, profile: str) -> str:
        """That a URL names another project than the chosen profile has."""
        projects = self.host.settings.projects
        for job_id in self._report.found:
            project_id = self._report.projects.get(job_id, "")
            place = placement(project_id, profile, projects)
            if place.profile != profile or place.stray:
                said = texts.OTHER_PROJECT.format(profile=profile)
                if not place.stray:
                    said += texts.FITTING.format(fitting=place.profile)
                return said
        return ""

    def verb(self) -> str:
        """How many enter would add."""
        count = len(self._report.found)
        return f"{texts.ADD} {count}" if count else texts.ADD

    async def _add(self, values: Values) -> str:
        self._found(values)
        ids = self._report.found
        if not ids:
            return texts.NOTHING_TO_ADD.format(report=report_line(self._report))
        profile = values.get("profile", self.host.new_profile)
        tags, services = parse_tags(values["tags"]), self._report.services
        watches = new_watches(ids, profile, values["label"], tags, services)
        added = await self.host.runtime.add(watches)
        jobs = texts.jobs(len(added.added))
        if added.is_saved:
            self.host.tell(texts.ADDED.format(jobs=jobs))
        else:
            why = self.host.runtime.snapshot().problem
            said = texts.ADDED_UNSAVED.format(jobs=jobs, why=why)
            self.host.tell(said, is_bad=True)
        if added.added:
            self.host.board.go_to(added.added[0])
        return ""
