#include "invoke_queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define LATER_MAX 100

struct later {
   struct invoke_job job;
   struct invoke_queue *queue;
   char text[];
};

struct invoke_queue {
   struct environment *environment;
   FILE *log;
   pthread_t *threads;
   unsigned thread_count;
   pthread_mutex_t lock; /* protects all below */
   pthread_cond_t changed;
   STAILQ_HEAD(, invoke_job) jobs;
   unsigned later_count;
   bool closed;
};

/* --- its threads ------------------------------------------------------------------------------------------------- */

static struct invoke_job *
take_first(struct invoke_queue *queue)
{
   pthread_mutex_lock(&queue->lock);
   while (STAILQ_EMPTY(&queue->jobs) && !queue->closed) {
      pthread_cond_wait(&queue->changed, &queue->lock);
   }
   struct invoke_job *job = STAILQ_FIRST(&queue->jobs);
   if (job != NULL) {
      STAILQ_REMOVE_HEAD(&queue->jobs, next);
   }
   pthread_mutex_unlock(&queue->lock);
   return job;
}

static void *
run_all(void *argument)
{
   struct invoke_queue *queue = argument;
   for (struct invoke_job *job; (job = take_first(queue)) != NULL;) {
      job->failed = environment_invoke_with(queue->environment, &job->event, &job->result, &job->error);
      job->done(job);
   }
   return NULL;
}

/* --- adding to it ------------------------------------------------------------------------------------------------- */

/* Call with the lock held. */
static void
append(struct invoke_queue *queue, struct invoke_job *job)
{
   STAILQ_INSERT_TAIL(&queue->jobs, job, next);
   pthread_cond_signal(&queue->changed);
}

void
invoke_queue_add(struct invoke_queue *queue, struct invoke_job *job)
{
   pthread_mutex_lock(&queue->lock);
   bool closed = queue->closed;
   if (!closed) {
      append(queue, job);
   }
   pthread_mutex_unlock(&queue->lock);
   if (closed) {
      job->failed = -1;
      drill_error_set(&job->error, "interrupted");
      job->done(job);
   }
}

static void
later_done(struct invoke_job *job)
{
   struct later *later = (struct later *)job;
   struct invoke_queue *queue = later->queue;
   if (job->failed != 0) {
      fprintf(queue->log, "asynchronous event dropped: %s\n", job->error.message);
   } else {
      invocation_result_clear(&job->result);
   }
   pthread_mutex_lock(&queue->lock);
   queue->later_count--;
   pthread_mutex_unlock(&queue->lock);
   free(later);
}

bool
invoke_queue_add_later(struct invoke_queue *queue, const char *event, size_t length)
{
   struct later *later = calloc(1, sizeof *later + length);
   if (later == NULL) {
      return false;
   }
   later->job.event = (struct invoker_event){.text = later->text, .length = length};
   later->job.done = later_done;
   later->queue = queue;
   if (length > 0) {
      memcpy(later->text, event, length);
   }
   pthread_mutex_lock(&queue->lock);
   bool added = !queue->closed && queue->later_count < LATER_MAX;
   if (added) {
      queue->later_count++;
      append(queue, &later->job);
   }
   pthread_mutex_unlock(&queue->lock);
   if (!added) {
      free(later);
   }
   return added;
}

/* --- its life ----------------------------------------------------------------------------------------------------- */

struct invoke_queue *
invoke_queue_new(struct environment *environment, FILE *log, struct drill_error *error)
{
   struct invoke_queue *queue = calloc(1, sizeof *queue);
   if (queue == NULL) {
      drill_error_set(error, "out of memory: could not create the event queue");
      return NULL;
   }
   queue->environment = environment;
   queue->log = log;
   STAILQ_INIT(&queue->jobs);
   pthread_mutex_init(&queue->lock, NULL);
   pthread_cond_init(&queue->changed, NULL);
   unsigned at_once = environment_concurrency(environment);
   unsigned threads = at_once > 1 ? at_once + 1 : 1;
   queue->threads = calloc(threads, sizeof *queue->threads);
   int failed = queue->threads == NULL ? ENOMEM : 0;
   while (failed == 0 && queue->thread_count < threads) {
      failed = pthread_create(&queue->threads[queue->thread_count], NULL, run_all, queue);
      queue->thread_count += failed == 0 ? 1 : 0;
   }
   if (failed != 0) {
      drill_error_set(error, "cannot start %u threads for the event queue: %s", threads, strerror(failed));
      invoke_queue_close(queue);
      invoke_queue_destroy(queue);
      return NULL;
   }
   return queue;
}

void
invoke_queue_close(struct invoke_queue *queue)
{
   pthread_mutex_lock(&queue->lock);
   queue->closed = true;
   pthread_cond_broadcast(&queue->changed);
   pthread_mutex_unlock(&queue->lock);
   for (unsigned i = 0; i < queue->thread_count; i++) {
      pthread_join(queue->threads[i], NULL);
   }
   queue->thread_count = 0;
}

void
invoke_queue_destroy(struct invoke_queue *queue)
{
   if (queue != NULL) {
      pthread_cond_destroy(&queue->changed);
      pthread_mutex_destroy(&queue->lock);
      free(queue->threads);
      free(queue);
   }
}
