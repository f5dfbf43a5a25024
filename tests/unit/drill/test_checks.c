/* The checks over a whole drill, with a replaced front: linked with --wrap. */
#include "checks.h"
#include "lambda_platform.h"
#include "test_main.h"

struct front *__wrap_deployment_front(struct deployment *deployment);
struct witness_write *__wrap_front_writes(struct front *front, size_t *count, bool *complete);

static int the_front;
static bool is_complete;

struct front *
__wrap_deployment_front(struct deployment *deployment)
{
   (void)deployment;
   return (struct front *)&the_front;
}

struct witness_write *
__wrap_front_writes(struct front *front, size_t *count, bool *complete)
{
   (void)front;
   *count = 0;
   *complete = is_complete;
   return NULL;
}

/* A drill with one invocation, which reports an insert and a delete that the front's record lacks. */
static void
expect_record_matches(enum drill_verdict verdict, enum drill_verdict whole)
{
   struct drill_error error;
   struct drill_results results;
   struct timeline *timeline = timeline_new();
   results_init(&results);
   const struct options options = {.platform = &platform_lambda};
   struct witness *witness = witness_new();
   const struct witness_command command = {.connection = witness_opened(witness, 0, 27017, 40000), .name = "insert"};
   witness_command_began(witness, &command);
   struct drill drill = {.results = &results, .timeline = timeline, .options = &options, .witness = witness};
   struct drill_invocation *invocation = results_add_invocation(&results);
   invocation->has_report = invocation->insert_ok = invocation->delete_ok = true;
   assert_int_equal(checks_run(&drill, &error), 0);
   int found = 0;
   for (size_t i = 0; i < results.check_count; i++) {
      if (strcmp(results.checks[i].name, "record_matches") == 0) {
         assert_int_equal(results.checks[i].verdict, verdict);
         assert_int_equal(strncmp(results.checks[i].detail, "there were more writes", 22) == 0, !is_complete);
         found++;
      }
   }
   assert_int_equal(found, 1);
   assert_int_equal(results.verdict, whole);
   results_clear(&results);
   timeline_destroy(timeline);
   witness_destroy(witness);
}

TEST(missing_writes_are_a_fault)
{
   is_complete = true;
   expect_record_matches(DRILL_FAIL, DRILL_FAIL);
}

TEST(missing_writes_of_a_full_record_are_none)
{
   is_complete = false;
   expect_record_matches(DRILL_SKIPPED, DRILL_PASS);
}

#define INVOCATIONS_MAX 40

/* Open connections after each invocation, one process after the other; a 0 begins another process. */
static const struct {
   unsigned most;
   unsigned invocations;
   bool growing;
   unsigned open[INVOCATIONS_MAX];
} series[] = {
   /* A client for each invocation. */
   {77, 10, true, {14, 21, 28, 35, 42, 49, 56, 63, 70, 77}},
   {19, 12, true, {8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19}},
   /* Through an outage: when a member dies, its connections end. */
   {75, 12, true, {14, 21, 28, 35, 42, 49, 40, 47, 54, 61, 68, 75}},
   /* A leak now and then. */
   {17, 32, true, {10, 10, 10, 10, 11, 11, 11, 11, 12, 12, 12, 12, 13, 13, 13, 13,
                   14, 14, 14, 14, 15, 15, 15, 15, 16, 16, 16, 16, 17, 17, 17, 17}},
   /* A pool that fills. */
   {37, 10, false, {37, 37, 37, 37, 37, 37, 37, 37, 37, 37}},
   {37, 10, false, {9, 14, 19, 24, 29, 34, 37, 37, 37, 37}},
   {38, 12, false, {9, 36, 36, 24, 36, 37, 37, 38, 38, 38, 38, 38}},
   /* Too few to tell. */
   {70, 9, false, {14, 21, 28, 35, 42, 49, 56, 63, 70}},
   /* Each process has its own. */
   {21, 5, false, {10, 11, 12, 0, 13, 14, 15, 16, 0, 17, 18, 19, 20, 21}},
   {19, 10, true, {7, 7, 0, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 0, 7}},
};

TEST(steady_connections)
{
   for (size_t i = 0; i < sizeof series / sizeof series[0]; i++) {
      struct drill_invocation invocations[INVOCATIONS_MAX] = {0};
      struct drill_results results = {.invocations = invocations};
      const unsigned *open = series[i].open;
      for (size_t j = 0; j < INVOCATIONS_MAX - 1 && open[j] + open[j + 1] > 0; j++) {
         if (open[j] > 0) {
            invocations[results.invocation_count++] =
               (struct drill_invocation){.cold = j == 0 || open[j - 1] == 0, .server_connections = open[j]};
         }
      }
      struct steady_connections found;
      steady_connections_look(&results, &found);
      assert_int_equal(found.most, series[i].most);
      assert_int_equal(found.invocations, series[i].invocations);
      assert_int_equal(found.growing, series[i].growing);
   }
}

TEST(connections_nobody_looked_at)
{
   struct drill_invocation invocations[] = {{.cold = true}, {.instance = 1}};
   const struct drill_results results = {.invocations = invocations, .invocation_count = 2};
   struct steady_connections found;
   steady_connections_look(&results, &found);
   assert_int_equal(found.most, 0);
   assert_int_equal(found.invocations, 0);
}
