"""The page of the console: by cloud and region, or as the profile says."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ims_tui.core.config.settings import Profile, TokenSpec
from ims_tui.core.service.jobservice import JobService
from ims_tui.core.show.console import console_page
from ims_tui.core.signin.secret import Secret
from ims_tui.core.state.entry import Entry
from ims_tui.core.watchlist.watch import Watch
from tests.core.entries import SUCCESS, job, ok, polled
from tests.scenes import MORNING

PROFILE = Profile(
    "prod",
    region="cn-north-4",
    endpoint="https://ims.cn-north-4.myhuaweicloud.com",
    auth=TokenSpec(Secret("hush-hush"), source="environment"),
    project_id="0123",
)
ENTRY = MORNING[0].entry(0)


def made(image_id: str) -> Entry:
    """A job that made an image."""
    reply = job(status=SUCCESS)
    return polled((0, ok(replace(reply, image_id=image_id))))


def test_the_images_of_the_region_in_the_console_of_huawei_cloud() -> None:
    page = console_page(ENTRY, PROFILE)
    assert page.what == "the IMS console of cn-north-4, private images"
    assert page.url == (
        "https://console.huaweicloud.com/ecm/?region=cn-north-4"
        "#/ims/manager/imageList/selfImage"
    )


def test_the_address_alone_names_the_region() -> None:
    profile = replace(PROFILE, region="")
    assert "?region=cn-north-4#" in console_page(ENTRY, profile).url


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://ims.eu-de.otc.t-systems.com",
        "https://ims.eu-west-101.myhuaweicloud.eu",
        "http://127.0.0.1:8080",
        "",
    ],
)
def test_no_page_is_guessed_for_another_cloud(endpoint: str) -> None:
    page = console_page(ENTRY, replace(PROFILE, endpoint=endpoint))
    assert not page.url
    assert page.problem.startswith("No console page is known for prod.")
    assert "console_url" in page.problem


def test_the_page_of_the_profile_comes_first() -> None:
    url = "https://c.example.com/{region}?p={project_id}#/job/{job_id}"
    page = console_page(ENTRY, replace(PROFILE, console_url=url))
    job_id = ENTRY.watch.job_id
    assert page.url == f"https://c.example.com/cn-north-4?p=0123#/job/{job_id}"
    assert page.what == "the console of prod"


def test_what_the_job_does_not_have_yet_is_said() -> None:
    url = "https://c.example.com/{image_id}"
    page = console_page(ENTRY, replace(PROFILE, console_url=url))
    assert not page.url
    assert page.problem == (
        "console_url of prod holds {image_id}, which is not known of this job yet."
    )


def test_jobs_of_other_services_are_not_in_the_console_of_ims() -> None:
    watch = Watch("a" * 32, "prod", service=JobService.ECS)
    assert console_page(Entry(watch), PROFILE).problem


def test_a_profile_that_is_not_there_is_said() -> None:
    assert "no profile prod" in console_page(ENTRY, None).problem


@given(st.text(min_size=1))
def test_remote_text_stays_one_part_and_no_credential_is_in_it(text: str) -> None:
    url = "https://c.example.com/image/{image_id}/?region={region}#/end"
    page = console_page(made(text), replace(PROFILE, console_url=url))
    if not page.problem:
        parts = urlsplit(page.url)
        assert parts.hostname == "c.example.com"
        assert parts.path.count("/") == 3
        assert (parts.query, parts.fragment) == ("region=cn-north-4", "/end")
        assert page.url.isascii() and page.url.isprintable()
        assert "hush" not in page.url or "hush" in text
