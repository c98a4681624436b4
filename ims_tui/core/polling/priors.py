"""How long jobs of each type take as published, until some were seen to end.

From begin and end in the samples of the service's manual, and from what its providers'
acceptance tests took. Few figures and wide ranges: the first jobs that end count for
more. A type that is not here has none.
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ims_tui.core.polling.milestones import Expected

WEIGHT = 0.5
"""Weight of a published length, in jobs."""

_SD = 0.7
_FROM_SERVER = log(220.0), _SD  # 3:08 and 3:42 in samples
_COPY = log(380.0), _SD  # 2:11 in a sample, about 11 min in tests

PRIORS: dict[str, Expected] = {
    "createImageByInstance": _FROM_SERVER,
    "imsCreateImageByInstance": _FROM_SERVER,
    "imsVolumeCreateImageJob": (log(225.0), _SD),  # 3:00 to 4:40
    "imsImportImageJob": (log(900.0), 1.0),  # 5:55 and 39:21
    "imsImportOvaImageJob": (log(1200.0), 0.9),  # 10:00 and 37:46
    "imsImportDataImageJob": (log(280.0), 0.9),  # 2:13 and 10:00
    "imsNativeImportImageJob": (log(125.0), _SD),  # 2:01 and 2:06 in tests
    "imsNativeExportImageJob": (log(465.0), _SD),  # 3:02; 8 to 13 min in tests
    "imsCopyImageInRegionJob": _COPY,
    "imsCreateWholeImageByInstanceJob": (log(2400.0), 1.6),  # 8:49, and a day
    "imsCreateWholeImageByBackupJob": (log(20.0), 1.0),  # 0:06; 1:02 in tests
}
"""Mean and standard deviation of the logarithm of the seconds that a job takes."""

ANY_TYPE = log(320.0), 1.2
"""Mean and deviation over all of these types: it only keeps the percent of a job of an
unknown type from promising days at 1 %, and says nothing alone."""
