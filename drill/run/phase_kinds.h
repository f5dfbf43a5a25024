/*
 * phase_kinds: the phases a drill can have, each in a phase_….c of its own.
 */
#ifndef FAAS_DRILL_PHASE_KINDS_H
#define FAAS_DRILL_PHASE_KINDS_H

#include "drill.h"

/* Makes its invocations and fills the phase of that index but for its times. times: how
 * many invocations, or rounds of them. -1 with error set when the drill can't go on. */
int phase_steady(struct drill *drill, size_t phase, const struct step *step, struct drill_error *error);
int phase_outage(struct drill *drill, size_t phase, unsigned times, struct drill_error *error);
int phase_failover(struct drill *drill, size_t phase, unsigned times, struct drill_error *error);
int phase_dropped(struct drill *drill, size_t phase, struct drill_error *error);
int phase_restore(struct drill *drill, size_t phase, struct drill_error *error);
int phase_burst(struct drill *drill, size_t phase, struct drill_error *error);

#endif
