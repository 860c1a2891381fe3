"""How each tool is given the same migrations, and the command that applies them."""
import os
import shutil


def write(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


class Tool:
    def __init__(self, program):
        self.program = program

    def is_there(self):
        return shutil.which(self.program) is not None

    def prepare(self, folder, migrations):
        raise NotImplementedError

    def command(self, host, port, database):
        """With what it wants to find in its environment."""
        raise NotImplementedError


class Migrator(Tool):
    name = "migrator"

    def prepare(self, folder, migrations):
        for name, text in migrations:
            write(folder, f"migrations/{name}.sql", text)

    def command(self, host, port, database):
        url = f"postgres:///{database}?host={host}&port={port}&user=postgres&sslmode=disable"
        return [self.program, "up", "--quiet"], {"CONNECTION_URL": url}


class Psql(Tool):
    """By hand: one session, for each file a transaction with a row of history."""

    name = "psql"

    def prepare(self, folder, migrations):
        script = ["\\set ON_ERROR_STOP 1\n"
                  "create table if not exists schema_migrations (version text primary key);\n"]
        for name, text in migrations:
            write(folder, f"migrations/{name}.sql", text)
            script.append(f"begin;\ninsert into schema_migrations values ('{name}');\n"
                          f"\\i migrations/{name}.sql\ncommit;\n")
        write(folder, "all.sql", "".join(script))

    def command(self, host, port, database):
        return [self.program, "-Xq", "-h", host, "-p", str(port), "-U", "postgres", "-d", database,
                "-f", "all.sql"], {}


class Dbmate(Tool):
    name = "dbmate"

    def prepare(self, folder, migrations):
        for name, text in migrations:
            write(folder, f"db/migrations/{name}.sql",
                  f"-- migrate:up\n{text}\n-- migrate:down\n")

    def command(self, host, port, database):
        where = f"/{database}?socket={host}&port={port}&" if host.startswith("/") else \
            f"{host}:{port}/{database}?"
        url = f"postgres://postgres@{where}sslmode=disable"
        return [self.program, "--no-dump-schema", "migrate"], {"DATABASE_URL": url}


class Alembic(Tool):
    name = "alembic"

    def prepare(self, folder, migrations):
        write(folder, "alembic.ini", "[alembic]\nscript_location = alembic\n")
        write(folder, "alembic/env.py",
              "import os\nfrom alembic import context\nfrom sqlalchemy import create_engine\n"
              "with create_engine(os.environ['BENCH_URL']).connect() as connection:\n"
              "    context.configure(connection=connection, transaction_per_migration=True)\n"
              "    with context.begin_transaction():\n        context.run_migrations()\n")
        previous = None
        for name, text in migrations:
            number = name.split("_")[0]
            write(folder, f"alembic/versions/{name}.py",
                  f"from alembic import op\nrevision = '{number}'\n"
                  f"down_revision = {previous!r}\n"
                  f"def upgrade():\n    op.execute('''{text}''')\n")
            previous = number

    def command(self, host, port, database):
        return [self.program, "upgrade", "head"], {
            "BENCH_URL": f"postgresql://postgres@/{database}?host={host}&port={port}"}


class Sqitch(Tool):
    name = "sqitch"

    def prepare(self, folder, migrations):
        write(folder, "sqitch.conf", "[core]\n\tengine = pg\n[user]\n\tname = b\n\temail = b@b.b\n")
        plan = "%syntax-version=1.0.0\n%project=bench\n\n"
        for name, text in migrations:
            write(folder, f"deploy/m{name}.sql", f"begin;\n{text}commit;\n")
            plan += f"m{name} 2026-01-01T00:00:00Z b <b@b.b> # one\n"
        write(folder, "sqitch.plan", plan)

    def command(self, host, port, database):
        return [self.program, "deploy", f"db:pg:{database}"], {
            "PGHOST": host, "PGPORT": str(port), "PGUSER": "postgres"}
