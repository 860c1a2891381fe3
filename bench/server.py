"""A PostgreSQL server of our own, with its defaults, and a proxy before it."""
import os
import re
import hashlib
import subprocess


class Server:
    """`migrator local` in a folder of its own: on this machine's disk, with fsync."""

    def __init__(self, migrator, folder):
        self.migrator = migrator
        self.folder = folder
        os.makedirs(os.path.join(folder, "migrations"), exist_ok=True)
        self._local("start")
        self.url = self._local("url").strip()
        self.socket_folder = re.search(r"host=([^&]+)", self.url).group(1)
        self.socket = os.path.join(self.socket_folder, ".s.PGSQL.5432")

    def _local(self, action):
        return subprocess.run([self.migrator, "local", action, "--url", "embedded"],
                              cwd=self.folder, check=True, text=True,
                              stdout=subprocess.PIPE).stdout

    def stop(self):
        self._local("stop")

    def place(self, database):
        """Where a tool finds it: (host, port)."""
        return self.socket_folder, 5432

    def psql(self, database, *arguments):
        return subprocess.run(["psql", "-XqAt", "-h", self.socket_folder, "-U", "postgres", "-d",
                               database, *arguments], check=True, text=True,
                              stdout=subprocess.PIPE).stdout

    def make_database(self, name):
        """Empty, and with nothing left to do for the server of what was there before."""
        self.psql("postgres", "-c", "set client_min_messages = error",
                  "-c", f"drop database if exists {name} with (force)",
                  "-c", f"create database {name}", "-c", "checkpoint")

    def fingerprint(self, database):
        """Of schema and data, but for what the tools keep their own history in."""
        text = subprocess.run(
            ["pg_dump", "-h", self.socket_folder, "-U", "postgres", "-N", "sqitch",
             "-T", "schema_migrations", "-T", "alembic_version", database],
            check=True, text=True, stdout=subprocess.PIPE).stdout
        lines = [line for line in text.splitlines() if not line.startswith(("--", "\\"))]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


class Proxy:
    """Between the tools and the server; `delay` in milliseconds is half of a round trip."""

    def __init__(self, program, socket, delay):
        self.process = subprocess.Popen([program, socket, str(delay)], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline())

    def place(self, database):
        return "127.0.0.1", self.port

    def round_trips(self):
        """Since the last time that it was asked."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline().split()[0])

    def stop(self):
        self.process.stdin.close()
        self.process.wait()
