/*
 * http_target: the path that a request asks for. libmicrohttpd passes on the target as it stands in the request line,
 * without its query.
 */
#ifndef FAAS_DRILL_HTTP_TARGET_H
#define FAAS_DRILL_HTTP_TARGET_H

/* RFC 9112, 3.2.2: a server must also accept the absolute form (http://HOST:PORT/PATH), which clients use that take it
 * for a proxy. Returns a pointer into target, or "/" if target has no path. */
const char *http_target_path(const char *target);

#endif
