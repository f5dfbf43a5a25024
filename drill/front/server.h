/*
 * server: the real server behind the front: its address, its reply to hello, and the commands that the front itself
 * sends to it.
 */
#pragma once

#include "error.h"

#include <bson/bson.h>

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct server {
   struct sockaddr_storage address;
   socklen_t address_length;
   char name[280]; /* for a person: host:port */
   bson_t *hello;  /* its reply, without what belongs to one connection */
};

/* Looks up the host, and waits until it answers a hello, for timeout_ms at most. */
int server_init(struct server *server, const char *host, uint16_t port, unsigned timeout_ms, struct drill_error *error);
void server_clear(struct server *server);

/* Connects, sends one command and waits for its reply. Returns the reply as a new bson_t, or NULL with error set. */
bson_t *server_ask(const struct server *server, const bson_t *command, unsigned timeout_ms, struct drill_error *error);

/* Whether nothing listens there. Also returns false if that is not certain within timeout_ms. */
bool server_refuses(const struct server *server, unsigned timeout_ms);

/* Returns a non-blocking socket that has begun to connect, or -1. */
int server_connect(const struct server *server);
