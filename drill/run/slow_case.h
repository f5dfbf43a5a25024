/*
 * slow_case: one invocation of the drill's own function while a member is slow, or while none is, and what came of it.
 */
#ifndef FAAS_DRILL_SLOW_CASE_H
#define FAAS_DRILL_SLOW_CASE_H

#include "drill.h"
#include "slow_verdict.h"

void slow_case_end_function(struct drill *drill);

/* While nothing is slow, and so what comes of it counts: a function that fails then is a failure of the phase. Both
 * return -1 with error set when the drill can't go on. */
int slow_case_in_time(
   struct drill *drill, size_t phase, const char *name, struct slow_usual *usual, struct drill_error *error);

/* With the member of one as late as that, in a process that is cold or has been invoked before; with uri_options
 * (NULL: none) in one of its own. Its failure is excused, and for slow_case_fails to judge. */
int slow_case_hold(
   struct drill *drill, size_t phase, struct slow_case *one, const char *uri_options, struct drill_error *error);

#endif
