#include "api/json_schema.h"

#include <assert.h>
#include <string.h>

#define CENTRE "centre:s centre_id:s"

const struct json_shape json_shapes[] = {
    {"problem", "why it was not done (RFC 9457); type is stable, the texts are for people",
	"{type:s title:s status:i detail?:s hint?:s line?:i column?:i offset?:i}"},
    {"mark", "a label as a banner, as a portion mark, and as the object that entries carry", "{banner:s~ mark:s~ label:o~}"},
    {"row", "one object as it stands in lists",
	"{id:s~ type:s " CENTRE
	" circle:s author:s~ created:s~ modified:s~ arrived:s own:b revoked:b state:s grade:s~ serial?:s +mark valid_until:s~ "
	"delete_by:s~ flags:[{time?:s reason?:s}] cursor:s}"},
    {"item", "a row with the title of its object", "{+row title:s}"},
    {"list", "objects, newest arrival first; next is the cursor of the next page", "{items:[@item] next:s~}"},
    {"reference", "an object that another names; here: whether you may see it", "{id:s name:s here:b}"},
    {"event", "what was said of an object: a recall, request, consent, receipt, flag",
	"{kind:s " CENTRE " circle:s author:s~ arrived:s state?:s index?:i id?:s modified?:s~ leaf?:s time?:s position?:s reason?:s action?:s "
	"replacement?:s source?:s granted?:b to?:s of?:s}"},
    {"shown", "one object, with what stands around it",
	"{+item gone?:b object?:o source?:s cites?:* others?:[@item] refs?:[@reference] referred_by?:[@item] cited_by?:[@item] released?:[@item] "
	"originals?:[@item] grades?:[@item] events?:[@event]}"},
    {"versions", "versions of one object, newest first; conflict: another of the same moment has other content",
	"{items:[{+row title?:s conflict:b}]}"},
    {"references", "what an object names, and what names it", "{refs?:[@reference] cited_by:[@item] items:[@item] next:s~}"},
    {"label", "a label in the form wanted", "{id?:s form:s +mark notes:[s] text?:s}"},
    {"words", "words, in order of bytes", "{items:[s]}"},
    {"claims", "claims about one thing at one place, side by side",
	"{items:[{what:s where:s contradiction:b claims:[{" CENTRE
	" author:s~ circle:s id:s modified:s~ portion:i grade:s~ when:s~ low:n~ best:n~ high:n~ "
	"contradicts:i also:i}]}]}"},
    {"added", "what was taken in, and what was not",
	"{" CENTRE
	" format:s added:i unchanged:i conflicts:i refused:i warnings:i dropped:i warned:[{what:s count:i id:s property:s}] narrowed:i notes:[s] "
	"items:[{id:s modified:s~ title:s}] refusals:[{id?:s modified?:s line:i col:i offset:i why:s hint?:s}] warning?:s}"},
    {"graded", "the grade, as a note of one's own", "{id:s of:s grade:s warning?:s}"},
    {"plan", "what a release would do; plan is the digest that binds the release to it",
	"{" CENTRE " to:s position:s plan:s going:i refused:i readers:[{id:s name:s observer:b}] "
	"items:[{id:s modified:s~ how:s why?:s hint?:s as?:s name?:s banner?:s~ mark?:s~ label?:o~ size?:i object?:o "
	"portions?:[{kind:s index:i goes:b paragraph?:i mark:s text:s why?:s dangling?:i}] snags:[{id:s where:s says:s}] infers:[s] "
	"place_withheld?:s}] infers:[s]}"},
    {"did", "the plan that was done", "{+plan done:{entries:i objects:i first_serial:i last_serial:i leaf?:s} warning?:s}"},
    {"proposed", "the release waits for a second person", "{proposed:i expires:s}"},
    {"released", "the plan that was done; or, where a release needs two, its number", "@did|@proposed"},
    {"recalled", "the recalls that were said, one a circle",
	"{" CENTRE " items:[{circle:s leaf:s targets:[{id:s modified:s~}] replacement?:s}] warning?:s}"},
    {"recall_plan", "what a recall would do: in which circles, who would be told, and which products of this home would be flagged",
	"{" CENTRE " items:[{circle:s targets:[{id:s modified:s~}] replacement?:s told:[s]}] flags:[{circle:s id:s told:[s]}]}"},
    {"withdrawn", "what was withdrawn, or would be",
	"{" CENTRE " items:[{id:s modified:s~}] title?:s left?:s~ resting?:[{id:s how:s circle:s}] warning?:s}"},
    {"requests", "requests to release further, and their answers",
	"{items:[{" CENTRE
	" leaf:s asker:s~ originator:s~ ours:b id:s modified:s~ to:s reason:s arrived:s known:b state:s answer?:s~ answered?:s~}]}"},
    {"said", "the entry that says it", "{" CENTRE " leaf:s warning?:s}"},
    {"due", "dates of labels that have passed or come up", "{items:[{kind:s when:s passed:b announced:s~ +row title?:s}]}"},
    {"logs", "the logs that this home holds",
	"{" CENTRE " items:[{origin:s log:s circle:s author:s~ own:b epoch:i state:s entries:i last:s~ signed:i root?:s admitted?:i held?:i lost:i "
	"countersigned:[s] earliest:s~ admits?:i signed_before?:i forks:[{at:s counts:b proof:s}]}]}"},
    {"entries", "entries of logs, newest arrival first",
	"{" CENTRE
	" items:[{log:s circle:s author:s~ epoch:i index:i leaf:s arrived:s kind:s time?:s position?:s charter?:s reason?:s count?:i size?:i "
	"serial?:i banner?:s~ mark?:s~ label?:o~ objects?:[{id:s~ state:s}] targets?:[{id:s modified:s~}]}] next:s~}"},
    {"verified", "the record, checked from bytes to signatures; faults above 0: the check failed",
	"{faults:i items:[{code:s origin:s index?:i what:s}] charters:i cards:i logs:i entries:i objects:i bytes:i withdrawn:i malformed:i pending:i "
	"late:i "
	"unsigned:i unvouched:i checkpoints:i countersignatures:i revoked:i forks:i arrivals:i gaps:i lost:i}"},
    {"opened", "what a pouch brought, by centre", "{items:[o] bytes:i warning?:s}"},
    {"centres", "the centres of this home", "{items:[{" CENTRE " fingerprint:s you:s~ members:i version:i in_force:b forked:b}]}"},
    {"members", "who is in a centre now",
	"{" CENTRE
	" you:s~ items:[{id:s name:s number:i departed:b observer:b fingerprint:s age:s url:s tls:s identities:[s] epoch:i counter:i conflict:b "
	"contested:b}]}"},
    {"lead", "who leads",
	"{" CENTRE " at:s lead:s~ stated?:s~ start?:s end:s~ term?:i name?:s you?:b days_left?:i next?:s~ duties?:[{text:s due:s}]}"},
    {"rota", "who leads when", "{" CENTRE " items:[{lead:s~ stated:s~ start:s end:s~ term:i}]}"},
    {"charter", "what a charter says",
	"{charter?:s name:s version:i hash:s fingerprint:s from:s members:[{id:s name:s departed:b observer:b fingerprint:s}] "
	"rota:{order:[s] first:s term:s} levels:[o] quorums:o duties:[o] dispute:s text?:s signers?:[s] centre_id?:s in_force?:b until?:s~}"},
    {"charters", "the charters of a centre, oldest first, and the fork if there is one",
	"{" CENTRE " items:[{version:i name:s hash:s fingerprint:s from:s until:s~ in_force:b}] "
	"fork:{before:i branches:[{hash:s version:i}] signed_both:[s]}~}"},
    {"exported", "signed charters and cards, one a line", "{" CENTRE " fingerprint:s documents:i bytes:i lines:s}"},
    {"assembled", "a charter with its votes", "{signed:s enough:b missing?:s signers:[s] hash:s fingerprint:s}"},
    {"installed", "what was new of it, and who this home is there", "{" CENTRE " version:i fingerprint:s new:i you:s~ from:s warning?:s}"},
    {"card", "what a card says", "{member:s name?:s note?:s time:s fingerprint:s counter:i epoch:i age:s url?:s identities:[s] centre_id?:s}"},
    {"settled", "who is still to be asked", "{" CENTRE " waiting:[s] warning?:s}"},
    {"status", "how the node stands; level is the worst of its items",
	"{member:s name:s exercise:b level:s items:[{what:s centre?:s centre_id?:s level:s value:i says:s}]}"},
    {"inbox", "what came of others since the mark, and what waits for an answer; approvals: releases that the caller may approve",
	"{items:[@item] more:b events:[@event] waiting:[{" CENTRE " leaf:s asker:s~ id:s to:s reason:s arrived:s}] approvals:[@proposal]}"},
    {"audit", "the audit trail, newest first", "{items:[{no:i at:s who:s what:s target:s detail:s}]}"},
    {"quarantine", "what could not be taken in, oldest first",
	"{count:i dropped:[{from:s~ centre?:s centre_id?:s count:i last:s}] items:[{no:i at:s from?:s~ centre?:s centre_id?:s source:s reason:s "
	"line:i col:i "
	"offset:i size:i}] next:*}"},
    {"quarantined", "one of them, with the beginning of its bytes",
	"{no:i at:s from?:s~ centre?:s centre_id?:s source:s reason:s line:i col:i offset:i size:i text:s whole:b}"},
    {"dropped", "how many were removed", "{dropped:i}"},
    {"settings", "settings that are set, and those that are known", "{items:[{name:s value:s about:s}] known:[{name:s about:s}]}"},
    {"feed",
	"a collection of another's TAXII server that this node pulls; every in seconds; proves: whether there is a password or token; last: "
	"when all of it came; failures on end; added, unchanged, refused: objects of the last run",
	"{name:s url:s collection?:s user?:s mark?:s centre?:s ca?:s proves:b every:i state:s next:s~ last:s~ runs:i failures:i why?:s added:i "
	"unchanged:i refused:i}"},
    {"feeds", "feeds, by name", "{items:[@feed]}"},
    {"feed_removed", "the name of the feed that is forgotten", "{removed:s}"},
    {"account", "who may do and see what; scopes: what it grants to who asks now",
	"{name:s display:s position:s roles:[s] all:b clearance:o disabled:b four_eyes:b password:b totp:b recovery_codes:i tokens:i created:s "
	"scopes?:[s] warning?:s}"},
    {"accounts", "accounts, by name", "{items:[@account]}"},
    {"removed", "the account that was removed", "{removed:s}"},
    {"totp", "a new secret for a device, or the codes that replace the device", "{secret?:s uri?:s recovery?:[s]}"},
    {"token", "a token, shown this once", "{token:s no:i expires:s}"},
    {"tokens", "tokens, never themselves", "{items:[{no:i account:s name:s scopes:[s] created:s expires:s used:s~ expired:b}]}"},
    {"sessions", "who is logged in", "{items:[{account:s no:i from:s created:s seen:s ends:s}]}"},
    {"revoked", "what counts no more: a token's number, or how many sessions", "{revoked:i}"},
    {"session", "a session has begun; csrf goes with what is sent under its cookie", "{account:s csrf:s}"},
    {"proposal", "a release that waits for a second person", "{no:i who:s position:s created:s expires:s plan:s to?:* ids?:* args?:* own:b}"},
    {"pending", "releases that wait for a second person", "{items:[@proposal]}"},
    {"rejected", "the proposal that is not to be", "{rejected:*}"},
    {"nothing", "it was done", "{}"},
    {"rebuilt", "digests of the view before and after", "{before?:s after:s equal:b arrivals:i}"},
};
const size_t json_nshapes = sizeof json_shapes / sizeof *json_shapes;

const struct json_shape *
json_shape_of(struct str name)
{
	for (size_t i = 0; i < json_nshapes; i++)
		if (str_is(name, json_shapes[i].name))
			return &json_shapes[i];
	return NULL;
}

struct reading {
	const char *p;
	struct buf *b;
};

static struct str
take_name(struct reading *r)
{
	const char *from = r->p;
	while (*r->p && !strchr(":? }]~|", *r->p))
		r->p++;
	return str_bytes(from, (size_t)(r->p - from));
}

static void put(struct reading *r);

/* Members into "properties", the names of those that must be there into `must`. */
static void
put_members(struct reading *r, struct buf *must, bool *first)
{
	while (*r->p != '}') {
		assert(*r->p);
		if (*r->p == ' ') {
			r->p++;
		} else if (*r->p == '+') {
			r->p++;
			const struct json_shape *s = json_shape_of(take_name(r));
			assert(s);
			struct reading in = {s->shape + 1, r->b};
			put_members(&in, must, first);
		} else {
			struct str name = take_name(r);
			bool may = *r->p == '?';
			r->p += may ? 2 : 1;
			buf_printf(r->b, "%s\"%.*s\":", *first ? "" : ",", STR_FMT(name));
			*first = false;
			if (!may)
				buf_printf(must, "%s\"%.*s\"", must->n ? "," : "", STR_FMT(name));
			put(r);
		}
	}
	r->p++;
}

static void
put_object(struct reading *r)
{
	struct buf must = BUF_INIT(4 * 1024);
	bool first = true;
	r->p++;
	buf_puts(r->b, "\"object\",\"properties\":{");
	put_members(r, &must, &first);
	buf_printf(r->b, "},\"required\":[%.*s]", STR_FMT(buf_str(&must)));
	buf_done(&must);
}

/* Past the shape; *r->p is then what follows it. */
static const char *
skip(const char *p)
{
	int deep = 0;
	do {
		deep += *p == '[' || *p == '{';
		deep -= *p == ']' || *p == '}';
		p++;
	} while (*p && (deep > 0 || !strchr(" ]}~|", *p)));
	return p;
}

static void
put(struct reading *r)
{
	bool null = *skip(r->p) == '~';
	char c = *r->p;
	static const char letters[] = "sinbo", *const word[] = {"string", "integer", "number", "boolean", "object"};
	if (null)
		buf_puts(r->b, "{\"anyOf\":[{\"type\":\"null\"},");
	buf_putc(r->b, '{');
	if (c == '@') {
		r->p++;
		struct str name = take_name(r);
		buf_printf(r->b, "\"$ref\":\"#/components/schemas/%.*s\"", STR_FMT(name));
	} else if (c == '[') {
		r->p++;
		buf_puts(r->b, "\"type\":\"array\",\"items\":");
		put(r);
		r->p++;
	} else if (c == '{') {
		buf_puts(r->b, "\"type\":");
		put_object(r);
	} else if (c == '*') {
		r->p++;
	} else {
		const char *at = strchr(letters, c);
		assert(c && at);
		buf_printf(r->b, "\"type\":\"%s\"", word[at - letters]);
		r->p++;
	}
	buf_putc(r->b, '}');
	if (null) {
		buf_puts(r->b, "]}");
		r->p++;
	}
}

void
json_shape_put(struct buf *b, const char *shape)
{
	struct reading r = {shape, b};
	bool either = *skip(shape) == '|';
	if (either)
		buf_puts(b, "{\"anyOf\":[");
	put(&r);
	while (*r.p == '|') {
		r.p++;
		buf_putc(b, ',');
		put(&r);
	}
	if (either)
		buf_puts(b, "]}");
}
