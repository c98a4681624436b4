"""Plain names of job types, after the current manual; unknown types stay readable."""

from __future__ import annotations

_PLAIN = {
    "createImageByInstance": "from server",
    "imsCreateImageByInstance": "from server",
    "imsImportImageJob": "import file",
    "imsImportOvaImageJob": "import OVA",
    "imsVolumeCreateImageJob": "disk to system image",
    "imsVolumesToSysDataImagesJob": "disks to data images",
    "imsImportDataImageJob": "import data image",
    "imsCreateWholeImageByInstanceJob": "full server",
    "imsCreateWholeImageByBackupJob": "full from backup",
    "imsNativeImportImageJob": "register",
    "imsNativeExportImageJob": "export",
    "imsAddImageMembersJob": "share add",
    "imsDelImageMembersJob": "share remove",
    "imsUpdateImageMembersJob": "share change",
    "imsCopyImageInRegionJob": "copy in region",
    "imsCrossRegionCopyImageJob": "copy cross region",
    "imsCopyImageCrossUserJob": "copy cross region",
    # Sub-jobs, which the job list of the manual names.
    "imsGoofysImportImageJob": "fast import",
    "imsGoofysImportImageWithoutconfigJob": "fast import as is",
    "imsGoofysUploadImageJob": "fast import upload",
    "imsGoofysExportImageJob": "fast export",
    "imsImportBigFileImageJob": "import large file",
    "imsQuickExportImageJob": "quick export",
    "imsImportIsoFileImageJob": "import ISO",
    "imsCopyVolumeToImageJob": "disk to image",
    # Of ECS and EVS, by the tables of their job queries.
    "createServer": "create servers",
    "createSingleServer": "create server",
    "deleteServer": "delete servers",
    "deleteSingleServer": "delete server",
    "resizeServer": "resize server",
    "changeOS": "change OS",
    "reInitOs": "reinstall OS",
    "attachVolume": "attach disk",
    "detachVolume": "detach disk",
    "createVolume": "create disk",
    "batchCreateVolume": "create disks",
    "deleteVolume": "delete disk",
    "deleteSingleVolume": "delete disk",
    "bulkDeleteVolume": "delete disks",
    "extendVolume": "extend disk",
}


def _key(job_type: str) -> str:
    return job_type.replace("_", "").lower().removesuffix("job")


_BY_KEY = {_key(name): plain for name, plain in _PLAIN.items()}
"""The names without case, underscores and `Job`: replies vary in them."""


def plain_type(job_type: str) -> str:
    """What a job type does, in two or three words; an unknown one stays readable."""
    plain = _PLAIN.get(job_type) or _BY_KEY.get(_key(job_type))
    if plain is not None:
        return plain
    if "_" in job_type:
        words = job_type.removeprefix("ims_").removesuffix("_job").split("_")
        return " ".join(filter(None, words)) or job_type
    return job_type.removeprefix("ims").removesuffix("Job") or job_type
