/* faas-harness's own report is a second source: if it and the wire differ, one of them is wrong. Writes are compared
 * elsewhere, document by document (record_matches). */
#include "judge.h"

#include <stdio.h>
#include <string.h>

/* How long after an answer its earlier traffic may still arrive, at either end of a connection. */
#define SLACK_US 50000

/* One process, through its invocations so far. */
struct process {
   int instance;
   int64_t began_us;
   int64_t window_us; /* where the next report begins */
   bool known;        /* every invocation of it so far passed, was alone, and has a report */
   unsigned long awaited;
   unsigned long heartbeats_failed;
};

struct wire {
   unsigned long during; /* commands of the invocation itself */
   unsigned long window; /* these, and those since the previous invocation */
   unsigned long failed; /* failed commands of the invocation itself */
};

/* Whether libmongoc reports the command. It checks idle connections with a ping that it does not report; an endSessions
 * may come from the previous process. */
static bool
is_told(const struct witness_command *command)
{
   return strcmp(command->name, "ping") != 0 && strcmp(command->name, "endSessions") != 0;
}

/* Whether a driver reports the command as failed: not for a reply with write errors, which have no name here. */
static bool
is_failure(const struct witness_command *command)
{
   return command->outcome == WITNESS_NO_REPLY || (command->outcome == WITNESS_ERROR && command->error_name[0] != '\0');
}

static struct wire
count_commands(const struct witness_facts *facts, int64_t from_us, const struct judge_invocation *during)
{
   struct wire wire = {0};
   for (size_t i = 0; i < facts->command_count; i++) {
      const struct witness_command *command = &facts->commands[i];
      if (command->start_us < from_us - SLACK_US || command->start_us > during->end_us || !is_told(command)) {
         continue;
      }
      bool within = command->start_us >= during->start_us;
      wire.window++;
      wire.during += within ? 1 : 0;
      wire.failed += within && is_failure(command) && command->end_us <= during->end_us ? 1 : 0;
   }
   return wire;
}

static unsigned long
count_awaitable(const struct witness_facts *facts, int64_t from_us, int64_t until_us)
{
   unsigned long count = 0;
   for (size_t i = 0; i < facts->hello_count && facts->hellos[i].start_us <= until_us; i++) {
      count += facts->hellos[i].start_us >= from_us && facts->hellos[i].kind != WITNESS_PLAIN ? 1 : 0;
   }
   return count;
}

/* The process's first handshake with another env; NULL if one of its handshakes has this env, or if there is none. */
static const struct witness_handshake *
find_other_env(const struct witness_facts *facts, int64_t from_us, int64_t until_us, const char *name)
{
   const struct witness_handshake *other = NULL;
   for (size_t i = 0; i < facts->connection_count; i++) {
      const struct witness_connection *one = &facts->connections[i];
      if (one->opened_us < from_us || one->opened_us > until_us || one->handshake >= facts->handshake_count) {
         continue;
      }
      const struct witness_handshake *handshake = &facts->handshakes[one->handshake];
      if (strcmp(handshake->env_name, name) == 0) {
         return NULL;
      }
      other = other == NULL ? handshake : other;
   }
   return other;
}

/* Writes to text what differs. Returns false if nothing does. A report also counts as failed a command that could not
 * be sent, and one whose reply came too late. */
static bool
commands_differ(const struct judge_report *report, const struct wire *wire, char *text, size_t size)
{
   unsigned long good = report->commands > report->commands_failed ? report->commands - report->commands_failed : 0;
   if (wire->during > report->commands) {
      (void)snprintf(text, size, "the report has %u commands, the server received %lu", report->commands, wire->during);
   } else if (good > wire->window) {
      (void)snprintf(text, size, "the report has %lu successful commands, the server received %lu", good, wire->window);
   } else if (wire->failed > report->commands_failed) {
      (void)snprintf(text,
                     size,
                     "the report has %u failed commands, the server saw %lu fail",
                     report->commands_failed,
                     wire->failed);
   } else {
      return false;
   }
   return true;
}

/* Compares the whole process so far, because a heartbeat may be in either of two reports. */
static bool
heartbeats_differ(const struct judge_case *seen,
                  const struct process *process,
                  const struct judge_invocation *one,
                  char *text,
                  size_t size)
{
   unsigned long least = count_awaitable(seen->facts, process->began_us, one->start_us);
   unsigned long most = count_awaitable(seen->facts, process->began_us, one->end_us + SLACK_US);
   if (process->awaited < least || process->awaited > most + process->heartbeats_failed) {
      (void)snprintf(text,
                     size,
                     "the reports have %lu awaited heartbeats so far, the server received %lu awaitable hellos",
                     process->awaited,
                     process->awaited < least ? least : most);
      return true;
   }
   return false;
}

static bool
env_differs(const struct judge_case *seen,
            const struct process *process,
            const struct judge_invocation *one,
            char *text,
            size_t size)
{
   const struct witness_handshake *other =
      one->report.has_handshake ? find_other_env(seen->facts, process->began_us, one->end_us, one->report.env_name)
                                : NULL;
   if (other != NULL) {
      (void)snprintf(text,
                     size,
                     "the report has client.env.name \"%s\", the server received \"%s\"",
                     one->report.env_name,
                     other->env_name);
   }
   return other != NULL;
}

/* If an invocation can't be compared, later ones of the process can't be either, because its unfinished work comes
 * later. */
static void
follow(struct process *process, const struct judge_invocation *one)
{
   if (one->cold) {
      *process = (struct process){
         .instance = one->instance, .began_us = one->start_us, .window_us = one->start_us, .known = true};
   }
   process->known =
      process->known && process->instance == one->instance && one->alone && one->passed && one->has_report;
   process->awaited += one->report.heartbeats_awaited;
   process->heartbeats_failed += one->report.heartbeats_failed;
}

void
rule_report_agrees(const struct judge_case *seen, struct finding *finding)
{
   struct process process = {.instance = -1};
   unsigned long reports = 0, compared = 0, commands = 0;
   char text[160] = "";
   for (size_t i = 0; i < seen->invocation_count; i++) {
      const struct judge_invocation *one = &seen->invocations[i];
      reports += one->has_report ? 1 + one->more : 0;
      follow(&process, one);
      if (!process.known || seen->facts->counts.left_out > 0) {
         continue;
      }
      const struct wire wire = count_commands(seen->facts, process.window_us, one);
      if (commands_differ(&one->report, &wire, text, sizeof text) ||
          heartbeats_differ(seen, &process, one, text, sizeof text) ||
          env_differs(seen, &process, one, text, sizeof text)) {
         finding_fail(finding, "a report of phase %s and the wire differ: %s", one->name, text);
         return;
      }
      process.window_us = one->end_us;
      compared += 1 + one->more;
      commands += one->report.commands;
   }
   if (compared > 0) {
      finding_pass(finding,
                   "%lu report%s and the wire agree on %lu command%s, awaited heartbeats and client.env",
                   compared,
                   plural(compared),
                   commands,
                   plural(commands));
   } else {
      finding_skip(finding,
                   reports > 0 ? "needs a process that is alone with the database and has not failed"
                               : "the function's answers are not faas-harness reports");
   }
}
