/*
 * hello: what a member answers to hello. All that makes it a member of the set is the front's; the rest, versions,
 * limits, authentication, is what the server behind said.
 */
#ifndef FAAS_DRILL_HELLO_H
#define FAAS_DRILL_HELLO_H

#include "front.h"

#include <bson/bson.h>

#define HELLO_SET_NAME FRONT_SET_NAME

/* The set as one member sees it; counter grows with every change. */
struct hello_view {
   bson_oid_t process_id;
   int64_t counter;
   int primary; /* -1: none */
   uint32_t election;
};

/* The member that answers, by its own port, and the set's list of hosts. One that the list lacks is a secondary. */
struct hello_speaker {
   uint16_t port;
   uint16_t ports[FRONT_MEMBERS];
   unsigned member;     /* its number, of which its name is made */
   const char *domain;  /* of the members' names; NULL: they go by their address */
   int32_t set_version; /* grows with each new list */
};

#define HELLO_HOST_MAX FRONT_HOST_MAX

/* "127.0.0.1", or "m1.DOMAIN" of member 0. */
void hello_host(char host[HELLO_HOST_MAX], const char *domain, unsigned member);

/* As a request has it; a legacy one, isMaster, wants ismaster in place of isWritablePrimary. */
struct hello_request {
   bool legacy;
   bool hello_ok;
   bool needs_server; /* speculative authentication, SCRAM mechanisms, or a client that introduces itself */
   bool awaits;       /* topologyVersion and maxAwaitTimeMS */
   bool has_await_time;
   bson_oid_t process_id;
   int64_t counter;
   int64_t await_us;
};

void hello_read(const bson_t *body, const char *name, struct hello_request *request);

/* Appends the server's reply, made the member's own, to reply. */
void hello_append(bson_t *reply,
                  const bson_t *server_reply,
                  const struct hello_speaker *speaker,
                  const struct hello_view *view,
                  const struct hello_request *request);

/* Appends topologyVersion, which errors of a member have too. */
void hello_append_version(bson_t *reply, const struct hello_view *view);

#endif
