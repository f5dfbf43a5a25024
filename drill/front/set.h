/*
 * set: elections, and members going down and coming up. Stands on monitoring, connections.
 */
#ifndef FAAS_DRILL_SET_H
#define FAAS_DRILL_SET_H

#include "set_state.h"

/* Elects member 0; all members have their ports already. */
int set_init(struct front_set *set, struct drill_error *error);

int set_failover(struct front_set *set, const struct front_failover *how, struct drill_error *error);
int set_arm_failover(struct front_set *set,
                     const char *command,
                     const struct front_failover *how,
                     struct drill_error *error);
int set_kill(struct front_set *set, unsigned member, struct drill_error *error);
int set_start(struct front_set *set, unsigned member, struct drill_error *error);
int set_freeze(struct front_set *set, unsigned member, struct drill_error *error);
int set_thaw(struct front_set *set, unsigned member, struct drill_error *error);

/* No election takes place, member is primary at once. */
void set_replace_primary(struct front_set *set, unsigned member, const char *why);

/* From now on. Without any, what was held back is due now. */
void set_delay(struct front_set *set, const struct front_delays *delays);

/* Something about this member changed: whoever waits for that is told. */
void set_changed(struct front_set *set, struct member *member);

/* What is due by now: an election, news of one. */
void set_tick(struct front_set *set, int64_t now_us);

#endif
