"""A PostgreSQL server of the system's, for the tests: in a folder of its own, on a free port, gone when they end."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

USER, PASSWORD = "tower", "s3cret:wörd"
# Debian keeps them out of the path.
FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
NOT_INSTALLED = (
    "no PostgreSQL server is installed (postgres and initdb were not found); "
    "sh tests/store/install_postgres.sh installs one where that is permitted"
)
START_SECONDS = 60
# Nothing of it outlives the tests: no need to wait for a disk.
SETTINGS = {
    "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off", "full_page_writes": "off",
    "synchronous_commit": "off", "shared_buffers": "16MB", "max_connections": "40", "autovacuum": "off",
}  # fmt: skip


@dataclass(frozen=True)
class Server:
    port: int
    numbers: Iterator[int]

    def database(self, template: str = "template0") -> str:
        """A new database, a copy of another one; gives its name."""
        name = f"t{next(self.numbers)}"
        self.run(f"create database {name} template {template}")
        return name

    def run(self, *statements: str, database: str = "postgres") -> None:
        with self.connect(database) as connection:
            for statement in statements:
                connection.execute(statement)

    def connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=USER, password=PASSWORD, dbname=database, autocommit=True
        )

    def url(self, database: str, user: str = USER, password: str | None = "s3cret%3Aw%C3%B6rd") -> str:
        secret = "" if password is None else f":{password}"
        return f"postgresql://{user}{secret}@127.0.0.1:{self.port}/{database}"


def programs() -> Path | None:
    """The folder with the newest server that is installed."""
    there = {Path(found).resolve().parent for found in (shutil.which("initdb"),) if found}
    for pattern in FOLDERS:
        there |= set(Path("/").glob(pattern.lstrip("/")))
    there = {folder for folder in there if (folder / "initdb").exists() and (folder / "postgres").exists()}
    return max(
        there, key=lambda folder: [int(part) for part in folder.parent.name.split(".") if part.isdigit()], default=None
    )


@contextmanager
def running_server(folder_of_programs: Path) -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="tower-postgres-"))
    process: subprocess.Popen[bytes] | None = None
    try:
        as_user = _unprivileged(folder)
        port = _free_port()
        secret = folder / "password"
        secret.write_text(PASSWORD, encoding="utf-8")
        if as_user:
            os.chown(secret, as_user["user"], as_user["group"])
        made = subprocess.run(
            [folder_of_programs / "initdb", "-D", folder / "data", "-U", USER, f"--pwfile={secret}", "--no-sync",
             "--auth=scram-sha-256", "--locale=C", "--encoding=UTF8"],
            capture_output=True, text=True, check=False, cwd=folder, **as_user,
        )  # fmt: skip
        assert made.returncode == 0, f"initdb failed: {made.stderr}"
        options = [
            word for name, value in {**SETTINGS, "port": str(port)}.items() for word in ("-c", f"{name}={value}")
        ]
        # Where the tests are killed, the server ends too.
        setpriv = shutil.which("setpriv")
        tied = [setpriv, "--pdeathsig", "INT"] if setpriv else []
        log = folder / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*tied, folder_of_programs / "postgres", "-D", folder / "data", *options],
                stdout=output, stderr=subprocess.STDOUT, cwd=folder, **as_user,
            )  # fmt: skip
        server = Server(port, count())
        _wait(server, process, log)
        yield server
    finally:
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGQUIT)
            process.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: the user to run it as, who gets the folder."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(folder, user.pw_uid, user.pw_gid)
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise AssertionError("there is no user postgres or nobody to run the server as")


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def _wait(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            server.connect("postgres").close()
            return
        except psycopg.OperationalError:
            alive = process.poll() is None and time.monotonic() < until
            assert alive, f"the PostgreSQL server did not start: {log.read_text(errors='replace')}"
            time.sleep(0.05)
