"""Small migrations as people write them: a table with an index, a column more, a few rows."""


def statements(i):
    table = (i - 1) // 3 * 3 + 1  # the last one that was made
    if i % 3 == 1:
        return (f"create table item_{i} (id bigint generated always as identity primary key, "
                f"name text not null, price numeric(10, 2) not null default 0);\n"
                f"create index item_{i}_name on item_{i} (name);\n")
    if i % 3 == 2:
        return f"alter table item_{table} add column note text;\n"
    return f"insert into item_{table} (name, price) values ('a', 1), ('b', 2), ('c', 3);\n"


def failing(i):
    return f"insert into item_{i} (nothing) values (1);\n"


def small(count, fails_at=None):
    """Of (name, text), in their order."""
    return [(f"{20260000000000 + i}_m{i}", failing(i) if i == fails_at else statements(i))
            for i in range(1, count + 1)]
