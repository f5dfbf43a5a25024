/*
 * move: all members of the set get new addresses. Stands on set, connections, refused.
 */
#ifndef FAAS_DRILL_FRONT_MOVE_H
#define FAAS_DRILL_FRONT_MOVE_H

#include "set_state.h"

/* left: the member at whose old address somebody still answers, or FRONT_NOBODY. -1 with error set: the set is of no
 * use any more, unless it was left that was wrong. */
int move_members(struct front_set *set, int left, struct drill_error *error);

#endif
