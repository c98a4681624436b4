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
    "imsGoofysUploadImageJob": "fast register",
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


def plain_type(job_type: str) -> str:
    """What a job type does, in two or three words."""
    return _PLAIN.get(job_type) or job_type.removeprefix("ims").removesuffix("Job")
