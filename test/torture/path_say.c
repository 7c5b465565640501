/* Paths of what members say: adding, releasing, recalling, asking. */
#include <string.h>

#include "torture/torture.h"

#define OPEN (1u << IRQ)
#define NONE -1

static enum err
add_report(struct torture *t, struct errinfo *e)
{
	char id[ID_MAX] = "";
	return torture_report(t, IRQ, "Boats at the quay", t->product, id, e);
}

static bool
check_report(struct torture *t)
{
	return torture_do(t, IRQ, NULL, "search", "{\"words\":\"boats quay\"}") == OK && torture_says(t, "Boats at the quay");
}

static enum err
add_stix(struct torture *t, struct errinfo *e)
{
	return torture_stix(t, IRQ, 100, 12, e);
}

static bool
check_stix(struct torture *t)
{
	return torture_do(t, IRQ, NULL, "search", "{\"words\":\"operation 111\"}") == OK && torture_says(t, "-000000000111\"");
}

/* More than a batch, so that a run that was cut off goes on where it was. */
static enum err
add_bundle(struct torture *t, struct errinfo *e)
{
	return torture_stix(t, IRQ, 1000, LIMIT_PIECES + 20, e);
}

static bool
check_bundle(struct torture *t)
{
	return torture_do(t, IRQ, NULL, "show", "{\"id\":\"campaign--00000000-0000-4000-8000-%012d\"}", 1000 + LIMIT_PIECES + 19) == OK;
}

static enum err
add_broken(struct torture *t, struct errinfo *e)
{
	return centre_add(&t->c, IRQ, STR("{\"type\":\"campaign\",\"broken\": nothing}\n{\"type\":\"campaign\",\"id\":3}\n"),
	    "{\"format\":\"stix\",\"source\":\"bad.json\"}", &t->reply, e);
}

static bool
check_broken(struct torture *t)
{
	return torture_do(t, IRQ, NULL, "quarantine", "{}") == OK && torture_says(t, "bad.json");
}

/* A label from XML, and a marking whose definition comes after what bears it. */
#define MARKING "marking-definition--00000000-0000-4000-8000-000000000099"
static enum err
add_labelled(struct torture *t, struct errinfo *e)
{
	return centre_add(&t->c, IRQ,
	    STR("{\"type\":\"campaign\",\"spec_version\":\"2.1\",\"id\":\"campaign--00000000-0000-4000-8000-000000000098\",\"created\":"
		"\"2015-09-01T00:00:00.000Z\",\"modified\":\"2015-09-01T00:00:00.000Z\",\"name\":\"c\",\"object_marking_refs\":[\"" MARKING "\"]}\n"
		"{\"type\":\"marking-definition\",\"spec_version\":\"2.1\",\"id\":\"" MARKING
		"\",\"created\":\"2015-09-01T00:00:00.000Z\",\"extensions\":{\"extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce\":{"
		"\"extension_type\":\"property-extension\",\"identifier\":\"a\",\"create_date_time\":\"2015-09-01T00:00:00.000Z\","
		"\"responsible_entity_custodian\":\"IRQ.X\",\"policy_reference\":\"urn:isa:policy:acs:ns:v3.0?privdefault=permit&sharedefault="
		"permit\",\"control_set\":{\"classification\":\"S\",\"permitted_nationalities\":[\"IRQ\",\"RUS\"]}}}}\n"),
	    "{\"format\":\"stix\",\"source\":\"labelled.json\",\"label\":\"<l:originatorConfidentialityLabel xmlns:l='urn:nato:stanag:4774:"
	    "confidentialitymetadatalabel:1:0'><l:ConfidentialityInformation><l:PolicyIdentifier>IRQ</l:PolicyIdentifier><l:Classification>SECRET"
	    "</l:Classification><l:Category Type='PERMISSIVE' TagName='Releasable To'><l:GenericValue>IRQ</l:GenericValue><l:GenericValue>RUS"
	    "</l:GenericValue><l:GenericValue>XYZ</l:GenericValue></l:Category></l:ConfidentialityInformation>"
	    "</l:originatorConfidentialityLabel>\"}",
	    &t->reply, e);
}

static bool
check_labelled(struct torture *t)
{
	return torture_do(t, IRQ, NULL, "label", "{\"id\":\"campaign--00000000-0000-4000-8000-000000000098\",\"form\":\"acs\"}") == OK &&
	       torture_says(t, "REL TO IRQ, RUS");
}

static enum err
release(struct torture *t, struct errinfo *e)
{
	return torture_do(t, IRQ, e, "release",
	    "{\"ids\":[\"%s\",\"campaign--00000000-0000-4000-8000-000000000002\",\"campaign--00000000-0000-4000-8000-000000000003\"],\"to\":\"ALL\"}",
	    t->report);
}

static bool
check_release(struct torture *t)
{
	return torture_do(t, IRQ, NULL, "ls", "{\"circle\":\"ALL\",\"limit\":200}") == OK && torture_says(t, "-000000000002\"") &&
	       torture_says(t, "-000000000003\"");
}

static enum err
recall(struct torture *t, struct errinfo *e)
{
	return torture_do(t, IRQ, e, "recall", "{\"id\":\"%s\",\"action\":\"recalled\",\"reason\":\"the source was wrong\"}", t->report);
}

static bool
check_recall(struct torture *t)
{
	return torture_do(t, IRQ, NULL, "show", "{\"id\":\"%s\"}", t->released) == OK && torture_says(t, "\"recalled\"");
}

static enum err
withdraw(struct torture *t, struct errinfo *e)
{
	return torture_do(t, IRQ, e, "withdraw", "{\"id\":\"campaign--00000000-0000-4000-8000-000000000002\",\"reason\":\"entered twice\"}");
}

static bool
check_withdraw(struct torture *t)
{
	return torture_do(t, IRQ, NULL, "ls", "{\"circle\":\"irq\",\"limit\":200}") == OK && !torture_says(t, "-000000000002\"");
}

static enum err
request(struct torture *t, struct errinfo *e)
{
	return torture_do(t, IRQ, e, "request", "{\"id\":\"%s\",\"to\":\"irq.rus\",\"reason\":\"for a summary\"}", t->product);
}

static bool
check_request(struct torture *t)
{
	return torture_do(t, IRQ, NULL, "requests", "{\"all\":true}") == OK && torture_says(t, "for a summary");
}

static enum err
find_request(struct torture *t, struct errinfo *e)
{
	enum err err = torture_do(t, IRQ, e, "requests", "{}");
	if (!err && !torture_text(t, "items.0.leaf", t->request, sizeof t->request))
		err = err_set(e, ERR_NOTFOUND, "no request: %.*s", STR_FMT(buf_str(&t->reply)));
	return err;
}

static enum err
consent(struct torture *t, struct errinfo *e)
{
	return torture_do(t, IRQ, e, "consent", "{\"request\":\"%s\",\"granted\":true,\"reason\":\"once\"}", t->request);
}

static bool
check_consent(struct torture *t)
{
	return torture_do(t, IRQ, NULL, "requests", "{}") == OK && !torture_says(t, t->request);
}

static enum err
grade(struct torture *t, struct errinfo *e)
{
	return torture_do(t, IRQ, e, "grade", "{\"id\":\"%s\",\"grade\":\"C3\",\"reason\":\"seen once\"}", t->product);
}

static bool
check_grade(struct torture *t)
{
	return torture_do(t, IRQ, NULL, "show", "{\"id\":\"%s\"}", t->product) == OK && torture_says(t, "\"C3\"");
}

const struct path paths_say[] = {
    {"add-report", IRQ, OPEN, NONE, 0, NULL, add_report, check_report},
    {"add-stix", IRQ, OPEN, NONE, 0, NULL, add_stix, check_stix},
    {"add-bundle", IRQ, OPEN, NONE, PATH_HEAVY, NULL, add_bundle, check_bundle},
    {"add-broken", IRQ, OPEN, NONE, PATH_AGAIN, NULL, add_broken, check_broken},
    {"add-labelled", IRQ, OPEN, NONE, 0, NULL, add_labelled, check_labelled},
    {"release", IRQ, OPEN, NONE, 0, NULL, release, check_release},
    {"recall", IRQ, OPEN, NONE, PATH_AGAIN | PATH_CHANGED, NULL, recall, check_recall},
    {"withdraw", IRQ, OPEN, NONE, PATH_AGAIN | PATH_CHANGED, NULL, withdraw, check_withdraw},
    {"request", IRQ, OPEN, NONE, PATH_CHANGED, NULL, request, check_request},
    {"consent", IRQ, OPEN, NONE, PATH_AGAIN | PATH_CHANGED, find_request, consent, check_consent},
    {"grade", IRQ, OPEN, NONE, PATH_AGAIN, NULL, grade, check_grade},
    {.name = NULL},
};
