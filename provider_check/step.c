#include "step.h"

#include "invocation.h"

enum { SHORT_WAIT_MS = 200, REJECTED_MAX = 64 };

unsigned
step_short_wait_ms(const struct session *session)
{
   return session->settings->wait_ms < SHORT_WAIT_MS ? session->settings->wait_ms : SHORT_WAIT_MS;
}

bool
step_open(struct session *session)
{
   return session_open(session, NULL) == FAAS_OK;
}

enum faas_result
step_next(struct session *session, struct faas_invocation *invocation, unsigned wait_ms)
{
   enum faas_result result = invocation_next(session, invocation, wait_ms);
   for (int i = 0; result == FAAS_REJECTED && i < REJECTED_MAX; i++) {
      result = invocation_next(session, invocation, wait_ms);
   }
   return result;
}

bool
step_wait_for_event(struct session *session, struct faas_invocation *invocation)
{
   enum faas_result result = step_next(session, invocation, session->settings->wait_ms);
   if (result != FAAS_OK) {
      record_skipped(session->record,
                     RULE_INVOCATION,
                     "no event came within %d ms: %.80s",
                     session->settings->wait_ms,
                     result == FAAS_ERROR ? session->record->remark : "see --stdin, --env and --wait");
   }
   return result == FAAS_OK;
}

enum faas_result
step_respond(struct session *session, const struct faas_invocation *invocation)
{
   return invocation_answer(session, invocation, NULL, NULL, STEP_REPORT, sizeof STEP_REPORT - 1);
}

static enum faas_result
fail(struct session *session, const struct faas_invocation *invocation)
{
   return invocation_answer(
      session, invocation, "Assertion.StreamingProtocol", "expected none", STEP_REPORT, sizeof STEP_REPORT - 1);
}

void
step_stop_and_close(struct session *session)
{
   struct faas_invocation invocation;
   scripted_host_request_stop(session->host);
   for (unsigned i = 0; i < 4 && invocation_next(session, &invocation, 0) == FAAS_OK; i++) {
      (void)step_respond(session, &invocation);
   }
   session_close(session);
}

static bool
works(struct session *session, enum callback callback, enum faas_result result)
{
   record_judged(session->record, RULE_WORKS);
   if (result == FAAS_ERROR && !session->misbehaved) {
      session->record->callback = callback;
      record_violation(session->record,
                       RULE_WORKS,
                       "failed for an ordinary event or answer with FAAS_ERROR: %s",
                       session->record->remark);
      session->record->callback = CALL_NONE;
   }
   return result != FAAS_ERROR;
}

void
step_answer_all(struct session *session, bool must_work, bool fail_first)
{
   unsigned count = 0;
   unsigned rejected = 0;
   bool good = true;
   if (!step_open(session)) {
      return;
   }
   enum faas_result result = FAAS_OK;
   while (good && result != FAAS_END && count < session->settings->events + 1 && rejected < REJECTED_MAX) {
      struct faas_invocation invocation;
      bool more = count < session->settings->events;
      result = invocation_next(session, &invocation, more ? session->settings->wait_ms : step_short_wait_ms(session));
      good = must_work ? works(session, CALL_NEXT, result) : result != FAAS_ERROR;
      rejected += result == FAAS_REJECTED;
      if (result == FAAS_OK) {
         bool fails = count++ % 2 == (fail_first ? 0 : 1);
         result = fails ? fail(session, &invocation) : step_respond(session, &invocation);
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
      step_stop_and_close(session);
   } else {
      session_close(session);
   }
}
