"""The calls of IMS, ECS and EVS that start jobs: request body to job plan.

Bodies are read as far as they decide about the job; what IMS would check beyond
that is not checked. A file whose name has no image format ends its import as
FAIL with IMG.0057, so that scripts can provoke a failed job.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from ims_tui.simulator.message import Request, ims_refusal
from ims_tui.simulator.plan import Failure, JobPlan, Recipe
from ims_tui.simulator.reasons import BAD_FILE
from ims_tui.simulator.recipes import (
    ADD_MEMBERS,
    COPY,
    CREATE,
    CREATE_DISK,
    CREATE_SERVERS,
    CROSS_COPY,
    DEL_MEMBERS,
    EXPORT,
    IMPORT,
    IMPORT_DATA,
    IMPORT_OVA,
    REGISTER,
    UPDATE_MEMBERS,
    VOLUME,
    VOLUMES,
    WHOLE,
    WHOLE_BACKUP,
)

Fields = dict[str, Any]
Planner = Callable[[Fields], JobPlan]

IMAGE_FORMATS = (
    *(".qcow2", ".qcow", ".vhd", ".vhdx", ".vmdk", ".raw", ".img", ".qed", ".vdi"),
    *(".zvhd", ".zvhd2", ".iso", ".ova"),
)


def planner_for(request: Request) -> Planner | None:
    """What plans the job of this request; None if it is no submitting call."""
    for method, path, planner in _CALLS:
        if request.method == method and re.fullmatch(path, request.path):
            return planner
    return None


def plan_submission(request: Request, planner: Planner, elapsed_s: float) -> JobPlan:
    """The job to start at `elapsed_s`.

    Raises RefusedError, with a code of the IMG catalogue, if the body starts nothing.
    """
    if not request.body:
        raise ims_refusal("IMG.0007", "The request body is empty.")
    try:
        fields = json.loads(request.body)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise ims_refusal("IMG.0001", "The request is malformed.")
    return replace(planner(fields), begin_s=elapsed_s)


def _plan(image: str, recipe: Recipe, **more: Any) -> JobPlan:
    return JobPlan(image, recipe, 0.0, recipe.typical_s, **more)


def _name(fields: Fields) -> str:
    name = fields.get("name")
    if not isinstance(name, str) or not name:
        raise ims_refusal("IMG.0013", "The image name is missing.")
    return name


def _from_file(fields: Fields, recipe: Recipe) -> JobPlan:
    url = str(fields["image_url"]).lower()
    is_image = url.endswith(IMAGE_FORMATS)
    fails = None if is_image else Failure(0.04, *BAD_FILE)
    return _plan(_name(fields), recipe, fails=fails)


def _plan_image(fields: Fields) -> JobPlan:
    """Image from a server, from volumes or from a file: the body decides."""
    if url := fields.get("image_url"):
        if not str(url).lower().endswith(".ova"):
            return _from_file(fields, IMPORT)
        name = _name(fields)
        return _plan(name, IMPORT_OVA, parts=(f"{name}-system", f"{name}-data"))
    if fields.get("instance_id"):
        return _plan(_name(fields), CREATE)
    if isinstance(volumes := fields.get("data_images"), list) and volumes:
        names = tuple(_name(v) if isinstance(v, dict) else str(v) for v in volumes)
        return _plan(names[0], VOLUMES, parts=names)
    if fields.get("volume_id"):
        return _plan(_name(fields), VOLUME)
    raise ims_refusal("IMG.0021", "The source of the image is unknown.")


def _plan_quick_import(fields: Fields) -> JobPlan:
    is_data = fields.get("type") == "DataImage"
    return _plan_file(fields, IMPORT_DATA if is_data else IMPORT)


def _plan_file(fields: Fields, recipe: Recipe = IMPORT_DATA) -> JobPlan:
    if not fields.get("image_url"):
        raise ims_refusal("IMG.0040", "The address of the image file is missing.")
    return _from_file(fields, recipe)


def _plan_whole_image(fields: Fields) -> JobPlan:
    if fields.get("backup_id"):
        return _plan(_name(fields), WHOLE_BACKUP)
    if fields.get("instance_id"):
        return _plan(_name(fields), WHOLE)
    raise ims_refusal("IMG.0012", "The server id is missing.")


def _plan_export(fields: Fields) -> JobPlan:
    if not fields.get("bucket_url"):
        raise ims_refusal("IMG.0068", "The bucket is missing.")
    return _plan(str(fields["bucket_url"]), EXPORT)


def _plan_server(fields: Fields) -> JobPlan:
    name = _name_in(fields, "server")
    return _plan(name, CREATE_SERVERS, parts=(name,))


def _name_in(fields: Fields, table: str) -> str:
    inner = fields.get(table)
    if not isinstance(inner, dict):
        raise ims_refusal("Common.0002", f"The {table} is missing.")
    return str(inner.get("name", ""))


def _always(recipe: Recipe, name: Callable[[Fields], str] = lambda _: "") -> Planner:
    """What starts one type of job, whatever else the body says."""
    return lambda fields: _plan(name(fields), recipe)


_CALLS: tuple[tuple[str, str, Planner], ...] = (
    ("POST", r"/v2(\.1)?/cloudimages/action", _plan_image),
    ("POST", r"/v2(\.1)?/cloudimages/quickimport/action", _plan_quick_import),
    ("POST", r"/v(1|2\.1)/cloudimages/dataimages/action", _plan_file),
    ("POST", r"/v1/cloudimages/wholeimages/action", _plan_whole_image),
    (
        "PUT",
        r"/v1/cloudimages/[^/]+/upload",
        _always(REGISTER, lambda fields: str(fields.get("image_url", ""))),
    ),
    ("POST", r"/v(1|2\.1)/cloudimages/[^/]+/file", _plan_export),
    ("POST", r"/v(1|2\.1)/cloudimages/[^/]+/copy", _always(COPY, _name)),
    ("POST", r"/v1/cloudimages/[^/]+/cross_region_copy", _always(CROSS_COPY, _name)),
    ("POST", r"/v1/cloudimages/members", _always(ADD_MEMBERS)),
    ("PUT", r"/v1/cloudimages/members", _always(UPDATE_MEMBERS)),
    ("DELETE", r"/v1/cloudimages/members", _always(DEL_MEMBERS)),
    ("POST", r"/v1(\.1)?/[0-9a-f]{32}/cloudservers", _plan_server),
    (
        "POST",
        r"/v2(\.1)?/[0-9a-f]{32}/cloudvolumes",
        _always(CREATE_DISK, lambda fields: _name_in(fields, "volume")),
    ),
)
