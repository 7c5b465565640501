/* ops: every operation of a node, one row each: name, who may, what of the content it shows (op.h), arguments ("name:type", types as in op.h), what
 * it is for, its function. Arguments and reply are told in a comment above the function. */
#ifndef NODE_OPS_H
#define NODE_OPS_H

#include "node/op.h"

/* What a list of objects takes; `cursor` is what the last reply gave as "next". */
#define OP_LIST_ARGS "centre:s circle:s author:s type:s since:s gone:b all:b limit:i cursor:s"

#define OP_LIST(X)                                                                                                                                   \
	/* governing: op_card.c, op_charter.c, op_rota.c */                                                                                          \
	X("card", OP_GOVERN, SIGHT_NONE, "note:s url:s tls:b identities:a", "an admission card, to be admitted to a centre by", op_card)             \
	X("card-show", OP_LOOK, SIGHT_NONE, "text:s", "what a card says, and its fingerprint", op_card_show)                                         \
	X("key", OP_GOVERN, SIGHT_NONE, "centre:s url:s tls:b identities:a rotate:b revoked_from:s note:s",                                          \
	    "a key card: new address, identities or log key", op_key)                                                                                \
	X("charter-propose", OP_GOVERN, SIGHT_NONE,                                                                                                  \
	    "centre:s name:s cards:a leave:a observers:a order:a first:s term:s from:s levels:a quorums:o circles:o duties:a dispute:s",             \
	    "the text of a first or next charter", op_charter_propose)                                                                               \
	X("charter-sign", OP_GOVERN, SIGHT_NONE, "charter:s another:b", "one's vote for a charter, by the root key", op_charter_sign)                \
	X("charter-assemble", OP_GOVERN, SIGHT_NONE, "charter:s votes:a", "a charter and its votes in one file", op_charter_assemble)                \
	X("charter-install", OP_GOVERN, SIGHT_NONE, "lines:s fingerprint:s", "signed charters and cards into this home", op_charter_install)         \
	X("charter-show", OP_LOOK, SIGHT_NONE, "centre:s version:i text:s", "what a charter says", op_charter_show)                                  \
	X("charter-log", OP_LOOK, SIGHT_NONE, "centre:s", "the charters of a centre, and a fork if there is one", op_charter_log)                    \
	X("charter-export", OP_LOOK, SIGHT_NONE, "centre:s", "signed charters and cards, as other members install them", op_charter_export)          \
	X("members", OP_LOOK, SIGHT_NONE, "centre:s", "members and their keys", op_members)                                                          \
	X("centres", OP_LOOK, SIGHT_NONE, "", "the centres of this home", op_centres)                                                                \
	X("lead", OP_LOOK, SIGHT_NONE, "centre:s at:s", "who leads, until when, and the duties", op_lead)                                            \
	X("rota", OP_LOOK, SIGHT_NONE, "centre:s at:s count:i", "who leads when", op_rota)                                                           \
	/* information: op_add.c, op_ls.c, op_show.c, op_label.c, op_compare.c, op_grade.c */                                                        \
	X("add", OP_WRITE, SIGHT_OWN, "format:s source:s mark:s label:s centre:s foreign:b restart:b",                                               \
	    "STIX or a report from the input, into the private circle", op_add)                                                                      \
	X("ls", OP_READ, SIGHT_OWN, OP_LIST_ARGS, "objects, newest arrival first", op_ls)                                                            \
	X("search", OP_READ, SIGHT_OWN, "words:s " OP_LIST_ARGS, "objects with these words, newest arrival first", op_search)                        \
	X("suggest", OP_READ, SIGHT_OWN, "begins:s limit:i", "words that begin so", op_suggest)                                                      \
	X("show", OP_READ, SIGHT_OWN, "id:s centre:s circle:s author:s modified:s gone:b refs:i",                                                    \
	    "one object, with its label, grade, versions, references", op_show)                                                                      \
	X("label", OP_READ, SIGHT_OWN, "id:s centre:s circle:s author:s modified:s form:s",                                                          \
	    "the label of an object or of the input, in a form of others", op_label)                                                                 \
	X("versions", OP_READ, SIGHT_OWN, "id:s centre:s", "versions of an object, and conflicts", op_versions)                                      \
	X("refs", OP_READ, SIGHT_OWN, "id:s centre:s limit:i cursor:s", "what an object names, and what names it", op_refs)                          \
	X("feed", OP_READ, SIGHT_OWN, "centre:s circle:s private:b after:s next:s limit:i ids:s types:s versions:s specs:s form:s",                  \
	    "what came, oldest first, for who polls", op_feed)                                                                                       \
	X("feed-status", OP_READ, SIGHT_NONE, "id:s added:o", "what became of what was put in", op_feed_status)                                      \
	X("feeds", OP_READ, SIGHT_OWN, "", "the circles that one may read anything of", op_feeds)                                                    \
	X("events", OP_READ, SIGHT_OWN, "last:s limit:i", "what changed since a mark", op_events)                                                    \
	X("compare", OP_READ, SIGHT_OWN, "what:s where:s", "claims side by side", op_compare)                                                        \
	X("grade", OP_WRITE, SIGHT_OWN, "id:s centre:s author:s modified:s grade:s reason:s", "a private grade for anybody's object", op_grade)      \
	/* releasing: op_release.c, op_pending.c, op_recall.c, op_withdraw.c, op_consent.c, op_due.c */                                              \
	X("release-plan", OP_RELEASE, SIGHT_ALL, "ids:a to:s centre:s redact:b mark:s", "what would go to a circle, and what would not",             \
	    op_release_plan)                                                                                                                         \
	X("release", OP_RELEASE, SIGHT_ALL, "ids:a to:s centre:s redact:b mark:s plan:s", "release to a circle", op_release)                         \
	X("release-pending", OP_RELEASE, SIGHT_ALL, "", "releases that wait for a second person", op_release_pending)                                \
	X("release-approve", OP_RELEASE, SIGHT_ALL, "no:i", "carry out what another proposed", op_release_approve)                                   \
	X("release-reject", OP_RELEASE, SIGHT_ALL, "no:i reason:s", "turn it down, or take back one's own", op_release_reject)                       \
	X("recall-plan", OP_RELEASE, SIGHT_ALL, "id:s centre:s modified:s action:s reason:s replacement:s",                                          \
	    "what a recall would do, and who would be told", op_recall_plan)                                                                         \
	X("recall", OP_RELEASE, SIGHT_ALL, "id:s centre:s modified:s action:s reason:s replacement:s", "recall what was released", op_recall)        \
	X("withdraw-plan", OP_WRITE, SIGHT_ALL, "id:s centre:s versions:s reason:s", "what a withdrawal would take", op_withdraw_plan)               \
	X("withdraw", OP_WRITE, SIGHT_ALL, "id:s centre:s versions:s reason:s", "withdraw what was never released", op_withdraw)                     \
	X("request", OP_RELEASE, SIGHT_ALL, "id:s centre:s from:s to:s reason:s modified:s", "ask an originator for consent to release further",     \
	    op_request)                                                                                                                              \
	X("consent", OP_RELEASE, SIGHT_ALL, "request:s id:s centre:s to:s member:s modified:s granted:b reason:s", "answer such a request",          \
	    op_consent)                                                                                                                              \
	X("requests", OP_WRITE, SIGHT_ALL, "centre:s all:b", "release requests, to us and by us", op_requests)                                       \
	X("due", OP_WRITE, SIGHT_OWN, "days:i", "dates of labels that come up", op_due)                                                              \
	X("evidence", OP_GOVERN, SIGHT_ALL, "id:s centre:s author:s circle:s modified:s reason:s",                                                   \
	    "open sealed evidence of what was recalled or deleted", op_evidence)                                                                     \
	/* sharing: op_sync.c, op_pouch.c, op_log.c, op_prove.c, op_verify.c */                                                                      \
	X("sync", OP_WRITE, SIGHT_ALL, "centre:s member:s", "fetch from a peer", op_sync)                                                            \
	X("pouch-pack", OP_RELEASE, SIGHT_ALL, "to:a centre:s since:s", "a sealed file with what the recipients may have", op_pouch_pack)            \
	X("pouch-open", OP_WRITE, SIGHT_ALL, "centre:s", "take in a pouch", op_pouch_open)                                                           \
	X("logs", OP_WRITE, SIGHT_ALL, "centre:s circle:s", "logs, their size, checkpoints, countersignatures, forks", op_logs)                      \
	X("log", OP_WRITE, SIGHT_ALL, "centre:s circle:s author:s id:s limit:i cursor:s", "entries: who released what to whom", op_log)              \
	X("prove", OP_RELEASE, SIGHT_ALL, "id:s centre:s circle:s author:s modified:s private:b", "a file that proves a release to anybody",         \
	    op_prove)                                                                                                                                \
	X("verify", OP_WRITE, SIGHT_ALL, "", "check the whole home", op_verify)                                                                      \
	X("settle", OP_GOVERN, SIGHT_ALL, "centre:s without:s reason:s", "go on after a restore without a member that cannot be reached", op_settle) \
	X("new-epoch", OP_GOVERN, SIGHT_ALL, "do:b note:s", "go on after a restore with a new log key, in new epochs", op_new_epoch)                 \
	/* the node: op_status.c, op_inbox.c, op_backup.c, … */                                                                                    \
	X("status", OP_LOOK, SIGHT_OWN, "", "lead, new and due items, clock, disk, peers, backup", op_status)                                        \
	X("inbox", OP_WRITE, SIGHT_ALL, "limit:i mark:b centre:s", "what came since last marked, and what waits for an answer", op_inbox)            \
	X("rebuild", OP_ADMIN, SIGHT_ALL, "check:b", "make the view anew from the record", op_rebuild)                                               \
	X("audit", OP_ADMIN, SIGHT_ALL, "who:s target:s limit:i", "the audit trail, newest first", op_audit_list)                                    \
	X("quarantine", OP_ADMIN, SIGHT_ALL, "limit:i cursor:s", "what could not be taken in", op_quarantine)                                        \
	X("quarantine-show", OP_ADMIN, SIGHT_ALL, "no:i", "one of them", op_quarantine_show)                                                         \
	X("quarantine-drop", OP_ADMIN, SIGHT_ALL, "no:i all:b", "remove one or all", op_quarantine_drop)                                             \
	/* feeds that a running node pulls: op_collect.c */                                                                                          \
	X("collect-add", OP_ADMIN, SIGHT_ALL, "url:s name:s every:s collection:s user:s password:s token:s ca:s mark:s centre:s",                    \
	    "a feed that the running node pulls", op_collect_add)                                                                                    \
	X("collect-list", OP_ADMIN, SIGHT_ALL, "", "feeds, and how each stands", op_collect_list)                                                    \
	X("collect-show", OP_ADMIN, SIGHT_ALL, "name:s", "one feed", op_collect_show)                                                                \
	X("collect-run", OP_ADMIN, SIGHT_ALL, "name:s", "pull it now", op_collect_run)                                                               \
	X("collect-pause", OP_ADMIN, SIGHT_ALL, "name:s", "pull it no more until it is resumed", op_collect_pause)                                   \
	X("collect-resume", OP_ADMIN, SIGHT_ALL, "name:s", "pull it again", op_collect_resume)                                                       \
	X("collect-remove", OP_ADMIN, SIGHT_ALL, "name:s", "forget a feed; what came stays", op_collect_remove)                                      \
	X("backup", OP_ADMIN, SIGHT_ALL, "passphrase:s keys:b", "a copy of the record, node.db and keys, while in use", op_backup)                   \
	/* people: op_account.c, op_ticket.c */                                                                                                      \
	X("account-list", OP_ADMIN, SIGHT_NONE, "", "who has an account", op_account_list)                                                           \
	X("account-show", OP_SELF, SIGHT_NONE, "name:s", "one account, absent: one's own", op_account_show)                                          \
	X("account-add", OP_ADMIN, SIGHT_NONE, "name:s display:s position:s roles:a clearance:s centre:s four_eyes:b", "an account", op_account_add) \
	X("account-set", OP_ADMIN, SIGHT_NONE, "name:s display:s position:s roles:a clearance:s centre:s four_eyes:b", "change one", op_account_set) \
	X("account-disable", OP_ADMIN, SIGHT_NONE, "name:s", "it cannot log in any more", op_account_disable)                                        \
	X("account-enable", OP_ADMIN, SIGHT_NONE, "name:s", "it can again", op_account_enable)                                                       \
	X("account-remove", OP_ADMIN, SIGHT_NONE, "name:s", "remove an account", op_account_remove)                                                  \
	X("account-password", OP_ADMIN, SIGHT_NONE, "name:s hash:s", "another password", op_account_password)                                        \
	X("account-totp", OP_SELF, SIGHT_NONE, "name:s secret:s code:s off:b", "a device for one-time codes", op_account_totp)                       \
	X("token-add", OP_SELF, SIGHT_NONE, "account:s name:s scopes:a days:i", "a token for a program", op_token_add)                               \
	X("token-list", OP_SELF, SIGHT_NONE, "account:s", "tokens", op_token_list)                                                                   \
	X("token-revoke", OP_SELF, SIGHT_NONE, "no:i", "a token counts no more", op_token_revoke)                                                    \
	X("session-list", OP_SELF, SIGHT_NONE, "account:s", "who is logged in", op_session_list)                                                     \
	X("session-revoke", OP_SELF, SIGHT_NONE, "account:s no:i", "end sessions", op_session_revoke)                                                \
	X("config", OP_ADMIN, SIGHT_NONE, "name:s value:s unset:b", "settings", op_config)

#define X(name, may, sight, args, about, run) enum err run(struct op_call *call, struct errinfo *e) MUST_USE;
OP_LIST(X)
#undef X

#endif
