/*
 * invoke_queue: one environment for many callers: they come one after the other, in their order, and events nobody
 * waits for are run by a thread.
 */
#ifndef FAAS_DRILL_INVOKE_QUEUE_H
#define FAAS_DRILL_INVOKE_QUEUE_H

#include "environment.h"

struct invoke_queue;

/* log gets what became of events nobody waits for. NULL with error set. */
struct invoke_queue *invoke_queue_new(struct environment *environment, FILE *log, struct drill_error *error);

/* The environment has to be interrupted before, and no caller left. Takes NULL. */
void invoke_queue_destroy(struct invoke_queue *queue);

/* As environment_invoke_with. */
int invoke_queue_run(struct invoke_queue *queue,
                     const char *event,
                     size_t length,
                     const struct invoker_context *context,
                     struct invocation_result *result,
                     struct drill_error *error);

/* Runs it later; the event is copied. False when too many wait already, or without memory. */
bool invoke_queue_add(struct invoke_queue *queue, const char *event, size_t length);

#endif
