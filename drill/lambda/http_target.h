/*
 * http_target: the path that a request asks for. libmicrohttpd hands on the target as it stands in the request line,
 * without its query.
 */
#ifndef FAAS_DRILL_HTTP_TARGET_H
#define FAAS_DRILL_HTTP_TARGET_H

/* RFC 9112, 3.2.2: a server must accept the absolute form (http://HOST:PORT/PATH) as well, which clients use that take
 * it for a proxy. Points into target; "/" when that has no path. */
const char *http_target_path(const char *target);

#endif
