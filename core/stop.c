#include "stop.h"

#include "error.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Global, because a signal handler has no other way to reach these. */
static atomic_bool requested;
static atomic_int event_descriptor = -1;

static void
handle_with(void (*handler)(int))
{
   struct sigaction action = {.sa_handler = handler};
   (void)sigemptyset(&action.sa_mask);
   (void)sigaddset(&action.sa_mask, SIGTERM);
   (void)sigaddset(&action.sa_mask, SIGINT);
   (void)sigaction(SIGTERM, &action, NULL);
   (void)sigaction(SIGINT, &action, NULL);
}

void
stop_request(void)
{
   atomic_store(&requested, true);
   uint64_t one = 1;
   ssize_t written = write(atomic_load(&event_descriptor), &one, sizeof one);
   (void)written;
}

/* Calls only functions that POSIX lists as async-signal-safe (2.4.3, "Signal Actions"). */
static void
on_signal(int number)
{
   (void)number;
   int saved = errno;
   handle_with(SIG_DFL);
   stop_request();
   errno = saved;
}

bool
stop_install(struct faas_error *error)
{
   int descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
   if (descriptor < 0) {
      faas_error_set(error, "Harness.StartFailed", "cannot create an event descriptor: %s", strerror(errno));
      return false;
   }
   atomic_store(&event_descriptor, descriptor);

   handle_with(on_signal);

   /* If the reader of stdout goes away, the write must fail rather than kill the process. */
   (void)signal(SIGPIPE, SIG_IGN);
   return true;
}

bool
stop_requested(void)
{
   return atomic_load(&requested);
}

int
stop_descriptor(void)
{
   return atomic_load(&event_descriptor);
}
