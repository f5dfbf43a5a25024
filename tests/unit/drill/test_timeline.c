/* The timeline: entries by several threads, later ends, copies. */
#include "clock.h"
#include "test_main.h"
#include "timeline.h"

#include <pthread.h>

#define THREADS 4
#define EACH 2000

static struct timeline *timeline;
static struct timeline_entry *entries;
static size_t count;

BEFORE_EACH(set_up)
{
   timeline = timeline_new();
   entries = NULL;
}

AFTER_EACH(tear_down)
{
   free(entries);
   timeline_destroy(timeline);
}

TEST(keeps_what_it_is_told)
{
   assert_null(timeline_copy(timeline, &count));
   assert_int_equal(count, 0);
   size_t number = timeline_begin(timeline, TIMELINE_INVOCATION, 2, "cold", "request %d", 7);
   timeline_moment(timeline, TIMELINE_SERVER, true, "failover", "to member %d", 1);
   timeline_end(timeline, number, true, "timed out");
   timeline_begin(timeline, TIMELINE_FREEZE, 0, "frozen", "%s", "");
   entries = timeline_copy(timeline, &count);
   assert_int_equal(count, 3);
   assert_true(entries[2].end_us < 0);
   assert_int_equal(entries[0].kind, TIMELINE_INVOCATION);
   assert_int_equal(entries[0].instance, 2);
   assert_true(entries[0].bad);
   assert_true(entries[0].end_us >= entries[0].start_us);
   assert_true(entries[0].start_us >= timeline_origin_us(timeline));
   assert_string_equal(entries[0].detail, "timed out");
   assert_int_equal(entries[1].end_us, entries[1].start_us);
   assert_string_equal(entries[1].detail, "to member 1");
}

static void *
write_many(void *argument)
{
   for (int i = 0; i < EACH; i++) {
      size_t number = timeline_begin(argument, TIMELINE_COMMAND, i, "insert", "%d", i);
      timeline_end(argument, number, false, NULL);
   }
   return NULL;
}

TEST(takes_several_threads)
{
   pthread_t threads[THREADS];
   for (size_t i = 0; i < THREADS; i++) {
      assert_int_equal(pthread_create(&threads[i], NULL, write_many, timeline), 0);
   }
   for (size_t i = 0; i < THREADS; i++) {
      pthread_join(threads[i], NULL);
   }
   entries = timeline_copy(timeline, &count);
   assert_int_equal(count, THREADS * EACH);
   for (size_t i = 0; i < count; i++) {
      assert_true(entries[i].end_us >= entries[i].start_us);
   }
}

TEST(none_keeps_nothing)
{
   timeline_moment(NULL, TIMELINE_SERVER, false, "failover", "%s", "");
   timeline_end(NULL, SIZE_MAX, false, NULL);
   timeline_destroy(NULL);
   assert_true(clock_wall_ms() > 1700000000000);
}
