#include "scenarios.h"

#include "step.h"
#include "utf8.h"

#include <stdio.h>

void
scenario_open_close(struct session *session)
{
   struct faas_error error;
   struct record *record = session->record;
   if (session_open(session, &error) == FAAS_OK) {
      session_close(session);
   } else {
      (void)snprintf(record->not_opened, sizeof record->not_opened, "%s [%.63s]", error.message, error.type);
      utf8_make_one_line(record->not_opened);
   }
}

void
scenario_life(struct session *session)
{
   step_answer_all(session, true, session->number == 2);
}

void
scenario_stop_first(struct session *session)
{
   if (step_open(session)) {
      step_stop_and_close(session);
   }
}

void
scenario_stop_waiting(struct session *session)
{
   struct faas_invocation invocation;
   if (!step_open(session)) {
      return;
   }
   for (unsigned i = 0; i < session->settings->events; i++) {
      if (step_next(session, &invocation, step_short_wait_ms(session)) != FAAS_OK) {
         session_close(session);
         return;
      }
      (void)step_respond(session, &invocation);
   }
   step_stop_and_close(session);
}

void
scenario_junk(struct session *session)
{
   step_answer_all(session, false, false);
}
