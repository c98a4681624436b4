"""News that wait for their channels, in SQLite: told once, by one copy.

Who takes news notes that before telling them. Urgent news that were taken and not
settled are told again after their lease: at least once. Others are told at most once.
What was told keeps its key, so that it is not told again; its words are dropped.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from ims_tui.adapters.storedrows import readable, sane
from ims_tui.core.notices.letter import LEASE_S, PAUSES_S, Backlog, Letter, Told
from ims_tui.core.notices.news import LEVELS, Level, News
from ims_tui.core.notices.pace import HOUR_S
from ims_tui.core.notices.silence import EVERYTHING, Silence, mutes
from ims_tui.core.state.stored_value import MOST_CHARS, stored_number, stored_text

WAITS, TOLD, GIVEN_UP, RECOVERED, ACKNOWLEDGED = range(5)
"""`RECOVERED` was told and is over; `ACKNOWLEDGED` was so before it was told."""

KEPT_S = 30 * 86400.0
"""What was told is known for so long."""
LATEST_S = 3 * 86400.0
"""What could not be told for so long is given up."""
MOST_ROWS = 20_000
"""More are dropped: what was told first, what is urgent and waits last."""

_YEAR_3000_S = 3.25e10

OUTBOX = """
CREATE TABLE IF NOT EXISTS outbox (
    key TEXT, channel TEXT, state INTEGER, put_s REAL, due_s REAL, seen_s REAL,
    tries INTEGER, is_urgent INTEGER, news TEXT,
    PRIMARY KEY (key, channel)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS outbox_by_channel ON outbox (channel, state);
CREATE TABLE IF NOT EXISTS messages (channel TEXT, sent_s REAL)
"""
"""Times are Unix times."""

SILENCES = "CREATE TABLE silences (scope TEXT PRIMARY KEY, until_s REAL)"
"""`until_s` is NULL where a silence holds until it is lifted."""

_NEWS = sane("news", MOST_CHARS)
_INSERT = "INSERT OR REPLACE INTO outbox VALUES (?,?,?,?,?,?,0,?,?)"


def put(db: sqlite3.Connection, letters: Sequence[Letter], now: datetime) -> None:
    """Let news wait for their channels, unless they were told already."""
    now_s = now.timestamp()
    _prune(db, now_s)
    scopes = {silence.scope for silence in read_silences(db, now)}
    for letter in letters:
        if letter.news.recovers:
            for channel in letter.closes:
                _recover(db, letter.news, channel, now_s)
        if mutes(scopes, letter.news, letter.tags):
            continue
        for channel in letter.channels:
            if _is_new(db, letter.news, channel, now_s):
                _insert(db, letter.news, channel, now_s)


def _insert(db: sqlite3.Connection, news: News, channel: str, now_s: float) -> None:
    is_urgent = news.level is Level.URGENT
    text = msgspec.json.encode(news).decode()
    times = (now_s, now_s + news.held_s, now_s)
    db.execute(_INSERT, (news.key, channel, WAITS, *times, is_urgent, text))


def _is_new(db: sqlite3.Connection, news: News, channel: str, now_s: float) -> bool:
    if news.recovers:
        return _recover(db, news, channel, now_s)
    where = (news.key, channel)
    row = db.execute(
        "SELECT state, seen_s FROM outbox WHERE key=? AND channel=?", where
    ).fetchone()
    if row is None or row[0] == RECOVERED or now_s - row[1] >= news.episode_s:
        return True
    db.execute("UPDATE outbox SET seen_s=? WHERE key=? AND channel=?", (now_s, *where))
    return False


def _recover(db: sqlite3.Connection, news: News, channel: str, now_s: float) -> bool:
    """Close the bad news that an end is about; returns whether it is worth telling."""
    where = (news.recovers, channel)
    row = db.execute(
        "SELECT state, due_s, tries FROM outbox WHERE key=? AND channel=?", where
    ).fetchone()
    if row is None or row[0] == RECOVERED:
        return False
    state, due_s, tries = row
    if state == TOLD:
        db.execute(
            "UPDATE outbox SET state=?, seen_s=? WHERE key=? AND channel=?",
            (RECOVERED, now_s, *where),
        )
        return True
    if state == WAITS and (tries or due_s <= now_s):  # it is told, or about to be
        return True
    db.execute("DELETE FROM outbox WHERE key=? AND channel=?", where)
    return False


def _prune(db: sqlite3.Connection, now_s: float) -> None:
    db.execute(
        "UPDATE outbox SET state=?, news='' WHERE state=? AND put_s<? AND due_s<?",
        (GIVEN_UP, WAITS, now_s - LATEST_S, now_s),
    )
    db.execute("UPDATE outbox SET news='' WHERE state<>? AND due_s<?", (WAITS, now_s))
    db.execute(
        "DELETE FROM outbox WHERE state<>? AND seen_s<?", (WAITS, now_s - KEPT_S)
    )
    (count,) = db.execute("SELECT count(*) FROM outbox").fetchone()
    if count > MOST_ROWS:
        db.execute(
            "DELETE FROM outbox WHERE (key, channel) IN (SELECT key, channel FROM "
            "outbox ORDER BY state=?, is_urgent, seen_s LIMIT ?)",
            (WAITS, count - MOST_ROWS),
        )
    db.execute("DELETE FROM messages WHERE sent_s<?", (now_s - 2 * HOUR_S,))


def read_backlog(db: sqlite3.Connection, channel: str, now: datetime) -> Backlog:
    """What waits for one channel, and how often it was used lately."""
    now_s = now.timestamp()
    for silence in read_silences(db, now):
        if silence.scope == EVERYTHING and silence.until is not None:
            return Backlog(next_s=(silence.until - now).total_seconds())
    select = (
        f"SELECT {_NEWS} FROM outbox WHERE channel=? AND state=? AND due_s<=? "
        "ORDER BY put_s LIMIT 1000"
    )
    rows = db.execute(select, (channel, WAITS, now_s)).fetchall()
    waiting = readable(rows, _news, "waiting news")
    sent = db.execute(
        "SELECT sent_s FROM messages WHERE channel=? AND sent_s>? ORDER BY sent_s",
        (channel, now_s - HOUR_S),
    )
    (next_s,) = db.execute(
        "SELECT min(due_s) FROM outbox WHERE channel=? AND state=? AND due_s>?",
        (channel, WAITS, now_s),
    ).fetchone()
    return Backlog(
        [news for news in waiting if not _is_over(db, news, channel)],
        [datetime.fromtimestamp(sent_s, UTC) for (sent_s,) in sent],
        None if next_s is None else next_s - now_s,
    )


def _is_over(db: sqlite3.Connection, news: News, channel: str) -> bool:
    """Whether news that waited for an acknowledgement got it, in any copy.

    Then they are closed. A job that has left the list counts as acknowledged.
    """
    if not (news.unheeded_s and news.job_id):
        return False
    select = "SELECT is_news FROM replies WHERE profile=? AND job_id=?"
    row = db.execute(select, (news.profile, news.job_id)).fetchone()
    if row is not None and row[0]:
        return False
    _close(db, ACKNOWLEDGED, (news.key, channel))
    return True


def _news(row: Sequence[object]) -> News:
    """One row as a value.

    Raises:
        ValueError: it is damaged.
    """
    news = msgspec.json.decode(str(row[0]), type=News)
    if news.kind not in LEVELS:
        raise ValueError("news of a kind that is not known")
    return news


def take_news(
    db: sqlite3.Connection, channel: str, news: Sequence[News], now: datetime
) -> list[str]:
    """Take news in order to tell them in one message; returns the keys.

    Those that another copy took meanwhile are not among them.
    """
    now_s = now.timestamp()
    taken = [
        one.key
        for one in news
        if db.execute(
            "UPDATE outbox SET tries=tries+1, due_s=?, state=iif(is_urgent, ?, ?) "
            "WHERE key=? AND channel=? AND state=? AND due_s<=?",
            (now_s + LEASE_S, WAITS, TOLD, one.key, channel, WAITS, now_s),
        ).rowcount
    ]
    if taken:
        db.execute("INSERT INTO messages VALUES (?,?)", (channel, now_s))
    return taken


def read_told(db: sqlite3.Connection, since: datetime) -> list[Told]:
    """What channels were told of what came since a time."""
    rows = db.execute(
        f"SELECT channel, {sane('key', MOST_CHARS)} FROM outbox "
        "WHERE state IN (?,?) AND put_s>=? LIMIT ?",
        (TOLD, RECOVERED, since.timestamp(), MOST_ROWS),
    )
    found = Counter(readable(rows, _channel_and_kind, "what was told"))
    return [Told(*both, count) for both, count in sorted(found.items())]


def _channel_and_kind(row: Sequence[object]) -> tuple[str, str]:
    """Of one row.

    Raises:
        ValueError: it is damaged.
    """
    channel, key = row
    kind = str(key).split("\n")[2:3]
    if not kind or kind[0] not in LEVELS:
        raise ValueError("news of a kind that is not known")
    return stored_text(channel, MOST_CHARS), kind[0]


def close_of_profiles(db: sqlite3.Connection, now: datetime) -> None:
    """What befell profiles and the list, and waits for that, goes no further."""
    db.execute(
        "UPDATE outbox SET state=?, news='' WHERE state=? AND is_urgent AND tries=0 "
        "AND due_s>? AND instr(key, ?)",
        (ACKNOWLEDGED, WAITS, now.timestamp(), "\n\n"),
    )


def read_silences(db: sqlite3.Connection, now: datetime) -> list[Silence]:
    """The silences that hold, by scope."""
    rows = db.execute(
        f"SELECT {sane('scope', MOST_CHARS)}, until_s FROM silences "
        "WHERE until_s IS NULL OR until_s>? ORDER BY scope LIMIT 1000",
        (now.timestamp(),),
    )
    return readable(rows, _silence, "a silence")


def _silence(row: Sequence[object]) -> Silence:
    """One row as a value.

    Raises:
        ValueError: it is damaged.
    """
    scope, until_s = row
    if until_s is None:
        return Silence(stored_text(scope, MOST_CHARS))
    until = datetime.fromtimestamp(stored_number(until_s, _YEAR_3000_S), UTC)
    return Silence(stored_text(scope, MOST_CHARS), until)


def put_silence(db: sqlite3.Connection, silence: Silence) -> None:
    """Hold silence, in the place of an earlier one of its scope."""
    until_s = silence.until.timestamp() if silence.until else None
    insert = "INSERT OR REPLACE INTO silences VALUES (?,?)"
    db.execute(insert, (silence.scope, until_s))


def lift_silence(db: sqlite3.Connection, scope: str) -> None:
    """Tell again what a silence kept back."""
    db.execute("DELETE FROM silences WHERE scope=?", (scope,))


def settle_news(
    db: sqlite3.Connection,
    channel: str,
    keys: Sequence[str],
    now: datetime,
    *,
    is_told: bool,
) -> bool:
    """Note how the telling went; returns whether some are given up.

    A try that failed is no message of the hour: the pace is for who hears it.
    """
    given_up = False
    if not is_told:
        db.execute(
            "DELETE FROM messages WHERE channel=? AND sent_s="
            "(SELECT max(sent_s) FROM messages WHERE channel=?)",
            (channel, channel),
        )
    for key in keys:
        where = (key, channel)
        found = db.execute(
            "SELECT tries, state FROM outbox WHERE key=? AND channel=?", where
        ).fetchone()
        if found is None:
            continue
        tries, state = found
        if is_told:
            if state != RECOVERED:
                _close(db, TOLD, where)
        elif tries > len(PAUSES_S):
            given_up = True
            _close(db, GIVEN_UP, where)
        else:
            db.execute(
                "UPDATE outbox SET state=?, due_s=? WHERE key=? AND channel=?",
                (WAITS, now.timestamp() + PAUSES_S[tries - 1], *where),
            )
    return given_up


def _close(db: sqlite3.Connection, state: int, where: tuple[str, str]) -> None:
    db.execute(
        "UPDATE outbox SET state=?, news='' WHERE key=? AND channel=?", (state, *where)
    )
