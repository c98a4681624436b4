"""The table of error codes."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from ims_tui.core.service.codes import explain_error, find_code, is_code, read_codes
from ims_tui.core.service.job import JobError
from ims_tui.wiring import packaged_text

CODES = read_codes(packaged_text("core/service/codes.toml"))


def test_every_code_has_a_sentence_a_remedy_and_a_source_in_both_tongues() -> None:
    counts = Counter(meaning.code.split(".")[0] for meaning in CODES.values())
    assert counts["IMG"] == 204
    assert counts["APIGW"] >= 39
    assert counts["Common"] == 13
    assert min(counts[name] for name in ("EVS", "Ecs", "IAM", "VolumeBackup")) >= 1
    for meaning in CODES.values():
        assert is_code(meaning.code)
        assert re.fullmatch(r"[A-Z].*Error Codes, https://\S+", meaning.source), meaning
        for text in (meaning.text, meaning.remedy):
            assert re.fullmatch(r"[A-Zi].*\.", text), meaning
            assert not re.search(r"please|sorry|error occurred|!", text, re.I), meaning
        for text in (meaning.text_zh, meaning.remedy_zh):
            assert re.search(r"[\u4e00-\u9fff].*\u3002$", text), meaning


def test_a_source_names_the_page_of_its_family() -> None:
    pages = {
        "IMG": ("ims_03_0908", "image-management-service"),
        "APIGW": ("api-sign-errorcode", "usermanual-apig"),
        "Common": ("elastic-cloud-server",),
        "Ecs": ("elastic-cloud-server",),
        "Pdp": ("elastic-cloud-server",),
        "EVS": ("evs_04_0038",),
        "VolumeBackup": ("api-vbs",),
        "IAM": ("iam_02_0006",),
    }
    for meaning in CODES.values():
        family = meaning.code.partition(".")[0]
        assert any(page in meaning.source for page in pages[family]), meaning


def test_a_group_whose_source_is_not_listed_is_an_error() -> None:
    text = packaged_text("core/service/codes.toml")
    with pytest.raises(KeyError, match="elsewhere"):
        read_codes(text.replace('source = "ims"', 'source = "elsewhere"', 1))


def test_causes_that_differ_have_sentences_that_differ() -> None:
    causes = {CODES[f"IMG.0{number}"].text for number in range(168, 175)}
    assert len(causes) == 7
    market = ("0042", "0043", "0044", "0045", "0048", "0049", "0050", "0051", "0052")
    assert len({CODES[f"IMG.{number}"].text for number in market}) == len(market)


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("IMG.0034", "number of images"),
        ("IMG.0035", "conflict"),
        ("IMG.0106", "another tenant"),
        ("IMG.0108", "not found in this region"),
        ("IMG.0112", "added"),
        ("IMG.0113", "removed"),
        ("IMG.0114", "looked up"),
        ("IMG.0181", "looked up"),
        ("IMG.0194", "in one go"),
        ("IMG.0023", "cannot be queried"),
        ("IMG.0056", "operating system is wrong"),
        ("IMG.0101", "original key does not exist"),
        ("IMG.0125", "data disk cannot be made public"),
        ("IMG.0143", "copied to another region"),
        ("IMG.0151", "agency may not work in the target project"),
        ("IMG.0152", "one zone only"),
        ("IMG.0156", "put into the enterprise project"),
        ("IMG.0168", "one of a data disk"),
        ("IMG.0169", "versions of the operating system differ"),
        ("IMG.0170", "file formats differ"),
        ("IMG.0171", "smallest disk"),
        ("IMG.0172", "smallest memory"),
        ("IMG.0173", "another environment"),
        ("IMG.0174", "different names"),
        ("IMG.0179", "agency of the source image"),
        ("IMG.0180", "full-server"),
        ("IMG.0191", "flavours"),
        ("IMG.0192", "flavour"),
        ("IMG.0197", "shared image that is encrypted"),
        ("APIGW.0201", "too large"),
        ("APIGW.0202", "does not answer"),
        ("APIGW.0203", "in time"),
        ("APIGW.0302", "may not use this call"),
        ("APIGW.0801", "region"),
        ("Common.0018", "another project"),
        ("EVS.1012", "temporary"),
        ("EVS.2026", "error_extending"),
        ("Ecs.0048", "full-server image is not available"),
        ("VolumeBackup.0064", "state error"),
        ("IMG.0040", "cannot be obtained"),
        ("APIGW.0401", "does not know the IP address"),
        ("APIGW.0402", "may not use"),
    ],
)
def test_a_meaning_is_that_of_the_manual(code: str, word: str) -> None:
    assert word in CODES[code.upper()].text


_FOR_SUPPORT = (
    "0014 0023 0034 0035 0036 0037 0038 0039 0040 0045 0053 0064 0065 0105 0112 0113"
    " 0114 0138 0152 0176 0179 0180 0181 0191 1075"
)


@pytest.mark.parametrize("code", _FOR_SUPPORT.split())
def test_what_only_the_cloud_can_mend_is_for_its_support(code: str) -> None:
    assert "support" in CODES[f"IMG.{code}"].remedy


@pytest.mark.parametrize(
    ("code", "reason", "found"),
    [
        ("IMG.0057", "", "IMG.0057"),
        ("", "EbsCreateVolumeTask-fail:EVS.2024 volume is error!", "EVS.2024"),
        ("", "CreateELBTask-fail:DWS.0114", None),
        ("IMG.9999", "EVS.2024", None),
        ("", "version 1.2024 of EVS.20245", None),
    ],
)
def test_an_error_is_explained_by_its_code_or_by_one_in_its_words(
    code: str, reason: str, found: str | None
) -> None:
    meaning = explain_error(CODES, JobError(code, reason))
    assert (meaning.code if meaning else None) == found


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("IMG.0057", "IMG.0057"),
        (" img.0057", "IMG.0057"),
        ("0057", "IMG.0057"),
        ("APIG.0308", "APIGW.0308"),
        ("APIC.0308", "APIGW.0308"),
        ("evs.2024", "EVS.2024"),
        ("ecs.0001", "Ecs.0001"),
        ("VOLUMEBACKUP.0064", "VolumeBackup.0064"),
        ("APIGW.0308", "APIGW.0308"),
    ],
)
def test_a_code_is_found_however_it_is_written(written: str, code: str) -> None:
    meaning = find_code(CODES, written)
    assert meaning is not None
    assert meaning.code == code
    assert is_code(written.strip())


def test_what_is_no_code() -> None:
    assert find_code(CODES, "IMG.9999") is None
    assert not any(map(is_code, ("", "golden", "0" * 32, "1.2.3.0057", ".0057")))
