#include "faults.h"

#include <stdio.h>
#include <string.h>

const char *
faults_name(enum front_fault_kind kind)
{
   static const char *const names[] = {
      [FRONT_FAULT_ERROR] = "error",
      [FRONT_FAULT_DELAY] = "delay",
      [FRONT_FAULT_CLOSE] = "close",
      [FRONT_FAULT_RESET] = "reset",
      [FRONT_FAULT_LOSE_REPLY] = "lose_reply",
      [FRONT_FAULT_HOLD_REPLY] = "hold_reply",
      [FRONT_FAULT_BLACK_HOLE] = "black_hole",
   };
   return names[kind];
}

int
faults_add(struct faults *faults, const struct front_fault *fault, struct drill_error *error)
{
   if (faults->count == FAULTS_MAX) {
      drill_error_set(error, "there are %d faults already, the most allowed; clear them first", FAULTS_MAX);
      return -1;
   }
   if (fault->kind == FRONT_FAULT_ERROR && fault->error_code <= 0) {
      drill_error_set(error, "a fault of kind error needs code above 0, found %d", fault->error_code);
      return -1;
   }
   if (fault->kind == FRONT_FAULT_DELAY && (fault->delay_ms == 0 || fault->delay_ms > FRONT_DELAY_MAX_MS)) {
      drill_error_set(
         error, "a fault of kind delay needs delay_ms from 1 to %d, found %u", FRONT_DELAY_MAX_MS, fault->delay_ms);
      return -1;
   }
   size_t at = faults->count++;
   faults->list[at].fault = *fault;
   faults->list[at].used = 0;
   faults->list[at].entry = timeline_begin(faults->timeline,
                                           TIMELINE_FAULT,
                                           -1,
                                           faults_name(fault->kind),
                                           "for %s",
                                           fault->command[0] == '\0' ? "any command" : fault->command);
   return 0;
}

static void
end_entry(struct faults *faults, size_t at, const char *last)
{
   char detail[128];
   unsigned used = faults->list[at].used;
   snprintf(detail, sizeof detail, "used %u time%s%s%s", used, used == 1 ? "" : "s", last[0] == '\0' ? "" : ", ", last);
   timeline_end(faults->timeline, faults->list[at].entry, false, detail);
}

void
faults_clear(struct faults *faults)
{
   for (size_t i = 0; i < faults->count; i++) {
      end_entry(faults, i, "");
   }
   faults->count = 0;
}

static bool
hits(const struct front_fault *fault, const struct command *command)
{
   if (fault->command[0] == '\0') {
      return command->kind != COMMAND_HELLO && command->kind != COMMAND_AUTHENTICATION;
   }
   return strcmp(fault->command, command->name) == 0;
}

bool
faults_take(struct faults *faults, const struct command *command, uint16_t client_port, struct front_fault *fault)
{
   for (size_t i = 0; i < faults->count; i++) {
      if (!hits(&faults->list[i].fault, command)) {
         continue;
      }
      *fault = faults->list[i].fault;
      if (++faults->list[i].used == fault->times) {
         char last[64];
         snprintf(last, sizeof last, "last on %.24s, client port %u", command->name, client_port);
         end_entry(faults, i, last);
         memmove(&faults->list[i], &faults->list[i + 1], (faults->count - i - 1) * sizeof faults->list[0]);
         faults->count--;
      }
      return true;
   }
   return false;
}
