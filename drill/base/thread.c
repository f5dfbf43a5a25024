#include "thread.h"

#include <signal.h>

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
