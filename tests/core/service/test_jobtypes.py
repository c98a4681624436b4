"""Plain names of job types."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_tui.core.service.jobtypes import plain_type


@pytest.mark.parametrize(
    ("job_type", "plain"),
    [
        ("imsImportImageJob", "import file"),
        ("imsGoofysImportImageJob", "fast import"),
        ("imsGoofysImportImageWithoutconfigJob", "fast import as is"),
        ("imsGoofysUploadImageJob", "fast import upload"),
        ("imsGoofysExportImageJob", "fast export"),
        ("imsImportBigFileImageJob", "import large file"),
        ("imsQuickExportImageJob", "quick export"),
        ("imsImportIsoFileImageJob", "import ISO"),
        ("imsCopyVolumeToImageJob", "disk to image"),
        ("createImageByInstance", "from server"),
        ("ims_create_image_by_instance", "from server"),
        ("ims_create_image_by_instance_job", "from server"),
        ("IMS_IMPORT_IMAGE_JOB", "import file"),
        ("create_server", "create servers"),
        ("ims_mend_an_image", "mend an image"),
        ("ims_mend__an_image_job", "mend an image"),
        ("mend_image", "mend image"),
        ("imsMendImageJob", "MendImage"),
        ("mendImage", "mendImage"),
        ("ims", "ims"),
        ("ims_", "ims_"),
        ("_", "_"),
        ("", ""),
    ],
)
def test_a_type_reads_well(job_type: str, plain: str) -> None:
    assert plain_type(job_type) == plain


@given(st.text(alphabet="imsJob_Ax", max_size=12))
def test_a_type_is_never_empty_and_never_begins_with_an_underscore(word: str) -> None:
    plain = plain_type(word)
    assert bool(plain) == bool(word)
    assert not plain.startswith("_") or not word.strip("_") or plain == word
