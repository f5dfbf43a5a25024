#include "function_log.h"

#include "descriptors.h"
#include "error.h"
#include "thread.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html: LogResult is the last 4 KB. */
#define TAIL_BYTES 4096
#define LINE_MAX_BYTES 16384
/* What a pipe of the default size holds. */
#define CHUNK_BYTES 65536

struct function_log {
   FILE *out;
   int reader;
   int writer;
   int stop;
   pthread_t thread;
   pthread_mutex_t lock; /* protects all below, and reading */
   size_t line_length;
   char line[LINE_MAX_BYTES];
   size_t tail_length;
   char tail[TAIL_BYTES + 1]; /* the last byte stays NUL */
   char chunk[CHUNK_BYTES];
};

static void
tail_add(struct function_log *log, const char *text, size_t length)
{
   if (length > TAIL_BYTES) {
      text += length - TAIL_BYTES;
      length = TAIL_BYTES;
   }
   size_t room = TAIL_BYTES - log->tail_length;
   if (length > room) {
      size_t dropped = length - room;
      memmove(log->tail, log->tail + dropped, log->tail_length - dropped);
      log->tail_length -= dropped;
   }
   memcpy(log->tail + log->tail_length, text, length);
   log->tail_length += length;
}

static void
line_end(struct function_log *log)
{
   if (log->out != NULL) {
      log->line[log->line_length++] = '\n';
      fwrite(log->line, 1, log->line_length, log->out);
   }
   log->line_length = 0;
}

static void
lines_add(struct function_log *log, const char *text, size_t length)
{
   while (length > 0) {
      const char *end = memchr(text, '\n', length);
      size_t part = end != NULL ? (size_t)(end - text) : length;
      size_t room = LINE_MAX_BYTES - 1 - log->line_length;
      bool cut = part > room;
      if (cut) {
         part = room;
      }
      memcpy(log->line + log->line_length, text, part);
      log->line_length += part;
      if (end != NULL || cut) {
         line_end(log);
      }
      size_t taken = part + (end != NULL && !cut ? 1 : 0);
      text += taken;
      length -= taken;
   }
}

static void
drain_locked(struct function_log *log)
{
   ssize_t length = read(log->reader, log->chunk, sizeof log->chunk);
   if (length > 0) {
      tail_add(log, log->chunk, (size_t)length);
      lines_add(log, log->chunk, (size_t)length);
      if (log->out != NULL) {
         fflush(log->out);
      }
   }
}

/* Reads what the function has written up to now, so that later lines come after it. */
static void
drain(struct function_log *log)
{
   pthread_mutex_lock(&log->lock);
   drain_locked(log);
   pthread_mutex_unlock(&log->lock);
}

static void *
drain_always(void *argument)
{
   struct function_log *log = argument;
   struct pollfd polled[] = {{.fd = log->reader, .events = POLLIN}, {.fd = log->stop, .events = POLLIN}};
   while (poll(polled, 2, -1) >= 0 || errno == EINTR) {
      if (polled[1].revents != 0) {
         break;
      }
      drain(log);
   }
   return NULL;
}

struct function_log *
function_log_new(FILE *out, struct drill_error *error)
{
   struct function_log *log = calloc(1, sizeof *log);
   int ends[2] = {-1, -1};
   int stop = eventfd(0, EFD_CLOEXEC);
   if (log == NULL || stop < 0 || pipe2(ends, O_CLOEXEC) != 0) {
      goto failed;
   }
   fcntl(ends[0], F_SETFL, O_NONBLOCK);
   log->out = out;
   log->reader = ends[0];
   log->writer = ends[1];
   log->stop = stop;
   pthread_mutex_init(&log->lock, NULL);
   errno = pthread_create(&log->thread, NULL, drain_always, log);
   if (errno == 0) {
      return log;
   }
   pthread_mutex_destroy(&log->lock);
   close(ends[0]);
   close(ends[1]);
failed:
   shortage_tell(error, "create the function's log", errno);
   descriptors_close(stop);
   free(log);
   return NULL;
}

void
function_log_destroy(struct function_log *log)
{
   if (log == NULL) {
      return;
   }
   wakeup_send(log->stop);
   pthread_join(log->thread, NULL);
   drain_locked(log);
   if (log->line_length > 0) {
      line_end(log);
   }
   if (log->out != NULL) {
      fflush(log->out);
   }
   close(log->reader);
   close(log->writer);
   close(log->stop);
   pthread_mutex_destroy(&log->lock);
   free(log);
}

int
function_log_writer(const struct function_log *log)
{
   return log->writer;
}

void
function_log_line(struct function_log *log, const char *format, ...)
{
   char line[1024];
   va_list arguments;
   va_start(arguments, format);
   vsnprintf(line, sizeof line - 1, format, arguments);
   va_end(arguments);
   strcat(line, "\n");
   pthread_mutex_lock(&log->lock);
   drain_locked(log);
   if (log->line_length > 0) {
      tail_add(log, "\n", 1);
      line_end(log);
   }
   tail_add(log, line, strlen(line));
   lines_add(log, line, strlen(line));
   if (log->out != NULL) {
      fflush(log->out);
   }
   pthread_mutex_unlock(&log->lock);
}

void
function_log_begin(struct function_log *log)
{
   pthread_mutex_lock(&log->lock);
   drain_locked(log);
   log->tail_length = 0;
   pthread_mutex_unlock(&log->lock);
}

char *
function_log_tail(struct function_log *log)
{
   pthread_mutex_lock(&log->lock);
   drain_locked(log);
   for (size_t i = 0; i < log->tail_length; i++) {
      log->tail[i] = log->tail[i] != '\0' ? log->tail[i] : ' '; /* a NUL would end the tail */
   }
   char *tail = log->tail_length > 0 ? strndup(log->tail, log->tail_length) : NULL;
   pthread_mutex_unlock(&log->lock);
   return tail;
}
