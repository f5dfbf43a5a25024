#include "connect_failure.h"

#include "too_few_files.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* Global, because interposed calls have no parameter that could carry these. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char newest[CONNECT_FAILURE_MAX];
static uint64_t noted; /* so far */

/* Returns false for addresses that are not IPv4 or IPv6: in practice only a name service daemon is reached that way. */
static int
write_address(const struct sockaddr *address, socklen_t length, char *text, size_t size)
{
   char host[INET6_ADDRSTRLEN] = "";
   if (address->sa_family == AF_INET && length >= sizeof(struct sockaddr_in)) {
      struct sockaddr_in v4;
      memcpy(&v4, address, sizeof v4);
      (void)inet_ntop(AF_INET, &v4.sin_addr, host, sizeof host);
      (void)snprintf(text, size, "%s:%u", host, ntohs(v4.sin_port));
   } else if (address->sa_family == AF_INET6 && length >= sizeof(struct sockaddr_in6)) {
      struct sockaddr_in6 v6;
      memcpy(&v6, address, sizeof v6);
      (void)inet_ntop(AF_INET6, &v6.sin6_addr, host, sizeof host);
      (void)snprintf(text, size, "[%s]:%u", host, ntohs(v6.sin6_port));
   }
   return host[0] != '\0';
}

static void
note(const struct sockaddr *address, socklen_t length, const char *before, const char *why)
{
   char where[INET6_ADDRSTRLEN + 10];
   if (!write_address(address, length, where, sizeof where)) {
      return;
   }
   (void)pthread_mutex_lock(&lock);
   noted++;
   (void)snprintf(newest, sizeof newest, "%s: %s%s", where, before, why);
   (void)pthread_mutex_unlock(&lock);
}

void
connect_failure_note(const struct sockaddr *address, socklen_t length, int error_number)
{
   note(address, length, "", error_number == 0 ? "given up without an answer" : strerror(error_number));
}

void
connect_failure_note_answer(const struct sockaddr *address, socklen_t length, const char *found)
{
   note(address, length, "found ", found);
}

void
connect_failure_note_no_socket(int error_number)
{
   char why[TOO_FEW_FILES_TEXT_MAX];
   if (error_number == EMFILE || error_number == ENFILE) {
      too_few_files_text(error_number, why, sizeof why);
   } else {
      (void)snprintf(why, sizeof why, "%s", strerror(error_number));
   }
   (void)pthread_mutex_lock(&lock);
   noted++;
   (void)snprintf(newest, sizeof newest, "had no socket: %s", why);
   (void)pthread_mutex_unlock(&lock);
}

void
connect_failure_take(uint64_t *seen, char *text, size_t size)
{
   (void)pthread_mutex_lock(&lock);
   text[0] = '\0';
   if (*seen != noted) {
      (void)snprintf(text, size, "%s", newest);
      *seen = noted;
   }
   (void)pthread_mutex_unlock(&lock);
}
