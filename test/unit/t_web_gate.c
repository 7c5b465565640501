/* Whether a request was meant for this node. Fails if another name, another site or a doubled Host is let in, or the node's own is kept out. And the
 * file that says how it runs: fails if what is not understood is taken. */
#include "api/config.h"
#include "api/web_gate.h"
#include "base/limits.h"
#include "test.h"

static int
gate(const char *address, const char *method, bool secure, const char *headers)
{
	const struct web_gate g = {address, STR("irq.example comity.irq")};
	static struct http_request q;
	struct str rest = str_of(headers), line;
	const char *why = NULL;
	memset(&q, 0, sizeof q);
	q.method = str_of(method);
	q.secure = secure;
	while (str_line(&rest, &line)) {
		struct http_field *f = &q.headers[q.nheaders++];
		str_cut(line, ':', &f->name, &f->value);
		f->value = str_trim(f->value);
	}
	int status = web_gate(&g, &q, &why);
	CHECK((status != 0) == (why != NULL));
	return status;
}

TEST(hosts)
{
	static const struct {
		const char *address, *host;
		int want;
	} cases[] = {
	    {"127.0.0.1", "Host: 127.0.0.1:8440", 0},
	    {"127.0.0.1", "host: localhost", 0},
	    {"127.0.0.1", "Host: LOCALHOST:80", 0},
	    {"127.0.0.1", "Host: irq.example:1", 0},
	    {"127.0.0.1", "Host: IRQ.example", 0},
	    {"127.0.0.1", "Host: irq.example.", 421},
	    {"127.0.0.1", "Host: xirq.example", 421},
	    {"127.0.0.1", "Host: irq", 421},
	    {"127.0.0.1", "Host: irq.example comity.irq", 421},
	    {"127.0.0.1", "Host: 127.0.0.2", 421},
	    {"127.0.0.1", "Host: 127.0.0.1.evil.example", 421},
	    {"127.0.0.1", "Host: [::1]", 421},
	    {"::1", "Host: [::1]:8440", 0},
	    {"::1", "Host: [0:0:0:0:0:0:0:1]", 0},
	    {"::1", "Host: [::1", 400},
	    {"0.0.0.0", "Host: 10.1.2.3:443", 0},
	    {"0.0.0.0", "Host: localhost", 421},
	    {"0.0.0.0", "Host: evil.example", 421},
	    {"::", "Host: 10.1.2.3", 0},
	    {"127.0.0.1", "Host:", 400},
	    {"127.0.0.1", "Accept: */*", 400},
	    {"127.0.0.1", "Host: localhost\nHost: localhost", 400},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int got = gate(cases[i].address, "GET", false, cases[i].host);
		CHECKF(got == cases[i].want, "%s at %s: %d", cases[i].host, cases[i].address, got);
	}
}

TEST(origins)
{
	static const struct {
		const char *more;
		bool secure;
		int want;
	} cases[] = {
	    {"", false, 0},
	    {"Origin: http://localhost:1\n", false, 0},
	    {"Origin: https://localhost:1\n", true, 0},
	    {"Origin: http://localhost:1\n", true, 403},
	    {"Origin: https://localhost:1\n", false, 403},
	    {"Origin: http://localhost\n", false, 403},
	    {"Origin: http://localhost:1.evil.example\n", false, 403},
	    {"Origin: null\n", false, 403},
	    {"Origin:\n", false, 403},
	    {"Sec-Fetch-Site: same-origin\n", false, 0},
	    {"Sec-Fetch-Site: none\n", false, 0},
	    {"Sec-Fetch-Site: same-site\n", false, 403},
	    {"Sec-Fetch-Site: cross-site\nOrigin: http://localhost:1\n", false, 403},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char headers[200];
		snprintf(headers, sizeof headers, "Host: localhost:1\n%s", cases[i].more);
		static const char *const unsafe[] = {"POST", "PUT", "DELETE", "PATCH", "get", "TRACE"};
		for (size_t k = 0; k < sizeof unsafe / sizeof *unsafe; k++) {
			int got = gate("127.0.0.1", unsafe[k], cases[i].secure, headers);
			CHECKF(got == cases[i].want, "%s %s: %d", unsafe[k], cases[i].more, got);
		}
		CHECK(gate("127.0.0.1", "GET", cases[i].secure, headers) == 0);
	}
}

TEST(configuration)
{
	struct errinfo e = {0};
	static struct config c, d;
	struct buf text = BUF_INIT(64 * KIB), again = BUF_INIT(64 * KIB);
	config_init(&c);
	config_put(&c, &text);
	config_init(&d);
	CHECK_OK(config_read(&d, buf_str(&text), &e));
	config_put(&d, &again);
	CHECK(str_eq(buf_str(&text), buf_str(&again)));
	static const struct {
		const char *text;
		enum err err;
		size_t line;
	} bad[] = {
	    {"web\n", ERR_SYNTAX, 1},
	    {"# x\n\nwebs = off\n", ERR_SYNTAX, 3},
	    {"web = off\nweb=off\n", ERR_SYNTAX, 2},
	    {"web = 127.0.0.1\n", ERR_USAGE, 1},
	    {"web = 127.0.0.1:65536\n", ERR_USAGE, 1},
	    {"web = \n", ERR_USAGE, 1},
	    {"web-connections = 0\n", ERR_USAGE, 1},
	    {"web-names = IRQ\n", ERR_USAGE, 1},
	    {"log-level = loud\n", ERR_USAGE, 1},
	    {"web-key = a\tb\n", ERR_USAGE, 1},
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		config_init(&c);
		e = (struct errinfo){0};
		enum err err = config_read(&c, str_of(bad[i].text), &e);
		CHECKF(err == bad[i].err && e.line == bad[i].line, "%s: %s, line %zu", bad[i].text, err_name(err), (size_t)e.line);
	}
	buf_done(&text);
	buf_done(&again);
}
