/*
 * connections: the list of all connections: adds, ends, watches and frees them.
 */
#pragma once

#include "front.h"

#include <stddef.h>
#include <stdint.h>

struct connection;
struct front_set;
struct member;

/* Adds a connection, which connection_start starts. Returns NULL when out of memory. */
struct connection *connections_add(struct front_set *set, struct member *member, uint16_t client_port);

/* Ends the connections of one member, or of all members (NULL), in that way. Returns how many it ended. */
size_t connections_end(struct front_set *set, enum front_ending ending, const struct member *member);

/* connections_close closes all connections of a member. connections_refresh updates what they are watched for, after
 * the member's state has changed. */
void connections_close(struct front_set *set, const struct member *member);
void connections_refresh(struct front_set *set, const struct member *member);

/* connections_reap frees finished connections. connections_destroy closes and frees all of them. */
void connections_reap(struct front_set *set);
void connections_destroy(struct front_set *set);
