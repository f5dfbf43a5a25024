/*
 * sandbox: starts, watches, suspends, thaws and ends a function's process, with its Runtime API and its log. Knows
 * nothing of invocations.
 */
#pragma once

#include "freezer.h"
#include "function.h"
#include "function_root.h"
#include "memory_copy.h"
#include "process.h"
#include "runtime_api.h"
#include "violations.h"

#include <stdatomic.h>

struct sandbox {
   const struct function_config *config;
   int instance;
   struct function_root root;
   struct violations *violations;
   int wake; /* both are eventfds */
   int interrupt;

   struct runtime_api *api; /* one per process, so late requests from a previous process go nowhere */
   struct process process;
   atomic_int process_id;
   bool init_tried; /* the environment's own init phase is over, with or without success */
   bool cold;       /* has had no event yet */
   enum { SNAPSHOT_NONE, SNAPSHOT_DUE, SNAPSHOT_TAKEN } snapshot; /* with SnapStart; DUE: its process is starting */
   bool provisioned;           /* init ran before the first event, and the process was suspended after it */
   double early_init_ms;       /* duration of that init, or of the init before a snapshot */
   struct memory_copy *memory; /* copied at the snapshot; NULL: could not be read */
   int64_t started_us;
   struct memory_use memory_use;
   struct freezer freezer;
};

enum watch_end { WATCH_PHASE, WATCH_ENDED, WATCH_TIME, WATCH_MEMORY, WATCH_INTERRUPTED };

#define PHASE_BIT(phase) (1u << (phase))

/* config must be complete; the caller keeps ownership. Returns -1 with error set; clear it in any case. */
int
sandbox_init(struct sandbox *sandbox, const struct function_config *config, int instance, struct drill_error *error);
void sandbox_clear(struct sandbox *sandbox);

/* Returns 0; 1 when the program can't be executed, -1 when the host can't go on, both with error set. */
int sandbox_start(struct sandbox *sandbox, struct drill_error *error);

/* Returns the status from waitpid. */
int sandbox_end(struct sandbox *sandbox);

/* Ends the function's process as Lambda does: one with an extension gets SIGTERM and some time, one without is killed
 * at once. Ends all processes of the function; does nothing if there is none. Returns the status from waitpid. */
int sandbox_shut_down(struct sandbox *sandbox);

/* Waits until the function's phase is one of phases (PHASE_BIT), or something else ends the wait. */
enum watch_end sandbox_watch(struct sandbox *sandbox, unsigned phases, int64_t until_us);

/* Does nothing if config says to keep the process running. */
void sandbox_suspend(struct sandbox *sandbox);

void sandbox_note_memory(struct sandbox *sandbox);
