/*
 * slow_case: one invocation of the drill's own function, with a slow member or with none, and its outcome.
 */
#pragma once

#include "drill.h"
#include "slow_verdict.h"

/* What functions inserted since since_us. */
struct slow_written slow_written_since(struct drill *drill, int64_t since_us);

/* Invokes while no member is slow, so a failure fails the phase. Both functions return -1 with error set when the drill
 * can't go on. */
int slow_case_in_time(struct drill *drill, const char *name, struct slow_usual *usual, struct drill_error *error);

/* Invokes with the member of one delayed by one's late_ms, in a process that is cold or has been invoked before; with
 * uri_options (NULL for none), in a process of its own. Excuses a failure, so that slow_case_fails can judge it. */
int slow_case_hold(struct drill *drill, struct slow_case *one, const char *uri_options, struct drill_error *error);
