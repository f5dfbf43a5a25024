#include "thread.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>

int
thread_start(pthread_t *thread, void *(*run)(void *owner), void *owner)
{
   sigset_t all;
   sigset_t before;
   sigfillset(&all);
   pthread_sigmask(SIG_SETMASK, &all, &before);
   int failed = pthread_create(thread, NULL, run, owner);
   pthread_sigmask(SIG_SETMASK, &before, NULL);
   return failed;
}

void
wakeup_send(int descriptor)
{
   const uint64_t one = 1;
   while (write(descriptor, &one, sizeof one) < 0 && errno == EINTR) {
   }
}

void
wakeup_clear(int descriptor)
{
   uint64_t count;
   while (read(descriptor, &count, sizeof count) < 0 && errno == EINTR) {
   }
}
