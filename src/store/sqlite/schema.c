/* schema: the tables of the three files (doc/DESIGN.md, "What a home holds"). */
#include "store/sqlite/store_int.h"

/* Numbers of members' sets are uint64_t kept as int64 bits. */
const char store_schema_log[] =
    "CREATE TABLE centre(no INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE);"
    "CREATE TABLE doc(centre INTEGER, kind INTEGER, hash BLOB, bytes BLOB NOT NULL, PRIMARY KEY(centre, kind, hash)) WITHOUT ROWID;"
    "CREATE TABLE log(no INTEGER PRIMARY KEY, centre INTEGER NOT NULL, circle INTEGER NOT NULL, author INTEGER NOT NULL, epoch INTEGER NOT NULL,"
    " state INTEGER NOT NULL, origin TEXT NOT NULL, id BLOB NOT NULL UNIQUE, edge BLOB NOT NULL, objects INTEGER NOT NULL, last_time INTEGER NOT "
    "NULL);"
    "CREATE UNIQUE INDEX log_place ON log(centre, circle, author, epoch);"
    /* first: number of the first piece, NULL while the payload is not here, 0 where there is none */
    "CREATE TABLE entry(log INTEGER, idx INTEGER, bytes BLOB NOT NULL, count INTEGER NOT NULL, first INTEGER, PRIMARY KEY(log, idx)) WITHOUT ROWID;"
    "CREATE INDEX entry_pending ON entry(log, idx) WHERE first IS NULL;"
    /* data: salt, length, object; hash only where data was withdrawn */
    "CREATE TABLE piece(no INTEGER PRIMARY KEY, data BLOB, hash BLOB);"
    "CREATE TABLE tile(log INTEGER, level INTEGER, n INTEGER, hashes BLOB NOT NULL, PRIMARY KEY(log, level, n)) WITHOUT ROWID;"
    "CREATE TABLE checkpoint(log INTEGER, size INTEGER, root BLOB NOT NULL, note BLOB NOT NULL, PRIMARY KEY(log, size)) WITHOUT ROWID;"
    /* made: when this home made it, NULL if it came from elsewhere */
    "CREATE TABLE cosig(log INTEGER, size INTEGER, member INTEGER, time INTEGER NOT NULL, line BLOB NOT NULL, made INTEGER, PRIMARY KEY(log, size, "
    "member)) WITHOUT ROWID;"
    "CREATE TABLE fork(log INTEGER, hash BLOB, at INTEGER NOT NULL, proof BLOB NOT NULL, PRIMARY KEY(log, hash)) WITHOUT ROWID;"
    "CREATE TABLE arrival(seq INTEGER PRIMARY KEY, log INTEGER NOT NULL, idx INTEGER NOT NULL, at INTEGER NOT NULL, UNIQUE(log, "
    "idx));" STORE_TABLE_TRACE STORE_TABLE_BRIDGE;

/* no of an object is arrival << 22 | piece << 12 | class (view_int.h): the order of numbers is the order of arrival, the table grows at its end
 * alone, and every index ends in that order. moment: for each arrival the latest moment of it and all before, so that "since" is a place in the order
 * even where the clock went back. */
const char store_schema_view[] =
    "CREATE TABLE place(one INTEGER PRIMARY KEY CHECK(one = 1), position INTEGER NOT NULL);"
    "INSERT INTO place VALUES(1, 0);"
    /* maker: centre and author that caused it, 0 for what is private: for a ceiling */
    "CREATE TABLE class(no INTEGER PRIMARY KEY, content BLOB NOT NULL UNIQUE, maker INTEGER NOT NULL);"
    "CREATE INDEX class_maker ON class(maker);"
    /* purge.c: classes whose full text is to be rewritten; state: 1 = begun */
    "CREATE TABLE purge(class INTEGER PRIMARY KEY, state INTEGER NOT NULL);"
    "CREATE TABLE type(no INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE moment(arrival INTEGER PRIMARY KEY, top INTEGER NOT NULL);"
    "CREATE INDEX moment_top ON moment(top);"
    "CREATE TABLE object(no INTEGER PRIMARY KEY, class INTEGER NOT NULL, type INTEGER NOT NULL, id BLOB NOT NULL, created INTEGER NOT NULL, modified "
    "INTEGER NOT NULL, author INTEGER NOT NULL,"
    " log INTEGER NOT NULL, idx INTEGER NOT NULL, epoch INTEGER NOT NULL, piece_no INTEGER NOT NULL, at INTEGER NOT NULL, owners INTEGER NOT NULL, "
    "tlp INTEGER NOT NULL,"
    " valid_until INTEGER, delete_by INTEGER, revoked INTEGER NOT NULL, state INTEGER NOT NULL, grade INTEGER NOT NULL, serial INTEGER NOT NULL);"
    "CREATE INDEX object_id ON object(id);"
    "CREATE INDEX object_class ON object(class);"
    "CREATE INDEX object_type ON object(class, type);"
    "CREATE INDEX object_valid ON object(valid_until) WHERE valid_until IS NOT NULL;"
    "CREATE INDEX object_delete ON object(delete_by) WHERE delete_by IS NOT NULL;"
    "CREATE TABLE ref(target BLOB, no INTEGER, type INTEGER, link INTEGER, PRIMARY KEY(target, no, type, link)) WITHOUT ROWID;"
    "CREATE TABLE claim(what TEXT, place TEXT, no INTEGER, n INTEGER, moment INTEGER NOT NULL, low REAL, best REAL, high REAL, portion INTEGER NOT "
    "NULL,"
    " PRIMARY KEY(what, place, no, n)) WITHOUT ROWID;"
    "CREATE TABLE event(arrival INTEGER, n INTEGER, at INTEGER NOT NULL, log INTEGER NOT NULL, idx INTEGER NOT NULL, kind INTEGER NOT NULL, centre "
    "INTEGER NOT NULL,"
    " author INTEGER NOT NULL, circle INTEGER NOT NULL, type INTEGER, id BLOB, modified INTEGER NOT NULL, leaf BLOB, circle_to INTEGER NOT NULL,"
    " value INTEGER NOT NULL, PRIMARY KEY(arrival, n)) WITHOUT ROWID;"
    "CREATE INDEX event_id ON event(id) WHERE id IS NOT NULL;"
    "CREATE INDEX event_leaf ON event(leaf) WHERE leaf IS NOT NULL;"
    "CREATE INDEX event_kind ON event(kind);"
    /* logs whose circle a member has left or will leave: from the moment `until` on, entries from `covered` on do not count */
    "CREATE TABLE lapse(log INTEGER PRIMARY KEY, until INTEGER NOT NULL, covered INTEGER NOT NULL);";

const char store_schema_local[] =
    "CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE audit(no INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT "
    "NULL, target TEXT NOT NULL, detail TEXT NOT NULL);"
    "CREATE INDEX audit_target ON audit(target);"
    "CREATE INDEX audit_who ON audit(who);"
    "CREATE TABLE refused(no INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, source TEXT NOT NULL, reason TEXT "
    "NOT NULL, line INTEGER NOT NULL, col INTEGER NOT NULL,"
    " place INTEGER NOT NULL, size INTEGER NOT NULL, bytes BLOB NOT NULL, giver TEXT NOT NULL DEFAULT '');" STORE_TABLE_DROPPED STORE_TABLES_PEOPLE
    STORE_TABLE_ONCE;
