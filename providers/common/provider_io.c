#include "provider_io.h"

#include "provider_error.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum faas_result
provider_read(
   int descriptor, const struct faas_host *host, char *bytes, size_t size, size_t *length, struct faas_error *error)
{
   struct pollfd waits[] = {
      {.fd = descriptor, .events = POLLIN},
      {.fd = host->stop_descriptor(host->context), .events = POLLIN},
   };

   for (;;) {
      (void)poll(waits, 2, -1);
      if (host->stop_requested(host->context)) {
         return FAAS_END;
      }
      ssize_t got = read(descriptor, bytes, size);
      if (got >= 0 || errno == EBADF) {
         *length = got > 0 ? (size_t)got : 0;
         return FAAS_OK;
      }
      if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) {
         provider_error_set(error,
                            "Provider.EventNotRead",
                            "cannot read events from stdin: %s; give it a file or a pipe",
                            strerror(errno));
         return FAAS_ERROR;
      }
   }
}

static bool
wait_writable(int descriptor)
{
   struct pollfd wait = {.fd = descriptor, .events = POLLOUT};

   return poll(&wait, 1, -1) >= 0 || errno == EINTR;
}

enum faas_result
provider_write_all(int descriptor, const char *where, const char *text, size_t length, struct faas_error *error)
{
   size_t done = 0;

   while (done < length) {
      ssize_t written = write(descriptor, text + done, length - done);

      if (written >= 0) {
         done += (size_t)written;
      } else if (errno != EINTR && !((errno == EAGAIN || errno == EWOULDBLOCK) && wait_writable(descriptor))) {
         provider_error_set(error,
                            "Provider.AnswerNotWritten",
                            "cannot write an answer of %zu bytes to %s: %s after %zu bytes; the reader must read the "
                            "answers to their end, and %s must be open and have space",
                            length,
                            where,
                            strerror(errno),
                            done,
                            where);
         return FAAS_ERROR;
      }
   }
   return FAAS_OK;
}

enum faas_result
provider_write_line(
   int descriptor, const char *where, const struct provider_bytes *parts, size_t count, struct faas_error *error)
{
   size_t length = 0;
   size_t used = 0;

   for (size_t i = 0; i < count; i++) {
      length += parts[i].length;
   }
   char *line = malloc(length + 1);
   if (line == NULL) {
      provider_error_set(error, "Provider.OutOfMemory", "out of memory for an answer of %zu bytes", length);
      return FAAS_ERROR;
   }
   /* Between tokens a line break means the same as a space, and JSON strings contain none. */
   for (size_t i = 0; i < count; i++) {
      for (size_t j = 0; j < parts[i].length; j++) {
         char byte = parts[i].bytes[j];
         line[used++] = byte == '\n' || byte == '\r' ? ' ' : byte;
      }
   }
   line[used++] = '\n';
   enum faas_result result = provider_write_all(descriptor, where, line, used, error);
   free(line);
   return result;
}
