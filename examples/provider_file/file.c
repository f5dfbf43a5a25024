/* A provider for faas-harness: the events are the files *.event of a folder, in the order of their names. The answer to
 * NAME.event becomes NAME.event.answer, or NAME.event.error when the invocation failed. */
#include <faas_harness/provider.h>

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EVENT_BYTES_MAX = 6 * 1024 * 1024 };

struct files {
   const struct faas_host *host;
   glob_t events;
   size_t next; /* the event to hand out */
   char id[32]; /* "file-1" */
   char payload[EVENT_BYTES_MAX + 1];
};

/* Says what failed, and why, by errno. The path stays out of it: a message must be UTF-8, a path need not be. */
static enum faas_result
refuse(struct faas_error *error, const char *type, const char *what)
{
   snprintf(error->message, sizeof error->message, "cannot %s: %s", what, strerror(errno));
   snprintf(error->type, sizeof error->type, "%s", type);
   return FAAS_ERROR;
}

static void
files_close(void *state)
{
   struct files *files = state;
   globfree(&files->events);
   free(files);
}

static enum faas_result
files_open(const struct faas_host *host, void **state, struct faas_error *error)
{
   const char *folder = host->option(host->context, "folder");
   struct files *files = calloc(1, sizeof *files);
   char pattern[PATH_MAX];
   int status = GLOB_ABORTED;
   if (!files) {
      return refuse(error, "Provider.OutOfMemory", "start the provider");
   }
   errno = ENAMETOOLONG;
   if (snprintf(pattern, sizeof pattern, "%s/*.event", folder) < (int)sizeof pattern) {
      status = glob(pattern, GLOB_ERR, NULL, &files->events);
   }
   if (status != 0) {
      errno = status == GLOB_NOMATCH ? ENOENT : errno;
      files_close(files);
      return refuse(error, "Provider.BadOption", "list *.event files in the folder of option folder");
   }
   files->host = host;
   *state = files;
   return FAAS_OK;
}

static enum faas_result
read_event(struct files *files, size_t *length, struct faas_error *error)
{
   FILE *stream = fopen(files->events.gl_pathv[files->next], "rb");
   if (!stream) {
      return refuse(error, "Provider.EventNotRead", "open an event's file");
   }
   *length = fread(files->payload, 1, sizeof files->payload, stream);
   bool good = !ferror(stream) && *length <= EVENT_BYTES_MAX;
   fclose(stream);
   errno = good ? 0 : EFBIG;
   return good ? FAAS_OK : refuse(error, "Provider.EventNotRead", "read an event's file, which may have at most 6 MB");
}

static enum faas_result
files_next(void *state, struct faas_invocation *invocation, struct faas_error *error)
{
   struct files *files = state;
   if (files->next == files->events.gl_pathc || files->host->stop_requested(files->host->context)) {
      return FAAS_END;
   }
   if (read_event(files, &invocation->payload_length, error) != FAAS_OK) {
      return FAAS_ERROR;
   }
   files->next++;
   snprintf(files->id, sizeof files->id, "file-%zu", files->next);
   invocation->id = files->id;
   invocation->payload = files->payload;
   invocation->deadline_unix_ms = FAAS_NO_DEADLINE;
   return FAAS_OK;
}

/* Writes the answer beside the event that was handed out last. */
static enum faas_result
write_answer(struct files *files, const char *ending, const char *bytes, size_t length, struct faas_error *error)
{
   char path[PATH_MAX + 16];
   FILE *stream = NULL;
   snprintf(path, sizeof path, "%s.%s", files->events.gl_pathv[files->next - 1], ending);
   stream = fopen(path, "wb");
   if (!stream) {
      return refuse(error, "Provider.AnswerNotWritten", "create a file for the answer");
   }
   size_t written = fwrite(bytes, 1, length, stream);
   return fclose(stream) == 0 && written == length ? FAAS_OK
                                                   : refuse(error, "Provider.AnswerNotWritten", "write the answer");
}

static enum faas_result
files_respond(
   void *state, const struct faas_invocation *invocation, const char *report, size_t length, struct faas_error *error)
{
   (void)invocation;
   return write_answer(state, "answer", report, length, error);
}

static enum faas_result
files_fail(void *state,
           const struct faas_invocation *invocation,
           const struct faas_failure *why,
           struct faas_error *error)
{
   (void)invocation;
   /* A report has the error in it. */
   return why->report ? write_answer(state, "error", why->report, why->report_length, error)
                      : write_answer(state, "error", why->message, strlen(why->message), error);
}

static const struct faas_option OPTIONS[] = {{"folder", ".", "folder with the events, files *.event"},
                                             {NULL, NULL, NULL}};

static const struct faas_provider FILES = {
   .size = sizeof FILES,
   .abi_version = FAAS_PROVIDER_ABI_VERSION,
   .max_open_invocations = 1,
   .name = "file",
   .version = "1.0.0",
   .description = "events from files of a folder, answers beside them",
   .options = OPTIONS,
   .open = files_open,
   .next = files_next,
   .respond = files_respond,
   .fail = files_fail,
   .close = files_close,
};

FAAS_PROVIDER_REGISTER(FILES)
