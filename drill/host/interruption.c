#include "interruption.h"

#include "clock.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

/* Enough for a burst and the drill's own. */
#define ENVIRONMENTS_MAX 256

struct interruption {
   pthread_t thread;
   pthread_mutex_t lock;
   pthread_cond_t came;
   int signal;
   bool ending;
   struct environment *environments[ENVIRONMENTS_MAX];
};

static void
signals_of_the_end(sigset_t *signals)
{
   sigemptyset(signals);
   sigaddset(signals, SIGINT);
   sigaddset(signals, SIGTERM);
   sigaddset(signals, SIGHUP);
}

static void *
wait_for_signal(void *argument)
{
   struct interruption *interruption = argument;
   sigset_t signals;
   signals_of_the_end(&signals);
   int number = 0;
   sigwait(&signals, &number);
   pthread_mutex_lock(&interruption->lock);
   if (!interruption->ending) {
      interruption->signal = number;
      for (size_t i = 0; i < ENVIRONMENTS_MAX; i++) {
         if (interruption->environments[i] != NULL) {
            environment_interrupt(interruption->environments[i]);
         }
      }
      pthread_cond_broadcast(&interruption->came);
   }
   pthread_mutex_unlock(&interruption->lock);
   return NULL;
}

struct interruption *
interruption_new(void)
{
   struct interruption *interruption = calloc(1, sizeof *interruption);
   if (interruption == NULL) {
      return NULL;
   }
   clock_condition_init(&interruption->came);
   pthread_mutex_init(&interruption->lock, NULL);
   sigset_t signals;
   signals_of_the_end(&signals);
   pthread_sigmask(SIG_BLOCK, &signals, NULL);
   if (pthread_create(&interruption->thread, NULL, wait_for_signal, interruption) != 0) {
      pthread_cond_destroy(&interruption->came);
      pthread_mutex_destroy(&interruption->lock);
      free(interruption);
      return NULL;
   }
   return interruption;
}

void
interruption_destroy(struct interruption *interruption)
{
   if (interruption == NULL) {
      return;
   }
   pthread_mutex_lock(&interruption->lock);
   interruption->ending = true;
   bool waiting = interruption->signal == 0;
   pthread_mutex_unlock(&interruption->lock);
   if (waiting) {
      pthread_kill(interruption->thread, SIGHUP);
   }
   pthread_join(interruption->thread, NULL);
   pthread_cond_destroy(&interruption->came);
   pthread_mutex_destroy(&interruption->lock);
   free(interruption);
}

int
interruption_signal(struct interruption *interruption)
{
   pthread_mutex_lock(&interruption->lock);
   int number = interruption->signal;
   pthread_mutex_unlock(&interruption->lock);
   return number;
}

bool
interruption_wait_until(struct interruption *interruption, int64_t until_us)
{
   struct timespec until = clock_timespec(until_us);
   pthread_mutex_lock(&interruption->lock);
   while (interruption->signal == 0 && clock_now_us() < until_us) {
      pthread_cond_timedwait(&interruption->came, &interruption->lock, &until);
   }
   bool undisturbed = interruption->signal == 0;
   pthread_mutex_unlock(&interruption->lock);
   return undisturbed;
}

bool
interruption_add(struct interruption *interruption, struct environment *environment)
{
   bool added = false;
   pthread_mutex_lock(&interruption->lock);
   for (size_t i = 0; i < ENVIRONMENTS_MAX && !added && interruption->signal == 0; i++) {
      if (interruption->environments[i] == NULL) {
         interruption->environments[i] = environment;
         added = true;
      }
   }
   pthread_mutex_unlock(&interruption->lock);
   return added;
}

void
interruption_remove(struct interruption *interruption, struct environment *environment)
{
   pthread_mutex_lock(&interruption->lock);
   for (size_t i = 0; i < ENVIRONMENTS_MAX; i++) {
      if (interruption->environments[i] == environment) {
         interruption->environments[i] = NULL;
      }
   }
   pthread_mutex_unlock(&interruption->lock);
}
