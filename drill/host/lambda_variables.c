#include "lambda_variables.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define REGION "us-east-1"
#define OWN_MAX 40

/* https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime; the values are
 * those a function on provided.al2023 sees. AWS_EXECUTION_ENV is not set there. The keys are none. */
static const char *const fixed[] = {
   "AWS_ACCESS_KEY_ID=AKIANOTAKEYDRILL0000",
   "AWS_SECRET_ACCESS_KEY=not-a-secret-of-the-drill",
   "AWS_SESSION_TOKEN=not-a-token-of-the-drill",
   "AWS_REGION=" REGION,
   "AWS_DEFAULT_REGION=" REGION,
   "AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
   "AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
   "AWS_XRAY_CONTEXT_MISSING=LOG_ERROR",
   "AWS_XRAY_DAEMON_ADDRESS=169.254.79.129:2000",
   "_AWS_XRAY_DAEMON_ADDRESS=169.254.79.129",
   "_AWS_XRAY_DAEMON_PORT=2000",
   "LAMBDA_RUNTIME_DIR=/var/runtime",
   "LANG=en_US.UTF-8",
   "TZ=:UTC",
   "PATH=/usr/local/bin:/usr/bin/:/bin:/opt/bin",
   "LD_LIBRARY_PATH=/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
   /* Not Lambda's: there is no /dev/shm in Lambda, and what libmongoc keeps in it, by its process' number, would stay
    * behind here, as a function is always killed. */
   "MONGOC_DISABLE_SHM=1",
};

struct list {
   char **words;
   size_t count;
   bool failed;
};

static size_t
name_length(const char *word)
{
   return strcspn(word, "=") + 1;
}

static void
set(struct list *list, char *word)
{
   if (word == NULL) {
      list->failed = true;
      return;
   }
   for (size_t i = 0; i < list->count; i++) {
      if (strncmp(list->words[i], word, name_length(word)) == 0) {
         free(list->words[i]);
         list->words[i] = word;
         return;
      }
   }
   list->words[list->count++] = word;
}

__attribute__((format(printf, 2, 3))) static void
set_text(struct list *list, const char *format, ...)
{
   char *word = NULL;
   va_list arguments;
   va_start(arguments, format);
   int length = vasprintf(&word, format, arguments);
   va_end(arguments);
   set(list, length < 0 ? NULL : word);
}

static void
set_own(struct list *list, const struct lambda_variables_source *source)
{
   for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
      set(list, strdup(fixed[i]));
   }
   time_t now = time(NULL);
   struct tm day;
   gmtime_r(&now, &day);
   char date[32];
   strftime(date, sizeof date, "%Y/%m/%d", &day);
   if (source->snap_start) {
      set_text(list, "%s", "AWS_LAMBDA_INITIALIZATION_TYPE=snap-start");
   }
   set_text(list, "_HANDLER=%s", source->handler);
   set_text(list, "LAMBDA_TASK_ROOT=%s", source->task_root);
   set_text(list, "AWS_LAMBDA_FUNCTION_NAME=%s", source->function_name);
   set_text(list, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=%u", source->memory_mb);
   set_text(list, "AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/%s", source->function_name);
   set_text(list, "AWS_LAMBDA_LOG_STREAM_NAME=%s/[$LATEST]%032x", date, (unsigned)source->instance);
   if (source->concurrency > 1) {
      set_text(list, "AWS_LAMBDA_INITIALIZATION_TYPE=lambda-managed-instances");
      set_text(list, "AWS_LAMBDA_MAX_CONCURRENCY=%u", source->concurrency);
   }
   set_text(list, "AWS_LAMBDA_RUNTIME_API=127.0.0.1:%u", source->runtime_api_port);
}

char **
lambda_variables_new(const struct lambda_variables_source *source)
{
   size_t added = 0;
   while (source->added != NULL && source->added[added] != NULL) {
      added++;
   }
   struct list list = {.words = calloc(OWN_MAX + added + 1, sizeof *list.words)};
   if (list.words == NULL) {
      return NULL;
   }
   set_own(&list, source);
   for (size_t i = 0; i < added; i++) {
      set(&list, strdup(source->added[i]));
   }
   if (list.failed) {
      lambda_variables_destroy(list.words);
      return NULL;
   }
   return list.words;
}

void
lambda_variables_destroy(char **variables)
{
   for (size_t i = 0; variables != NULL && variables[i] != NULL; i++) {
      free(variables[i]);
   }
   free(variables);
}
