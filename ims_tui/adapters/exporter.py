"""Metrics for Prometheus: an endpoint, or a file for the node exporter.

Needs the extra `metrics`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from pathlib import Path

from prometheus_client import CollectorRegistry, ProcessCollector, write_to_textfile
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from ims_tui.adapters.endpoint import LIMIT_S, Endpoint, ServedPage
from ims_tui.core.headless.counters import Histogram
from ims_tui.core.headless.metrics import Family, MetricType
from ims_tui.core.headless.readiness import LIST_UNREAD
from ims_tui.core.show.cause_texts import NOT_A_FILE


class Exporter(Collector):
    """Holds the latest metrics; the endpoint reads them in a thread."""

    def __init__(self) -> None:
        self._families: Sequence[Family] = ()
        self._why_not_ready = ""
        self._registry = CollectorRegistry()
        self._registry.register(self)
        self._served = CollectorRegistry()
        """With what the node exporter would say of itself in a file's place."""
        self._served.register(self)
        ProcessCollector(registry=self._served)

    def publish(self, families: Sequence[Family], why_not_ready: str = "") -> None:
        """Replace what is served.

        Args:
            families: the metrics.
            why_not_ready: what `/-/ready` says; empty: it is ready.
        """
        self._families = families
        self._why_not_ready = why_not_ready

    def collect(self) -> Iterator[Metric]:
        """What the client library asks for."""
        return map(_metric, self._families)

    def serve(self, host: str, port: int, *, limit_s: float = LIMIT_S) -> int:
        """Serve metrics and health until the event loop ends; returns the port.

        Raises:
            OSError: the port cannot be had.
        """
        self._why_not_ready = LIST_UNREAD
        self._endpoint = Endpoint(
            {
                "/metrics": lambda accept: asyncio.to_thread(self._metrics, accept),
                "/-/healthy": self._healthy,
                "/-/ready": self._ready,
            },
            limit_s=limit_s,
        )
        return self._endpoint.serve(host, port)

    async def _healthy(self, _accept: str) -> ServedPage:
        """The event loop runs, on which everything else does."""
        return ServedPage(b"Healthy.\n")

    async def _ready(self, _accept: str) -> ServedPage:
        if self._why_not_ready:
            body = f"{self._why_not_ready}\n".encode()
            return ServedPage(body, status=HTTPStatus.SERVICE_UNAVAILABLE)
        return ServedPage(b"Ready.\n")

    def _metrics(self, accept: str) -> ServedPage:
        """The metrics in the form that a request accepts, else in the oldest."""
        try:
            encode, kind = choose_encoder(accept)
        except (TypeError, ValueError):  # such as a version that is no number
            encode, kind = choose_encoder("")
        return ServedPage(encode(self._served), kind)

    def write(self, path: Path) -> None:
        """Replace a file as a whole, or the one that a link points to.

        Raises:
            OSError: it cannot be written, or it is a device, a pipe, a folder.
        """
        target = Path(os.path.realpath(path))
        # Put in the place of a device, a file would take it from the whole machine.
        if target.exists() and not target.is_file():
            raise OSError(NOT_A_FILE)
        write_to_textfile(str(target), self._registry)


def _metric(family: Family) -> Metric:
    if family.kind is MetricType.HISTOGRAM:
        return _histogram(family)
    is_counter = family.kind is MetricType.COUNTER
    kind = CounterMetricFamily if is_counter else GaugeMetricFamily
    metric = kind(family.name, family.help, labels=family.labels)
    for sample in family.samples:
        assert not isinstance(sample.value, Histogram)
        metric.add_metric(sample.labels, sample.value)
    return metric


def _histogram(family: Family) -> Metric:
    metric = HistogramMetricFamily(family.name, family.help, labels=family.labels)
    for sample in family.samples:
        assert isinstance(sample.value, Histogram)
        below, buckets = 0, []
        bounds = (*map(str, sample.value.bounds), "+Inf")
        for bound, count in zip(bounds, sample.value.counts, strict=True):
            below += count
            buckets.append((bound, below))
        metric.add_metric(sample.labels, buckets, sample.value.total)
    return metric
