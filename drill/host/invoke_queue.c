#include "invoke_queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define LATER_MAX 100

struct later {
   struct later *next;
   size_t length;
   char event[];
};

struct invoke_queue {
   struct environment *environment;
   FILE *log;
   pthread_t thread;
   pthread_mutex_t lock;
   pthread_cond_t served;  /* the next ticket's turn */
   pthread_cond_t changed; /* of what runs later, and closing */
   unsigned long tickets;
   unsigned long serving;
   struct later *first;
   struct later *last;
   unsigned later_count;
   bool closing;
};

int
invoke_queue_run(struct invoke_queue *queue,
                 const char *event,
                 size_t length,
                 const struct invoker_context *context,
                 struct invocation_result *result,
                 struct drill_error *error)
{
   pthread_mutex_lock(&queue->lock);
   unsigned long ticket = queue->tickets++;
   while (queue->serving != ticket) {
      pthread_cond_wait(&queue->served, &queue->lock);
   }
   pthread_mutex_unlock(&queue->lock);
   int failed = environment_invoke_with(queue->environment, event, length, context, result, error);
   pthread_mutex_lock(&queue->lock);
   queue->serving++;
   pthread_cond_broadcast(&queue->served);
   pthread_mutex_unlock(&queue->lock);
   return failed;
}

static void
run_later(struct invoke_queue *queue, struct later *later)
{
   struct invocation_result result;
   struct drill_error error;
   if (invoke_queue_run(queue, later->event, later->length, NULL, &result, &error) != 0) {
      fprintf(queue->log, "an event nobody waits for was not run: %s\n", error.message);
   } else {
      if (result.violations != NULL) {
         fprintf(queue->log, "against the Runtime API: %s\n", result.violations);
      }
      invocation_result_clear(&result);
   }
   free(later);
}

static void *
run_all_later(void *argument)
{
   struct invoke_queue *queue = argument;
   pthread_mutex_lock(&queue->lock);
   for (;;) {
      while (queue->first == NULL && !queue->closing) {
         pthread_cond_wait(&queue->changed, &queue->lock);
      }
      struct later *later = queue->first;
      if (later == NULL) {
         break;
      }
      queue->first = later->next;
      queue->later_count--;
      pthread_mutex_unlock(&queue->lock);
      run_later(queue, later);
      pthread_mutex_lock(&queue->lock);
   }
   pthread_mutex_unlock(&queue->lock);
   return NULL;
}

bool
invoke_queue_add(struct invoke_queue *queue, const char *event, size_t length)
{
   struct later *later = malloc(sizeof *later + length);
   if (later == NULL) {
      return false;
   }
   later->next = NULL;
   later->length = length;
   if (length > 0) {
      memcpy(later->event, event, length);
   }
   pthread_mutex_lock(&queue->lock);
   bool added = queue->later_count < LATER_MAX;
   if (added) {
      if (queue->first == NULL) {
         queue->first = later;
      } else {
         queue->last->next = later;
      }
      queue->last = later;
      queue->later_count++;
      pthread_cond_broadcast(&queue->changed);
   }
   pthread_mutex_unlock(&queue->lock);
   if (!added) {
      free(later);
   }
   return added;
}

struct invoke_queue *
invoke_queue_new(struct environment *environment, FILE *log, struct drill_error *error)
{
   struct invoke_queue *queue = calloc(1, sizeof *queue);
   if (queue == NULL) {
      drill_error_set(error, "expected memory for a queue, found none");
      return NULL;
   }
   queue->environment = environment;
   queue->log = log;
   pthread_mutex_init(&queue->lock, NULL);
   pthread_cond_init(&queue->served, NULL);
   pthread_cond_init(&queue->changed, NULL);
   int failed = pthread_create(&queue->thread, NULL, run_all_later, queue);
   if (failed != 0) {
      drill_error_set(error, "expected a thread for a queue, found: %s", strerror(failed));
      pthread_cond_destroy(&queue->served);
      pthread_cond_destroy(&queue->changed);
      pthread_mutex_destroy(&queue->lock);
      free(queue);
      return NULL;
   }
   return queue;
}

void
invoke_queue_destroy(struct invoke_queue *queue)
{
   if (queue == NULL) {
      return;
   }
   pthread_mutex_lock(&queue->lock);
   queue->closing = true;
   pthread_cond_broadcast(&queue->changed);
   pthread_mutex_unlock(&queue->lock);
   pthread_join(queue->thread, NULL);
   pthread_cond_destroy(&queue->served);
   pthread_cond_destroy(&queue->changed);
   pthread_mutex_destroy(&queue->lock);
   free(queue);
}
