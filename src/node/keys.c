#include "node/keys.h"

#include <stdio.h>
#include <string.h>

enum { KEY_FILE = 256 };

#define ROOT_WORD "COMITY-ROOT-KEY"
#define LOG_WORD "COMITY-LOG-KEY"
#define TLS_WORD "COMITY-TLS-KEY"
#define PUBLIC_WORD "COMITY-ROOT-PUBLIC"

/* "WORD base64\n" */
static enum err
write_line(const struct env *env, const char *path, const char *word, struct str bytes, struct errinfo *e)
{
	struct buf b = BUF_INIT(KEY_FILE);
	buf_grow(&b, KEY_FILE);
	buf_clear(&b);
	buf_printf(&b, "%s ", word);
	buf_base64(&b, bytes);
	buf_putc(&b, '\n');
	enum err err = env->write(env->ctx, path, buf_str(&b), e);
	secret_wipe_buf(&b);
	buf_done(&b);
	return err;
}

static enum err
parse_line(struct str text, const char *path, const char *word, uint8_t ret[static 32], struct errinfo *e)
{
	struct str head, tail;
	size_t n;
	if (!str_cut(str_trim(text), ' ', &head, &tail) || !str_is(head, word) || !base64_decode(tail, ret, 32, &n) || n != 32)
		return err_set(e, ERR_SYNTAX, "%s: not a key file of this kind (it begins with %s)", path, word);
	return OK;
}

static enum err
read_line(const struct env *env, const char *path, const char *word, uint8_t ret[static 32], struct errinfo *e)
{
	struct buf b = BUF_INIT(KEY_FILE);
	buf_grow(&b, KEY_FILE);
	buf_clear(&b);
	enum err err = env->read(env->ctx, path, &b, e);
	if (!err)
		err = parse_line(buf_str(&b), path, word, ret, e);
	secret_wipe_buf(&b);
	buf_done(&b);
	return err;
}

static enum err
write_age(const struct env *env, const struct seal_identity *id, struct errinfo *e)
{
	struct buf b = BUF_INIT(KEY_FILE);
	buf_grow(&b, KEY_FILE);
	buf_clear(&b);
	seal_identity_put(&b, id);
	buf_putc(&b, '\n');
	enum err err = env->write(env->ctx, "keys/age", buf_str(&b), e);
	secret_wipe_buf(&b);
	buf_done(&b);
	return err;
}

static enum err
read_age(const struct env *env, struct seal_identity *ret, struct errinfo *e)
{
	struct buf b = BUF_INIT(KEY_FILE);
	buf_grow(&b, KEY_FILE);
	buf_clear(&b);
	enum err err = env->read(env->ctx, "keys/age", &b, e);
	if (!err)
		err = seal_identity_parse(buf_str(&b), ret, e);
	secret_wipe_buf(&b);
	buf_done(&b);
	return err;
}

enum err
keys_create(const struct env *env, struct str member, struct errinfo *e)
{
	static const struct {
		const char *path, *word;
	} file[] = {{"keys/root", ROOT_WORD}, {"keys/log", LOG_WORD}, {"keys/tls", TLS_WORD}};
	uint8_t seed[32];
	enum err err = OK;
	for (uint64_t i = 0; i < 3 && !err; i++) {
		env->random(env->ctx, RND_KEYS, member, i << 32, seed, sizeof seed);
		if (i == 0) {
			struct sign_key root;
			struct sign_public pub;
			sign_key_init(&root, seed);
			pub = sign_key_public(&root);
			sign_key_done(&root);
			err = write_line(env, "keys/root.pub", PUBLIC_WORD, str_bytes(pub.b, sizeof pub.b), e);
		}
		if (!err)
			err = write_line(env, file[i].path, file[i].word, str_bytes(seed, sizeof seed), e);
	}
	if (!err) {
		struct seal_identity age;
		env->random(env->ctx, RND_KEYS, member, UINT64_C(3) << 32, seed, sizeof seed);
		seal_identity_init(&age, seed);
		err = write_age(env, &age, e);
		seal_identity_done(&age);
	}
	secret_wipe(seed, sizeof seed);
	return err;
}

static enum err
take_root(struct node_keys *k, const uint8_t seed[static 32], struct errinfo *e)
{
	struct sign_key root;
	sign_key_init(&root, seed);
	struct sign_public pub = sign_key_public(&root);
	bool same = sign_public_eq(&pub, &k->root_public);
	if (same)
		k->root = root;
	k->has_root |= same;
	sign_key_done(&root);
	return same ? OK : err_set(e, ERR_DENIED, "the root key is not the one of this home");
}

static enum err
load_root(const struct env *env, struct node_keys *k, struct errinfo *e)
{
	uint8_t seed[32];
	enum err err = read_line(env, "keys/root", ROOT_WORD, seed, e);
	if (err == ERR_NOTFOUND)
		return OK; /* it is kept elsewhere */
	if (!err)
		err = take_root(k, seed, e);
	secret_wipe(seed, sizeof seed);
	return err;
}

enum err
keys_root_take(struct node_keys *k, struct str text, struct errinfo *e)
{
	uint8_t seed[32];
	enum err err = parse_line(text, "the root key", ROOT_WORD, seed, e);
	if (!err)
		err = take_root(k, seed, e);
	secret_wipe(seed, sizeof seed);
	return err;
}

void
keys_root_forget(struct node_keys *k)
{
	sign_key_done(&k->root);
	k->has_root = false;
}

enum err
keys_load(const struct env *env, struct node_keys *ret, struct errinfo *e)
{
	struct node_keys k = {0};
	uint8_t seed[32];
	enum err err;
	if ((err = read_line(env, "keys/root.pub", PUBLIC_WORD, k.root_public.b, e)) || (err = load_root(env, &k, e)) ||
	    (err = read_line(env, "keys/log", LOG_WORD, seed, e)))
		goto fail;
	sign_key_init(&k.log, seed);
	if ((err = read_line(env, "keys/tls", TLS_WORD, seed, e)))
		goto fail;
	sign_key_init(&k.tls, seed);
	if ((err = read_age(env, &k.age, e)))
		goto fail;
	*ret = k;
	secret_wipe(seed, sizeof seed);
	secret_wipe(&k, sizeof k);
	return OK;
fail:
	secret_wipe(seed, sizeof seed);
	keys_done(&k);
	return err;
}

void
keys_done(struct node_keys *k)
{
	secret_wipe(k, sizeof *k);
}

enum err
keys_next_make(const struct env *env, struct str member, uint32_t epoch, struct sign_key *ret, struct errinfo *e)
{
	uint8_t seed[32];
	env->random(env->ctx, RND_KEYS, member, UINT64_C(1) << 32 | epoch, seed, sizeof seed);
	enum err err = write_line(env, "keys/log.next", LOG_WORD, str_bytes(seed, sizeof seed), e);
	if (!err)
		sign_key_init(ret, seed);
	secret_wipe(seed, sizeof seed);
	return err;
}

enum err
keys_next_read(const struct env *env, struct sign_key *ret, struct errinfo *e)
{
	uint8_t seed[32];
	enum err err = read_line(env, "keys/log.next", LOG_WORD, seed, e);
	if (!err)
		sign_key_init(ret, seed);
	secret_wipe(seed, sizeof seed);
	return err;
}

enum err
keys_next_place(const struct env *env, struct node_keys *k, uint32_t old_epoch, const struct sign_key *next, struct errinfo *e)
{
	char path[32];
	enum err err;
	snprintf(path, sizeof path, "keys/log.%u", old_epoch);
	if ((err = write_line(env, path, LOG_WORD, sign_key_seed(&k->log), e)) ||
	    (err = write_line(env, "keys/log", LOG_WORD, sign_key_seed(next), e)))
		return err;
	k->log = *next;
	return keys_next_drop(env, e);
}

enum err
keys_next_drop(const struct env *env, struct errinfo *e)
{
	return env->remove(env->ctx, "keys/log.next", e);
}

/* For backups: the files one after another, each line with its name before it. */

static const struct {
	const char *path;
	bool may_lack;
} key_file[] = {{"keys/root.pub", false}, {"keys/root", true}, {"keys/log", false}, {"keys/tls", false}, {"keys/age", false}};

enum err
keys_export(const struct env *env, struct buf *b, struct errinfo *e)
{
	for (size_t i = 0; i < sizeof key_file / sizeof *key_file; i++) {
		size_t start = b->n;
		buf_printf(b, "%s ", key_file[i].path);
		enum err err = env->read(env->ctx, key_file[i].path, b, e);
		if (err == ERR_NOTFOUND && key_file[i].may_lack)
			buf_cut(b, start);
		else if (err)
			return err;
	}
	struct str all;
	return buf_take(b, &all, e);
}

enum err
keys_import(const struct env *env, struct str text, struct errinfo *e)
{
	struct str line, path, content;
	while (str_line(&text, &line)) {
		size_t i = 0;
		if (str_starts(line, STR("sum "))) /* of the other files of the backup */
			continue;
		if (!str_cut(line, ' ', &path, &content))
			return err_set(e, ERR_SYNTAX, "the keys of this backup are damaged");
		while (i < sizeof key_file / sizeof *key_file && !str_is(path, key_file[i].path))
			i++;
		if (i == sizeof key_file / sizeof *key_file)
			return err_set(e, ERR_SYNTAX, "the keys of this backup are damaged");
		/* content is followed by its line end, in text */
		enum err err = env->write(env->ctx, key_file[i].path, (struct str){content.p, content.n + 1}, e);
		if (err)
			return err;
	}
	return OK;
}
