#include "crowd.h"

#include "capacity.h"
#include "clock.h"
#include "error.h"

#include <errno.h>
#include <stdlib.h>

#define LOOK_US 20000

unsigned
crowd_largest(const struct options *options)
{
   bool takes_instances = false;
   for (size_t i = 0; i < options->step_count; i++) {
      takes_instances = takes_instances || options->steps[i].kind->takes_instances;
   }
   return options->instances > 0 ? options->instances : takes_instances ? OPTIONS_INSTANCES_DEFAULT : 1;
}

int
crowd_init(struct crowd *crowd,
           struct drill *drill,
           size_t count,
           const struct member_plan *plans,
           size_t plan_count,
           struct drill_error *error)
{
   if (capacity_expect(&(struct demand){.functions = count}, NULL, error) != 0 ||
       crowd_of_one(crowd, drill, NULL, NULL, count, error) != 0) {
      *crowd = (struct crowd){0};
      return -1;
   }
   for (size_t i = 0; i < count; i++) {
      const struct member_plan *plan = &plans[i % plan_count];
      crowd->members[i].name = plan->name;
      crowd->members[i].function = function_new(drill, &plan->wish, error);
      if (crowd->members[i].function == NULL) {
         crowd_clear(crowd);
         return -1;
      }
   }
   return 0;
}

int
crowd_of_one(struct crowd *crowd,
             struct drill *drill,
             struct function *function,
             const char *name,
             size_t count,
             struct drill_error *error)
{
   *crowd = (struct crowd){.members = calloc(count, sizeof *crowd->members),
                           .count = count,
                           .gate = PTHREAD_MUTEX_INITIALIZER,
                           .is_of_one = function != NULL};
   if (crowd->members == NULL) {
      drill_error_set(error, "out of memory: could not start %zu invocations", count);
      return -1;
   }
   for (size_t i = 0; i < count; i++) {
      crowd->members[i] = (struct member){.crowd = crowd, .drill = drill, .function = function, .name = name};
   }
   return 0;
}

void
crowd_clear(struct crowd *crowd)
{
   for (size_t i = 0; i < crowd->count && !crowd->is_of_one; i++) {
      function_destroy(crowd->members[i].function);
   }
   free(crowd->members);
   *crowd = (struct crowd){0};
}

struct drill_invocation *
crowd_invocation(const struct crowd *crowd, size_t member)
{
   return drill_invocation(crowd->members[member].drill, crowd->members[member].number);
}

static void *
invoke(void *argument)
{
   struct member *member = argument;
   pthread_mutex_lock(&member->crowd->gate);
   bool called_off = member->crowd->called_off;
   pthread_mutex_unlock(&member->crowd->gate);
   if (!member->left_out && !called_off) {
      member->result = drill_invoke(member->drill, member->function, member->name, &member->number, &member->error);
   }
   return NULL;
}

/* Joins the threads of all members. While it waits, it calls meanwhile, if given. */
static void
join(struct crowd *crowd, size_t started, void (*meanwhile)(struct crowd *crowd))
{
   for (size_t i = 0; i < started; i++) {
      if (meanwhile == NULL) {
         pthread_join(crowd->members[i].thread, NULL);
         continue;
      }
      /* Not pthread_clockjoin_np, because ThreadSanitizer does not intercept it (tsan_interceptors_posix.cpp). */
      while (pthread_tryjoin_np(crowd->members[i].thread, NULL) != 0) {
         meanwhile(crowd);
         clock_sleep_us(LOOK_US);
      }
   }
}

int
crowd_invoke(struct crowd *crowd, void (*meanwhile)(struct crowd *crowd), struct drill_error *error)
{
   size_t started = 0;
   pthread_mutex_lock(&crowd->gate);
   while (started < crowd->count &&
          pthread_create(&crowd->members[started].thread, NULL, invoke, &crowd->members[started]) == 0) {
      started++;
   }
   crowd->called_off = started < crowd->count;
   pthread_mutex_unlock(&crowd->gate);
   join(crowd, started, meanwhile);
   if (crowd->called_off) {
      shortage_tell(error, "start a thread for each invocation", EAGAIN);
      return -1;
   }
   for (size_t i = 0; i < crowd->count; i++) {
      if (crowd->members[i].result != 0) {
         *error = crowd->members[i].error;
         return -1;
      }
   }
   return 0;
}
