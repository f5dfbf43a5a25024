/*
 * moved: what the ways of the phase moved share, and the one in which no old address answers.
 */
#ifndef FAAS_DRILL_MOVED_H
#define FAAS_DRILL_MOVED_H

#include "drill.h"

#include <stddef.h>
#include <stdint.h>

#define MOVED_TIME_MAX 24

/* "9 ms", "5.0 s" */
void moved_time(char text[MOVED_TIME_MAX], double ms);

/* Makes the drill's own function and invokes it, if there is none: it has to know the old addresses. */
int moved_get_ready(struct drill *drill, size_t phase, struct drill_error *error);

/* All members move, and the function is suspended meanwhile; kept as of front_move. */
int moved_move(struct drill *drill, int kept, struct drill_error *error);

/* The next one is made with the new URI. */
void moved_end_function(struct drill *drill);

/* No old address answers, and then there is a new process. Appends what came of it to did. -1 with error set. */
int moved_all_down(struct drill *drill, size_t phase, char *did, size_t size, struct drill_error *error);

#endif
