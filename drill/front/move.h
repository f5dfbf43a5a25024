/*
 * move: gives all members of the set new addresses.
 */
#ifndef FAAS_DRILL_FRONT_MOVE_H
#define FAAS_DRILL_FRONT_MOVE_H

#include "set_state.h"

/* kept: the member whose old address goes on answering, or FRONT_NONE. Returns -1 with error set. If a port was
 * missing, the set is of no use any more. */
int move_members(struct front_set *set, int kept, struct drill_error *error);

#endif
