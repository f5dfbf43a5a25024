/*
 * http_daemon: what the host's libmicrohttpd daemons share: the address they are given, the port they get, the path and
 * the headers of a request, and how they answer it.
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

/* The value of a header of the request; otherwise, if the request does not have it. */
const char *http_daemon_header(struct MHD_Connection *connection, const char *name, const char *otherwise);

struct http_header {
   const char *name;
   const char *value; /* NULL: the header is left out */
};

/* Queues a response with a copy of body. Returns what libmicrohttpd's handler must return. */
enum MHD_Result http_daemon_reply(struct MHD_Connection *connection,
                                  unsigned status,
                                  const char *body,
                                  size_t length,
                                  const struct http_header *headers,
                                  size_t count);
