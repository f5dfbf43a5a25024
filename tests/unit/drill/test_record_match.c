/* The server's record of writes compared with what invocations report. */
#include "record_match.h"
#include "short_memory.h"
#include "test_main.h"

#define ORIGIN_US 5000000
#define ID_1 "650000000000000000000001"
#define ID_2 "650000000000000000000002"

static char detail[400];

/* at_ms on the axis of the invocations. */
static struct witness_write
write_of(const char *id, bool is_delete, int64_t at_ms, int n)
{
   struct witness_write write = {.at_us = ORIGIN_US + at_ms * 1000, .is_delete = is_delete, .n = n};
   snprintf(write.id, sizeof write.id, "%s", id);
   return write;
}

static bool
match(struct witness_write *writes, size_t count, struct drill_invocation *invocations, size_t invocation_count)
{
   struct drill_results results = {.invocations = invocations, .invocation_count = invocation_count};
   detail[0] = '\0';
   return record_match(writes, count, &results, ORIGIN_US, TEXT_OUT(detail));
}

static struct drill_invocation
good_at(double at_ms)
{
   return (struct drill_invocation){
      .at_ms = at_ms, .duration_ms = 100, .has_report = true, .insert_ok = true, .delete_ok = true};
}

/* A document that is inserted and deleted. */
#define PAIR(id, from_ms, until_ms) write_of(id, false, from_ms, 1), write_of(id, true, until_ms, 1)

TEST(one_for_one)
{
   struct witness_write writes[] = {PAIR(ID_1, 10, 20), PAIR(ID_2, 210, 220)};
   struct drill_invocation invocations[] = {good_at(200), good_at(0)};
   assert_true(match(writes, 4, invocations, 2));
   assert_contains(detail, "2 documents");
   assert_true(match(NULL, 0, NULL, 0));
}

/* One invocation that reports success, and one document. */
static bool
match_one(struct witness_write *writes, size_t count)
{
   struct drill_invocation invocations[] = {good_at(0)};
   return match(writes, count, invocations, 1);
}

TEST(a_document_left)
{
   struct witness_write writes[] = {write_of(ID_1, false, 10, 1), write_of(ID_1, true, 20, 0)};
   assert_false(match_one(writes, 1));
   assert_contains(detail, "reports an insert and a delete");
   assert_false(match_one(writes, 2)); /* a delete that found nothing is none */
}

TEST(inserts_and_retries)
{
   struct witness_write writes[] = {write_of(ID_1, false, 10, 1), PAIR(ID_1, 15, 20)};
   assert_false(match_one(writes, 3));
   assert_contains(detail, "reports an insert and a delete");
   writes[1].retry = true; /* writes nothing: the first one was applied, and its reply lost */
   writes[0].reply_lost = true;
   assert_true(match_one(writes, 3));
   writes[0].reply_lost = false;
   writes[0].n = -1; /* was not applied */
   assert_true(match_one(writes, 3));
}

TEST(a_report_of_writes_nobody_saw)
{
   struct witness_write writes[] = {PAIR(ID_1, 10, 20)};
   struct drill_invocation invocations[] = {good_at(0), good_at(50)};
   snprintf(invocations[1].request_id, sizeof invocations[1].request_id, "the-liar");
   assert_false(match(writes, 2, invocations, 2));
   assert_contains(detail, "the-liar");
}

TEST(writes_of_another_time)
{
   struct witness_write writes[] = {PAIR(ID_1, 510, 520)};
   assert_false(match_one(writes, 2));
}

TEST(invocations_side_by_side)
{
   struct witness_write writes[] = {PAIR(ID_1, 10, 90), PAIR(ID_2, 12, 30)};
   struct drill_invocation invocations[] = {good_at(0), good_at(1)};
   invocations[1].duration_ms = 40;
   assert_true(match(writes, 4, invocations, 2));
   assert_string_equal(detail, "2 of 2 documents match an invocation's report");
}

TEST(functions_without_a_report_are_not_asked)
{
   struct drill_invocation invocations[] = {{.at_ms = 0, .duration_ms = 10}};
   assert_true(match(NULL, 0, invocations, 1));
}

/* Two documents, of which the first invocation reports one. */
static bool
match_surplus(struct drill_invocation *invocations, size_t invocation_count)
{
   struct witness_write writes[] = {PAIR(ID_1, 10, 20), PAIR(ID_2, 30, 40)};
   return match(writes, 4, invocations, invocation_count);
}

TEST(writes_nobody_reports)
{
   struct drill_invocation invocations[] = {good_at(0), good_at(0)};
   assert_false(match_surplus(invocations, 1));
   assert_contains(detail, ID_2);
   assert_true(match_surplus(invocations, 2));
}

TEST(writes_of_an_invocation_that_failed)
{
   struct drill_invocation lost_reply[] = {good_at(0), good_at(0)};
   lost_reply[1].delete_ok = false; /* it is deleted later */
   assert_true(match_surplus(lost_reply, 2));
   struct drill_invocation crashed[] = {good_at(0), {.error_type = "Runtime.ExitError"}};
   assert_true(match_surplus(crashed, 2));
}

TEST(writes_of_a_function_with_answers_of_its_own)
{
   struct drill_invocation unknown = {.duration_ms = 100};
   assert_true(match_surplus(&unknown, 1));
   struct drill_invocation errors_alone = {.error_type = "Its.Own"};
   assert_true(match_surplus(&errors_alone, 1));
}

static bool
matches_or_says_why(void)
{
   struct witness_write writes[] = {PAIR(ID_1, 10, 20)};
   bool matches = match_one(writes, 2);
   assert_true(matches || strstr(detail, "memory") != NULL);
   return matches;
}

TEST(no_memory)
{
   assert_int_equal(short_memory_sweep(matches_or_says_why), 2);
}
