/*
 * server: the one behind the front; where it is, what it says to hello, and commands of the front's own to it.
 */
#ifndef FAAS_DRILL_SERVER_H
#define FAAS_DRILL_SERVER_H

#include "error.h"

#include <bson/bson.h>

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct server {
   struct sockaddr_storage address;
   socklen_t address_length;
   char name[280]; /* for a person: host:port */
   bson_t *hello;  /* its reply, but for what is of one connection */
};

/* Looks the host up and waits until it answers a hello. */
int server_init(struct server *server, const char *host, uint16_t port, unsigned timeout_ms, struct drill_error *error);
void server_clear(struct server *server);

/* Connects, sends one command and waits for its reply: a new bson_t, NULL with error set. */
bson_t *server_ask(const struct server *server, const bson_t *command, unsigned timeout_ms, struct drill_error *error);

/* Nothing listens there. False also when that is not plain within timeout_ms. */
bool server_refuses(const struct server *server, unsigned timeout_ms);

/* A non-blocking socket that begins to connect, or -1. */
int server_connect(const struct server *server);

#endif
