#include "invocation.h"

#include "guard_bytes.h"
#include "outcome.h"
#include "words.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What next is given to fill. */
struct guarded_invocation {
   struct faas_invocation invocation;
   unsigned char guard[GUARD_BYTES];
};

const char *
invocation_fault(const struct faas_invocation *invocation)
{
   if (invocation->id == NULL) {
      return "id NULL";
   }
   const char *fault = words_string_fault(invocation->id);
   if (fault != NULL) {
      return strcmp(fault, "an empty text") == 0 ? "an empty id" : "an id that is not one line of UTF-8";
   }
   if (invocation->payload == NULL && invocation->payload_length > 0) {
      return "payload NULL with a length";
   }
   if (invocation->deadline_unix_ms <= 0) {
      return "a deadline that is neither a time nor FAAS_NO_DEADLINE";
   }
   if (invocation->attributes == NULL && invocation->attribute_count > 0) {
      return "attributes NULL with a count";
   }
   for (size_t i = 0; i < invocation->attribute_count; i++) {
      if (words_string_fault(invocation->attributes[i].name) != NULL || invocation->attributes[i].value == NULL) {
         return "an attribute without a name or a value";
      }
   }
   return NULL;
}

/* FNV-1a. */
static void
sum_add(uint64_t *sum, const char *bytes, size_t length)
{
   for (size_t i = 0; i < length; i++) {
      *sum = (*sum ^ (unsigned char)bytes[i]) * 0x100000001b3u;
   }
}

uint64_t
invocation_sum(const struct faas_invocation *invocation)
{
   uint64_t sum = 0xcbf29ce484222325u;
   sum_add(&sum, invocation->id, strlen(invocation->id));
   sum_add(&sum, invocation->payload, invocation->payload_length);
   for (size_t i = 0; i < invocation->attribute_count; i++) {
      sum_add(&sum, invocation->attributes[i].name, strlen(invocation->attributes[i].name));
      sum_add(&sum, invocation->attributes[i].value, strlen(invocation->attributes[i].value));
   }
   return sum;
}

static enum faas_result
judge_invocation(struct session *session, const struct guarded_invocation *guarded)
{
   struct record *record = session->record;
   record_judged(record, RULE_INVOCATION);
   guard_bytes_judge(record, guarded->guard, "struct faas_invocation");
   if (guarded->invocation.size != sizeof guarded->invocation) {
      record_violation(record, RULE_BOUNDS, "size must stay as the host set it, found %zu", guarded->invocation.size);
   }
   const char *fault = invocation_fault(&guarded->invocation);
   if (fault != NULL) {
      record_violation(record, RULE_INVOCATION, "the invocation is incomplete: %s", fault);
      session->misbehaved = true;
      return FAAS_ERROR;
   }
   session->handed_out = invocation_sum(&guarded->invocation);
   return FAAS_OK;
}

static void
judge_stop(struct session *session, bool was_requested, enum faas_result result)
{
   if (was_requested) {
      record_judged(session->record, RULE_STOP);
      session->after_stop += result != FAAS_END && result != FAAS_ERROR;
      /* Tolerate one: it may have been on its way. */
      if (session->after_stop == 2) {
         record_violation(session->record,
                          RULE_STOP,
                          "next kept returning invocations instead of FAAS_END after a stop was requested");
      }
   }
}

/* Asks the provider to stop when its next has been silent for long enough. Must not move until watchdog_join. */
struct watchdog {
   struct scripted_host *host;
   unsigned wait_ms;
   bool running;
   pthread_t thread;
   sem_t done;
};

static void *
watch(void *context)
{
   struct watchdog *watchdog = context;
   struct timespec until;
   int status = 0;
   (void)clock_gettime(CLOCK_REALTIME, &until);
   until.tv_sec += watchdog->wait_ms / 1000;
   until.tv_nsec += watchdog->wait_ms % 1000 * 1000000L;
   if (until.tv_nsec >= 1000000000L) {
      until.tv_sec++;
      until.tv_nsec -= 1000000000L;
   }
   do {
      status = sem_timedwait(&watchdog->done, &until);
   } while (status != 0 && errno == EINTR);
   if (status != 0) {
      scripted_host_request_stop(watchdog->host);
   }
   return NULL;
}

static void
watchdog_start(struct watchdog *watchdog, struct scripted_host *host, unsigned wait_ms)
{
   *watchdog = (struct watchdog){.host = host, .wait_ms = wait_ms};
   (void)sem_init(&watchdog->done, 0, 0);
   watchdog->running = pthread_create(&watchdog->thread, NULL, watch, watchdog) == 0;
}

static void
watchdog_join(struct watchdog *watchdog)
{
   (void)sem_post(&watchdog->done);
   if (watchdog->running) {
      (void)pthread_join(watchdog->thread, NULL);
   }
   (void)sem_destroy(&watchdog->done);
}

enum faas_result
invocation_next(struct session *session, struct faas_invocation *invocation, unsigned wait_ms)
{
   struct record *record = session->record;
   struct outcome_error error;
   struct guarded_invocation guarded = {
      .invocation = {.size = sizeof guarded.invocation, .deadline_unix_ms = FAAS_NO_DEADLINE}};
   struct watchdog watchdog;
   bool stopped = atomic_load(&session->host->stop);
   outcome_error_init(&error);
   guard_bytes_fill(guarded.guard, sizeof guarded.guard);
   if (!stopped) {
      watchdog_start(&watchdog, session->host, wait_ms);
   }
   call_begin(record, CALL_NEXT);
   enum faas_result result = session->loaded.provider.next(session->state, &guarded.invocation, &error.error);
   call_end(record, (int)result == FAAS_REJECTED);
   if (!stopped) {
      watchdog_join(&watchdog);
   }
   result = outcome_judge(record, CALL_NEXT, result, &error, &session->misbehaved);
   record->callback = CALL_NEXT;
   judge_stop(session, stopped || (atomic_load(&session->host->stop) && result == FAAS_END), result);
   if (result == FAAS_OK) {
      result = judge_invocation(session, &guarded);
   }
   record->callback = CALL_NONE;
   *invocation = guarded.invocation;
   return result;
}

/* Overwrites memory that was freed too early, so that it shows. */
static void
stir(void)
{
   static const size_t sizes[] = {8, 16, 24, 32, 48, 64, 128, 256, 1024, 4096};
   for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
      void *memory[8];
      for (size_t j = 0; j < 8; j++) {
         memory[j] = malloc(sizes[i]);
         if (memory[j] != NULL) {
            memset(memory[j], 0xDB, sizes[i]);
         }
      }
      for (size_t j = 0; j < 8; j++) {
         free(memory[j]);
      }
   }
}

static void
judge_lifetime(const struct session *session, const struct faas_invocation *invocation)
{
   stir();
   session->record->callback = CALL_NEXT;
   record_judged(session->record, RULE_LIFETIME);
   if (invocation_sum(invocation) != session->handed_out) {
      record_violation(session->record, RULE_LIFETIME, "id, payload or attributes changed after next returned");
   }
}

enum faas_result
invocation_answer(struct session *session,
                  const struct faas_invocation *invocation,
                  const char *type,
                  const char *message,
                  const char *report,
                  size_t length)
{
   const struct faas_provider *provider = &session->loaded.provider;
   enum callback callback = type == NULL ? CALL_RESPOND : CALL_FAIL;
   struct outcome_error error;
   struct guarded_copy copy = {0};
   outcome_error_init(&error);
   if (report != NULL && !guarded_copy_init(&copy, report, length)) {
      return FAAS_ERROR;
   }
   struct faas_failure failure = {
      .size = sizeof failure, .type = type, .message = message, .report = copy.bytes, .report_length = length};
   judge_lifetime(session, invocation);
   call_begin(session->record, callback);
   enum faas_result result = callback == CALL_FAIL
                                ? provider->fail(session->state, invocation, &failure, &error.error)
                                : provider->respond(session->state, invocation, copy.bytes, length, &error.error);
   call_end(session->record, true);
   guarded_copy_clear(&copy);
   return outcome_judge(session->record, callback, result, &error, &session->misbehaved);
}

void
invocation_caller_gone(struct session *session, const struct faas_invocation *invocation)
{
   call_begin(session->record, CALL_CALLER_GONE);
   bool gone = session->loaded.provider.caller_gone(session->state, invocation);
   call_end(session->record, false);
   unsigned char byte;
   memcpy(&byte, &gone, 1);
   session->record->callback = CALL_CALLER_GONE;
   record_judged(session->record, RULE_CALLER_GONE);
   if (byte > 1) {
      record_violation(session->record, RULE_CALLER_GONE, "must return true or false, found a byte of %u", byte);
   }
   session->record->callback = CALL_NONE;
}
