"""Summaries of calls and statements: trace.recorder."""

import pytest

from cinema.trace.recorder import RecordedStatement


@pytest.mark.parametrize(
    ("sql", "summary"),
    [
        ('SELECT "a"."id" FROM "a" WHERE "a"."b_id" IN (SELECT "b"."id" FROM "b")', "SELECT a"),
        ('SELECT (SELECT 1 FROM "b") FROM "a" FOR NO KEY UPDATE OF "a"', "SELECT a, for update"),
        ('(SELECT "a"."id" FROM "a") UNION ALL (SELECT "b"."id" FROM "b")', "SELECT a"),
        ("SELECT pg_notify('seats', '7')", "SELECT pg_notify(…)"),
        ('INSERT INTO "a" ("id") VALUES (1)', "INSERT a"),
        ('UPDATE "a" SET "id" = 1', "UPDATE a"),
        ("BEGIN IMMEDIATE", "BEGIN IMMEDIATE"),
    ],
)
def test_a_statement_is_summarised_by_verb_and_table(sql, summary):
    assert RecordedStatement(sql).summary == summary


@pytest.mark.parametrize(
    ("sql", "lock"),
    [
        ('SELECT "a"."id" FROM "a"', ""),
        ('SELECT "a"."id" FROM "a" FOR UPDATE', "these rows of a"),
        ('SELECT "a"."id" FROM "a" JOIN "b" ON true FOR NO KEY UPDATE OF "b"', "these rows of b"),
        ('DELETE FROM "a"', "these rows of a"),
        ("SELECT b.id FROM t_a a JOIN t_b b ON true FOR NO KEY UPDATE OF b", "these rows of t_b"),
        ("WITH a AS (INSERT INTO t_a (id) SELECT 1), b AS (UPDATE t_b SET id = 1) SELECT 1", "these rows of t_a, t_b"),
        ("BEGIN IMMEDIATE", "the whole database, for writing"),
        ("COMMIT", ""),
    ],
)
def test_a_statement_names_the_rows_it_locks(sql, lock):
    assert RecordedStatement(sql).lock == lock
