/*
 * connections: all of them: listed, closed and watched together, freed. Stands on connection.
 */
#ifndef FAAS_DRILL_CONNECTIONS_H
#define FAAS_DRILL_CONNECTIONS_H

#include "front.h"

#include <stddef.h>
#include <stdint.h>

struct connection;
struct front_set;
struct member;

/* One more, to be started; NULL when out of memory. */
struct connection *connections_add(struct front_set *set, struct member *member, uint16_t client_port);

/* Ends those of one member, or of all (NULL), that way; returns how many those are. */
size_t connections_end(struct front_set *set, enum front_ending ending, const struct member *member);

/* Those of one member: closed, or watched as its state demands. */
void connections_close(struct front_set *set, const struct member *member);
void connections_refresh(struct front_set *set, const struct member *member);

/* Frees those that are over; and closes and frees all. */
void connections_reap(struct front_set *set);
void connections_destroy(struct front_set *set);

#endif
