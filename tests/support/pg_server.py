# SPDX-License-Identifier: GPL-2.0-or-later
"""A PostgreSQL server with PostGIS of the tests' own: made in a passing folder, gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

BOUND = 120
OWNER = "planner"
SECRET = "s3cr@t/wort"
ESCAPED = "s3cr%40t%2Fwort"


def binaries():
    """Find the folder of the newest server with PostGIS; "" and a reason where there is none."""
    homes = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    found = shutil.which("initdb")
    homes += [Path(found).resolve().parent] if found else []
    for home in sorted(set(homes), key=str, reverse=True):
        config = home / "pg_config"
        shared = f"/usr/share/postgresql/{home.parent.name}"
        if config.exists():
            shared = subprocess.run(
                [config, "--sharedir"], capture_output=True, text=True, check=True
            ).stdout.strip()
        if (Path(shared) / "extension" / "postgis.control").exists():
            return home, ""
    lack = "PostGIS" if homes else "initdb (PostgreSQL's server)"
    return None, f"{lack} is not installed: tools/setup.sh --tests installs it on Debian and Ubuntu"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """One server; `start`, `crash` and `stop` are bounded in time."""

    def __init__(self, home):
        self.home = home
        self.folder = Path(tempfile.mkdtemp(prefix="pianqu-pg-"))
        self.data = self.folder / "data"
        self.port = free_port()
        # A server refuses to run as root.
        self.who = {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}
        if self.who:
            shutil.chown(self.folder, "postgres", "postgres")
        word = self.folder / "word"
        word.write_text(SECRET + "\n")
        word.chmod(0o644)
        self._call(
            "initdb", "-D", self.data, "-U", OWNER, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
            "--auth-host=scram-sha-256", "--auth-local=trust", f"--pwfile={word}",
        )  # fmt: skip
        self.start()

    def start(self):
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        log = self.folder / "server.log"
        self._call("pg_ctl", "-D", self.data, "-w", "-t", BOUND, "-l", log, "-o", options, "start")

    def crash(self):
        """Stop all of the server's processes at once, as a power cut does."""
        self._call("pg_ctl", "-D", self.data, "-w", "-t", BOUND, "-m", "immediate", "stop")

    def remove(self):
        try:
            self.crash()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _call(self, program, *arguments):
        # Whatever the server inherits of our pipes would keep us waiting for its end.
        with (self.folder / f"{program}.out").open("w+") as out:
            done = subprocess.run(
                [self.home / program, *map(str, arguments)], stdout=out, stderr=out,
                stdin=subprocess.DEVNULL, timeout=BOUND, check=False, cwd=self.folder, **self.who,
            )  # fmt: skip
            out.seek(0)
            assert done.returncode == 0, out.read()

    def connect(self, database="postgres", user=OWNER):
        """Open a connection of a test's own, each statement a transaction."""
        import psycopg2

        connection = psycopg2.connect(
            host=str(self.folder), port=self.port, user=user, dbname=database, connect_timeout=10
        )
        connection.autocommit = True
        return connection

    def execute(self, *statements, database="postgres"):
        connection = self.connect(database)
        try:
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
                return cursor.fetchall() if cursor.description else None
        finally:
            connection.close()

    def place(self, schema="", database="postgres", user=OWNER):
        """Give the address of a register on this server."""
        query = f"?schema={schema}" if schema else ""
        return f"postgresql://{user}:{ESCAPED}@127.0.0.1:{self.port}/{database}{query}"
