"""`ims-tui config set` and `config edit`: nothing is written that was not checked."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ims_tui.cli.call import Call
from ims_tui.core.config.layers import dotted
from ims_tui.core.config.provenance import SettingProblem
from ims_tui.core.config.secret_variables import without_credentials
from ims_tui.core.config.text import example
from ims_tui.core.errors import ConfigError, reason_of
from ims_tui.core.text import printable
from ims_tui.core.toml.setting import with_setting
from ims_tui.core.toml.settingtext import setting_text
from ims_tui.wiring import write_file


def set_value(call: Call, key: str, value: str) -> int:
    """Set one key of config.toml; returns the exit code.

    Raises:
        ConfigError: the file cannot be read or written, or would not be in order.
        UsageError: there is no such setting, or it does not take the value.
    """
    config = call.setup.places.config
    setting = setting_text(key, value)
    before = _read(config)
    try:
        text = with_setting(
            before, setting.path, setting.value, setting.header, setting.name
        )
    except ValueError as error:
        raise ConfigError(
            f"{dotted(setting.path)} cannot be set: {error}; see ims-tui config edit"
        ) from error
    new = _problems(call, text) - _problems(call, before)
    if new:
        raise ConfigError(f"nothing is changed: {min(new)[1]}")
    _write(config, before, text)
    shown = printable(f"{setting.name} = {setting.value}", 200)
    call.say([f"{printable(str(config))}: {shown}"])
    return 0


def edit(call: Call) -> int:
    """Let the operator's editor change config.toml; returns the exit code.

    What was wrong before may stay so, such as a variable that only the service has.

    Raises:
        ConfigError: there is no editor, or what it left is not taken.
    """
    config = call.setup.places.config
    before = _read(config)
    with _drafting():
        folder = Path(tempfile.mkdtemp(prefix="ims-tui-"))
    draft = folder / config.name
    keeps = False
    try:
        with _drafting():
            draft.write_text(before or example(), encoding="utf-8", newline="")
        _run_editor(call, draft)
        old = _problems(call, before)
        while (problems := _problems(call, _read(draft))) - old:
            call.say(sorted(text for _, text in problems))
            if not _wants_again(call):
                keeps = True
                raise ConfigError(f"nothing is changed; your text is kept in {draft}")
            _run_editor(call, draft)
        text = _read(draft)
        if text == before:
            call.say(["nothing is changed"])
            return 0
        keeps = True
        _write(config, before, text)
        keeps = False
    finally:
        if not keeps:
            shutil.rmtree(folder, ignore_errors=True)
    state = "is written; still wrong:" if problems else "is in order"
    still = sorted(text for _, text in problems)
    call.say([f"{printable(str(config))} {state}", *still])
    return 0


def _run_editor(call: Call, draft: Path) -> None:
    environ = without_credentials(call.environ)
    editor = environ.get("VISUAL") or environ.get("EDITOR") or "vi"
    try:
        command = [*shlex.split(editor), str(draft)]
        status = subprocess.run(command, env=environ, check=False).returncode
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", "") or error
        raise ConfigError(
            f"the editor {printable(editor, 80)} cannot be run: {why}; set EDITOR"
        ) from error
    if status:
        raise ConfigError(f"nothing is changed: the editor ended with {status}")


def _wants_again(call: Call) -> bool:
    if not call.inp.isatty():
        return False
    call.err.write("Edit it again? [Y/n] ")
    call.err.flush()
    answer = call.inp.readline()
    return bool(answer) and answer.strip().lower() in ("", "y", "yes")


def _problems(call: Call, text: str) -> set[tuple[str, str]]:
    """What is wrong with a text as config.toml: keys and lines to show."""
    config = call.setup.places.config
    with _drafting(), tempfile.TemporaryDirectory(prefix="ims-tui-") as folder:
        draft = Path(folder) / config.name
        draft.write_text(text, encoding="utf-8", newline="")
        found = call.strict_setup(str(draft)).files.load().problems
    return {_known_again(one) for one in found if one.source.place == config.name}


@contextmanager
def _drafting() -> Iterator[None]:
    """A draft that cannot be written, such as on a full disk, is said."""
    try:
        yield
    except OSError as error:
        why = reason_of(error)
        raise ConfigError(
            f"nothing is changed: a draft cannot be written: {why}"
        ) from error


def _known_again(problem: SettingProblem) -> tuple[str, str]:
    """A problem, whichever line it stands on, with its line of text."""
    return f"{problem.key} {problem.text}", str(problem)


def _read(path: Path) -> str:
    try:
        # Asked first, since opening a named pipe would wait for its writer.
        if path.exists() and not path.is_file():
            raise ConfigError(f"{printable(str(path))} is not a file")
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", "") or "it is not UTF-8"
        raise ConfigError(f"{printable(str(path))} cannot be read: {why}") from error


def _write(config: Path, before: str, text: str) -> None:
    """Replace the file, unless somebody else changed it meanwhile."""
    shown = printable(str(config))
    if _read(config) != before:
        raise ConfigError(f"{shown} was changed meanwhile and stays as it is")
    try:
        config.parent.mkdir(parents=True, exist_ok=True)
        write_file(config, text)
    except OSError as error:
        raise ConfigError(f"{shown} cannot be written: {reason_of(error)}") from error
