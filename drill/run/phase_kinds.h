/*
 * phase_kinds: the phases a drill can have. Each is described in a phase_….c of its own; phase_kinds.c lists them.
 */
#ifndef FAAS_DRILL_PHASE_KINDS_H
#define FAAS_DRILL_PHASE_KINDS_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>

struct drill;
struct step;

struct phase_kind {
   const char *name;          /* of --phases, the results and --expect */
   const char *title;         /* for people */
   const char *running_title; /* where the platform lets an idle process run; NULL: the same */
   const char *help;          /* for --help, lines of at most 68 characters */
   bool by_default;           /* held when --phases does not say which */
   bool is_lambdas;           /* no other platform has it */
   bool needs_freeze;         /* skipped where the platform lets an idle process run */
   bool takes_instances;      /* --instances is how many environments it starts, so no burst follows */
   bool is_secure;            /* needs a set with TLS and a user */
   /* Makes its invocations and fills the phase of that index but for its times. step says how many invocations, or
    * rounds of them; of the burst it is NULL. -1 with error set when the drill can't go on. */
   int (*run)(struct drill *drill, size_t phase, const struct step *step, struct drill_error *error);
};

extern const struct phase_kind phase_cold;
extern const struct phase_kind phase_warm;
extern const struct phase_kind phase_frozen;
extern const struct phase_kind phase_outage;
extern const struct phase_kind phase_failover;
extern const struct phase_kind phase_dropped;
extern const struct phase_kind phase_restore;
extern const struct phase_kind phase_init_frozen;
extern const struct phase_kind phase_killed;
extern const struct phase_kind phase_timeout;
extern const struct phase_kind phase_storm;
extern const struct phase_kind phase_overload;
extern const struct phase_kind phase_rotated;
extern const struct phase_kind phase_moved;
extern const struct phase_kind phase_coldstart;
extern const struct phase_kind phase_slow;
extern const struct phase_kind phase_burst; /* of --instances, at the end; none of the list */

/* In the order in which they are held by default. */
extern const struct phase_kind *const phase_kinds[];
extern const size_t phase_kind_count;

/* By its name, length bytes of text; NULL: there is none, or it is the burst. */
const struct phase_kind *phase_kind_find(const char *name, size_t length);

/* "cold,warm,…": all, or those that are held by default. */
void phase_kind_names(char *text, size_t size, bool only_defaults);

#endif
