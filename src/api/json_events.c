/* GET /api/v1/events: what changes for who asks (api/events.h). */
#include "api/events.h"
#include "api/json.h"

enum err
json_events(struct ask *a, struct errinfo *e)
{
	struct str last = STR_NONE;
	if (!json_accepts(a, "text/event-stream")) {
		err_set(e, ERR_USAGE, "the answer is text/event-stream");
		json_refuse(a, 406, e);
		return OK;
	}
	if (!http_header(a->q, "Last-Event-ID", &last))
		ask_arg(a, "last", &last);
	if (!str_is(a->q->method, "HEAD")) {
		enum err err = events_open(host_events(a->host), a, last, e);
		if (err)
			return err;
	}
	ask_type(a, "text/event-stream");
	ask_header(a, "Cache-Control", STR("no-store"));
	ask_header(a, "X-Accel-Buffering", STR("no"));
	return OK;
}
