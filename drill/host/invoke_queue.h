/*
 * invoke_queue: one environment for many callers. Its own threads run their jobs in order: one after the other, or, on
 * a managed instance, as many at once as it takes, and one more, which it refuses.
 */
#ifndef FAAS_DRILL_INVOKE_QUEUE_H
#define FAAS_DRILL_INVOKE_QUEUE_H

#include "environment.h"

struct invoke_queue;

/* The caller's, with all it points to, until done is called. */
struct invoke_job {
   const char *event;
   size_t length;
   struct invoker_context context;

   /* Called once, by a thread of the queue, or by invoke_queue_add when the queue is closed; without any lock. */
   void (*done)(struct invoke_job *job);

   int failed; /* 0: result is filled, to be cleared by the caller; -1: error is set */
   struct invocation_result result;
   struct drill_error error;

   struct invoke_job *next; /* the queue's own */
};

/* log gets what became of events nobody waits for. NULL with error set. */
struct invoke_queue *invoke_queue_new(struct environment *environment, FILE *log, struct drill_error *error);

/* Runs what is in it, which fails soon when the environment was interrupted before, and ends the threads. Jobs that are
 * added later fail at once. */
void invoke_queue_close(struct invoke_queue *queue);

/* Closed before, and nobody adds to it any more. Takes NULL. */
void invoke_queue_destroy(struct invoke_queue *queue);

/* Thread-safe. */
void invoke_queue_add(struct invoke_queue *queue, struct invoke_job *job);

/* An event nobody waits for; it is copied. False when too many wait already, or when out of memory. Thread-safe. */
bool invoke_queue_add_later(struct invoke_queue *queue, const char *event, size_t length);

#endif
