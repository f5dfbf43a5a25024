#include "scenarios.h"

#include "invocation.h"
#include "step.h"

#include <stdlib.h>
#include <string.h>

enum { LARGE_BYTES = 6 * 1024 * 1024 };

/* Answers one event with this report; as a failure, unless type is NULL. */
static void
answer_with(struct session *session, const char *type, const char *message, const char *report, size_t length)
{
   struct faas_invocation invocation;
   if (!step_open(session)) {
      return;
   }
   if (step_wait_for_event(session, &invocation) &&
       invocation_answer(session, &invocation, type, message, report, length) == FAAS_OK) {
      step_stop_and_close(session);
   } else {
      session_close(session);
   }
}

void
scenario_respond_empty(struct session *session)
{
   answer_with(session, NULL, NULL, "", 0);
}

void
scenario_respond_byte(struct session *session)
{
   answer_with(session, NULL, NULL, "1", 1);
}

void
scenario_respond_binary(struct session *session)
{
   static const char bytes[] = "\"\xff\xfe\0\xc3(\r\n\xed\xa0\x80\0%s%n\"";
   answer_with(session, NULL, NULL, bytes, sizeof bytes - 1);
}

/* A JSON string of LARGE_BYTES; free it. Returns NULL when out of memory. */
static char *
large_report(void)
{
   char *report = malloc(LARGE_BYTES);
   if (report != NULL) {
      memset(report, 'x', LARGE_BYTES);
      report[0] = report[LARGE_BYTES - 1] = '"';
   }
   return report;
}

void
scenario_respond_large(struct session *session)
{
   char *report = large_report();
   if (report != NULL) {
      answer_with(session, NULL, NULL, report, LARGE_BYTES);
   }
   free(report);
}

void
scenario_fail_bare(struct session *session)
{
   answer_with(session, "Harness.DeadlineExceeded", "expected an end within 1 ms, found none", NULL, 0);
}

/* Makes texts as long as struct faas_error allows, of everything that needs care in JSON, in a header and in a format.
 */
static void
long_failure(char type[64], char message[1024])
{
   static const char piece[] = "\"quoted\" \\ 100% %s%n </script> {}[] \xc3\xa9 \xf0\x9f\x8d\x83 ";
   memset(type, 'A', 63);
   type[9] = '.';
   type[63] = '\0';
   size_t used = 0;
   while (used + sizeof piece - 1 < 1024) {
      memcpy(message + used, piece, sizeof piece - 1);
      used += sizeof piece - 1;
   }
   memset(message + used, '"', 1023 - used);
   message[1023] = '\0';
}

void
scenario_fail_long(struct session *session)
{
   char type[64];
   char message[1024];
   long_failure(type, message);
   answer_with(session, type, message, STEP_REPORT, sizeof STEP_REPORT - 1);
}

void
scenario_fail_large(struct session *session)
{
   char *report = large_report();
   if (report != NULL) {
      answer_with(session, "Assertion.StreamingProtocol", "expected none", report, LARGE_BYTES);
   }
   free(report);
}

void
scenario_init_failed(struct session *session)
{
   char type[64];
   char message[1024];
   if (session->loaded.provider.init_failed == NULL) {
      session->record->swept = true;
      return;
   }
   if (!step_open(session)) {
      return;
   }
   if (session->number == 1) {
      session_init_failed(session, "Harness.NoUri", "expected a connection string, found none");
   } else {
      long_failure(type, message);
      session_init_failed(session, type, message);
      session->record->swept = true;
   }
   session_close(session);
}

void
scenario_caller_gone(struct session *session)
{
   struct faas_invocation invocation;
   if (session->loaded.provider.caller_gone == NULL || !step_open(session)) {
      return;
   }
   if (step_wait_for_event(session, &invocation)) {
      invocation_caller_gone(session, &invocation);
      if (step_respond(session, &invocation) == FAAS_OK) {
         step_stop_and_close(session);
         return;
      }
   }
   session_close(session);
}
