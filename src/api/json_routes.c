/* The table: what of a node's operations is served over HTTP.
 *
 * Not served: what the root key signs (card, key, charter-sign, new-epoch), since that key is not used for whoever reaches a listener; sync, which
 * needs to know that the peer is who it says; backup, whose file is the whole home. */
#include "api/json.h"
#include "node/ops.h"

/* The permission and the name of each operation, by its function: a row is written with the function and cannot do without. */
#define X(name, may, sight, args, about, run)                                                                             \
	enum { MAY_##run = (may) == OP_SELF ? ROUTE_ANY : (may) == OP_LOOK ? ROUTE_LOOK : ROUTE_READ + ((may)-OP_READ) }; \
	static const char NAME_##run[] __attribute__((unused)) = name;
OP_LIST(X)
#undef X
_Static_assert(ROUTE_WRITE - ROUTE_READ == OP_WRITE - OP_READ && ROUTE_RELEASE - ROUTE_READ == OP_RELEASE - OP_READ &&
		   ROUTE_GOVERN - ROUTE_READ == OP_GOVERN - OP_READ && ROUTE_ADMIN - ROUTE_READ == OP_ADMIN - OP_READ,
    "permissions stand in one order");

/* clang-format off */
#define V1 "/api/v1"
#define ROW(method, path, run_op, query, ...) \
    {method, V1 path, (enum route_may)MAY_##run_op, query, NULL, json_run, NAME_##run_op, &(const struct json_row){__VA_ARGS__}}
#define LIST "centre circle author type since gone all limit cursor"
#define WHICH "centre circle author modified"

static const struct json_type_of_input added[] = {
    {"application/stix+json", "\"format\":\"stix\""},
    {"application/json", "\"format\":\"stix\""},
    {"text/plain", "\"format\":\"report\""},
    {0},
};
static const struct json_type_of_input pouch[] = {{"application/octet-stream", ""}, {0}};
static const struct json_type_of_input label[] = {{"text/plain", ""}, {"application/json", ""}, {"application/xml", ""}, {0}};

const struct route json_routes[] = {
    {"GET", V1 "/openapi.json", ROUTE_OPEN, "", "this description", json_openapi, NULL, NULL},

    {"GET", V1 "/events", (enum route_may)MAY_op_events, "last", "what changes, as server-sent events", json_events, NULL, NULL},

    /* information */
    ROW("GET", "/objects", op_ls, LIST, .reply = "list", .paged = true),
    ROW("POST", "/objects", op_add, "centre source mark label", .in = JSON_IN_INPUT, .types = added, .reply = "added", .streams = true,
	.fixed = "\"restart\":true"),
    ROW("GET", "/objects/{id}", op_show, WHICH " gone refs", .parts = "id", .reply = "shown"),
    ROW("GET", "/objects/{id}/versions", op_versions, "centre", .parts = "id", .reply = "versions"),
    ROW("GET", "/objects/{id}/references", op_refs, "centre limit cursor", .parts = "id", .reply = "references", .paged = true),
    ROW("GET", "/objects/{id}/label", op_label, WHICH " form", .parts = "id", .reply = "label"),
    ROW("POST", "/objects/{id}/grades", op_grade, "", .parts = "id", .in = JSON_IN_OBJECT,
	.body = "centre author modified grade reason", .reply = "graded"),
    ROW("GET", "/objects/{id}/proof", op_prove, WHICH " private", .parts = "id", .bytes = "application/octet-stream"),
    ROW("POST", "/objects/{id}/evidence", op_evidence, "", .parts = "id", .in = JSON_IN_OBJECT, .body = WHICH " reason", .reply = "shown"),
    ROW("GET", "/search", op_search, "words " LIST, .reply = "list", .paged = true),
    ROW("GET", "/suggestions", op_suggest, "begins limit", .reply = "words"),
    ROW("GET", "/claims", op_compare, "what where", .reply = "claims"),
    ROW("POST", "/labels", op_label, "form centre", .in = JSON_IN_INPUT, .types = label, .reply = "label"),

    /* releasing */
    ROW("POST", "/releases/plan", op_release_plan, "", .in = JSON_IN_OBJECT, .body = "ids to centre redact mark", .reply = "plan"),
    ROW("POST", "/releases", op_release, "", .in = JSON_IN_OBJECT, .body = "ids to centre redact mark plan", .reply = "released"),
    ROW("GET", "/releases/pending", op_release_pending, "", .reply = "pending"),
    ROW("POST", "/releases/pending/{no}/approval", op_release_approve, "", .parts = "no", .in = JSON_IN_OBJECT, .reply = "released"),
    ROW("POST", "/releases/pending/{no}/rejection", op_release_reject, "", .parts = "no", .in = JSON_IN_OBJECT, .body = "reason",
	.reply = "rejected"),
    ROW("POST", "/recalls", op_recall, "", .in = JSON_IN_OBJECT, .body = "id centre modified action reason replacement", .reply = "recalled"),
    ROW("POST", "/recalls/plan", op_recall_plan, "", .in = JSON_IN_OBJECT, .body = "id centre modified action replacement",
	.reply = "recall_plan"),
    ROW("POST", "/withdrawals", op_withdraw, "", .in = JSON_IN_OBJECT, .body = "id centre versions reason", .reply = "withdrawn"),
    ROW("POST", "/withdrawals/plan", op_withdraw_plan, "", .in = JSON_IN_OBJECT, .body = "id centre versions", .reply = "withdrawn"),
    ROW("GET", "/requests", op_requests, "centre all", .reply = "requests"),
    ROW("POST", "/requests", op_request, "", .in = JSON_IN_OBJECT, .body = "id centre from to reason modified", .reply = "said"),
    ROW("POST", "/consents", op_consent, "", .in = JSON_IN_OBJECT, .body = "request id centre to member modified granted reason", .reply = "said"),
    ROW("GET", "/due", op_due, "days", .reply = "due"),

    /* sharing */
    ROW("GET", "/logs", op_logs, "centre circle", .reply = "logs"),
    ROW("GET", "/entries", op_log, "centre circle author id limit cursor", .reply = "entries", .paged = true),
    ROW("POST", "/verifications", op_verify, "", .in = JSON_IN_OBJECT, .reply = "verified"),
    ROW("POST", "/pouches", op_pouch_pack, "", .in = JSON_IN_OBJECT, .body = "to centre since", .bytes = "application/octet-stream"),
    ROW("POST", "/pouches/open", op_pouch_open, "centre", .in = JSON_IN_INPUT, .types = pouch, .reply = "opened", .streams = true),

    /* governing */
    ROW("GET", "/centres", op_centres, "", .reply = "centres"),
    ROW("GET", "/centres/{centre}/members", op_members, "", .parts = "centre", .reply = "members"),
    ROW("GET", "/centres/{centre}/lead", op_lead, "at", .parts = "centre", .reply = "lead"),
    ROW("GET", "/centres/{centre}/rota", op_rota, "at count", .parts = "centre", .reply = "rota"),
    ROW("GET", "/centres/{centre}/charter", op_charter_show, "version", .parts = "centre", .reply = "charter"),
    ROW("GET", "/centres/{centre}/charters", op_charter_log, "", .parts = "centre", .reply = "charters"),
    ROW("GET", "/centres/{centre}/charters/signed", op_charter_export, "", .parts = "centre", .reply = "exported"),
    ROW("POST", "/charters/proposals", op_charter_propose, "", .in = JSON_IN_OBJECT,
	.body = "centre name cards leave observers order first term from levels quorums circles duties dispute", .reply = "charter"),
    ROW("POST", "/charters/assembled", op_charter_assemble, "", .in = JSON_IN_OBJECT, .body = "charter votes", .reply = "assembled"),
    ROW("POST", "/charters", op_charter_install, "", .in = JSON_IN_OBJECT, .body = "lines fingerprint", .reply = "installed"),
    ROW("POST", "/charters/read", op_charter_show, "", .in = JSON_IN_OBJECT, .body = "text", .reply = "charter"),
    ROW("POST", "/cards/read", op_card_show, "", .in = JSON_IN_OBJECT, .body = "text", .reply = "card"),
    ROW("POST", "/centres/{centre}/settlements", op_settle, "", .parts = "centre", .in = JSON_IN_OBJECT,
	.body = "without reason", .reply = "settled"),

    /* the node */
    ROW("GET", "/status", op_status, "", .reply = "status"),
    ROW("GET", "/inbox", op_inbox, "limit centre", .reply = "inbox"),
    ROW("POST", "/inbox/seen", op_inbox, "", .in = JSON_IN_OBJECT, .body = "limit centre", .fixed = "\"mark\":true", .reply = "inbox"),
    ROW("GET", "/audit", op_audit_list, "who target limit", .reply = "audit"),
    ROW("GET", "/quarantine", op_quarantine, "limit cursor", .reply = "quarantine", .paged = true),
    ROW("GET", "/quarantine/{no}", op_quarantine_show, "", .parts = "no", .reply = "quarantined"),
    ROW("DELETE", "/quarantine/{no}", op_quarantine_drop, "", .parts = "no", .reply = "dropped"),
    ROW("DELETE", "/quarantine", op_quarantine_drop, "", .fixed = "\"all\":true", .reply = "dropped"),
    ROW("GET", "/settings", op_config, "", .reply = "settings"),
    ROW("GET", "/settings/{name}", op_config, "", .parts = "name", .reply = "settings"),
    ROW("PUT", "/settings/{name}", op_config, "", .parts = "name", .in = JSON_IN_OBJECT, .body = "value", .reply = "settings"),
    ROW("DELETE", "/settings/{name}", op_config, "", .parts = "name", .fixed = "\"unset\":true", .reply = "settings"),

    /* feeds */
    ROW("GET", "/feeds", op_collect_list, "", .reply = "feeds"),
    ROW("POST", "/feeds", op_collect_add, "", .in = JSON_IN_OBJECT,
	.body = "url name every collection user password token mark centre", .secret = true, .reply = "feed"),
    ROW("GET", "/feeds/{name}", op_collect_show, "", .parts = "name", .reply = "feed"),
    ROW("DELETE", "/feeds/{name}", op_collect_remove, "", .parts = "name", .reply = "feed_removed"),
    ROW("POST", "/feeds/{name}/run", op_collect_run, "", .parts = "name", .in = JSON_IN_OBJECT, .reply = "feed"),
    ROW("POST", "/feeds/{name}/pause", op_collect_pause, "", .parts = "name", .in = JSON_IN_OBJECT, .reply = "feed"),
    ROW("POST", "/feeds/{name}/resume", op_collect_resume, "", .parts = "name", .in = JSON_IN_OBJECT, .reply = "feed"),

    /* people */
    {"POST", V1 "/session", ROUTE_OPEN, "", "log in", json_login, NULL,
	&(const struct json_row){.in = JSON_IN_OBJECT, .body = "name password code", .reply = "session"}},
    {"DELETE", V1 "/session", ROUTE_ANY, "", "log out", json_logout, NULL, &(const struct json_row){.reply = "nothing"}},
    {"PUT", V1 "/account/password", ROUTE_ANY, "", "one's own password, by the old one and a code of the device, if there is one",
	json_password, NULL, &(const struct json_row){.in = JSON_IN_OBJECT, .body = "old password code", .reply = "session"}},
    {"PUT", V1 "/accounts/{name}/password", (enum route_may)MAY_op_account_password, "", "another's password", json_password, NULL,
	&(const struct json_row){.in = JSON_IN_OBJECT, .body = "password", .reply = "nothing"}},
    ROW("GET", "/account", op_account_show, "", .reply = "account"),
    {"POST", V1 "/account/totp", (enum route_may)MAY_op_account_totp, "",
	"one's own device: a new secret; with the password, that secret and a code, kept; with the password, a code and off, taken off",
	json_device, NAME_op_account_totp, &(const struct json_row){.in = JSON_IN_OBJECT, .body = "secret code off password", .reply = "totp"}},
    ROW("GET", "/accounts", op_account_list, "", .reply = "accounts"),
    ROW("POST", "/accounts", op_account_add, "", .in = JSON_IN_OBJECT, .body = "name display position roles clearance centre four_eyes",
	.reply = "account"),
    ROW("GET", "/accounts/{name}", op_account_show, "", .parts = "name", .reply = "account"),
    ROW("PATCH", "/accounts/{name}", op_account_set, "", .parts = "name", .in = JSON_IN_OBJECT,
	.body = "display position roles clearance centre four_eyes", .reply = "account"),
    ROW("DELETE", "/accounts/{name}", op_account_remove, "", .parts = "name", .reply = "removed"),
    ROW("POST", "/accounts/{name}/disable", op_account_disable, "", .parts = "name", .in = JSON_IN_OBJECT, .reply = "account"),
    ROW("POST", "/accounts/{name}/enable", op_account_enable, "", .parts = "name", .in = JSON_IN_OBJECT, .reply = "account"),
    ROW("DELETE", "/accounts/{name}/totp", op_account_totp, "", .parts = "name", .fixed = "\"off\":true", .reply = "nothing"),
    ROW("GET", "/tokens", op_token_list, "account", .reply = "tokens"),
    ROW("POST", "/tokens", op_token_add, "", .in = JSON_IN_OBJECT, .body = "account name scopes days", .reply = "token"),
    ROW("DELETE", "/tokens/{no}", op_token_revoke, "", .parts = "no", .reply = "revoked"),
    ROW("GET", "/sessions", op_session_list, "account", .reply = "sessions"),
    ROW("DELETE", "/sessions/{no}", op_session_revoke, "account", .parts = "no", .reply = "revoked"),
    ROW("DELETE", "/sessions", op_session_revoke, "account", .reply = "revoked"),

    ROW("POST", "/view/checks", op_rebuild, "", .fixed = "\"check\":true", .in = JSON_IN_OBJECT, .reply = "rebuilt"),
};
/* clang-format on */
const size_t json_nroutes = sizeof json_routes / sizeof *json_routes;

const struct route_family json_family = {.prefix = V1,
    .routes = json_routes,
    .nroutes = sizeof json_routes / sizeof *json_routes,
    .refuse = json_refuse,
    .challenge = "Bearer realm=\"comity\"",
    .body_max = json_body_max};
