#include "session.h"

#include "allocations.h"
#include "error.h"
#include "outcome.h"

#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* --- each call ---------------------------------------------------------------------------------------------------- */

/* Only one call is watched at a time, by the one thread that makes calls. */
static struct variables variables;
static off_t written;

static off_t
stdout_size(void)
{
   (void)fflush(stdout);
   return lseek(STDOUT_FILENO, 0, SEEK_END);
}

void
call_begin(struct record *record, enum callback callback)
{
   variables_take(&variables);
   written = stdout_size();
   record->callback = callback;
}

static void
judge_variables(struct record *record)
{
   const char *changed = variables_changed(&variables);
   bool may = record->callback == CALL_OPEN || record->callback == CALL_CLOSE;
   record_judged(record, RULE_ENVIRONMENT);
   if (!may && changed != NULL) {
      record_violation(record,
                       RULE_ENVIRONMENT,
                       "an environment variable was changed here: %.*s",
                       (int)strcspn(changed, "="),
                       changed);
   }
}

static void
judge_stdout(struct record *record, bool may)
{
   off_t now = stdout_size();
   record_judged(record, RULE_STDOUT);
   if (now != written && !may) {
      record_violation(record, RULE_STDOUT, "%lld bytes were written to stdout", (long long)(now - written));
   }
}

void
call_end(struct record *record, bool answers)
{
   judge_variables(record);
   judge_stdout(record, answers);
   record->callback = CALL_NONE;
}

/* --- from load to unload ------------------------------------------------------------------------------------------ */

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

static void
judge_resources(struct session *session)
{
   if (!process_state_compare_resources(&session->before, session->record)) {
      session->threads_left = true;
   }
}

bool
session_load(struct session *session, const struct settings *settings, struct record *record, unsigned number)
{
   struct faas_error error = {0};
   *session = (struct session){.settings = settings, .record = record, .number = number};
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
   judge_resources(session);
   process_state_compare_settings(&session->before, record);
   record->callback = CALL_NONE;
   uintptr_t code;
   memcpy(&code, &session->loaded.provider.open, sizeof code);
   (void)dl_iterate_phdr(find_code, &code);
   session->host = scripted_host_new(record, settings, &session->loaded.provider);
   if (session->host == NULL) {
      faas_error_set(&error, "Check.OutOfMemory", "out of memory for a host");
      memcpy(record->unusable, error.message, sizeof error.message);
      return false;
   }
   /* The host's own descriptor is included. */
   process_state_take(&session->before);
   return true;
}

static void
judge_traces(struct session *session)
{
   judge_resources(session);
   process_state_compare_settings(&session->before, session->record);
   scripted_host_end(session->host);
}

enum faas_result
session_open(struct session *session, struct faas_error *error)
{
   struct record *record = session->record;
   struct outcome_error filled;
   outcome_error_init(&filled);
   call_begin(record, CALL_OPEN);
   enum faas_result result = session->loaded.provider.open(&session->host->services, &session->state, &filled.error);
   call_end(record, false);
   result = outcome_judge(record, CALL_OPEN, result, &filled, &session->misbehaved);
   record->callback = CALL_OPEN;
   if (result == FAAS_ERROR) {
      judge_traces(session);
   } else {
      process_state_compare_settings(&session->before, record);
   }
   record->callback = CALL_NONE;
   if (error != NULL) {
      *error = filled.error;
      error->message[sizeof error->message - 1] = '\0';
   }
   return result;
}

void
session_init_failed(struct session *session, const char *type, const char *message)
{
   struct faas_failure failure = {.size = sizeof failure, .type = type, .message = message};
   struct outcome_error error;
   outcome_error_init(&error);
   call_begin(session->record, CALL_INIT_FAILED);
   enum faas_result result = session->loaded.provider.init_failed(session->state, &failure, &error.error);
   call_end(session->record, true);
   (void)outcome_judge(session->record, CALL_INIT_FAILED, result, &error, &session->misbehaved);
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

/* Reads every variable: one that the provider left in its own memory is unmapped now, and crashes. */
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
   if (!session->threads_left) {
      loader_unload(&session->loaded);
   }
   read_variables();
   if (allocations_live(&bytes) > 0) {
      /* Blame the callback that should have freed it. */
      size_t count = allocations_live(&bytes);
      session->record->callback =
         session->state == NULL && session->loaded.provider.close == NULL ? CALL_OPEN : CALL_CLOSE;
      record_violation(session->record, RULE_MEMORY, "the provider did not free %zu bytes in %zu blocks", bytes, count);
   }
   session->record->callback = CALL_NONE;
   if (!session->threads_left) {
      scripted_host_destroy(session->host);
   }
   session->host = NULL;
}
