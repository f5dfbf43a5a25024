/*
 * hello: a member's answer to hello. The front sets everything that concerns the set; the rest, such as versions,
 * limits and authentication, comes from the server behind.
 */
#pragma once

#include "front.h"

#include <bson/bson.h>

/* The set as one member sees it. counter grows with every change. */
struct hello_view {
   bson_oid_t process_id;
   int64_t counter;
   int primary; /* -1: none */
   uint32_t election;
};

/* The member that answers, and the set's list of hosts. A member that is not in the list is a secondary. */
struct hello_speaker {
   uint16_t port;
   uint16_t ports[FRONT_MEMBERS];
   unsigned member;     /* its number, which is part of its name */
   const char *domain;  /* of the members' names; NULL: they are named by their address */
   int32_t set_version; /* grows with each new list */
};

/* "127.0.0.1", or "m1.DOMAIN" of member 0. */
void hello_host(char host[FRONT_HOST_MAX], const char *domain, unsigned member);

/* A parsed hello request. A legacy one, isMaster, wants ismaster instead of isWritablePrimary. */
struct hello_request {
   bool legacy;
   bool hello_ok;
   bool needs_server; /* speculative authentication, or SCRAM mechanisms */
   bool introduces;
   bool awaits; /* topologyVersion and maxAwaitTimeMS */
   bool has_await_time;
   bson_oid_t process_id;
   int64_t counter;
   int64_t await_us;
};

void hello_read(const bson_t *body, const char *name, struct hello_request *request);

/* Appends the server's reply to reply, with the member's own fields. */
void hello_append(bson_t *reply,
                  const bson_t *server_reply,
                  const struct hello_speaker *speaker,
                  const struct hello_view *view,
                  const struct hello_request *request);

/* Appends topologyVersion, which a member's errors have, too. */
void hello_append_version(bson_t *reply, const struct hello_view *view);
