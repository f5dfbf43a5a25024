/*
 * move: all members of the set get new addresses. Stands on set, connections, refused.
 */
#ifndef FAAS_DRILL_FRONT_MOVE_H
#define FAAS_DRILL_FRONT_MOVE_H

#include "set_state.h"

/* kept: the member whose old address goes on answering, or FRONT_NONE. -1 with error set: without a port the set is of
 * no use any more. */
int move_members(struct front_set *set, int kept, struct drill_error *error);

#endif
