#include "scenarios.h"

#include "allocations.h"
#include "description.h"
#include "exports.h"
#include "invocation.h"
#include "log_lines.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHORT_WAIT_MS = 200, REJECTED_MAX = 64, LARGE_BYTES = 6 * 1024 * 1024, ODD_BYTES = 1024 * 1024 };

#define REPORT "{\"verdict\":\"pass\"}"

static int
short_wait_ms(const struct session *session)
{
   return session->settings->wait_ms < SHORT_WAIT_MS ? session->settings->wait_ms : SHORT_WAIT_MS;
}

static bool
opens(struct session *session)
{
   return session_open(session, NULL) == FAAS_OK;
}

/* The next that is no rejection. */
static enum faas_result
next_event(struct session *session, struct faas_invocation *invocation, int wait_ms)
{
   enum faas_result result = invocation_next(session, invocation, wait_ms);
   for (int i = 0; result == FAAS_REJECTED && i < REJECTED_MAX; i++) {
      result = invocation_next(session, invocation, wait_ms);
   }
   return result;
}

static bool
has_event(struct session *session, struct faas_invocation *invocation)
{
   enum faas_result result = next_event(session, invocation, session->settings->wait_ms);
   if (result != FAAS_OK) {
      record_skipped(session->record,
                     RULE_INVOCATION,
                     "no event came within %d ms: %.80s",
                     session->settings->wait_ms,
                     result == FAAS_ERROR ? session->record->remark : "see --stdin, --env and --wait");
   }
   return result == FAAS_OK;
}

static enum faas_result
respond(struct session *session, const struct faas_invocation *invocation)
{
   return invocation_respond(session, invocation, REPORT, sizeof REPORT - 1);
}

/* A stop is requested; what comes nevertheless is answered. */
static void
stop_and_close(struct session *session)
{
   struct faas_invocation invocation;
   scripted_host_request_stop(session->host);
   for (unsigned i = 0; i < 4 && invocation_next(session, &invocation, 0) == FAAS_OK; i++) {
      (void)respond(session, &invocation);
   }
   session_close(session);
}

static void
run_load(struct session *session, unsigned number)
{
   char others[256];
   (void)number;
   if (exports_find_others(session->loaded.path, FAAS_PROVIDER_INIT_SYMBOL, others, sizeof others)) {
      record_judged(session->record, RULE_EXPORTS);
      if (others[0] != '\0') {
         record_violation(session->record, RULE_EXPORTS, "expected no other symbol, found %s", others);
      }
   }
   description_judge(session);
}

static void
run_open_close(struct session *session, unsigned number)
{
   struct faas_error error;
   struct record *record = session->record;
   (void)number;
   if (session_open(session, &error) == FAAS_OK) {
      session_close(session);
   } else {
      (void)snprintf(record->not_opened, sizeof record->not_opened, "%s [%.63s]", error.message, error.type);
      text_make_one_line(record->not_opened);
      text_make_utf8(record->not_opened);
   }
}

static bool
works(struct session *session, enum callback callback, enum faas_result result)
{
   record_judged(session->record, RULE_WORKS);
   if (result == FAAS_ERROR && !session->misbehaved) {
      session->record->callback = callback;
      record_violation(session->record,
                       RULE_WORKS,
                       "expected it not to fail for an ordinary event or answer, found FAAS_ERROR: %s",
                       session->record->remark);
      session->record->callback = CALL_NONE;
   }
   return result != FAAS_ERROR;
}

/* Answers what comes, well and badly in turn, until there is no more. */
static void
answer_all(struct session *session, bool must_work, bool fail_first)
{
   unsigned count = 0;
   unsigned rejected = 0;
   bool good = true;
   enum faas_result result = FAAS_OK;
   while (good && result != FAAS_END && count < session->settings->events + 1 && rejected < REJECTED_MAX) {
      struct faas_invocation invocation;
      bool more = count < session->settings->events;
      result = invocation_next(session, &invocation, more ? session->settings->wait_ms : short_wait_ms(session));
      good = must_work ? works(session, CALL_NEXT, result) : result != FAAS_ERROR;
      rejected += result == FAAS_REJECTED;
      if (result == FAAS_OK) {
         bool fails = count++ % 2 == (fail_first ? 0 : 1);
         result =
            fails ? invocation_fail(
                       session, &invocation, "Assertion.StreamingProtocol", "expected none", REPORT, sizeof REPORT - 1)
                  : respond(session, &invocation);
         good = must_work ? works(session, fails ? CALL_FAIL : CALL_RESPOND, result) : result != FAAS_ERROR;
      }
   }
   if (count == 0) {
      record_skipped(session->record,
                     RULE_INVOCATION,
                     "no event came within %d ms (see --stdin, --env and --wait)",
                     session->settings->wait_ms);
   }
   if (good && result != FAAS_END) {
      stop_and_close(session);
   } else {
      session_close(session);
   }
}

static void
run_life(struct session *session, unsigned number)
{
   if (opens(session)) {
      answer_all(session, true, number == 2);
   }
}

static void
run_stop_first(struct session *session, unsigned number)
{
   (void)number;
   if (opens(session)) {
      stop_and_close(session);
   }
}

static void
run_stop_waiting(struct session *session, unsigned number)
{
   struct faas_invocation invocation;
   (void)number;
   if (!opens(session)) {
      return;
   }
   for (unsigned i = 0; i < session->settings->events; i++) {
      if (next_event(session, &invocation, short_wait_ms(session)) != FAAS_OK) {
         session_close(session);
         return;
      }
      (void)respond(session, &invocation);
   }
   stop_and_close(session);
}

static void
run_junk(struct session *session, unsigned number)
{
   (void)number;
   if (opens(session)) {
      answer_all(session, false, false);
   }
}

/* One event, answered so. */
static void
respond_with(struct session *session, const char *report, size_t length)
{
   struct faas_invocation invocation;
   if (!opens(session)) {
      return;
   }
   if (has_event(session, &invocation) && invocation_respond(session, &invocation, report, length) == FAAS_OK) {
      stop_and_close(session);
   } else {
      session_close(session);
   }
}

static void
run_respond_empty(struct session *session, unsigned number)
{
   (void)number;
   respond_with(session, "", 0);
}

static void
run_respond_byte(struct session *session, unsigned number)
{
   (void)number;
   respond_with(session, "1", 1);
}

static void
run_respond_binary(struct session *session, unsigned number)
{
   static const char bytes[] = "\"\xff\xfe\0\xc3(\r\n\xed\xa0\x80\0%s%n\"";
   (void)number;
   respond_with(session, bytes, sizeof bytes - 1);
}

/* A JSON string of LARGE_BYTES; free it. NULL without memory. */
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

static void
run_respond_large(struct session *session, unsigned number)
{
   char *report = large_report();
   (void)number;
   if (report != NULL) {
      respond_with(session, report, LARGE_BYTES);
   }
   free(report);
}

static void
fail_with(struct session *session, const char *type, const char *message, const char *report, size_t length)
{
   struct faas_invocation invocation;
   if (!opens(session)) {
      return;
   }
   if (has_event(session, &invocation) &&
       invocation_fail(session, &invocation, type, message, report, length) == FAAS_OK) {
      stop_and_close(session);
   } else {
      session_close(session);
   }
}

static void
run_fail_bare(struct session *session, unsigned number)
{
   (void)number;
   fail_with(session, "Harness.DeadlineExceeded", "expected an end within 1 ms, found none", NULL, 0);
}

/* As long as struct faas_error allows, of all that needs care in JSON, in a header and in a format. */
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

static void
run_fail_long(struct session *session, unsigned number)
{
   char type[64];
   char message[1024];
   (void)number;
   long_failure(type, message);
   fail_with(session, type, message, REPORT, sizeof REPORT - 1);
}

static void
run_fail_large(struct session *session, unsigned number)
{
   char *report = large_report();
   (void)number;
   if (report != NULL) {
      fail_with(session, "Assertion.StreamingProtocol", "expected none", report, LARGE_BYTES);
   }
   free(report);
}

static void
run_init_failed(struct session *session, unsigned number)
{
   char type[64];
   char message[1024];
   if (session->loaded.provider.init_failed == NULL) {
      session->record->swept = true;
      return;
   }
   if (!opens(session)) {
      return;
   }
   if (number == 1) {
      session_init_failed(session, "Harness.NoUri", "expected a connection string, found none");
   } else {
      long_failure(type, message);
      session_init_failed(session, type, message);
      session->record->swept = true;
   }
   session_close(session);
}

static void
run_log_lines(struct session *session, unsigned number)
{
   (void)number;
   if (session->loaded.provider.format_log != NULL && opens(session)) {
      log_lines_try(session);
      log_lines_try_threads(session);
      stop_and_close(session);
   }
}

static void
run_caller_gone(struct session *session, unsigned number)
{
   struct faas_invocation invocation;
   (void)number;
   if (session->loaded.provider.caller_gone == NULL || !opens(session)) {
      return;
   }
   if (has_event(session, &invocation)) {
      invocation_caller_gone(session, &invocation);
      if (respond(session, &invocation) == FAAS_OK) {
         stop_and_close(session);
         return;
      }
   }
   session_close(session);
}

struct odd_value {
   const char *label;
   const char *value;
};

static const struct odd_value odd_values[] = {
   {"(empty)", ""},
   {"-1", "-1"},
   {"99999999999999999999", "99999999999999999999"},
   {"(a format)", "%s%n%100000d"},
   {"(two lines)", "one\ntwo"},
   {"(no UTF-8)", "\xff\xfe\xc3"},
   {"(characters of four bytes)",
    "\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83"
    "\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83"
    "\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83"
    "\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83"
    "\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83"},
   {"(1 MB)", NULL},
};

static void
run_odd_options(struct session *session, unsigned number)
{
   size_t values = sizeof odd_values / sizeof odd_values[0];
   const struct faas_option *option = session->loaded.provider.options;
   size_t skip = (number - 1) / values;
   while (skip > 0 && option != NULL && option->name != NULL) {
      option++;
      skip--;
   }
   if (option == NULL || option->name == NULL) {
      session->record->swept = true;
      return;
   }
   const struct odd_value *odd = &odd_values[(number - 1) % values];
   char *large = calloc(1, ODD_BYTES + 1);
   if (large == NULL) {
      return;
   }
   memset(large, 'x', ODD_BYTES);
   (void)snprintf(
      session->record->scenario, sizeof session->record->scenario, "odd option %.40s=%s", option->name, odd->label);
   session->host->odd_option = option->name;
   session->host->odd_value = odd->value == NULL ? large : odd->value;
   if (opens(session)) {
      answer_all(session, false, false);
   }
   free(large);
}

static void
run_host_memory(struct session *session, unsigned number)
{
   session->host->failing = number;
   if (opens(session)) {
      answer_all(session, false, false);
   }
   session->record->swept = session->host->calls < number;
}

static void
run_own_memory(struct session *session, unsigned number)
{
   if (!allocations_are_seen()) {
      session->record->swept = true;
      return;
   }
   allocations_fail(number);
   if (opens(session)) {
      answer_all(session, false, false);
   }
   session->record->swept = allocations_count() < number;
}

const struct scenario scenarios[] = {
   {"load", "loaded and looked at", INPUT_EVENTS, 0, true, run_load},
   {"open and close", "nothing between them", INPUT_EVENTS, 0, true, run_open_close},
   {"life", "every event answered, well and badly in turn, until there is no more", INPUT_EVENTS, 2, false, run_life},
   {"stop first", "a stop is requested before the first next", INPUT_EVENTS, 0, false, run_stop_first},
   {"stop while waiting", "a stop is requested while next waits", INPUT_SILENT, 0, false, run_stop_waiting},
   {"junk", "stdin has bytes that are no events", INPUT_JUNK, 0, false, run_junk},
   {"respond: empty", "a report of no bytes", INPUT_EVENTS, 0, false, run_respond_empty},
   {"respond: a byte", "a report of one byte", INPUT_EVENTS, 0, false, run_respond_byte},
   {"respond: binary", "a report with NUL and bytes that are not UTF-8", INPUT_EVENTS, 0, false, run_respond_binary},
   {"respond: 6 MB", "the largest report Lambda takes", INPUT_EVENTS, 0, false, run_respond_large},
   {"fail: no report", "a failure without a report", INPUT_EVENTS, 0, false, run_fail_bare},
   {"fail: long", "a type and a message as long as they may be", INPUT_EVENTS, 0, false, run_fail_long},
   {"fail: 6 MB", "a failure with a large report", INPUT_EVENTS, 0, false, run_fail_large},
   {"init_failed", "the start failed after open", INPUT_EVENTS, 2, false, run_init_failed},
   {"caller_gone", "asked while an invocation is open", INPUT_EVENTS, 0, false, run_caller_gone},
   {"log lines", "lines long and odd, and from four threads at once", INPUT_EVENTS, 0, false, run_log_lines},
   {"odd option", "each option with odd values", INPUT_EVENTS, 512, true, run_odd_options},
   {"no memory of the host's",
    "a life in which the n-th allocate finds none",
    INPUT_EVENTS,
    200,
    false,
    run_host_memory},
   {"no memory",
    "a life in which the n-th malloc of its own code finds none",
    INPUT_EVENTS,
    200,
    false,
    run_own_memory},
   {0}};
