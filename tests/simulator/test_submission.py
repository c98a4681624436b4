"""The calls that start jobs."""

from __future__ import annotations

from typing import Any

import pytest

from ims_tui.simulator.message import Request
from tests.simulator.stage import STARTED, Stage, decoded

IMAGE_ID = "e9e91bff-14b6-4a0b-8377-4ed0813e3360"
ONE = "/v1/cloudimages"
TWO = "/v2/cloudimages"
TWO_ONE = "/v2.1/cloudimages"
QCOW2 = {"name": "n", "image_url": "bucket:file.qcow2"}


def start(stage: Stage, method: str, path: str, body: object) -> dict[str, Any]:
    """Start a job and show it."""
    status, accepted = decoded(stage.ask(method, path, body))
    assert status == 200, accepted
    assert list(accepted) == ["job_id"]
    status, shown = stage.get(f"/v1/cloudimages/job/{accepted['job_id']}")
    assert status == 200
    return dict(shown)


@pytest.mark.parametrize(
    ("method", "path", "body", "job_type"),
    [
        ("POST", f"{TWO}/action", QCOW2, "imsImportImageJob"),
        (
            *("POST", f"{TWO_ONE}/action"),
            {"name": "n", "instance_id": "i"},
            "imsCreateImageByInstance",
        ),
        (
            *("POST", f"{TWO}/action"),
            {"name": "n", "image_url": "b:x.OVA"},
            "imsImportOvaImageJob",
        ),
        (
            *("POST", f"{TWO}/action"),
            {"name": "n", "volume_id": "v"},
            "imsVolumeCreateImageJob",
        ),
        (
            *("POST", f"{TWO}/action"),
            {"data_images": [{"name": "a", "volume_id": "v"}]},
            "imsVolumesToSysDataImagesJob",
        ),
        (
            *("POST", f"{TWO}/action"),
            {"data_images": [{"name": "a"}, {"name": "b"}]},
            "imsVolumesToSysDataImagesJob",
        ),
        ("POST", f"{TWO}/quickimport/action", QCOW2, "imsImportImageJob"),
        (
            *("POST", f"{TWO_ONE}/quickimport/action"),
            {**QCOW2, "type": "DataImage"},
            "imsImportDataImageJob",
        ),
        ("POST", f"{ONE}/dataimages/action", QCOW2, "imsImportDataImageJob"),
        (
            *("POST", f"{ONE}/wholeimages/action"),
            {"name": "n", "instance_id": "i"},
            "imsCreateWholeImageByInstanceJob",
        ),
        (
            *("POST", f"{ONE}/wholeimages/action"),
            {"name": "n", "backup_id": "b"},
            "imsCreateWholeImageByBackupJob",
        ),
        ("PUT", f"{ONE}/{IMAGE_ID}/upload", QCOW2, "imsNativeImportImageJob"),
        (
            *("POST", f"{ONE}/{IMAGE_ID}/file"),
            {"bucket_url": "b:f", "file_format": "vhd"},
            "imsNativeExportImageJob",
        ),
        ("POST", f"{ONE}/{IMAGE_ID}/copy", {"name": "n"}, "imsCopyImageInRegionJob"),
        (
            *("POST", f"{ONE}/{IMAGE_ID}/cross_region_copy"),
            {"name": "n", "region": "r"},
            "imsCrossRegionCopyImageJob",
        ),
        ("POST", f"{ONE}/members", {"images": [IMAGE_ID]}, "imsAddImageMembersJob"),
        ("PUT", f"{ONE}/members", {"images": [IMAGE_ID]}, "imsUpdateImageMembersJob"),
        ("DELETE", f"{ONE}/members", {"images": [IMAGE_ID]}, "imsDelImageMembersJob"),
    ],
)
def test_a_call_starts_a_job_of_its_type(
    method: str, path: str, body: object, job_type: str
) -> None:
    stage = Stage()
    stage.elapsed_s = 90
    shown = start(stage, method, path, body)
    assert (shown["job_type"], shown["status"]) == (job_type, "INIT")
    assert shown["begin_time"] == "2026-11-23T12:01:30.000Z"
    stage.elapsed_s = 24 * 3600
    _, ended = stage.get(f"/v1/cloudimages/job/{shown['job_id']}")
    assert ended["status"] == "SUCCESS"


def test_the_image_is_named_as_asked() -> None:
    stage = Stage()
    shown = start(stage, "POST", f"{TWO}/action", {**QCOW2, "name": "镜像 [x]"})
    stage.elapsed_s = 60
    _, running = stage.get(f"/v1/cloudimages/job/{shown['job_id']}")
    assert running["entities"]["image_name"] == "镜像 [x]"


def test_two_submissions_are_two_jobs() -> None:
    stage = Stage()
    ids = {start(stage, "POST", f"{TWO}/action", QCOW2)["job_id"] for _ in range(3)}
    assert len(ids) == 3
    assert {job_id[16:28] for job_id in ids} == {f"{_milliseconds():012x}"}


def test_a_file_without_an_image_format_fails_as_in_the_catalogue() -> None:
    stage = Stage()
    body = {"name": "n", "image_url": "bucket:notes.txt"}
    shown = start(stage, "POST", f"{TWO}/action", body)
    stage.elapsed_s = 3600
    _, ended = stage.get(f"/v1/cloudimages/job/{shown['job_id']}")
    assert (ended["status"], ended["error_code"]) == ("FAIL", "IMG.0057")
    step = ended["entities"]["current_task"]
    assert step == "ImportImageTask:ObtainImageInfoTask"


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        (f"{TWO}/action", None, "IMG.0007"),
        (f"{TWO}/action", [], "IMG.0001"),
        (f"{TWO}/action", {}, "IMG.0021"),
        (f"{TWO}/action", {"instance_id": "i"}, "IMG.0013"),
        (f"{TWO}/action", {"instance_id": "i", "name": 5}, "IMG.0013"),
        (f"{ONE}/dataimages/action", {"name": "n"}, "IMG.0040"),
        (f"{ONE}/wholeimages/action", {"name": "n"}, "IMG.0012"),
        (f"{ONE}/{IMAGE_ID}/file", {"file_format": "vhd"}, "IMG.0068"),
        (f"{ONE}/{IMAGE_ID}/copy", {}, "IMG.0013"),
    ],
)
def test_a_body_that_starts_nothing(path: str, body: object, code: str) -> None:
    status, refused = decoded(Stage().ask("POST", path, body))
    assert (status, refused["error"]["code"]) == (400, code)


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 200_000])
def test_a_body_that_is_not_json(body: bytes) -> None:
    stage = Stage()
    headers = {"x-auth-token": "demo-token"}
    request = Request("POST", f"{TWO}/action", headers, body)
    status, refused = decoded(stage.api.answer(request))
    assert (status, refused["error"]["code"]) == (400, "IMG.0001")
    sign_in = Request("POST", "/v3/auth/tokens", {}, body)
    assert decoded(stage.api.answer(sign_in))[0] == 400


def test_a_submission_needs_a_credential() -> None:
    response = Stage().ask("POST", f"{TWO}/action", QCOW2, x_auth_token="")
    assert decoded(response)[0] == 401


def _milliseconds() -> int:
    return int(STARTED.timestamp() * 1000)
