"""Metrics for Prometheus: an endpoint, or a file for the node exporter.

Needs the extra `metrics`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from prometheus_client import CollectorRegistry, write_to_textfile
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from ims_tui.adapters.endpoint import Endpoint
from ims_tui.core.headless.metrics import Family, Histogram, MetricType


class Exporter(Collector):
    """Holds the latest metrics; the endpoint reads them in a thread."""

    def __init__(self) -> None:
        self._families: Sequence[Family] = ()
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def publish(self, families: Sequence[Family]) -> None:
        """Replace what is served."""
        self._families = families

    def collect(self) -> Iterator[Metric]:
        """What the client library asks for."""
        return map(_metric, self._families)

    def serve(self, host: str, port: int) -> int:
        """Serve `/metrics` until the event loop ends; returns the port.

        Raises:
            OSError: the port cannot be had.
        """
        self._endpoint = Endpoint(self._page)
        return self._endpoint.serve(host, port)

    def _page(self, accept: str) -> tuple[str, bytes]:
        """The metrics in the form that a request accepts, else in the oldest."""
        try:
            encode, kind = choose_encoder(accept)
        except (TypeError, ValueError):  # such as a version that is no number
            encode, kind = choose_encoder("")
        return kind, encode(self._registry)

    def write(self, path: Path) -> None:
        """Replace a file as a whole.

        Raises:
            OSError: it cannot be written.
        """
        write_to_textfile(str(path), self._registry)


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
