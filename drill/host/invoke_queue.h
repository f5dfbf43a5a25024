/*
 * invoke_queue: shares one environment among many callers. Its own threads run the callers' jobs in order: one at a
 * time, or, on a managed instance, as many at once as it accepts, plus one more, which it refuses.
 */
#pragma once

#include "environment.h"

#include <sys/queue.h>

struct invoke_queue;

/* The caller owns the job and everything it points to, which must live until done is called. */
struct invoke_job {
   struct invoker_event event;

   /* Called once, without any lock, by a thread of the queue, or by invoke_queue_add when the queue is closed. */
   void (*done)(struct invoke_job *job);

   int failed; /* 0: result is filled in, and the caller clears it; -1: error is set */
   struct invocation_result result;
   struct drill_error error;

   STAILQ_ENTRY(invoke_job) next; /* for the queue only */
};

/* log gets the failures of asynchronous events. Returns NULL with error set. */
struct invoke_queue *invoke_queue_new(struct environment *environment, FILE *log, struct drill_error *error);

/* Runs the jobs in the queue, and ends the threads. The jobs fail soon if the environment was interrupted before. Jobs
 * added later fail at once. */
void invoke_queue_close(struct invoke_queue *queue);

/* Call after invoke_queue_close, when nobody adds jobs any more. Allows NULL. */
void invoke_queue_destroy(struct invoke_queue *queue);

/* Thread-safe. */
void invoke_queue_add(struct invoke_queue *queue, struct invoke_job *job);

/* Adds an asynchronous event, and copies it. Returns false if too many wait already, or when out of memory.
 * Thread-safe. */
bool invoke_queue_add_later(struct invoke_queue *queue, const char *event, size_t length);
