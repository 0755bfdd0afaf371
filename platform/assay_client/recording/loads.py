"""The machine's load as metrics below `system/`, under the names that MLflow's own system metrics have.

Needs psutil; GPUs need nvidia-ml-py. What is not there is not measured. Where MLflow measures itself, this leaves it to MLflow.
"""

import logging
import os
import time
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

from assay_client.server import JsonObject

log = logging.getLogger("assay_client")

MEGABYTE = 1e6


class LoadMeter:
    def __init__(self) -> None:
        self._psutil = _find("psutil")
        self._nvml, self._gpus = _open_gpus()
        self._step = 0
        self._network: tuple[float, float] | None = None
        if self._psutil is None:
            log.warning("The machine's load is not measured: pip install 'assay-client[monitor]'")
            return
        self._psutil.cpu_percent()  # the first answer is always 0: it measures since the one before
        counters = self._psutil.net_io_counters()
        self._network = (counters.bytes_recv, counters.bytes_sent) if counters else None

    def measure(self) -> list[JsonObject]:
        """Metrics in the form of MLflow's log-batch; none without psutil, or where MLflow measures itself."""
        if self._psutil is None or _mlflow_measures():
            return []
        at_ms = time.time_ns() // 1_000_000
        values = {**dict(self._measure_host(self._psutil)), **dict(self._measure_gpus())}
        step, self._step = self._step, self._step + 1
        return [
            {"key": f"system/{name}", "value": round(value, 3), "timestamp": at_ms, "step": step}
            for name, value in values.items()
        ]

    def _measure_host(self, psutil: Any) -> Iterator[tuple[str, float]]:
        memory, disk = psutil.virtual_memory(), psutil.disk_usage(os.sep)
        yield "cpu_utilization_percentage", psutil.cpu_percent()
        yield "system_memory_usage_megabytes", memory.used / MEGABYTE
        yield "system_memory_usage_percentage", memory.percent
        yield "disk_usage_percentage", disk.percent
        yield "disk_usage_megabytes", disk.used / MEGABYTE
        yield "disk_available_megabytes", disk.free / MEGABYTE
        if self._network:
            counters = psutil.net_io_counters()
            yield "network_receive_megabytes", (counters.bytes_recv - self._network[0]) / MEGABYTE
            yield "network_transmit_megabytes", (counters.bytes_sent - self._network[1]) / MEGABYTE

    def _measure_gpus(self) -> Iterator[tuple[str, float]]:
        for index, gpu in enumerate(self._gpus):
            yield from self._measure_gpu(f"gpu_{index}", gpu)

    def _measure_gpu(self, name: str, gpu: Any) -> Iterator[tuple[str, float]]:
        """A figure that this GPU does not tell is left out."""
        nvml: Any = self._nvml
        try:
            memory = nvml.nvmlDeviceGetMemoryInfo(gpu)
            yield f"{name}_memory_usage_percentage", memory.used / memory.total * 100
            yield f"{name}_memory_usage_megabytes", memory.used / MEGABYTE
            yield f"{name}_utilization_percentage", nvml.nvmlDeviceGetUtilizationRates(gpu).gpu
            yield f"{name}_temperature_celsius", nvml.nvmlDeviceGetTemperature(gpu, nvml.NVML_TEMPERATURE_GPU)
            watts = nvml.nvmlDeviceGetPowerUsage(gpu) / 1000
            yield f"{name}_power_usage_watts", watts
            yield f"{name}_power_usage_percentage", watts / (nvml.nvmlDeviceGetEnforcedPowerLimit(gpu) / 1000) * 100
        except nvml.NVMLError as error:
            log.debug("%s does not tell all of its load: %s", name, error)


def _mlflow_measures() -> bool:
    """MLflow's own switch, by variable or by mlflow.enable_system_metrics_logging()."""
    return os.environ.get("MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING", "").lower() in {"true", "1"}


def _find(name: str) -> ModuleType | None:
    try:
        return import_module(name)
    except ImportError:
        return None


def _open_gpus() -> tuple[ModuleType | None, list[Any]]:
    nvml = _find("pynvml")
    if nvml is None:
        return None, []
    try:
        nvml.nvmlInit()
        return nvml, [nvml.nvmlDeviceGetHandleByIndex(index) for index in range(nvml.nvmlDeviceGetCount())]
    except nvml.NVMLError:
        return nvml, []
