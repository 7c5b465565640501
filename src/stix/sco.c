/* The contributing properties by type, and their canonical text, which is written by hand here only as far as choosing members: every value goes
 * through json_canonical. */
#include "stix/sco.h"

#include <string.h>

#include "base/limits.h"
#include "json/canonical.h"
#include "json/write.h"

const uint8_t stix_sco_space[16] = {0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7};

enum { CONTRIBUTORS = 10 };

/* Names in the order of RFC 8785 (plain ASCII order), so that the text is canonical as it is put together. */
struct contributors {
	enum stix_type type;
	struct str names[CONTRIBUTORS]; /* up to the first empty one */
};

static const struct contributors table[] = {
    {STIX_ARTIFACT, {STR_INIT("hashes"), STR_INIT("payload_bin")}},
    {STIX_AUTONOMOUS_SYSTEM, {STR_INIT("number")}},
    {STIX_DIRECTORY, {STR_INIT("path")}},
    {STIX_DOMAIN_NAME, {STR_INIT("value")}},
    {STIX_EMAIL_ADDR, {STR_INIT("value")}},
    {STIX_EMAIL_MESSAGE, {STR_INIT("body"), STR_INIT("from_ref"), STR_INIT("subject")}},
    {STIX_FILE, {STR_INIT("extensions"), STR_INIT("hashes"), STR_INIT("name"), STR_INIT("parent_directory_ref")}},
    {STIX_IPV4_ADDR, {STR_INIT("value")}},
    {STIX_IPV6_ADDR, {STR_INIT("value")}},
    {STIX_MAC_ADDR, {STR_INIT("value")}},
    {STIX_MUTEX, {STR_INIT("name")}},
    {STIX_NETWORK_TRAFFIC, {STR_INIT("dst_port"), STR_INIT("dst_ref"), STR_INIT("end"), STR_INIT("extensions"), STR_INIT("protocols"),
			       STR_INIT("src_port"), STR_INIT("src_ref"), STR_INIT("start")}},
    {STIX_SOFTWARE, {STR_INIT("cpe"), STR_INIT("name"), STR_INIT("swid"), STR_INIT("vendor"), STR_INIT("version")}},
    {STIX_URL, {STR_INIT("value")}},
    {STIX_USER_ACCOUNT, {STR_INIT("account_login"), STR_INIT("account_type"), STR_INIT("user_id")}},
    {STIX_WINDOWS_REGISTRY_KEY, {STR_INIT("key"), STR_INIT("values")}},
    {STIX_X509_CERTIFICATE, {STR_INIT("hashes"), STR_INIT("serial_number")}},
};

static const struct contributors *
contributors_of(enum stix_type type)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].type == type)
			return &table[i];
	return NULL;
}

bool
stix_sco_has(const struct json *obj, enum stix_type type)
{
	const struct contributors *row = contributors_of(type);
	for (size_t i = 0; row && i < CONTRIBUTORS && row->names[i].n; i++)
		if (json_get(obj, row->names[i]))
			return true;
	return false;
}

/* Of several hashes one counts: the first there is of these, else the first by name. */
static enum err
put_hashes(const struct json *hashes, struct arena *scratch, struct buf *b, struct errinfo *e)
{
	static const struct str order[] = {STR_INIT("MD5"), STR_INIT("SHA-1"), STR_INIT("SHA-256"), STR_INIT("SHA-512")};
	const struct json *chosen = NULL;
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]) && !chosen; i++)
		chosen = json_get(hashes, order[i]);
	if (!chosen)
		JSON_EACH(h, hashes)
	if (!chosen || json_key_cmp(json_key_of(h), json_key_of(chosen)) < 0)
		chosen = h;
	buf_putc(b, '{');
	json_escape_put(b, json_key_of(chosen));
	buf_putc(b, ':');
	enum err err = json_canonical(chosen, scratch, b, e);
	buf_putc(b, '}');
	return err;
}

static enum err
put_all(const struct contributors *row, const struct json *obj, struct arena *scratch, struct buf *b, struct errinfo *e)
{
	int n = 0;
	buf_put(b, str_bytes(stix_sco_space, sizeof(stix_sco_space)));
	buf_putc(b, '{');
	for (size_t i = 0; i < CONTRIBUTORS && row->names[i].n; i++) {
		const struct json *value = json_get(obj, row->names[i]);
		if (!value)
			continue;
		if (n++)
			buf_putc(b, ',');
		json_escape_put(b, row->names[i]);
		buf_putc(b, ':');
		bool hashes = str_is(row->names[i], "hashes") && value->type == JSON_OBJECT && json_count(value);
		enum err err = hashes ? put_hashes(value, scratch, b, e) : json_canonical(value, scratch, b, e);
		if (err)
			return err;
	}
	buf_putc(b, '}');
	return n ? OK : err_set(e, ERR_NOTFOUND, "no property that makes up the id of this observable is present");
}

enum err
stix_sco_id(const struct json *obj, struct arena *scratch, struct stix_id *ret, struct errinfo *e)
{
	struct str name = STR_NONE, text;
	enum stix_type type = json_get_str(obj, STR("type"), &name) ? stix_type_of(name) : STIX_CUSTOM;
	const struct contributors *row = contributors_of(type);
	if (type != STIX_CUSTOM && stix_type_class(type) != STIX_CLASS_SCO)
		return err_set(e, ERR_INVALID, "type: %.*s is no observable, so its id is not made from its content", STR_FMT(name));
	if (!row)
		return err_set(e, ERR_NOTFOUND, "type: the id of this observable is not made from its content");
	struct buf b = BUF_INIT(2 * LIMIT_OBJECT);
	enum err err = put_all(row, obj, scratch, &b, e);
	if (!err)
		err = buf_take(&b, &text, e);
	if (!err) {
		ret->type = stix_type_name(type);
		stix_uuid5(text, ret->uuid);
	}
	buf_done(&b);
	return err;
}
