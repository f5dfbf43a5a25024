#include "backend.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

void
backend_init(struct backend *backend, const struct server *server)
{
   *backend = (struct backend){.server = server};
   TAILQ_INIT(&backend->waiting);
}

void
backend_clear(struct backend *backend)
{
   while (backend->idle_count > 0) {
      close(backend->idle[--backend->idle_count]);
   }
}

/* Servers close idle connections. */
static bool
is_open(int descriptor)
{
   char byte;
   return recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

static int
take(struct backend *backend, struct backend_loan *loan)
{
   int descriptor = -1;
   while (descriptor < 0 && backend->idle_count > 0) {
      descriptor = backend->idle[--backend->idle_count];
      if (!is_open(descriptor)) {
         close(descriptor);
         descriptor = -1;
      }
   }
   if (descriptor < 0) {
      descriptor = server_connect(backend->server);
   }
   if (descriptor >= 0) {
      loan->is_counted = true;
      backend->lent++;
   }
   return descriptor;
}

int
backend_borrow(struct backend *backend, struct backend_loan *loan)
{
   if (backend->lent < BACKEND_LENT_MAX) {
      return take(backend, loan);
   }
   loan->waits = true;
   TAILQ_INSERT_TAIL(&backend->waiting, loan, link);
   return -1;
}

int
backend_connect(const struct backend *backend, struct backend_loan *loan)
{
   loan->is_counted = false;
   return server_connect(backend->server);
}

static void
stop_waiting(struct backend *backend, struct backend_loan *loan)
{
   TAILQ_REMOVE(&backend->waiting, loan, link);
   loan->waits = false;
}

static void
lend_to_the_next(struct backend *backend)
{
   struct backend_loan *next = TAILQ_FIRST(&backend->waiting);
   if (next != NULL && backend->lent < BACKEND_LENT_MAX) {
      stop_waiting(backend, next);
      next->lent(next, take(backend, next));
   }
}

static void
forget(struct backend *backend, struct backend_loan *loan)
{
   if (loan->is_counted) {
      loan->is_counted = false;
      backend->lent--;
   }
}

void
backend_give_back(struct backend *backend, struct backend_loan *loan, int descriptor)
{
   forget(backend, loan);
   if (backend->idle_count < BACKEND_IDLE_MAX) {
      backend->idle[backend->idle_count++] = descriptor;
   } else {
      close(descriptor);
   }
   lend_to_the_next(backend);
}

void
backend_end(struct backend *backend, struct backend_loan *loan)
{
   if (loan->waits) {
      stop_waiting(backend, loan);
   }
   forget(backend, loan);
   lend_to_the_next(backend);
}
