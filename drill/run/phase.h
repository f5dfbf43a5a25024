/*
 * phase: what the kinds of phases have in common: an invocation with what the server saw of it, and a verdict.
 */
#ifndef FAAS_DRILL_PHASE_H
#define FAAS_DRILL_PHASE_H

#include "drill.h"

/* One invocation of the drill's own function, which is made when there is none, and what the server then sees of it.
 * The phase takes over its verdict, its freeze and the worst of recover_ms. With --concurrency, unless it is the first
 * of its process: so many at once, *number is the worst of them, and the phase fails when there were fewer. */
int phase_invoke(struct drill *drill, size_t phase, const char *name, size_t *number, struct drill_error *error);

/* The first failure is the phase's. */
void phase_fail(struct drill *drill, size_t phase, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* What has failed stays so. */
void phase_skip(struct drill *drill, size_t phase, const char *reason);

#endif
