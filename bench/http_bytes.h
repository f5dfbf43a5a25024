/*
 * http_bytes: what the programs that measure HTTP by hand have in common. Each is one file, compiled with `cc` alone.
 */
#ifndef BENCH_HTTP_BYTES_H
#define BENCH_HTTP_BYTES_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* Sends the head and the body (body_length may be 0) of one message. Returns false with errno set if the connection
 * ended. */
static bool
send_all(int descriptor, const char *head, size_t head_length, const char *body, size_t body_length)
{
   struct iovec parts[2] = {{.iov_base = (void *)(uintptr_t)head, .iov_len = head_length},
                            {.iov_base = (void *)(uintptr_t)body, .iov_len = body_length}};
   struct msghdr message = {.msg_iov = parts, .msg_iovlen = body_length > 0 ? 2 : 1};
   size_t left = head_length + body_length;
   while (left > 0) {
      ssize_t sent = sendmsg(descriptor, &message, MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) {
         continue;
      }
      if (sent <= 0) {
         return false;
      }
      left -= (size_t)sent;
      for (size_t i = 0, gone = (size_t)sent; i < 2; i++) {
         size_t part = gone < parts[i].iov_len ? gone : parts[i].iov_len;
         parts[i].iov_base = (char *)parts[i].iov_base + part;
         parts[i].iov_len -= part;
         gone -= part;
      }
   }
   return true;
}

/* Returns the value of a header, up to its end of line; NULL if it is missing. */
static const char *
header(const char *head, const char *name)
{
   size_t length = strlen(name);
   for (const char *line = strchr(head, '\n'); line != NULL; line = strchr(line, '\n')) {
      line++;
      if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
         return line + length + 1 + strspn(line + length + 1, " \t");
      }
   }
   return NULL;
}

#endif
