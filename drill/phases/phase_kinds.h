/*
 * phase_kinds: the phases a drill can have. Each is described in its own phase_....c; phase_kinds.c lists them.
 */
#pragma once

#include "error.h"

#include <stdbool.h>
#include <stddef.h>

struct drill;
struct step;

struct phase_kind {
   const char *name;          /* in --phases, the results and --expect */
   const char *title;         /* for people */
   const char *running_title; /* where the platform lets an idle process run; NULL if the same */
   const char *help;          /* for --help, in lines of at most 68 characters */
   bool by_default;           /* runs when --phases is not given */
   bool lambda_only;          /* no other platform has it */
   bool needs_freeze;         /* skipped where the platform lets an idle process run */
   bool takes_instances;      /* --instances is how many environments it starts, so no burst follows */
   const char *needs_front;   /* why it is skipped without the emulated replica set; NULL: it is not */
   bool is_secure;            /* needs a set with TLS and a user */
   /* Makes the phase's invocations and fills in drill_phase(drill), except its times. step says how many
    * invocations, or rounds of them; it is NULL for the burst. Returns -1 with error set when the drill can't go on. */
   int (*run)(struct drill *drill, const struct step *step, struct drill_error *error);
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
extern const struct phase_kind phase_burst; /* from --instances, runs last; not in the list */

/* In the order in which they run by default. */
extern const struct phase_kind *const phase_kinds[];
extern const size_t phase_kind_count;

/* Finds a phase by name, length bytes of text. Returns NULL if there is none, or if it is the burst. */
const struct phase_kind *phase_kind_find(const char *name, size_t length);

/* True if a phase, or the burst, has that name, length bytes of text. */
bool phase_kind_exists(const char *name, size_t length);

/* Writes "cold,warm,...": all phases, or only those that run by default. */
void phase_kind_names(char *text, size_t size, bool only_defaults);
