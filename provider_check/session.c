#include "session.h"

#include "allocations.h"
#include "call.h"
#include "error.h"
#include "guarded.h"
#include "watchdog.h"
#include "words.h"

#include <link.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Beside what a provider fills, so that writing on is seen. */
enum { GUARD_BYTES = 64, GUARD = 0x5C };

struct guarded_error {
   struct faas_error error;
   unsigned char guard[GUARD_BYTES];
};

struct guarded_invocation {
   struct faas_invocation invocation;
   unsigned char guard[GUARD_BYTES];
};

static bool
guard_is_whole(const unsigned char *guard)
{
   for (size_t i = 0; i < GUARD_BYTES; i++) {
      if (guard[i] != GUARD) {
         return false;
      }
   }
   return true;
}

static void
guard_judge(struct record *record, const unsigned char *guard, const char *what)
{
   record_judged(record, RULE_BOUNDS);
   if (!guard_is_whole(guard)) {
      record_violation(record, RULE_BOUNDS, "expected nothing to be written beyond %s, found other bytes there", what);
   }
}

static void
error_prepare(struct guarded_error *guarded)
{
   memset(guarded, 0, sizeof *guarded);
   memset(guarded->guard, GUARD, sizeof guarded->guard);
}

/* result as it may be from this callback; FAAS_ERROR in place of one that may not. */
static enum faas_result
judge_result(struct session *session, enum faas_result result, const struct guarded_error *guarded)
{
   struct record *record = session->record;
   bool is_next = record->callback == CALL_NEXT;
   int value = (int)result;
   session->misbehaved = false;
   record_judged(record, RULE_RESULTS);
   guard_judge(record, guarded->guard, "struct faas_error");
   if (value != FAAS_OK && value != FAAS_ERROR && !(is_next && (value == FAAS_END || value == FAAS_REJECTED))) {
      record_violation(record,
                       RULE_RESULTS,
                       "expected FAAS_OK%s or FAAS_ERROR, found %d",
                       is_next ? ", FAAS_END, FAAS_REJECTED" : "",
                       value);
      session->misbehaved = true;
      return FAAS_ERROR;
   }
   if (value == FAAS_ERROR || value == FAAS_REJECTED) {
      const char *fault = words_error_fault(&guarded->error);
      record_judged(record, RULE_ERRORS);
      if (fault != NULL) {
         record_violation(record,
                          RULE_ERRORS,
                          "expected a type and one line of UTF-8, found %s: [%.64s] %.100s",
                          fault,
                          guarded->error.type,
                          guarded->error.message);
      }
   }
   return result;
}

static int
find_code(struct dl_phdr_info *info, size_t size, void *context)
{
   uintptr_t wanted = *(const uintptr_t *)context;
   (void)size;
   uintptr_t lowest = UINTPTR_MAX;
   uintptr_t highest = 0;
   for (unsigned i = 0; i < info->dlpi_phnum; i++) {
      if (info->dlpi_phdr[i].p_type == PT_LOAD) {
         uintptr_t begin = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
         uintptr_t end = begin + info->dlpi_phdr[i].p_memsz;
         lowest = begin < lowest ? begin : lowest;
         highest = end > highest ? end : highest;
      }
   }
   if (wanted < lowest || wanted >= highest) {
      return 0;
   }
   allocations_watch((const void *)lowest, (const void *)highest);
   return 1;
}

bool
session_load(struct session *session, const struct settings *settings, struct record *record)
{
   struct faas_error error = {0};
   *session = (struct session){.settings = settings, .record = record};
   process_state_take(&session->before);
   record_judged(record, RULE_LOAD);
   call_begin(record, CALL_LOAD);
   bool loaded = loader_load(&session->loaded, settings->provider, &error);
   call_end(record, false);
   if (!loaded) {
      record->callback = CALL_LOAD;
      record_violation(record, RULE_LOAD, "%s", error.message);
      record->callback = CALL_NONE;
      return false;
   }
   record->callback = CALL_LOAD;
   process_state_compare_resources(&session->before, record);
   process_state_compare_settings(&session->before, record);
   record->callback = CALL_NONE;
   uintptr_t code;
   memcpy(&code, &session->loaded.provider.open, sizeof code);
   (void)dl_iterate_phdr(find_code, &code);
   session->host = scripted_host_new(record, settings, &session->loaded.provider);
   if (session->host == NULL) {
      faas_error_set(&error, "Check.OutOfMemory", "expected memory for a host, found none");
      memcpy(record->unusable, error.message, sizeof error.message);
      return false;
   }
   /* With the host's own descriptor. */
   process_state_take(&session->before);
   return true;
}

static void
judge_traces(struct session *session)
{
   process_state_compare_resources(&session->before, session->record);
   process_state_compare_settings(&session->before, session->record);
   scripted_host_end(session->host);
}

enum faas_result
session_open(struct session *session, struct faas_error *error)
{
   struct guarded_error guarded;
   error_prepare(&guarded);
   call_begin(session->record, CALL_OPEN);
   enum faas_result result = session->loaded.provider.open(&session->host->services, &session->state, &guarded.error);
   call_end(session->record, false);
   session->record->callback = CALL_OPEN;
   result = judge_result(session, result, &guarded);
   if (result == FAAS_ERROR) {
      judge_traces(session);
   } else {
      process_state_compare_settings(&session->before, session->record);
   }
   session->record->callback = CALL_NONE;
   if (error != NULL) {
      *error = guarded.error;
      error->message[sizeof error->message - 1] = '\0';
   }
   return result;
}

static const char *
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

static uint64_t
sum_invocation(const struct faas_invocation *invocation)
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
   guard_judge(record, guarded->guard, "struct faas_invocation");
   if (guarded->invocation.size != sizeof guarded->invocation) {
      record_violation(record, RULE_BOUNDS, "expected size to stay the host's, found %zu", guarded->invocation.size);
   }
   const char *fault = invocation_fault(&guarded->invocation);
   if (fault != NULL) {
      record_violation(record, RULE_INVOCATION, "expected a whole invocation, found %s", fault);
      session->misbehaved = true;
      return FAAS_ERROR;
   }
   session->handed_out = sum_invocation(&guarded->invocation);
   return FAAS_OK;
}

static void
judge_stop(struct session *session, bool was_requested, enum faas_result result)
{
   if (was_requested) {
      record_judged(session->record, RULE_STOP);
      session->after_stop += result != FAAS_END && result != FAAS_ERROR;
      /* One may have been on its way. */
      if (session->after_stop == 2) {
         record_violation(session->record,
                          RULE_STOP,
                          "expected FAAS_END after a stop was requested, found one invocation after the other");
      }
   }
}

enum faas_result
session_next(struct session *session, struct faas_invocation *invocation, int wait_ms)
{
   struct guarded_error error;
   struct guarded_invocation guarded;
   struct watchdog watchdog;
   bool stopped = atomic_load(&session->host->stop);
   error_prepare(&error);
   memset(&guarded, 0, sizeof guarded);
   memset(guarded.guard, GUARD, sizeof guarded.guard);
   guarded.invocation.size = sizeof guarded.invocation;
   guarded.invocation.deadline_unix_ms = FAAS_NO_DEADLINE;
   if (!stopped) {
      watchdog_start(&watchdog, session->host, wait_ms);
   }
   call_begin(session->record, CALL_NEXT);
   enum faas_result result = session->loaded.provider.next(session->state, &guarded.invocation, &error.error);
   call_end(session->record, (int)result == FAAS_REJECTED);
   if (!stopped) {
      watchdog_join(&watchdog);
   }
   session->record->callback = CALL_NEXT;
   result = judge_result(session, result, &error);
   judge_stop(session, stopped || (atomic_load(&session->host->stop) && result == FAAS_END), result);
   if (result == FAAS_ERROR) {
      (void)memcpy(session->record->remark, error.error.message, sizeof session->record->remark - 1);
   }
   if (result == FAAS_OK) {
      result = judge_invocation(session, &guarded);
   }
   session->record->callback = CALL_NONE;
   *invocation = guarded.invocation;
   return result;
}

/* Memory that was freed too early is soon another's. */
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
   if (sum_invocation(invocation) != session->handed_out) {
      record_violation(session->record,
                       RULE_LIFETIME,
                       "expected id, payload and attributes to stay as they were given, found other bytes");
   }
}

static enum faas_result
answered(struct session *session, enum callback callback, enum faas_result result, struct guarded_error *error)
{
   session->record->callback = callback;
   result = judge_result(session, result, error);
   if (result == FAAS_ERROR) {
      (void)memcpy(session->record->remark, error->error.message, sizeof session->record->remark - 1);
   }
   session->record->callback = CALL_NONE;
   return result;
}

enum faas_result
session_respond(struct session *session, const struct faas_invocation *invocation, const char *report, size_t length)
{
   struct guarded_error error;
   struct guarded_copy copy;
   error_prepare(&error);
   if (!guarded_copy_init(&copy, report, length)) {
      return FAAS_ERROR;
   }
   judge_lifetime(session, invocation);
   call_begin(session->record, CALL_RESPOND);
   enum faas_result result =
      session->loaded.provider.respond(session->state, invocation, copy.bytes, length, &error.error);
   call_end(session->record, true);
   guarded_copy_clear(&copy);
   return answered(session, CALL_RESPOND, result, &error);
}

enum faas_result
session_fail(struct session *session,
             const struct faas_invocation *invocation,
             const char *type,
             const char *message,
             const char *report,
             size_t length)
{
   struct guarded_error error;
   struct guarded_copy copy = {0};
   error_prepare(&error);
   if (report != NULL && !guarded_copy_init(&copy, report, length)) {
      return FAAS_ERROR;
   }
   struct faas_failure failure = {
      .size = sizeof failure, .type = type, .message = message, .report = copy.bytes, .report_length = length};
   judge_lifetime(session, invocation);
   call_begin(session->record, CALL_FAIL);
   enum faas_result result = session->loaded.provider.fail(session->state, invocation, &failure, &error.error);
   call_end(session->record, true);
   guarded_copy_clear(&copy);
   return answered(session, CALL_FAIL, result, &error);
}

void
session_init_failed(struct session *session, const char *type, const char *message)
{
   struct faas_failure failure = {.size = sizeof failure, .type = type, .message = message};
   struct guarded_error error;
   error_prepare(&error);
   call_begin(session->record, CALL_INIT_FAILED);
   enum faas_result result = session->loaded.provider.init_failed(session->state, &failure, &error.error);
   call_end(session->record, true);
   (void)answered(session, CALL_INIT_FAILED, result, &error);
}

void
session_caller_gone(struct session *session, const struct faas_invocation *invocation)
{
   call_begin(session->record, CALL_CALLER_GONE);
   bool gone = session->loaded.provider.caller_gone(session->state, invocation);
   call_end(session->record, false);
   unsigned char byte;
   memcpy(&byte, &gone, 1);
   session->record->callback = CALL_CALLER_GONE;
   record_judged(session->record, RULE_CALLER_GONE);
   if (byte > 1) {
      record_violation(session->record, RULE_CALLER_GONE, "expected true or false, found a byte of %u", byte);
   }
   session->record->callback = CALL_NONE;
}

void
session_format_log(struct session *session, const struct faas_log_record *log_record, size_t size)
{
   struct record *record = session->record;
   char *line = malloc(SESSION_LINE_MAX + GUARD_BYTES);
   if (line == NULL) {
      return;
   }
   memset(line, GUARD, SESSION_LINE_MAX + GUARD_BYTES);
   record_judged(record, RULE_FORMAT_LOG);
   scripted_host_enter_format_log();
   size_t length = session->loaded.provider.format_log(session->state, log_record, line, size);
   scripted_host_leave_format_log();
   if (!guard_is_whole((const unsigned char *)line + size)) {
      record_violation(record, RULE_FORMAT_LOG, "expected at most %zu bytes to be written, found more", size);
   } else if (length > size) {
      record_violation(record, RULE_FORMAT_LOG, "expected a length of at most %zu, found %zu", size, length);
   } else if (length > 0 && words_fault(line, length) != NULL) {
      record_violation(record, RULE_FORMAT_LOG, "expected one line of UTF-8, found %s", words_fault(line, length));
   }
   free(line);
}

void
session_close(struct session *session)
{
   if (session->loaded.provider.close != NULL) {
      call_begin(session->record, CALL_CLOSE);
      session->loaded.provider.close(session->state);
      call_end(session->record, false);
   }
   session->record->callback = CALL_CLOSE;
   judge_traces(session);
   session->record->callback = CALL_NONE;
}

/* Reads every variable: one that the provider left in its own memory is gone. */
static void
read_variables(void)
{
   volatile size_t length = 0;
   for (char **variable = environ; variable != NULL && *variable != NULL; variable++) {
      length = strlen(*variable);
   }
   (void)length;
}

void
session_unload(struct session *session)
{
   size_t bytes;
   session->record->callback = CALL_UNLOAD;
   loader_unload(&session->loaded);
   read_variables();
   if (allocations_live(&bytes) > 0) {
      /* Told of the callback that should have freed it. */
      size_t count = allocations_live(&bytes);
      session->record->callback =
         session->state == NULL && session->loaded.provider.close == NULL ? CALL_OPEN : CALL_CLOSE;
      record_violation(session->record,
                       RULE_MEMORY,
                       "expected all memory of the provider's own code to be freed, found %zu bytes in %zu blocks that "
                       "are not",
                       bytes,
                       count);
   }
   session->record->callback = CALL_NONE;
   scripted_host_destroy(session->host);
   session->host = NULL;
}
