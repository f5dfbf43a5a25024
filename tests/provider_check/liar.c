/* A provider of two events that follows every rule except one in each variant. CMakeLists.txt defines the variant's
 * name as a macro; test_check.py knows which rule it breaks. */
#include "liar_open.h"

#include <poll.h>
#include <stdatomic.h>

/* Two of them at once, in two threads. */
#if defined(HONEST_AT_ONCE) || defined(SAME_ID) || defined(SHARES_PAYLOAD) || defined(REFUSES_BESIDE)
#define AT_ONCE 1
#else
#define AT_ONCE 0
#endif

struct liar {
   const struct faas_host *host;
   unsigned handed_out;
   atomic_uint open;
   char payloads[2][16];
   char ids[2][16];
};

static const struct faas_host *the_host;

#if defined(ABORTS_AT_JUNK)
static void
look_at_input(void)
{
   struct pollfd input = {.fd = 0, .events = POLLIN};
   char byte = '{';
   if (poll(&input, 1, 0) == 1 && read(0, &byte, 1) == 1 && strchr("{}\n", byte) == NULL) {
      abort();
   }
}
#elif defined(READS_TO_THE_END)
static void
read_to_the_end(void)
{
   char byte;
   while (read(0, &byte, 1) == 1) {
   }
}
#endif

static enum faas_result
liar_open(const struct faas_host *host, void **state, struct faas_error *error)
{
   struct liar *liar = calloc(1, sizeof *liar);
   if (liar == NULL) {
      return refuse(error);
   }
   liar->host = host;
   the_host = host;
   lie_in_open(host);
#if defined(OPEN_LEAVES_MEMORY)
   *state = NULL;
   return refuse(error);
#elif defined(ERRORS)
   free(liar);
   return refuse(error);
#endif
   *state = liar;
   return FAAS_OK;
}

static enum faas_result
liar_next(void *state, struct faas_invocation *invocation, struct faas_error *error)
{
   static const struct faas_attribute attributes[] = {{"trace_id", "1"}, {NULL, "nameless"}};
   struct liar *liar = state;
   (void)error;
#if defined(NEVER_STOPS)
   while (liar->handed_out == 2) {
      (void)pause();
   }
#elif defined(HANDS_OUT_FOR_EVER)
   liar->handed_out = 0;
#elif defined(READS_STOP)
   uint64_t value;
   ssize_t got = read(liar->host->stop_descriptor(liar->host->context), &value, sizeof value);
   (void)got;
#elif defined(SETS_VARIABLE)
   (void)setenv("FAAS_LIAR", "1", 1);
#elif defined(NEXT_PRINTS)
   (void)printf("an event?\n");
#elif defined(ABORTS_AT_JUNK)
   look_at_input();
#elif defined(READS_TO_THE_END)
   if (liar->handed_out == 2) {
      read_to_the_end();
   }
#endif
   bool stop = liar->host->stop_requested(liar->host->context);
#if defined(HANDS_OUT_FOR_EVER)
   stop = false;
#elif defined(NEEDS_EVENT_BEFORE_STOP)
   if (stop && liar->handed_out == 0) {
      abort();
   }
#endif
   if (stop || liar->handed_out == 2) {
      return FAAS_END;
   }
   atomic_fetch_add(&liar->open, 1);
   unsigned place = AT_ONCE ? liar->handed_out % 2 : 0;
   liar->handed_out++;
   unsigned number = AT_ONCE ? liar->handed_out % 10 : 1;
#if defined(SAME_ID)
   number = 1;
#elif defined(SHARES_PAYLOAD)
   place = 0;
#endif
   (void)snprintf(liar->ids[place], sizeof liar->ids[place], "liar-%u", number);
   (void)snprintf(liar->payloads[place], sizeof liar->payloads[place], "{\"n\":%u}", liar->handed_out % 10);
   invocation->id = liar->ids[place];
   invocation->payload = liar->payloads[place];
   invocation->payload_length = strlen(invocation->payload);
   invocation->attributes = attributes;
   invocation->attribute_count = 1;
#if defined(ATTRIBUTE_WITHOUT_NAME)
   invocation->attribute_count = 2;
#elif defined(DEADLINE_ZERO)
   invocation->deadline_unix_ms = 0;
#elif defined(CHANGES_SIZE)
   invocation->size = 8;
#elif defined(ID_TWO_LINES)
   invocation->id = "1\n2";
#elif defined(FREES_PAYLOAD)
   char *payload = malloc(24);
   if (payload != NULL) {
      memcpy(payload, "{\"a\": \"long enough\"}", 21);
      invocation->payload = payload;
      invocation->payload_length = 20;
      free(payload);
   }
#endif
   return FAAS_OK;
}

static enum faas_result
answer(const char *report, size_t length)
{
   (void)report;
   (void)length;
#if defined(CRASHES)
   *(volatile char *)nowhere = 'x';
#elif defined(EXITS)
   exit(3);
#elif defined(HANGS)
   for (;;) {
      (void)pause();
   }
#elif defined(READS_ON)
   nowhere = malloc(strlen(report) + 1);
   free(nowhere);
#elif defined(WRITES_REPORT)
   ((volatile char *)(uintptr_t)report)[0] = 'x';
#elif defined(ENDS_IN_RESPOND)
   return FAAS_END;
#elif defined(SMALL_BUFFER)
   /* Checked only for reports like the author's own. */
   char buffer[256];
   char *volatile to = buffer;
   memcpy(to, report, length);
#elif defined(NEEDS_FIRST_BYTE)
   four = report[0];
#elif defined(NEEDS_SECOND_BYTE)
   four = length == 0 ? 0 : report[1];
#elif defined(ABORTS_AT_NUL)
   if (memchr(report, '\0', length) != NULL) {
      abort();
   }
#endif
   return FAAS_OK;
}

/* Returns false if it can't, with another one open. */
static bool
close_one(struct liar *liar)
{
   unsigned before = atomic_fetch_sub(&liar->open, 1);
#if defined(REFUSES_BESIDE)
   return before < 2;
#else
   return before > 0;
#endif
}

static enum faas_result
liar_respond(
   void *state, const struct faas_invocation *invocation, const char *report, size_t length, struct faas_error *error)
{
   (void)invocation;
   if (!close_one(state)) {
      return refuse(error);
   }
   return answer(report, length);
}

static enum faas_result
liar_fail(void *state,
          const struct faas_invocation *invocation,
          const struct faas_failure *failure,
          struct faas_error *error)
{
   (void)invocation;
   if (!close_one(state)) {
      return refuse(error);
   }
#if defined(SMALL_MESSAGE)
   copy_into_256_bytes(strlen(failure->message));
#elif defined(SMALL_FAILURE)
   copy_into_256_bytes(failure->report_length);
#endif
#if defined(NEEDS_REPORT)
   return failure->report[0] == '{' || failure->report[0] == '"' ? FAAS_OK : refuse(error);
#else
   return failure->type == NULL ? refuse(error) : FAAS_OK;
#endif
}

static enum faas_result
liar_init_failed(void *state, const struct faas_failure *failure, struct faas_error *error)
{
   (void)state;
   (void)failure;
   (void)error;
#if defined(INIT_FAILED_ENDS)
   return FAAS_END;
#endif
   return FAAS_OK;
}

static bool
liar_caller_gone(void *state, const struct faas_invocation *invocation)
{
   bool gone = false;
   (void)state;
   (void)invocation;
#if defined(CALLER_MAYBE_GONE)
   memset(&gone, four, sizeof gone);
#endif
   return gone;
}

static void
liar_close(void *state)
{
   free(state);
#if defined(CLOSE_CRASHES)
   *(volatile char *)nowhere = 'x';
#endif
}

static size_t
liar_format_log(void *state, const struct faas_log_record *record, char *line, size_t size)
{
   const struct liar *liar = state;
   (void)liar;
   int length = snprintf(line, size, "%d", (int)record->level);
#if defined(FORMATS_LONG)
   length = snprintf(line, size, "%s", record->message);
   return length < 0 ? 0 : (size_t)length;
#elif defined(FORMATS_CUT)
   size_t wanted = strlen(record->message);
   wanted = wanted < size ? wanted : size;
   memcpy(line, record->message, wanted);
   return wanted;
#elif defined(FORMATS_BEYOND)
   memset(line, 'x', size + 1);
   return size;
#elif defined(FORMATS_AND_LOGS)
   liar->host->log(liar->host->context, FAAS_LOG_DEBUG, "formatted a line");
#endif
   return length < 0 || (size_t)length >= size ? 0 : (size_t)length;
}

#if defined(LOGS_AFTER_CLOSE)
__attribute__((destructor)) static void
log_at_last(void)
{
   if (the_host != NULL) {
      the_host->log(the_host->context, FAAS_LOG_INFO, "unloaded");
   }
}
#endif

#if defined(EXPORTS_MORE)
FAAS_PROVIDER_EXPORT int liar_helper(void);

int
liar_helper(void)
{
   return four;
}
#endif

static const struct faas_option OPTIONS[] = {
#if defined(OPTION_NAME)
   {"bad-name", NULL, "an option"},
#elif defined(OPTION_TWICE)
   {"once", NULL, "an option"},
   {"once", NULL, "an option"},
#elif defined(OPTION_NO_HELP)
   {"folder", NULL, NULL},
#else
   {"folder", "events", "an option"},
#endif
   {NULL, NULL, NULL},
};

static struct faas_provider provider = {
   .size = sizeof(struct faas_provider),
   .abi_version = FAAS_PROVIDER_ABI_VERSION,
#if AT_ONCE
   .max_open_invocations = 2,
   .threads = FAAS_THREADS_NEXT_ALONE,
#elif !defined(OPENS_NONE)
   .max_open_invocations = 1,
#endif
   .name = "liar",
#if defined(VERSION_TWO_LINES)
   .version = "1\n2",
#else
   .version = "1.0.0",
#endif
   .description = "a provider of the tests",
   .options = OPTIONS,
   .open = liar_open,
   .next = liar_next,
   .respond = liar_respond,
   .fail = liar_fail,
   .init_failed = liar_init_failed,
   .caller_gone = liar_caller_gone,
   .close = liar_close,
   .format_log = liar_format_log,
};

FAAS_PROVIDER_EXPORT const struct faas_provider *faas_provider_init(void);

const struct faas_provider *
faas_provider_init(void)
{
#if defined(INIT_CHANGES)
   provider.max_open_invocations++;
#elif defined(INIT_PRINTS)
   (void)printf("loaded\n");
#endif
   return &provider;
}
