"""The types of jobs: names and shapes as published, step names partly modelled.

Published step names: `ImportImageTask:ObtainImageInfoTask`, `CopyImageInRegionTask:`
(bare colon) and `CreateImageByInstanceTask` (no colon). The others follow them.
Jobs of ECS and EVS show neither step nor percent.
"""

from __future__ import annotations

from ims_tui.core.service.jobservice import JobService
from ims_tui.simulator.plan import Recipe, Shape, Step

MIN = 60.0
HOUR = 60 * MIN


CREATE = Recipe(
    "imsCreateImageByInstance",
    3.7 * MIN,
    Shape.IMAGE,
    (
        Step("CreateImageByInstanceTask", 0.10, 0.10),
        Step("CreateImageByInstanceTask:CreateSnapshotTask", 0.30, 0.40),
        Step("CreateImageByInstanceTask:UploadImageTask", 0.55, 0.95),
        Step("CreateImageByInstanceTask:RegisterImageTask", 0.05, 1.0),
    ),
)
IMPORT = Recipe(
    "imsImportImageJob",
    12 * MIN,
    Shape.IMPORT,
    (
        Step("ImportImageTask:ObtainImageInfoTask", 0.05, 0.10),
        Step("ImportImageTask:DownloadImageTask", 0.40, 0.35),
        Step("ImportImageTask:ConvertImageTask", 0.40, 0.85),
        Step("ImportImageTask:UploadImageTask", 0.15, 1.0),
    ),
)
IMPORT_DATA = Recipe(
    "imsImportDataImageJob",
    4 * MIN,
    Shape.IMPORT,
    (
        Step("ImportDataImageTask:ObtainImageInfoTask", 0.10, 0.10),
        Step("ImportDataImageTask:DownloadImageTask", 0.60, 0.70),
        Step("ImportDataImageTask:UploadImageTask", 0.30, 1.0),
    ),
)
COPY_VOLUME = Recipe(
    "imsCopyVolumeToImageJob",
    10 * MIN,
    Shape.IMAGE,
    (Step("CopyVolumeToImageTask:", 1.0, 1.0),),
)
IMPORT_OVA = Recipe(
    "imsImportOvaImageJob", 25 * MIN, Shape.PARENT, children=(IMPORT, IMPORT_DATA)
)
VOLUMES = Recipe(
    "imsVolumesToSysDataImagesJob", 10 * MIN, Shape.PARENT, children=(COPY_VOLUME,)
)
VOLUME = Recipe(
    "imsVolumeCreateImageJob",
    4.5 * MIN,
    Shape.IMAGE,
    (
        Step("VolumeCreateImageTask:CreateSnapshotTask", 0.30, 0.25),
        Step("VolumeCreateImageTask:UploadImageTask", 0.70, 1.0),
    ),
)
WHOLE = Recipe(
    "imsCreateWholeImageByInstanceJob",
    90 * MIN,
    Shape.IMAGE,
    (
        Step("CreateWholeImageTask:BackupServerTask", 0.85, 0.80),
        Step("CreateWholeImageTask:RegisterImageTask", 0.15, 1.0),
    ),
)
WHOLE_BACKUP = Recipe(
    "imsCreateWholeImageByBackupJob",
    MIN,
    Shape.IMAGE,
    (Step("CreateWholeImageTask:RegisterImageTask", 1.0, 1.0),),
)
REGISTER = Recipe(
    "imsNativeImportImageJob",
    5 * MIN,
    Shape.NAMELESS,
    (
        Step("NativeImportImageTask:DownloadImageTask", 0.80, 0.80),
        Step("NativeImportImageTask:RegisterImageTask", 0.20, 1.0),
    ),
)
EXPORT = Recipe(
    "imsNativeExportImageJob",
    11 * MIN,
    Shape.NAMELESS,
    (
        Step("NativeExportImageTask:ConvertImageTask", 0.40, 0.30),
        Step("NativeExportImageTask:UploadImageTask", 0.60, 1.0),
    ),
)
COPY = Recipe(
    "imsCopyImageInRegionJob",
    10.5 * MIN,
    Shape.IMPORT,
    (Step("CopyImageInRegionTask:", 1.0, 1.0),),
)
CROSS_COPY = Recipe(
    "imsCrossRegionCopyImageJob",
    25 * MIN,
    Shape.IMAGE,
    (
        Step("CrossRegionCopyImageTask:ExportImageTask", 0.45, 0.50),
        Step("CrossRegionCopyImageTask:ImportImageTask", 0.55, 1.0),
    ),
)
ADD_MEMBERS = Recipe(
    "imsAddImageMembersJob",
    2.4,
    Shape.MEMBERS,
    (Step("AddImageMembersTask", 1.0, 1.0),),
    init_s=0.2,
)
UPDATE_MEMBERS = Recipe(
    "imsUpdateImageMembersJob",
    0.9,
    Shape.MEMBERS,
    (Step("UpdateImageMembersTask", 1.0, 1.0),),
    init_s=0.2,
)
DEL_MEMBERS = Recipe(
    "imsDelImageMembersJob",
    0.9,
    Shape.REMOVED_MEMBERS,
    (Step("DelImageMembersTask", 1.0, 1.0),),
    init_s=0.2,
)
_UNSEEN = (Step("", 1.0, 1.0),)
CREATE_SERVER = Recipe(
    "createSingleServer", 4 * MIN, Shape.SERVER, _UNSEEN, service=JobService.ECS
)
CREATE_SERVERS = Recipe(
    "createServer",
    4 * MIN,
    Shape.SERVERS,
    children=(CREATE_SERVER,),
    service=JobService.ECS,
)
DELETE_SERVER = Recipe(
    "deleteSingleServer", MIN, Shape.SERVER, _UNSEEN, service=JobService.ECS
)
CREATE_DISK = Recipe(
    "createVolume", 0.5 * MIN, Shape.DISK, _UNSEEN, service=JobService.EVS
)
