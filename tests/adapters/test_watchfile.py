"""The watchlist file: merged, atomic, never lost, never overwritten blindly."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from filelock import FileLock
from msgspec.structs import replace

from ims_tui.adapters.atomicfile import Steps, write_atomic
from ims_tui.adapters.watchfile import WatchFile
from ims_tui.core.errors import UnreadableListError, WatchFileError
from ims_tui.core.watchlist.document import HEAD
from ims_tui.core.watchlist.watch import Watch

A, B, C = (Watch(c * 32, label=c) for c in "abc")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "watchlist.toml"


def names(path: Path) -> set[str]:
    return {each.name for each in path.parent.iterdir()} - {f"{path.name}.lock"}


def saved(path: Path, *watches: Watch) -> WatchFile:
    file = WatchFile(path)
    file.load()
    file.save(watches)
    return file


def test_what_is_saved_is_loaded(path: Path) -> None:
    file = WatchFile(path)
    assert file.load().watches == ()
    assert not file.has_changed()
    assert file.save([A, B]).watches == (A, B)
    assert not file.has_changed()
    assert WatchFile(path).load().watches == (A, B)
    assert path.read_text().startswith(HEAD)
    assert path.stat().st_mode & 0o777 == 0o600
    assert names(path) == {"watchlist.toml"}


def test_the_folder_is_made_when_first_needed(path: Path) -> None:
    deep = path.parent / "a" / "b" / "watchlist.toml"
    WatchFile(deep).save([A])
    assert WatchFile(deep).load().watches == (A,)


def test_saving_the_same_writes_nothing(path: Path) -> None:
    file = saved(path, A)
    before = path.stat()
    file.save([A])
    assert path.stat() == before


def test_the_previous_version_is_kept(path: Path) -> None:
    file = saved(path, A)
    first = path.read_bytes()
    file.save([A, B])
    assert path.with_name("watchlist.toml.bak").read_bytes() == first
    assert file.load_backup().watches == (A,)
    assert names(path) == {"watchlist.toml", "watchlist.toml.bak"}


def test_mode_and_symbolic_link_stay(path: Path) -> None:
    real = path.parent / "real" / "list.toml"
    real.parent.mkdir()
    saved(real, A)
    real.chmod(0o640)
    path.symlink_to(real)
    saved(path, A, B)
    assert path.is_symlink()
    assert WatchFile(real).load().watches == (A, B)
    assert real.stat().st_mode & 0o777 == 0o640
    assert (real.parent / "list.toml.bak").exists()


def test_an_editor_s_changes_are_seen_and_merged(path: Path) -> None:
    file = saved(path, A, B)
    text = path.read_text().replace('label = "a"', 'label = "edited" # mine')
    path.write_text(text)
    assert file.has_changed()
    ours = [replace(A, note="ours"), B, C]
    merged = file.save(ours).watches
    assert merged == (replace(A, label="edited", note="ours"), B, C)
    assert 'label = "edited" # mine\n' in path.read_text()
    assert not file.has_changed()
    assert file.load().watches == merged


def test_two_copies_merge(path: Path) -> None:
    one, two = saved(path, A, B), WatchFile(path)
    two.load()
    one.save([A, B, C])
    assert two.has_changed()
    assert two.save([replace(A, muted=True)]).watches == (replace(A, muted=True), C)
    assert one.load().watches == (replace(A, muted=True), C)


def test_an_editor_that_comes_between_is_merged_too(path: Path) -> None:
    """The save starts over when the file moves after it was read."""
    edits = iter(['label = "b1"', 'label = "b2"'])

    def fsync(number: int) -> None:
        os.fsync(number)
        new = next(edits, None)
        if new:
            path.write_text(f'[[jobs]]\nid = "{B.job_id}"\n{new}\n')

    saved(path, B)
    file = WatchFile(path, steps=Steps(fsync=fsync))
    file.load()
    assert file.save([B, A]).watches == (replace(B, label="b2"), A)
    assert names(path) == {"watchlist.toml", "watchlist.toml.bak"}


def test_a_file_that_never_rests_is_an_error(path: Path) -> None:
    def fsync(number: int) -> None:
        path.write_text(path.read_text() + "#\n")

    saved(path, A)
    file = WatchFile(path, steps=Steps(fsync=fsync))
    file.load()
    with pytest.raises(WatchFileError, match="again and again"):
        file.save([A, B])
    assert WatchFile(path).load().watches == (A,)


@pytest.mark.parametrize("how", [Path.unlink, lambda path: path.write_text("")])
def test_a_list_that_vanishes_is_not_an_order_to_forget(
    path: Path, how: Callable[[Path], object]
) -> None:
    file = saved(path, A, B)
    how(path)
    assert file.has_changed()
    with pytest.raises(WatchFileError, match=r"2 entries stay until the next save"):
        file.load()
    assert not file.has_changed()
    assert file.save([A]).watches == (A,)
    assert WatchFile(path).load().watches == (A,)


def test_what_cannot_be_read_is_never_overwritten(path: Path) -> None:
    file = saved(path, A)
    file.save([A, B])
    broken = path.read_text() + "label = \n"
    path.write_text(broken)
    line = broken.count("\n")
    for call in (file.load, lambda: file.save([A, B, C])):
        assert file.has_changed() or call is not file.load
        with pytest.raises(WatchFileError) as caught:
            call()
        assert str(caught.value) == (
            f"{path} line {line}: Invalid value. The file is left as it is; "
            "watchlist.toml.bak is the last good copy"
        )
        assert caught.value.exit_code == 7
    assert not file.has_changed()
    assert path.read_text() == broken
    assert file.load_backup().watches == (A,)
    path.write_text(broken.removesuffix("label = \n"))
    assert file.save([A, B, C]).watches == (A, B, C)


def test_without_a_good_copy_none_is_offered(path: Path) -> None:
    path.write_text("a = \n")
    with pytest.raises(WatchFileError, match=r"as it is$"):
        WatchFile(path).load()
    with pytest.raises(WatchFileError, match=r"no readable copy watchlist\.toml\.bak"):
        WatchFile(path).load_backup()


def test_bad_entries_are_reported_and_stay(path: Path) -> None:
    path.write_text('[[jobs]]\nid = "abc" # typo\n')
    file = WatchFile(path)
    assert [str(p) for p in file.load().problems] == [
        'line 2: id = "abc" is not a job id, which has 32 hex digits. '
        "The job is left out; its entry stays in the file as it is"
    ]
    assert len(file.save([A]).problems) == 1
    assert path.read_text().startswith('[[jobs]]\nid = "abc" # typo\n')


def test_a_newer_schema_is_not_written(path: Path) -> None:
    text = f'schema = 2\n[[jobs]]\nid = "{A.job_id}"\nlabel = "a"\n'
    path.write_text(text)
    file = WatchFile(path)
    report = file.load()
    assert "read only" in str(report.problems[0])
    assert file.save(report.watches).problems == report.problems
    with pytest.raises(WatchFileError, match="schema 2, written by a newer release"):
        file.save([A, B])
    assert path.read_text() == text


@pytest.mark.parametrize(
    "name", ["team.bak", "team.lock", "team.open", ".team.abcdefgh.tmp"]
)
def test_a_list_with_the_name_of_what_stands_beside_another_is_not_written(
    tmp_path: Path, name: str
) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / name)
    for path in (tmp_path / name, link):
        with pytest.raises(WatchFileError, match="is not written: its name is one"):
            WatchFile(path).save([A])
    (tmp_path / name).write_text(f'[[jobs]]\nid = "{A.job_id}"\n')
    assert WatchFile(tmp_path / name).load().watches == (Watch(A.job_id),)


@pytest.mark.parametrize("name", ["team.old", "team.toml", ".team", "bak", "lock"])
def test_other_names_are_a_list_s(tmp_path: Path, name: str) -> None:
    """Each keeps its jobs whatever a list with a name like it does."""
    saved(tmp_path / name, A)
    saved(tmp_path / "team", B)
    saved(tmp_path / "team", A, B)
    assert WatchFile(tmp_path / name).load().watches == (A,)


def test_a_text_that_cannot_be_encoded_is_escaped(path: Path) -> None:
    file = saved(path, replace(A, label="\ud800\x1b", tags=("\udfff",)))
    assert file.load().watches == (replace(A, label="\\ud800\\x1b", tags=("\\udfff",)),)


def test_a_job_that_cannot_be_written_is_refused(path: Path) -> None:
    file = saved(path, A)
    with pytest.raises(WatchFileError, match='is not changed: id = "x" is not a job'):
        file.save([A, Watch("x")])
    assert WatchFile(path).load().watches == (A,)


def test_a_list_that_turns_into_a_folder(path: Path) -> None:
    file = saved(path, A)
    path.unlink()
    path.mkdir()
    assert file.has_changed()
    with pytest.raises(WatchFileError, match="cannot be read: not a regular file"):
        file.save([A, B])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_the_owner_stays(path: Path) -> None:
    saved(path, A)
    os.chown(path, 65534, 65534)
    saved(path, A, B)
    assert (path.stat().st_uid, path.stat().st_gid) == (65534, 65534)


@pytest.mark.parametrize("kind", ["folder", "fifo", "loop", "under a file"])
def test_what_is_no_file_is_refused(path: Path, kind: str) -> None:
    match kind:
        case "folder":
            path.mkdir()
        case "fifo":
            os.mkfifo(path)
        case "loop":
            path.symlink_to(path)
        case _:
            path.write_text("")
            path /= "watchlist.toml"
    file = WatchFile(path)
    assert not file.has_changed()
    for call in (file.load, lambda: file.save([A])):
        with pytest.raises(WatchFileError, match="watchlist"):
            call()


def test_a_lock_that_is_held_is_named(path: Path) -> None:
    file = saved(path, A)
    other = WatchFile(path, lock_timeout_s=0)
    assert other.load().watches == (A,)
    with FileLock(f"{path}.lock"), pytest.raises(WatchFileError, match="is locked by"):
        other.save([B])
    assert file.load().watches == (A,)


KINDS = ["dangling link", "link", "folder", "pipe", "device"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_lock_that_cannot_be_opened_is_named(path: Path, kind: str) -> None:
    lock = path.with_name("watchlist.toml.lock")
    if kind == "folder":
        lock.mkdir()
    elif kind == "pipe":
        os.mkfifo(lock)
    else:
        to = {"link": "elsewhere", "device": "/dev/null"}
        lock.symlink_to(to.get(kind, "/nowhere/at/all"))
    file = WatchFile(path)
    file.load()
    said = r"cannot be written, watchlist\.toml\.lock beside it cannot be opened: \w"
    with pytest.raises(WatchFileError, match=said):
        file.save([A])
    assert not path.exists()


@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_a_copy_that_is_no_file_is_not_waited_for(path: Path, kind: str) -> None:
    path.write_text("no list")
    backup = path.with_name("watchlist.toml.bak")
    if kind == "pipe":
        os.mkfifo(backup)
    else:
        backup.symlink_to("/dev/zero")
    file = WatchFile(path)
    with pytest.raises(UnreadableListError) as caught:
        file.load()
    assert "last good copy" not in str(caught.value)
    with pytest.raises(WatchFileError, match="not a regular file"):
        file.load_backup()


def test_a_file_that_is_too_large_for_a_list_is_not_read(path: Path) -> None:
    with path.open("wb") as sparse:
        sparse.truncate(2**40)
    with pytest.raises(UnreadableListError, match="larger than 64 MB"):
        WatchFile(path).load()


def full(*_: object) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    "steps",
    [Steps(write=full), Steps(fsync=full), Steps(replace=full), Steps(link=full)],
    ids=["write", "fsync", "replace", "link"],
)
def test_a_full_disk_changes_nothing_and_leaves_nothing(
    path: Path, steps: Steps
) -> None:
    saved(path, A)
    before = path.read_bytes()
    file = WatchFile(path, steps=steps)
    file.load()
    with pytest.raises(WatchFileError, match="cannot be written: No space left"):
        file.save([A, B])
    assert path.read_bytes() == before
    assert names(path) == {"watchlist.toml"}


def test_what_could_not_be_saved_is_saved_and_merged_later(path: Path) -> None:
    is_full = True

    def fsync(number: int) -> None:
        if is_full:
            full()
        os.fsync(number)

    saved(path, A, B)
    file = WatchFile(path, steps=Steps(fsync=fsync))
    file.load()
    saved(path, A, B, C)
    ours = [replace(A, note="n")]
    for _ in range(2):
        with pytest.raises(WatchFileError, match="No space left"):
            file.save(ours)
    is_full = False
    assert file.save(ours).watches == (replace(A, note="n"), C)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_must_not_be_written(path: Path) -> None:
    file = saved(path, A)
    path.parent.chmod(0o500)
    try:
        with pytest.raises(WatchFileError, match="Permission denied"):
            file.save([A, B])
    finally:
        path.parent.chmod(0o700)
    assert file.load().watches == (A,)


def test_a_short_write_is_continued(path: Path) -> None:
    def write(number: int, data: memoryview) -> int:
        return os.write(number, data[:7])

    write_atomic(path, b"0123456789" * 5, steps=Steps(write=write))
    assert path.read_bytes() == b"0123456789" * 5


def test_without_hard_links_the_copy_is_a_copy(path: Path) -> None:
    def link(source: str, target: str) -> None:
        raise OSError(errno.EPERM, "no links here")

    path.write_bytes(b"old")
    backup = path.with_suffix(".bak")
    write_atomic(path, b"new", backup=backup, steps=Steps(link=link))
    assert (path.read_bytes(), backup.read_bytes()) == (b"new", b"old")
    assert names(path) == {path.name, backup.name}


@pytest.mark.parametrize(
    ("code", "is_fine"), [(errno.EINVAL, True), (errno.EIO, False)]
)
def test_a_folder_that_cannot_be_synced(path: Path, code: int, is_fine: bool) -> None:
    calls = 0

    def fsync(number: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise OSError(code, os.strerror(code))

    steps = Steps(fsync=fsync)
    if is_fine:
        write_atomic(path, b"new", steps=steps)
    else:
        with pytest.raises(OSError, match="Input/output error"):
            write_atomic(path, b"new", steps=steps)
    assert path.read_bytes() == b"new"


class KilledError(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("last", range(8))
def test_the_file_is_old_or_new_whenever_the_process_ends(
    path: Path, last: int
) -> None:
    """Every step in turn is the last one, either before or after it takes effect."""
    saved(path, A)
    saved(path, A, B)
    old = path.read_bytes()
    count = 0

    def counted(real: Callable[..., object]) -> Callable[..., object]:
        def step(*args: object) -> object:
            nonlocal count
            count += 1
            if count * 2 - 2 == last:
                raise KilledError
            result = real(*args)
            if count * 2 - 1 == last:
                raise KilledError
            return result

        return step

    real = Steps()
    steps = Steps(
        write=counted(real.write),  # type: ignore[arg-type]
        fsync=counted(real.fsync),  # type: ignore[arg-type]
        replace=counted(real.replace),  # type: ignore[arg-type]
        link=counted(real.link),  # type: ignore[arg-type]
    )
    file = WatchFile(path, steps=steps)
    file.load()
    with pytest.raises(KilledError):
        file.save([A, B, C])
    assert path.read_bytes() == old or WatchFile(path).load().watches == (A, B, C)
    assert WatchFile(path).load_backup().watches in ((A,), (A, B))


WRITER = """
import sys
from pathlib import Path
from ims_tui.adapters.watchfile import WatchFile
from ims_tui.core.watchlist.watch import Watch

file, name, count = WatchFile(Path(sys.argv[1]), lock_timeout_s=60), sys.argv[2], 0
watches = list(file.load().watches)
print("ready", flush=True)
while count != int(sys.argv[3]):
    count += 1
    watches = [*file.save([*watches, Watch(f"{name}{count:031x}", label=name)]).watches]
"""


def writer(path: Path, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(path), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def test_two_writers_lose_nothing_and_the_file_always_parses(path: Path) -> None:
    count = 20
    writers = [writer(path, name, count) for name in "ab"]
    reader = WatchFile(path)
    most = 0
    while any(each.poll() is None for each in writers):
        most = max(most, len(reader.load().watches))
    assert [each.communicate() and each.returncode for each in writers] == [0, 0]
    wanted = {f"{name}{n:031x}" for name in "ab" for n in range(1, count + 1)}
    assert {watch.job_id for watch in reader.load().watches} == wanted
    assert not reader.load().problems


def test_a_killed_writer_leaves_a_whole_file(path: Path) -> None:
    known = 0
    for round_number in range(3):
        process = writer(path, "cde"[round_number], -1)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        while len(WatchFile(path).load().watches) < known + 2 + round_number:
            assert process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.communicate()
        now = len(WatchFile(path).load().watches)
        assert now >= known
        known = now
    for end in ("killed_0.tmp", "killed_1.tmp.bak.tmp"):
        path.with_name(f".{path.name}.{end}").write_bytes(b"half")
    saved(path, A)
    assert names(path) == {"watchlist.toml", "watchlist.toml.bak"}


def test_what_another_list_is_about_to_replace_is_left_alone(tmp_path: Path) -> None:
    theirs = tmp_path / "team.old"

    def meanwhile() -> None:
        saved(tmp_path / "team", A)

    (tmp_path / ".team.notes.tmp").write_text("of the operator's")
    write_atomic(theirs, b"whole", before_replace=meanwhile)
    assert theirs.read_bytes() == b"whole"
    assert (tmp_path / ".team.notes.tmp").exists()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs Linux")
def test_a_folder_that_takes_no_file_is_not_called_locked() -> None:
    with pytest.raises(WatchFileError, match=r"^/proc/x\.toml cannot be written: "):
        WatchFile(Path("/proc/x.toml"), lock_timeout_s=0.1).save([A])


def test_a_screen_is_told_file_line_and_cause_first(path: Path) -> None:
    path.write_text('[[jobs]]\nid = "\n')
    with pytest.raises(UnreadableListError) as told:
        WatchFile(path).load()
    assert told.value.brief.startswith("watchlist.toml line 2: ")
    assert str(told.value).startswith(f"{path} line 2: ")
