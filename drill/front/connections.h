/*
 * connections: all of them: listed, closed and watched together, freed. Stands on connection.
 */
#ifndef FAAS_DRILL_CONNECTIONS_H
#define FAAS_DRILL_CONNECTIONS_H

#include <stddef.h>
#include <stdint.h>

struct connection;
struct front_set;
struct member;

/* One more, to be started; NULL without memory. */
struct connection *connections_add(struct front_set *set, struct member *member, uint16_t client_port);

/* From now on the packets of all that have a client vanish; returns how many those are. */
size_t connections_drop(struct front_set *set);

/* Those of one member: closed, or watched as its state demands. */
void connections_close(struct front_set *set, const struct member *member);
void connections_refresh(struct front_set *set, const struct member *member);

/* Frees those that are over; and closes and frees all. */
void connections_reap(struct front_set *set);
void connections_destroy(struct front_set *set);

#endif
