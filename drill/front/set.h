/*
 * set: elections, and members that go down and come up.
 */
#pragma once

#include "set_state.h"

/* Brings up all members, which must have their ports already, and elects member 0. */
int set_init(struct front_set *set, struct drill_error *error);

int set_failover(struct front_set *set, const struct front_failover *how, struct drill_error *error);
int set_arm_failover(struct front_set *set,
                     const char *command,
                     const struct front_failover *how,
                     struct drill_error *error);
int set_change(struct front_set *set, enum front_change change, unsigned member, struct drill_error *error);

/* Makes `member` primary at once, without an election. */
void set_replace_primary(struct front_set *set, unsigned member, const char *why);

/* Sets the delays from now on. When the last delay is removed, what was held back is due now. */
void set_delay(struct front_set *set, const struct front_delays *delays);

/* Something about this member changed. Tells the waiting hellos, at once or at told_us. */
void set_changed(struct front_set *set, struct member *member);

/* Does what is due by now: an election, its news. */
void set_tick(struct front_set *set, int64_t now_us);
