/*
 * openwhisk.c: the provider "openwhisk", for the action loop of OpenWhisk's proxy: reads events from stdin and writes
 * answers to descriptor 3, one JSON object a line.
 *
 * apache/openwhisk-runtime-go, docs/ACTION.md. The proxy itself writes the marks that end an activation's log.
 */
#include "activation.h"
#include "line_source.h"
#include "provider_error.h"
#include "provider_number.h"
#include "result.h"

#include <faas_harness/provider.h>

#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* OpenWhisk accepts parameters of 1 MiB, some deployments 5; a line also has the envelope. */
#define DEFAULT_MAX_EVENT_BYTES "6291456"
/* OpenWhisk's limit for a result. */
#define DEFAULT_MAX_ANSWER_BYTES "1048576"

enum { ANSWERS_FILENO = 3, LARGEST_MAX_BYTES = 1024 * 1024 * 1024 };

struct openwhisk {
   const struct faas_host *host;
   struct line_source *lines;
   struct result_channel answers;
   struct activation activation;
   bool acknowledgement_due; /* the proxy waits until the action is ready, and has not been told yet */
   uint64_t invocations;
   char own_id[32];
};

/* A descriptor 3 that this process opened itself is not the proxy's: ours are all closed on exec. */
static bool
answers_are_open(void)
{
   int mode = fcntl(ANSWERS_FILENO, F_GETFL);
   int flags = fcntl(ANSWERS_FILENO, F_GETFD);

   return mode >= 0 && (mode & O_ACCMODE) != O_RDONLY && flags >= 0 && (flags & FD_CLOEXEC) == 0;
}

static bool
is_set(const char *variable)
{
   const char *value = getenv(variable);

   return value && *value != '\0';
}

static void
openwhisk_close(void *state)
{
   struct openwhisk *openwhisk = state;

   if (openwhisk) {
      line_source_destroy(openwhisk->lines);
      free(openwhisk);
   }
}

static enum faas_result
openwhisk_open(const struct faas_host *host, void **state, struct faas_error *error)
{
   struct openwhisk *openwhisk;
   unsigned max_event_bytes, max_answer_bytes;

   if (provider_option_number(host, "max_event_bytes", 1, LARGEST_MAX_BYTES, &max_event_bytes, error) != FAAS_OK ||
       provider_option_number(host, "max_answer_bytes", 1, LARGEST_MAX_BYTES, &max_answer_bytes, error) != FAAS_OK) {
      return FAAS_ERROR;
   }
   if (!answers_are_open()) {
      provider_error_set(error,
                         "Provider.NoAnswerChannel",
                         "descriptor 3, where OpenWhisk's proxy reads the answers, is not open for writing; start the "
                         "harness under the proxy, or by hand with 3>&1");
      return FAAS_ERROR;
   }
   openwhisk = calloc(1, sizeof *openwhisk);
   if (openwhisk) {
      openwhisk->lines = line_source_new(STDIN_FILENO, max_event_bytes, host);
   }
   if (!openwhisk || !openwhisk->lines) {
      openwhisk_close(openwhisk);
      provider_error_set(error, "Provider.OutOfMemory", "out of memory to read events");
      return FAAS_ERROR;
   }
   openwhisk->host = host;
   openwhisk->answers = (struct result_channel){.descriptor = ANSWERS_FILENO, .max_bytes = max_answer_bytes};
   openwhisk->acknowledgement_due = is_set("__OW_WAIT_FOR_ACK");
   *state = openwhisk;
   return FAAS_OK;
}

/* The proxy expects an answer to each line. */
static enum faas_result
reject(const struct openwhisk *openwhisk, struct faas_error *error)
{
   struct faas_error not_written;
   const struct faas_failure failure = {.size = sizeof failure, .type = error->type, .message = error->message};

   if (result_failed(&openwhisk->answers, &failure, &not_written) != FAAS_OK) {
      *error = not_written;
      return FAAS_ERROR;
   }
   return FAAS_REJECTED;
}

/* When next is first called, the harness has its client and the action is ready. */
static enum faas_result
acknowledge_once(struct openwhisk *openwhisk, struct faas_error *error)
{
   if (!openwhisk->acknowledgement_due || openwhisk->host->stop_requested(openwhisk->host->context)) {
      return FAAS_OK;
   }
   openwhisk->acknowledgement_due = false;
   return result_acknowledge(&openwhisk->answers, true, error);
}

static const char *
id_of(struct openwhisk *openwhisk)
{
   openwhisk->invocations++;
   if (openwhisk->activation.id[0] != '\0') {
      return openwhisk->activation.id;
   }
   snprintf(openwhisk->own_id, sizeof openwhisk->own_id, "openwhisk-%" PRIu64, openwhisk->invocations);
   return openwhisk->own_id;
}

static enum faas_result
openwhisk_next(void *state, struct faas_invocation *invocation, struct faas_error *error)
{
   struct openwhisk *openwhisk = state;
   struct provider_bytes line;
   enum faas_result result = acknowledge_once(openwhisk, error);

   if (result == FAAS_OK) {
      result = line_source_next(openwhisk->lines, &line, error);
   }
   if (result == FAAS_OK && !activation_read(&openwhisk->activation, line.bytes, line.length, error)) {
      result = FAAS_REJECTED;
   }
   if (result == FAAS_REJECTED) {
      return reject(openwhisk, error);
   }
   if (result != FAAS_OK) {
      return result;
   }
   if (openwhisk->activation.deadline_unread) {
      openwhisk->host->log(openwhisk->host->context,
                           FAAS_LOG_WARNING,
                           "the activation's deadline is not a time in milliseconds since 1970, and is ignored");
   }
   invocation->id = id_of(openwhisk);
   invocation->payload = openwhisk->activation.payload;
   invocation->payload_length = openwhisk->activation.payload_length;
   invocation->deadline_unix_ms = openwhisk->activation.deadline_unix_ms;
   invocation->attributes = openwhisk->activation.attributes;
   invocation->attribute_count = openwhisk->activation.attribute_count;
   return FAAS_OK;
}

static enum faas_result
openwhisk_respond(
   void *state, const struct faas_invocation *invocation, const char *report, size_t length, struct faas_error *error)
{
   struct openwhisk *openwhisk = state;

   (void)invocation;
   return result_good(&openwhisk->answers, report, length, error);
}

static enum faas_result
openwhisk_fail(void *state,
               const struct faas_invocation *invocation,
               const struct faas_failure *failure,
               struct faas_error *error)
{
   struct openwhisk *openwhisk = state;

   (void)invocation;
   return result_failed(&openwhisk->answers, failure, error);
}

static enum faas_result
openwhisk_init_failed(void *state, const struct faas_failure *failure, struct faas_error *error)
{
   struct openwhisk *openwhisk = state;

   (void)failure; /* the proxy has no place for it except the log, which has it already */
   return openwhisk->acknowledgement_due ? result_acknowledge(&openwhisk->answers, false, error) : FAAS_OK;
}

static const struct faas_option OPTIONS[] = {
   {"max_event_bytes", DEFAULT_MAX_EVENT_BYTES, "longest line accepted; a longer one is answered with Event.TooLarge"},
   {"max_answer_bytes",
    DEFAULT_MAX_ANSWER_BYTES,
    "longest answer sent; a longer one, which OpenWhisk would truncate, becomes Provider.AnswerTooLarge"},
   {NULL, NULL, NULL},
};

static const struct faas_provider OPENWHISK = {
   .size = sizeof OPENWHISK,
   .abi_version = FAAS_PROVIDER_ABI_VERSION,
   .max_open_invocations = 1,
   .name = "openwhisk",
   .version = FAAS_PROVIDER_VERSION,
   .description = "Apache OpenWhisk's action loop: JSON lines from stdin, answers to descriptor 3",
   .options = OPTIONS,
   .open = openwhisk_open,
   .next = openwhisk_next,
   .respond = openwhisk_respond,
   .fail = openwhisk_fail,
   .init_failed = openwhisk_init_failed,
   .close = openwhisk_close,
};

FAAS_PROVIDER_REGISTER(OPENWHISK)
