"""Both engines together, and the file that tells other processes where they are."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assay.core.engines.postgres import APPLICATION, OWNER, Postgres
from assay.core.engines.redis import Redis
from assay.core.home import write_secret


@contextmanager
def running(home: Path) -> Iterator[dict[str, str]]:
    """Start what the environment does not name, write `engines.env`, yield the URLs, stop at the end.

    yields: DATABASE_URL, DATABASE_OWNER_URL, REDIS_URL.
    """
    engines: list[Postgres | Redis] = []
    urls = {name: os.environ[name] for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL") if os.environ.get(name)}
    note = home / "engines.env"
    try:
        if "DATABASE_URL" not in urls:
            postgres = Postgres(home)
            engines.append(postgres)
            postgres.start()
            urls |= {"DATABASE_URL": postgres.url(APPLICATION), "DATABASE_OWNER_URL": postgres.url(OWNER)}
        if "REDIS_URL" not in urls:
            redis = Redis(home)
            engines.append(redis)
            redis.start()
            urls["REDIS_URL"] = redis.url()
        write_secret(note, "".join(f"{name}={value}\n" for name, value in urls.items()))
        yield urls
    finally:
        note.unlink(missing_ok=True)
        for engine in reversed(engines):
            engine.stop()
