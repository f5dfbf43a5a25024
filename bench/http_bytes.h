/*
 * http_bytes: what the programs that measure HTTP by hand have in common. Each is one file, compiled with `cc` alone.
 */
#ifndef BENCH_HTTP_BYTES_H
#define BENCH_HTTP_BYTES_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

/* Ends the program with a message. */
_Noreturn static inline void
fail(const char *form, ...)
{
   va_list arguments;
   va_start(arguments, form);
   (void)fprintf(stderr, "%s: ", program_invocation_short_name);
   (void)vfprintf(stderr, form, arguments);
   (void)fputc('\n', stderr);
   va_end(arguments);
   exit(1);
}

static inline int64_t
clock_ns(clockid_t clock)
{
   struct timespec now;
   if (clock_gettime(clock, &now) != 0) {
      fail("clock_gettime: %s", strerror(errno));
   }
   return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static inline int
by_size(const void *left, const void *right)
{
   int64_t a = *(const int64_t *)left;
   int64_t b = *(const int64_t *)right;
   return (a > b) - (a < b);
}

/* Sorts the values. */
static inline int64_t
median(int64_t *values, size_t count)
{
   qsort(values, count, sizeof *values, by_size);
   return values[count / 2];
}

/* address: "127.0.0.1:80". */
static inline int
connect_to(const char *address)
{
   char host[64] = {0};
   unsigned short port = 0;
   int on = 1;
   struct sockaddr_in to = {.sin_family = AF_INET};
   if (address == NULL || sscanf(address, "%63[0-9.]:%hu", host, &port) != 2 ||
       inet_pton(AF_INET, host, &to.sin_addr) != 1) {
      fail("expected ADDRESS:PORT, found \"%s\"", address == NULL ? "" : address);
   }
   to.sin_port = htons(port);
   int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
   if (descriptor < 0 || connect(descriptor, (struct sockaddr *)&to, sizeof to) != 0) {
      fail("expected somebody to listen on %s: %s", address, strerror(errno));
   }
   (void)setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
   return descriptor;
}

/* Sends the head and the body (body_length may be 0) of one message. Returns false with errno set if the connection
 * ended. */
static inline bool
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
static inline const char *
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

/* Receives one answer, after which nothing comes, because only one request is open. Ends its head with a NUL. Returns
 * the body, or NULL when the connection has ended. */
static inline char *
receive_answer(int descriptor, char *bytes, size_t size, size_t *body_length)
{
   size_t length = 0;
   size_t wanted = 0;
   char *body = NULL;
   while (body == NULL || length < wanted) {
      ssize_t got = recv(descriptor, bytes + length, size - 1 - length, 0);
      if (got <= 0) {
         return NULL;
      }
      length += (size_t)got;
      bytes[length] = '\0';
      char *end = body == NULL ? strstr(bytes, "\r\n\r\n") : NULL;
      if (end != NULL) {
         end[2] = '\0';
         body = end + 4;
         const char *declared = header(bytes, "Content-Length");
         *body_length = declared == NULL ? 0 : strtoul(declared, NULL, 10);
         wanted = (size_t)(body - bytes) + *body_length;
      }
   }
   return body;
}

#endif
