/* The checks over a whole drill, with a replaced front: linked with --wrap. */
#include "checks.h"
#include "lambda_platform.h"
#include "test_main.h"

struct front *__wrap_deployment_front(struct deployment *deployment);
int64_t __wrap_front_count_documents(struct front *front,
                                     const char *database,
                                     const char *collection,
                                     struct drill_error *error);
struct front_write *__wrap_front_writes(struct front *front, size_t *count);
bool __wrap_front_record_is_complete(struct front *front);

static int the_front;
static bool is_complete;

struct front *
__wrap_deployment_front(struct deployment *deployment)
{
   (void)deployment;
   return (struct front *)&the_front;
}

int64_t
__wrap_front_count_documents(struct front *front,
                             const char *database,
                             const char *collection,
                             struct drill_error *error)
{
   (void)front;
   (void)database;
   (void)collection;
   (void)error;
   return 0;
}

struct front_write *
__wrap_front_writes(struct front *front, size_t *count)
{
   (void)front;
   *count = 0;
   return NULL;
}

bool
__wrap_front_record_is_complete(struct front *front)
{
   (void)front;
   return is_complete;
}

/* A drill with one invocation, which reports an insert and a delete that the front's record lacks. */
static enum drill_verdict
record_matches(enum drill_verdict *whole)
{
   struct drill_error error;
   struct drill_results results;
   struct timeline *timeline = timeline_new();
   assert_non_null(timeline);
   results_init(&results);
   const struct options options = {.platform = &platform_lambda};
   struct witness *witness = witness_new();
   const struct witness_command command = {.connection = witness_opened(witness, 0, 27017, 40000), .name = "insert"};
   witness_command_began(witness, &command);
   struct drill drill = {.results = &results, .timeline = timeline, .options = &options, .witness = witness};
   struct drill_invocation *invocation = results_add_invocation(&results);
   assert_non_null(invocation);
   invocation->has_report = invocation->insert_ok = invocation->delete_ok = true;
   assert_int_equal(checks_run(&drill, &error), 0);
   enum drill_verdict verdict = DRILL_PASS;
   int found = 0;
   for (size_t i = 0; i < results.check_count; i++) {
      if (strcmp(results.checks[i].name, "record_matches") == 0) {
         verdict = results.checks[i].verdict;
         assert_int_equal(strncmp(results.checks[i].detail, "there were more writes", 22) == 0, !is_complete);
         found++;
      }
   }
   assert_int_equal(found, 1);
   *whole = results.verdict;
   results_clear(&results);
   timeline_destroy(timeline);
   witness_destroy(witness);
   return verdict;
}

TEST(missing_writes_are_a_fault)
{
   enum drill_verdict whole;
   is_complete = true;
   assert_int_equal(record_matches(&whole), DRILL_FAIL);
   assert_int_equal(whole, DRILL_FAIL);
}

TEST(missing_writes_of_a_full_record_are_none)
{
   enum drill_verdict whole;
   is_complete = false;
   assert_int_equal(record_matches(&whole), DRILL_SKIPPED);
   assert_int_equal(whole, DRILL_PASS);
}
