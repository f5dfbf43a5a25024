#include "scenarios.h"

#include "invocation.h"
#include "outcome.h"
#include "step.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

/* The harness opens at most 64; whatever goes wrong with so many goes wrong with eight. */
enum { THREADS_MAX = 8, REJECTED_MAX = 64 };

/* What the threads share. */
struct crowd {
   struct session *session;
   unsigned threads;
   pthread_mutex_t next_lock; /* held around next if the provider demands it */
   pthread_mutex_t lock;      /* guards everything below */
   pthread_cond_t changed;    /* on the monotonic clock */
   bool over;                 /* a next returned FAAS_END or FAAS_ERROR */
   bool released;             /* nobody waits for the others any more */
   unsigned open;
   unsigned most_open;
   const char *ids[THREADS_MAX]; /* of the open invocations */
};

struct member {
   struct crowd *crowd;
   pthread_t thread;
   unsigned place;
};

static unsigned
threads_of(const struct session *session)
{
   unsigned open = loader_open_invocations(&session->loaded.provider, session->state);
   return open < THREADS_MAX ? open : THREADS_MAX;
}

static bool
is_over(struct crowd *crowd)
{
   (void)pthread_mutex_lock(&crowd->lock);
   bool over = crowd->over;
   (void)pthread_mutex_unlock(&crowd->lock);
   return over;
}

static enum faas_result
ask_next(struct crowd *crowd, struct faas_invocation *invocation)
{
   struct session *session = crowd->session;
   bool alone = session->loaded.provider.threads == FAAS_THREADS_NEXT_ALONE;
   bool misbehaved = false;
   struct outcome_error error;
   enum faas_result result = FAAS_END;
   outcome_error_init(&error);
   if (alone) {
      (void)pthread_mutex_lock(&crowd->next_lock);
   }
   if (!is_over(crowd)) {
      session->record->callback = CALL_NEXT;
      result = session->loaded.provider.next(session->state, invocation, &error.error);
      result = outcome_judge(session->record, CALL_NEXT, result, &error, &misbehaved);
   }
   if (result == FAAS_END || result == FAAS_ERROR) {
      (void)pthread_mutex_lock(&crowd->lock);
      crowd->over = true;
      (void)pthread_cond_broadcast(&crowd->changed);
      (void)pthread_mutex_unlock(&crowd->lock);
   }
   if (alone) {
      (void)pthread_mutex_unlock(&crowd->next_lock);
   }
   return result;
}

/* Call with the lock held. No other open invocation may have this id. */
static void
judge_id(struct crowd *crowd, const char *id)
{
   for (unsigned i = 0; i < crowd->threads; i++) {
      if (crowd->ids[i] != NULL && strcmp(crowd->ids[i], id) == 0) {
         record_violation(crowd->session->record, RULE_AT_ONCE, "two open invocations have the same id \"%.60s\"", id);
      }
   }
}

/* Waits until every thread has an invocation open, or until the wait is cancelled. */
static void
stay_open(struct member *member, const struct faas_invocation *invocation)
{
   struct crowd *crowd = member->crowd;
   (void)pthread_mutex_lock(&crowd->lock);
   judge_id(crowd, invocation->id);
   crowd->ids[member->place] = invocation->id;
   crowd->open++;
   crowd->most_open = crowd->open > crowd->most_open ? crowd->open : crowd->most_open;
   (void)pthread_cond_broadcast(&crowd->changed);
   while (crowd->most_open < crowd->threads && !crowd->released && !crowd->over) {
      (void)pthread_cond_wait(&crowd->changed, &crowd->lock);
   }
   (void)pthread_mutex_unlock(&crowd->lock);
}

static void
answer(struct member *member, const struct faas_invocation *invocation)
{
   struct crowd *crowd = member->crowd;
   struct session *session = crowd->session;
   const struct faas_provider *provider = &session->loaded.provider;
   bool misbehaved = false;
   bool fails = member->place % 2 == 1;
   enum callback callback = fails ? CALL_FAIL : CALL_RESPOND;
   struct faas_failure failure = {.size = sizeof failure,
                                  .type = "Assertion.StreamingProtocol",
                                  .message = "expected none",
                                  .report = STEP_REPORT,
                                  .report_length = sizeof STEP_REPORT - 1};
   struct outcome_error error;
   outcome_error_init(&error);
   session->record->callback = callback;
   enum faas_result result =
      fails ? provider->fail(session->state, invocation, &failure, &error.error)
            : provider->respond(session->state, invocation, STEP_REPORT, sizeof STEP_REPORT - 1, &error.error);
   result = outcome_judge(session->record, callback, result, &error, &misbehaved);
   if (result == FAAS_ERROR && !misbehaved) {
      record_violation(session->record,
                       RULE_AT_ONCE,
                       "answering while others are open failed with FAAS_ERROR: %.300s",
                       error.error.message);
   }
}

static void *
run(void *argument)
{
   struct member *member = argument;
   struct crowd *crowd = member->crowd;
   unsigned rejected = 0;
   while (rejected < REJECTED_MAX) {
      struct faas_invocation invocation = {.size = sizeof invocation, .deadline_unix_ms = FAAS_NO_DEADLINE};
      enum faas_result result = ask_next(crowd, &invocation);
      if (result == FAAS_REJECTED) {
         rejected++;
         continue;
      }
      if (result != FAAS_OK || invocation_fault(&invocation) != NULL) {
         break; /* other scenarios report what is wrong with it */
      }
      uint64_t before = invocation_sum(&invocation);
      stay_open(member, &invocation);
      if (invocation_sum(&invocation) != before) {
         record_violation(
            crowd->session->record, RULE_AT_ONCE, "id, payload or attributes changed while others were open");
      }
      (void)pthread_mutex_lock(&crowd->lock);
      crowd->ids[member->place] = NULL;
      crowd->open--;
      (void)pthread_mutex_unlock(&crowd->lock);
      answer(member, &invocation);
   }
   return NULL;
}

/* Waits until every thread has an invocation open, but at most wait_ms. */
static void
wait_for_all(struct crowd *crowd, unsigned wait_ms)
{
   struct timespec until;
   (void)clock_gettime(CLOCK_MONOTONIC, &until);
   until.tv_sec += wait_ms / 1000;
   until.tv_nsec += (long)(wait_ms % 1000) * 1000000;
   if (until.tv_nsec >= 1000000000) {
      until.tv_sec++;
      until.tv_nsec -= 1000000000;
   }
   int waited = 0;
   (void)pthread_mutex_lock(&crowd->lock);
   while (crowd->most_open < crowd->threads && !crowd->over && waited == 0) {
      waited = pthread_cond_timedwait(&crowd->changed, &crowd->lock, &until);
   }
   crowd->released = true;
   (void)pthread_cond_broadcast(&crowd->changed);
   (void)pthread_mutex_unlock(&crowd->lock);
}

static void
gather(struct crowd *crowd, struct member *members)
{
   struct record *record = crowd->session->record;
   unsigned started = 0;
   for (; started < crowd->threads; started++) {
      members[started] = (struct member){.crowd = crowd, .place = started};
      if (pthread_create(&members[started].thread, NULL, run, &members[started]) != 0) {
         break;
      }
   }
   wait_for_all(crowd, crowd->session->settings->wait_ms);
   scripted_host_request_stop(crowd->session->host);
   for (unsigned i = 0; i < started; i++) {
      (void)pthread_join(members[i].thread, NULL);
   }
   record->callback = CALL_NONE;
   if (crowd->most_open < 2) {
      record_skipped(record,
                     RULE_AT_ONCE,
                     "only %u of %u invocations were open at once within %d ms (see --wait; is there a sender?)",
                     crowd->most_open,
                     crowd->threads,
                     crowd->session->settings->wait_ms);
   } else {
      record_judged(record, RULE_AT_ONCE);
   }
}

void
scenario_at_once(struct session *session)
{
   struct member members[THREADS_MAX];
   struct crowd crowd = {.session = session, .next_lock = PTHREAD_MUTEX_INITIALIZER, .lock = PTHREAD_MUTEX_INITIALIZER};
   pthread_condattr_t attributes;
   if (session->loaded.provider.threads == FAAS_THREADS_ONE || !step_open(session)) {
      return;
   }
   crowd.threads = threads_of(session);
   if (crowd.threads > 1) {
      (void)pthread_condattr_init(&attributes);
      (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
      (void)pthread_cond_init(&crowd.changed, &attributes);
      (void)pthread_condattr_destroy(&attributes);
      gather(&crowd, members);
      (void)pthread_cond_destroy(&crowd.changed);
   }
   step_stop_and_close(session);
}
