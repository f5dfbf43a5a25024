/*
 * http_daemon: what the host's libmicrohttpd daemons share: the address they are given, the port they get, and the path
 * that a request asks for.
 */
#pragma once

#include <microhttpd.h>
#include <netinet/in.h>

/* 127.0.0.1; port 0 means any free one. */
struct sockaddr_in http_daemon_address(unsigned short port);

/* Returns 0 when daemon is NULL. */
unsigned short http_daemon_port(struct MHD_Daemon *daemon);

/* target: from libmicrohttpd, which passes it on as it stands in the request line, without its query. RFC 9112, 3.2.2:
 * a server must also accept the absolute form (http://HOST:PORT/PATH), which clients use that take it for a proxy.
 * Returns a pointer into target, or "/" if target has no path. */
const char *http_daemon_path(const char *target);
