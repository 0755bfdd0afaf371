"""A plain host: what is left when nothing else is known."""

import socket

from assay_client.identity.values import Compute


def find_host() -> Compute:
    name = socket.gethostname()
    return Compute(provider="host", resource_id=name, host=name)
