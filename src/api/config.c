#include "api/config.h"

#include <string.h>

#include "api/log.h"

enum { NUMBER_MAX = 1000 * 1000 };

static const struct {
	const char *name;
	char kind;
	const char *value, *about;
} entries[] = {
#define X(code, name, kind, value, about) {name, kind, value, about},
    CONFIG_LIST(X)
#undef X
};

void
config_init(struct config *c)
{
	memset(c, 0, sizeof *c);
	for (int i = 0; i < CONFIG_COUNT; i++)
		memcpy(c->value[i], entries[i].value, strlen(entries[i].value) + 1);
}

enum err
config_address(struct str text, char address[static 64], uint16_t *ret_port, struct errinfo *e)
{
	struct str host, port;
	uint64_t n;
	size_t colon = text.n;
	while (colon > 0 && text.p[colon - 1] != ':')
		colon--;
	host = str_sub(text, 0, colon ? colon - 1 : 0);
	port = str_sub(text, colon, text.n);
	if (str_starts(host, STR("[")) && str_ends(host, STR("]")))
		host = str_sub(host, 1, host.n - 1);
	if (!host.n || host.n > 63 || !str_u64(port, &n) || n > UINT16_MAX) {
		err_set(e, ERR_USAGE, "%.*s is no address and port", STR_FMT(str_sub(text, 0, 80)));
		err_hint(e, "such as 127.0.0.1:8450 or [::]:8450");
		return ERR_USAGE;
	}
	memcpy(address, host.p, host.n);
	address[host.n] = '\0';
	*ret_port = (uint16_t)n;
	return OK;
}

static enum err
check(int i, struct str value, struct errinfo *e)
{
	char address[64];
	uint16_t port;
	uint64_t n;
	enum log_level level;
	for (size_t k = 0; k < value.n; k++)
		if ((unsigned char)value.p[k] < ' ')
			return err_set(e, ERR_USAGE, "%s has a control character", entries[i].name);
	if (value.n >= CONFIG_VALUE)
		return err_set(e, ERR_LIMIT, "%s is longer than %d bytes", entries[i].name, CONFIG_VALUE - 1);
	switch (entries[i].kind) {
	case 'a':
		return str_is(value, "off") ? OK : config_address(value, address, &port, e);
	case 'n':
		return str_u64(value, &n) && n > 0 && n <= NUMBER_MAX
			 ? OK
			 : err_set(e, ERR_USAGE, "%s is a number from 1 to %d", entries[i].name, NUMBER_MAX);
	case 'l':
		return log_level_named(value, &level) ? OK : err_set(e, ERR_USAGE, "%s is error, warning, info or debug", entries[i].name);
	case 'w':
		for (size_t k = 0; k < value.n; k++)
			if (value.p[k] >= 'A' && value.p[k] <= 'Z')
				return err_set(e, ERR_USAGE, "%s are in small letters", entries[i].name);
		return OK;
	default:
		return OK;
	}
}

enum err
config_set(struct config *c, enum config_name name, struct str value, struct errinfo *e)
{
	enum err err = check((int)name, value, e);
	if (err)
		return err;
	if (value.n)
		memcpy(c->value[name], value.p, value.n);
	c->value[name][value.n] = '\0';
	c->asked[name] = true;
	return OK;
}

static enum err
read_line(struct config *c, struct str line, struct errinfo *e)
{
	struct str name, value;
	bool equals = str_cut(line, '=', &name, &value);
	name = str_trim(name);
	if (!equals)
		return err_set(e, ERR_SYNTAX, "a line is: name = value");
	for (int i = 0; i < CONFIG_COUNT; i++)
		if (str_is(name, entries[i].name)) {
			if (c->asked[i])
				return err_set(e, ERR_SYNTAX, "%s stands here twice", entries[i].name);
			return config_set(c, (enum config_name)i, str_trim(value), e);
		}
	err_set(e, ERR_SYNTAX, "there is no '%.*s'", STR_FMT(str_sub(name, 0, 60)));
	err_hint(e, "comity serve --print-config shows what there is");
	return ERR_SYNTAX;
}

enum err
config_read(struct config *c, struct str text, struct errinfo *e)
{
	struct str line;
	for (size_t n = 1; str_line(&text, &line); n++) {
		line = str_trim(line);
		if (!line.n || line.p[0] == '#')
			continue;
		enum err err = read_line(c, line, e);
		if (err) {
			if (e) {
				e->line = n;
				e->col = 1;
			}
			return err;
		}
	}
	return OK;
}

void
config_put(const struct config *c, struct buf *b)
{
	buf_puts(b, "# How this node runs: " CONFIG_FILE " in the home. Flags of comity serve win over it.\n");
	for (int i = 0; i < CONFIG_COUNT; i++)
		buf_printf(b, "\n# %s.\n%s =%s%s\n", entries[i].about, entries[i].name, c->value[i][0] ? " " : "", c->value[i]);
}

uint32_t
config_number(const struct config *c, enum config_name name)
{
	uint64_t n = 0;
	return str_u64(str_of(c->value[name]), &n) ? (uint32_t)n : 0;
}
