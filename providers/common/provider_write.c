#include "provider_write.h"

#include "provider_error.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

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
