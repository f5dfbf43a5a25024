/*
 * connections: all of them: accepted, looked after together, freed.
 */
#ifndef FAAS_DRILL_CONNECTIONS_H
#define FAAS_DRILL_CONNECTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct front_set;
struct member;

/* false when there was none to accept. */
bool connections_accept(struct front_set *set, struct member *member);

/* From now on the packets of all that have a client vanish; returns how many those are. */
size_t connections_drop(struct front_set *set);

/* Those of one member: closed, or watched as its state demands. */
void connections_close(struct front_set *set, const struct member *member);
void connections_refresh(struct front_set *set, const struct member *member);

void connections_tick(struct front_set *set, int64_t now_us);

/* Frees those that are over; and closes and frees all. */
void connections_reap(struct front_set *set);
void connections_destroy(struct front_set *set);

#endif
