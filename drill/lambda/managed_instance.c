#include "managed_instance.h"

#include "clock.h"
#include "initialization.h"
#include "invocation_failure.h"
#include "lambda_report.h"
#include "runtime_event.h"
#include "thread.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* How often the process's end and its memory are checked. */
#define LOOK_MS 20

enum lane_state {
   LANE_FREE,
   LANE_OPEN,
   LANE_ANSWERED, /* the answer was taken, or was there when the process ended */
   LANE_ENDED,    /* the process, or the time to wait for it, ended before it answered */
};

/* One of the concurrent invocations. Its index is that of the Runtime API's slot. */
struct lane {
   int wake; /* eventfd: the answer is there */
   enum lane_state state;
   struct runtime_answer answer;
   struct process_failure failure; /* how the process, or the wait, ended */
};

struct managed_instance {
   struct sandbox *sandbox;
   pthread_mutex_t starting; /* held while a process is started, so that other callers wait */
   pthread_mutex_t lock;     /* protects all below, and the sandbox except while starts is set */
   pthread_cond_t left;      /* signalled when an invocation leaves */
   bool starts;
   int64_t looked_us;
   struct lane *lanes;
   unsigned lane_count;
};

/* --- the process, with the lock held ------------------------------------------------------------------------------ */

/* Settles the invocations that are open when the process ends. */
static void
end_lanes(struct managed_instance *instance, enum watch_end end)
{
   struct sandbox *sandbox = instance->sandbox;
   const char *reported = runtime_api_extension_error(sandbox->api);
   for (unsigned i = 0; i < instance->lane_count; i++) {
      struct lane *lane = &instance->lanes[i];
      if (lane->state == LANE_OPEN) {
         bool answered = runtime_api_take_answer(sandbox->api, i, &lane->answer);
         lane->state = answered ? LANE_ANSWERED : LANE_ENDED;
         lane->failure = (struct process_failure){.end = end, .reported = reported};
      }
   }
   int status = sandbox_end(sandbox);
   bool told = false;
   for (unsigned i = 0; i < instance->lane_count; i++) {
      if (instance->lanes[i].state == LANE_ENDED) {
         instance->lanes[i].failure.status = status;
         told = true;
      }
   }
   if (!told) {
      lambda_report_ended_between(sandbox, status);
   }
}

static void
look(struct managed_instance *instance)
{
   struct sandbox *sandbox = instance->sandbox;
   if (instance->starts || sandbox->process.id == 0) {
      return;
   }
   if (process_has_ended(&sandbox->process)) {
      runtime_api_settle(sandbox->api);
      end_lanes(instance, WATCH_ENDED);
      return;
   }
   int64_t now_us = clock_now_us();
   if (now_us - instance->looked_us >= LOOK_MS * 1000) {
      instance->looked_us = now_us;
      sandbox_note_memory(sandbox);
      if (memory_use_is_over(&sandbox->memory_use)) {
         end_lanes(instance, WATCH_MEMORY);
      }
   }
}

static unsigned
lanes_in_use(const struct managed_instance *instance)
{
   unsigned used = 0;
   for (unsigned i = 0; i < instance->lane_count; i++) {
      used += instance->lanes[i].state != LANE_FREE ? 1 : 0;
   }
   return used;
}

/* Call without the lock. Returns 0 when a process has asked for an event, 1 when its init failed and result says how,
 * -1 with error set. */
static int
make_ready(struct managed_instance *instance, struct invocation_result *result, struct drill_error *error)
{
   struct sandbox *sandbox = instance->sandbox;
   pthread_mutex_lock(&instance->starting);
   pthread_mutex_lock(&instance->lock);
   look(instance);
   while (sandbox->process.id == 0 && lanes_in_use(instance) > 0) {
      pthread_cond_wait(&instance->left, &instance->lock); /* invocations of the previous process report first */
   }
   instance->starts = sandbox->process.id == 0;
   bool starts = instance->starts;
   pthread_mutex_unlock(&instance->lock);
   int failed = 0;
   if (starts) {
      failed = initialization_run(sandbox, result, error);
      pthread_mutex_lock(&instance->lock);
      instance->starts = false;
      pthread_mutex_unlock(&instance->lock);
   }
   pthread_mutex_unlock(&instance->starting);
   return failed;
}

/* --- one invocation ----------------------------------------------------------------------------------------------- */

static int
refuse(struct managed_instance *instance, struct invocation_result *result, struct drill_error *error)
{
   result->outcome = INVOCATION_REFUSED;
   result->start_us = result->end_us = clock_now_us();
   return lambda_error_set(result,
                           "Runtime.Unavailable",
                           "none of the function's workers asked for an event: %u invocations are open, %u are allowed",
                           lanes_in_use(instance),
                           instance->lane_count)
             ? 0
             : invocation_out_of_memory(error);
}

/* Call with the lock held. Returns 0; 1 when the event was refused, as result says; -1 with error set. */
static int
hand_out(struct managed_instance *instance,
         const struct invoker_event *event,
         struct invocation_result *result,
         struct drill_error *error)
{
   struct sandbox *sandbox = instance->sandbox;
   unsigned slot = 0;
   while (slot < instance->lane_count && instance->lanes[slot].state != LANE_FREE) {
      slot++;
   }
   if (sandbox->process.id == 0 || instance->starts || slot == instance->lane_count) {
      return refuse(instance, result, error) == 0 ? 1 : -1;
   }
   result->handed_us = clock_now_us();
   struct filled_event handed;
   runtime_event_fill(&handed, sandbox->config, event, result);
   int failed = runtime_api_hand_out_slot(sandbox->api, &handed.event, slot, instance->lanes[slot].wake, error);
   if (failed != 0) {
      result->handed_us = 0;
   }
   if (failed > 0) {
      return refuse(instance, result, error) == 0 ? 1 : -1;
   }
   if (failed < 0) {
      return -1;
   }
   instance->lanes[slot].state = LANE_OPEN;
   result->lane = (int)slot;
   result->cold = sandbox->cold;
   sandbox->cold = false;
   if (!result->init_within) {
      result->start_us = result->handed_us;
   }
   lambda_report_start(sandbox, result);
   return 0;
}

/* Call with the lock held. Returns 0 when the invocation is over and result says how, 1 when it is not, -1 with error
 * set. */
static int
settle(struct managed_instance *instance, struct invocation_result *result, int64_t until_us, struct drill_error *error)
{
   struct sandbox *sandbox = instance->sandbox;
   struct lane *lane = &instance->lanes[result->lane];
   struct invocation_failure failure = {""};
   look(instance);
   if (lane->state == LANE_OPEN && runtime_api_take_answer(sandbox->api, (unsigned)result->lane, &lane->answer)) {
      lane->state = LANE_ANSWERED;
   }
   if (lane->state == LANE_ANSWERED) {
      invocation_result_answered(result, &lane->answer);
      return 0;
   }
   if (lane->state == LANE_OPEN && clock_now_us() < until_us) {
      return 1;
   }
   if (lane->state == LANE_OPEN) {
      lane->state = LANE_ENDED;
      lane->failure = (struct process_failure){.end = WATCH_TIME};
      runtime_api_abandon_slot(sandbox->api, (unsigned)result->lane);
   }
   int failed = invocation_failure_of(&lane->failure, sandbox->config->timeout_ms, result, &failure, error);
   invocation_failure_log(sandbox, &failure);
   return failed;
}

/* Waits for the invocation's answer. */
static int
await(struct managed_instance *instance, struct invocation_result *result, struct drill_error *error)
{
   struct lane *lane = &instance->lanes[result->lane];
   int64_t until_us = result->start_us + (int64_t)instance->sandbox->config->timeout_ms * 1000;
   struct pollfd polled[] = {
      {.fd = lane->wake, .events = POLLIN},
      {.fd = instance->sandbox->interrupt, .events = POLLIN},
   };
   for (;;) {
      pthread_mutex_lock(&instance->lock);
      int going_on = settle(instance, result, until_us, error);
      pthread_mutex_unlock(&instance->lock);
      if (going_on <= 0) {
         return going_on;
      }
      int64_t left_ms = (until_us - clock_now_us() + 999) / 1000;
      poll(polled, 2, left_ms < 0 ? 0 : left_ms < LOOK_MS ? (int)left_ms : LOOK_MS);
      if (polled[1].revents != 0) {
         return invocation_interrupted(error);
      }
   }
}

/* Call with the lock held. */
static void
leave(struct managed_instance *instance, struct lane *lane)
{
   struct sandbox *sandbox = instance->sandbox;
   if (lane->state == LANE_OPEN && sandbox->process.id != 0 && !instance->starts) {
      runtime_api_abandon_slot(sandbox->api, (unsigned)(lane - instance->lanes));
   }
   free(lane->answer.payload);
   lane->answer.payload = NULL;
   lane->state = LANE_FREE;
   pthread_cond_broadcast(&instance->left);
   wakeup_clear(lane->wake);
}

int
managed_instance_invoke(struct managed_instance *instance,
                        const struct invoker_event *event,
                        struct invocation_result *result,
                        struct drill_error *error)
{
   struct sandbox *sandbox = instance->sandbox;
   result->lane = -1;
   int failed = make_ready(instance, result, error);
   if (failed != 0) {
      return failed < 0 ? -1 : 0;
   }
   pthread_mutex_lock(&instance->lock);
   failed = hand_out(instance, event, result, error);
   pthread_mutex_unlock(&instance->lock);
   if (failed != 0) {
      return failed < 0 ? -1 : 0;
   }
   size_t entry = invocation_show_begin(sandbox->config->timeline, result);
   failed = await(instance, result, error);
   invocation_show_end(sandbox->config->timeline, entry, result, failed != 0);
   pthread_mutex_lock(&instance->lock);
   leave(instance, &instance->lanes[result->lane]);
   if (failed == 0) {
      lambda_report_violations(sandbox, result);
      lambda_report_end(sandbox, result);
      result->max_memory_mb = memory_use_mb(&sandbox->memory_use);
   }
   pthread_mutex_unlock(&instance->lock);
   return failed;
}

unsigned
managed_instance_waiting(struct managed_instance *instance)
{
   pthread_mutex_lock(&instance->lock);
   look(instance);
   bool runs = instance->sandbox->process.id != 0 && !instance->starts;
   unsigned waiting = runs ? runtime_api_waiting(instance->sandbox->api) : 0;
   pthread_mutex_unlock(&instance->lock);
   return waiting;
}

/* --- its life ----------------------------------------------------------------------------------------------------- */

struct managed_instance *
managed_instance_new(struct sandbox *sandbox, struct drill_error *error)
{
   struct managed_instance *instance = calloc(1, sizeof *instance);
   struct lane *lanes = calloc(sandbox->config->concurrency, sizeof *lanes);
   if (instance == NULL || lanes == NULL) {
      drill_error_set(error, "out of memory: could not create a managed instance");
      free(instance);
      free(lanes);
      return NULL;
   }
   *instance = (struct managed_instance){.sandbox = sandbox, .lanes = lanes};
   pthread_mutex_init(&instance->starting, NULL);
   pthread_mutex_init(&instance->lock, NULL);
   pthread_cond_init(&instance->left, NULL);
   for (unsigned i = 0; i < sandbox->config->concurrency; i++) {
      lanes[i].wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
      if (lanes[i].wake < 0) {
         drill_error_set(error, "no file descriptors: %s", strerror(errno));
         managed_instance_destroy(instance);
         return NULL;
      }
      instance->lane_count++;
   }
   return instance;
}

void
managed_instance_destroy(struct managed_instance *instance)
{
   if (instance == NULL) {
      return;
   }
   for (unsigned i = 0; i < instance->lane_count; i++) {
      close(instance->lanes[i].wake);
   }
   free(instance->lanes);
   pthread_cond_destroy(&instance->left);
   pthread_mutex_destroy(&instance->lock);
   pthread_mutex_destroy(&instance->starting);
   free(instance);
}
