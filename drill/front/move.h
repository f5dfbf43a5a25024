/*
 * move: gives all members of the set new addresses.
 */
#pragma once

#include "set_state.h"

/* kept: the member whose old address keeps answering, or FRONT_NONE. Returns -1 with error set. If no port was free,
 * the set can't be used any more. */
int move_members(struct front_set *set, int kept, struct drill_error *error);
