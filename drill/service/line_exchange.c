#include "line_exchange.h"

#include "descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES_MAX (6 * 1024 * 1024)
#define CHUNK_BYTES 65536

int
line_channel_open(struct line_channel *channel, int *input, int *answers)
{
   int there[2] = {-1, -1}, back[2] = {-1, -1};
   *channel = (struct line_channel){.to_function = -1, .from_function = -1};
   if (pipe2(there, O_CLOEXEC) != 0) {
      return -1;
   }
   if (pipe2(back, O_CLOEXEC) != 0) {
      close(there[0]);
      close(there[1]);
      return -1;
   }
   fcntl(there[1], F_SETFL, O_NONBLOCK);
   fcntl(back[0], F_SETFL, O_NONBLOCK);
   channel->to_function = there[1];
   channel->from_function = back[0];
   *input = there[0];
   *answers = back[1];
   return 0;
}

void
line_channel_close(struct line_channel *channel)
{
   descriptors_close(channel->to_function);
   descriptors_close(channel->from_function);
   free(channel->rest);
   *channel = (struct line_channel){.to_function = -1, .from_function = -1};
}

/* Moves a line that has already arrived into answer. */
static bool
take_line(struct line_channel *channel, struct service_answer *answer)
{
   char *end = channel->rest == NULL ? NULL : memchr(channel->rest, '\n', channel->rest_length);
   if (end == NULL) {
      return false;
   }
   answer->length = (size_t)(end - channel->rest);
   answer->text = strndup(channel->rest, answer->length);
   channel->rest_length -= answer->length + 1;
   memmove(channel->rest, end + 1, channel->rest_length);
   return true;
}

/* Returns 1 when more came, 0 when nothing did, -1 at the end or on an error; errno then tells which (0 at the end,
 * ENOMEM when out of memory). */
static int
read_more(struct line_channel *channel)
{
   if (channel->rest_length > LINE_BYTES_MAX) {
      errno = EMSGSIZE;
      return -1;
   }
   char *rest = realloc(channel->rest, channel->rest_length + CHUNK_BYTES);
   if (rest == NULL) {
      errno = ENOMEM;
      return -1;
   }
   channel->rest = rest;
   ssize_t length = read(channel->from_function, rest + channel->rest_length, CHUNK_BYTES);
   if (length > 0) {
      channel->rest_length += (size_t)length;
      return 1;
   }
   if (length == 0) {
      errno = 0;
      return -1;
   }
   return errno == EAGAIN || errno == EINTR ? 0 : -1;
}

static enum service_end
broken(struct service_watch *watch, int failed)
{
   if (failed == ENOMEM) {
      return SERVICE_NO_MEMORY;
   }
   (void)snprintf(watch->why,
                  sizeof watch->why,
                  "%s",
                  failed == 0          ? "it closed descriptor 3"
                  : failed == EMSGSIZE ? "its answer is longer than 6 MB"
                                       : strerror(failed));
   return SERVICE_BROKEN;
}

static enum service_end
wait_for_line(struct line_channel *channel, struct service_watch *watch, struct service_answer *answer)
{
   enum service_end end;
   for (;;) {
      int more = read_more(channel);
      int failed = errno;
      if (take_line(channel, answer)) {
         return answer->text != NULL ? SERVICE_ANSWERED : SERVICE_NO_MEMORY;
      }
      if (more > 0) {
         continue;
      }
      /* If the process has ended, report that first. */
      if (service_watch_look(watch, &end)) {
         return end;
      }
      if (more < 0) {
         return broken(watch, failed);
      }
      service_watch_wait(watch, channel->from_function, POLLIN);
   }
}

static enum service_end
write_all(struct line_channel *channel, const char *text, size_t length, struct service_watch *watch)
{
   enum service_end end;
   while (length > 0) {
      ssize_t written = write(channel->to_function, text, length);
      int failed = errno; /* kept, because looking at the process reads files */
      if (written > 0) {
         text += written;
         length -= (size_t)written;
      } else if (service_watch_look(watch, &end)) {
         return end;
      } else if (failed == EAGAIN || failed == EINTR) {
         service_watch_wait(watch, channel->to_function, POLLOUT);
      } else {
         (void)snprintf(watch->why, sizeof watch->why, "it closed its stdin");
         return SERVICE_BROKEN;
      }
   }
   return SERVICE_ANSWERED;
}

enum service_end
line_exchange(struct line_channel *channel,
              const char *text,
              size_t length,
              struct service_watch *watch,
              struct service_answer *answer)
{
   *answer = (struct service_answer){0};
   enum service_end end = SERVICE_ANSWERED;
   if (text != NULL) {
      end = write_all(channel, text, length, watch);
      end = end == SERVICE_ANSWERED ? write_all(channel, "\n", 1, watch) : end;
   }
   return end == SERVICE_ANSWERED ? wait_for_line(channel, watch, answer) : end;
}
