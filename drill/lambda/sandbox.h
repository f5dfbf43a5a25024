/*
 * sandbox: the process of a function with its Runtime API and its log: started, watched, suspended, thawed, ended.
 * Knows nothing of invocations.
 */
#ifndef FAAS_DRILL_SANDBOX_H
#define FAAS_DRILL_SANDBOX_H

#include "freezer.h"
#include "function.h"
#include "function_log.h"
#include "function_process.h"
#include "function_root.h"
#include "launch.h"
#include "memory_copy.h"
#include "memory_use.h"
#include "process.h"
#include "runtime_api.h"
#include "violations.h"

#include <stdatomic.h>

struct sandbox {
   const struct function_config *config;
   int instance;
   struct launch launch;
   struct function_root root;
   struct violations *violations;
   struct function_log *log;
   int wake; /* eventfds */
   int interrupt;

   struct runtime_api *api; /* one for each process: what an old one still sends meets nobody */
   struct process process;
   atomic_int process_id;
   bool init_tried; /* the environment's own init phase is over, however it went */
   bool cold;       /* no event yet */
   enum { SNAPSHOT_NONE, SNAPSHOT_DUE, SNAPSHOT_TAKEN } snapshot; /* of SnapStart: its process is started for one */
   bool provisioned;           /* init came before the first event, and was suspended */
   double early_init_ms;       /* of that, or of a snapshot */
   struct memory_copy *memory; /* at the snapshot; NULL: it could not be read */
   int64_t started_us;
   struct memory_use memory_use;
   struct freezer freezer;
};

enum watch_end { WATCH_PHASE, WATCH_ENDED, WATCH_TIME, WATCH_MEMORY, WATCH_INTERRUPTED };

#define PHASE_BIT(phase) (1u << (phase))

/* config is complete, and stays the caller's. -1 with error set; clear it in any case. */
int
sandbox_init(struct sandbox *sandbox, const struct function_config *config, int instance, struct drill_error *error);
void sandbox_clear(struct sandbox *sandbox);

/* 0; 1 when the program can't be executed, -1 when the host can't go on, both with error set. */
int sandbox_start(struct sandbox *sandbox, struct drill_error *error);

/* The status as waitpid has it. */
int sandbox_end(struct sandbox *sandbox);

/* Until the function's phase is one of phases (PHASE_BIT), or something ends that wait. */
enum watch_end sandbox_watch(struct sandbox *sandbox, unsigned phases, int64_t until_us);

/* Not when config says to keep it running. */
void sandbox_suspend(struct sandbox *sandbox);
/* As freezer_thaw. */
void sandbox_thaw(struct sandbox *sandbox, struct invocation_result *result);

void sandbox_note_memory(struct sandbox *sandbox);

#endif
