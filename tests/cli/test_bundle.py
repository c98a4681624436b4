"""`ims-tui bundle` in real processes: the file, its mode, and what stays untouched."""

from __future__ import annotations

import zipfile

from tests.cli.program import Program
from tests.cli.service import TOKEN, Service, failed, job_id, running

JOB = job_id(1)


def test_one_private_file_and_one_line_that_says_so(
    program: Program, service: Service
) -> None:
    service.jobs = {JOB: failed() | {"echo": TOKEN}}
    done = program.run("bundle", JOB)
    path = program.home / f"ims-tui-{JOB}.zip"
    assert done.returncode == 0 and done.stderr == ""
    (line,) = done.stdout.splitlines()
    assert path.name in line and "Look through it before you send it." in line
    assert path.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(path) as archive:
        texts = [archive.read(name).decode() for name in archive.namelist()]
    assert any("IMG.0057" in text for text in texts)
    assert not any(TOKEN in text for text in texts)


def test_a_file_that_is_there_stays(program: Program, service: Service) -> None:
    service.jobs = {JOB: running()}
    program.run("add", JOB, "--label", "rocky9")
    path = program.home / "ticket.zip"
    path.write_text("mine")
    done = program.run("bundle", "rocky9", "--output", "ticket.zip")
    assert done.returncode == 2 and done.stdout == ""
    assert "ticket.zip is there already and stays" in done.stderr
    assert path.read_text() == "mine"


def test_a_folder_that_is_not_there(program: Program, service: Service) -> None:
    service.jobs = {JOB: running()}
    done = program.run("bundle", JOB, "--output", "no/such.zip")
    assert done.returncode == 7
    assert "no/such.zip cannot be written: No such file or directory" in done.stderr


def test_a_silent_service_is_told_and_bundled(
    program: Program, service: Service
) -> None:
    service.refuses = True
    done = program.run("bundle", JOB, "--output", "b.zip")
    assert done.returncode == 4
    assert "Not signed in" in done.stderr
    with zipfile.ZipFile(program.home / "b.zip") as archive:
        requests = archive.read(f"ims-tui-{JOB}/requests.txt").decode()
    assert "Not signed in" in requests


def test_it_is_about_one_job(program: Program, service: Service) -> None:
    done = program.run("bundle", "-", given=f"{JOB} {job_id(2)}")
    assert done.returncode == 2
    assert "a bundle is about one job" in done.stderr
    assert service.asked == []
