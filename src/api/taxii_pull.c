/* Page after page of a collection. */
#include "api/taxii_from.h"
#include "base/env.h"
#include "base/limits.h"

static enum err
take_page(struct taxii_pages *p, const struct http_fetched *r, bool *ret_more, struct errinfo *e)
{
	struct envelope page;
	struct str header;
	int64_t last = 0;
	bool has_last = http_fetched_header(r, "x-taxii-date-added-last", &header) && pull_moment(header, &last);
	enum err err = envelope_read(buf_str(&r->body), &page, e);
	if (err)
		err_at(e, "collect: the page from the server");
	if (!err && page.objects)
		err = p->take(p->ctx, buf_str(&r->body), e);
	if (!err) {
		struct errinfo why = {0};
		err = pull_page(&p->at, &page, has_last, last, p->env->now(p->env->ctx) + TIME_DAY, ret_more, &why);
		enum err kept = p->keep(p->ctx, &p->at, e);
		if (err && e)
			*e = why;
		err = err ? err : kept;
	}
	buf_done(&page.next);
	return err;
}

enum err
taxii_pull(struct taxii_source *s, struct taxii_pages *p, bool *ret_more, struct errinfo *e)
{
	struct buf url = BUF_INIT(4 * TAXII_URL + 4 * PULL_NEXT);
	struct http_fetched r = {0};
	int64_t end = p->env->mono(p->env->ctx) + p->seconds * TIME_SECOND;
	bool more = true;
	enum err err = OK;
	*ret_more = false;
	while (more && !err) {
		if (p->at.pages >= PULL_PAGES || p->env->mono(p->env->ctx) > end) {
			err = err_set(e, ERR_LIMIT, "collect: not all came in %u pages and %lld seconds; what was taken stays", p->at.pages,
			    (long long)p->seconds);
			err_hint(e, "the same again goes on there");
			*ret_more = true;
			struct errinfo why;
			p->at.clean = true;
			if (p->keep(p->ctx, &p->at, &why)) /* then the next one makes sure */
				*ret_more = false;
			break;
		}
		buf_clear(&url);
		buf_put(&url, buf_str(&s->root));
		buf_puts(&url, "collections/");
		buf_put(&url, buf_str(&s->collection));
		buf_puts(&url, "/objects/");
		pull_put_query(&p->at, &url);
		struct str whole;
		if ((err = buf_take(&url, &whole, e)))
			break;
		err = taxii_get(s, whole, &r, e);
		if ((err == ERR_LIMIT || (!err && r.status == 413)) && pull_fewer(&p->at)) {
			err = OK;
			continue;
		}
		if (err)
			break;
		/* a place that an earlier run left, and the server has forgotten */
		if ((r.status == 400 || r.status == 404) && !p->at.pages && pull_again(&p->at))
			continue;
		struct str shown = str_sub(whole, 0, s->root.n);
		err = r.status != 200 ? taxii_refused(s, &r, shown, e) : taxii_type(&r, shown, e);
		if (!err)
			err = take_page(p, &r, &more, e);
	}
	http_fetched_done(&r);
	buf_done(&url);
	return err;
}
