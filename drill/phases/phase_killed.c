/*
 * Kills an environment as if its machine vanished: the server never learns that the connections ended, so they still
 * count. How long they count depends on the server's TCP keep-alive: mongod probes an idle connection after at most 300
 * s. https://www.mongodb.com/docs/manual/faq/diagnostics/ ("Does TCP keepalive time affect MongoDB Deployments?")
 */
#include "phase.h"
#include "phase_kinds.h"

#include <signal.h>
#include <stdio.h>

#define ROUNDS 3

struct toll {
   unsigned environments;
   unsigned left; /* connections of killed functions that still count at the server */
   unsigned most; /* most that one function left */
};

/* Kills the process, while the server keeps its connections. */
static void
kill_function(struct drill *drill, struct toll *toll)
{
   struct front *front = deployment_front(drill->deployment);
   unsigned left = (unsigned)front_end_connections(front, FRONT_ENDING_SILENT, FRONT_ALL);
   pid_t process = environment_process(drill->function->environment);
   if (process > 0) {
      kill(-process, SIGKILL);
   }
   drill_end_function(drill);
   toll->environments++;
   toll->left += left;
   toll->most = left > toll->most ? left : toll->most;
}

static void
tell(struct drill *drill, const struct toll *toll)
{
   struct drill_phase *record = drill_phase(drill);
   write_text(TEXT_OUT(record->driver_did),
              "%u killed environments left %u connections at the server, at most %u each",
              toll->environments,
              toll->left,
              toll->most);
   if (toll->most > 0) {
      write_text(
         TEXT_OUT(record->advice),
         "The connections of a killed environment count against the server's connection limit until mongod has probed "
         "them, for about five minutes. At %u each, %u environments killed within that time fill a limit of 500. A "
         "client can only open fewer connections (maxPoolSize, a single-threaded client).",
         toll->most,
         500 / toll->most);
   }
}

static int
run(struct drill *drill, const struct step *step, struct drill_error *error)
{
   struct toll toll = {0};
   unsigned rounds = step->times > 1 ? step->times : ROUNDS;
   if (phase_get_ready(drill, "killed, before", error) != 0) {
      return -1;
   }
   for (unsigned i = 0; i < rounds; i++) {
      kill_function(drill, &toll);
      if (phase_invoke(drill, "killed, the next cold start", error) == NULL) {
         return -1;
      }
   }
   tell(drill, &toll);
   return 0;
}

const struct phase_kind phase_killed = {
   .name = "killed",
   .title = "Killed without FIN, then cold starts",
   .help = "by name only: the environment is killed and no FIN reaches the server:\n"
           "which connections the server still counts, and whether the next cold\n"
           "starts succeed",
   .needs_front = "needs the emulated replica set (--server), which can drop packets",
   .run = run,
};
