/*
 * phases: the steps of a drill, one after the other, each with its verdict.
 */
#ifndef FAAS_DRILL_PHASES_H
#define FAAS_DRILL_PHASES_H

#include "drill.h"

/* All steps, as often as --repeat says, then the burst. -1 with error set when the drill can't go on; the results then
 * hold what had been found. */
int phases_run(struct drill *drill, struct drill_error *error);

/* One kind each, in phase_….c: makes its invocations and fills the phase of that index but for its times. times: how
 * many invocations, or rounds of them. -1 with error set when the drill can't go on. */
int phase_steady(struct drill *drill, size_t phase, const struct step *step, struct drill_error *error);
int phase_outage(struct drill *drill, size_t phase, unsigned times, struct drill_error *error);
int phase_failover(struct drill *drill, size_t phase, unsigned times, struct drill_error *error);
int phase_dropped(struct drill *drill, size_t phase, struct drill_error *error);
int phase_burst(struct drill *drill, size_t phase, struct drill_error *error);

/* For those: */

/* One invocation of the drill's own function, which is made when there is none, and what the server then sees of it.
 * The phase takes over its verdict, its freeze and the worst of recover_ms. */
int phase_invoke(struct drill *drill, size_t phase, const char *name, size_t *number, struct drill_error *error);

/* The first failure is the phase's. */
void phase_fail(struct drill *drill, size_t phase, const char *format, ...) __attribute__((format(printf, 3, 4)));
void phase_skip(struct drill *drill, size_t phase, const char *reason);

#endif
