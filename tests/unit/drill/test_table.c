/* The table: its text, and that no line is wider than allowed. */
#include "sample_results.h"
#include "test_main.h"
#include "text.h"
#include "writers.h"

static struct drill_results results;
static char *text;

BEFORE_EACH(set_up)
{
   results_init(&results);
   text = NULL;
}

AFTER_EACH(tear_down)
{
   results_clear(&results);
   free(text);
}

/* Into text. */
static void
print(bool colour, unsigned columns)
{
   size_t length = 0;
   free(text);
   FILE *out = open_memstream(&text, &length);
   assert_non_null(out);
   table_print(out, &results, colour, columns);
   fclose(out);
}

static void
print_sample(enum sample_kind kind, size_t invocations, bool colour, unsigned columns)
{
   struct timeline *timeline = timeline_new();
   results_clear(&results);
   results_init(&results);
   sample_fill(&results, timeline, kind, invocations);
   timeline_destroy(timeline);
   print(colour, columns);
}

/* Removes the colours, and counts them. */
static size_t
strip(void)
{
   size_t colours = 0;
   char *to = text;
   for (const char *from = text; *from != '\0';) {
      if (*from == '\x1b') {
         from += strcspn(from, "m") + 1;
         colours++;
      } else {
         *to++ = *from++;
      }
   }
   *to = '\0';
   return colours;
}

static unsigned
widest_line(void)
{
   unsigned widest = 0;
   for (const char *at = text; *at != '\0';) {
      char line[TEXT_MAX];
      size_t length = strcspn(at, "\n");
      assert_true(length < sizeof line && at[length] == '\n');
      memcpy(line, at, length);
      line[length] = '\0';
      unsigned width = text_width(line);
      widest = width > widest ? width : widest;
      at += length + 1;
   }
   return widest;
}

TEST(no_line_is_wider_than_the_columns)
{
   static const unsigned columns[] = {1, 2, 7, 10, 20, 40, 71, 72, 73, 80, 120, 300};
   for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
      for (enum sample_kind kind = SAMPLE_MIXED; kind <= SAMPLE_KNOWN; kind++) {
         for (size_t invocations = 6; invocations <= 60; invocations += 27) {
            print_sample(kind, invocations, true, columns[i]);
            assert_true(strip() > 0);
            assert_true(widest_line() <= columns[i]);
         }
      }
   }
}

TEST(last_line_is_the_verdict)
{
   print_sample(SAMPLE_MIXED, 9, false, 80);
   assert_string_equal(strstr(text, "✗ FAIL"),
                       "✗ FAIL  1 of 6 phases and 1 of 5 checks failed, 1 skipped · 6 min 37 s\n");
   print_sample(SAMPLE_GOOD, 9, false, 80);
   assert_contains(text, "✓ PASS  6 phases, 5 checks · ");
   assert_string_equal(strchr(strstr(text, "✓ PASS"), '\n'), "\n");
   assert_null(strstr(text, "FAIL"));
   assert_null(strstr(text, "✗"));
}

TEST(known_failures_have_their_outcome)
{
   print_sample(SAMPLE_KNOWN, 9, false, 120);
   assert_contains(text, "~ dropped   known");
   assert_contains(text, "~ record_matches       expected 9 inserts");
   assert_contains(text, "Known failures, from known.txt\n");
   assert_contains(text, "~ dropped         line 1, always: failed as expected. DRIVER-1");
   assert_contains(text, "✓ outage          line 3, sometimes until 2027-03-01: passed this time. DRIVER-3");
   assert_contains(text, "– burst           line 4, always: not judged this time. DRIVER-4");
   assert_contains(text, "✗ protocol_kept   line 5, always: stale: now passes, delete the line. DRIVER-5");
   assert_contains(text, "✗ cold            line 6, always: failed for another reason, without \"EPIPE\". DRIVER-6");
   assert_contains(text,
                   "✗ FAIL  0 of 6 phases and 1 of 5 checks failed, 1 line stale, 2 known failures, 1 skipped · ");
   assert_null(strstr(text, "Failed invocations"));
}

TEST(words_say_what_colours_say)
{
   print_sample(SAMPLE_MIXED, 60, false, 120);
   char *plain = strdup(text);
   assert_null(strchr(plain, '\x1b'));
   assert_contains(plain, "✓ cold      pass");
   assert_contains(plain, "✗ dropped   fail");
   assert_contains(plain, "– failover  skipped  the deployment is the user's own");
   assert_contains(plain, "✗ dropped · defaults · Sandbox.Timedout · request 00000000");
   assert_contains(plain, "✗ defaults               failed: timed out after 30.0 s, recovered 0 of 2 times");
   assert_contains(plain, "✓ socketTimeoutMS=5000   recovered 1.31 s after the thaw at the latest, 2 of 2 times");
   assert_contains(plain, "✗ record_matches       expected 9 inserts");
   assert_contains(plain, "– connections_steady   the server's");
   assert_contains(plain, "12 functions at once, 48 connections at the server, 94.2 MB");
   assert_contains(plain, "The failover was emulated");
   assert_contains(plain, "dropped: Set socketTimeoutMS below");
   print(true, 120);
   assert_true(strip() > 0);
   assert_string_equal(text, plain);
   free(plain);
}

TEST(a_line_whose_check_only_warns_is_stale)
{
   struct drill_expectation *line = results_add_expectation(&results);
   assert_non_null(line);
   *line = (struct drill_expectation){.line = 2, .always = true, .outcome = DRILL_EXPECTED_STALE, .warns = true};
   snprintf(line->name, sizeof line->name, "retries");
   print(false, 100);
   assert_contains(text, "line 2, always: stale: now only warns, delete the line");
}

/* Users search for request ids in function.log. */
TEST(request_ids_are_whole)
{
   static const unsigned widths[] = {120, 80, 60, 50, 40};
   for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
      print_sample(SAMPLE_MIXED, 9, false, widths[i]);
      const char *id = strstr(text, "00000000-0000-4000-8000-");
      assert_non_null(id);
      for (; id != NULL; id = strstr(id + 1, "00000000-0000-4000-8000-")) {
         assert_int_equal(strcspn(id, " \n"), 36);
         assert_int_equal(strspn(id, "0123456789-"), 36);
      }
   }
}

TEST(one_is_told_as_one)
{
   assert_non_null(results_add_phase(&results));
   assert_non_null(results_add_check(&results));
   print(false, 80);
   assert_contains(text, "  1 phase, 1 check");
   assert_null(strstr(text, "1 phases"));
   results.verdict = results.phases[0].verdict = DRILL_FAIL;
   print(false, 80);
   assert_contains(text, "  1 of 1 phase and 0 of 1 check failed");
}

TEST(escape_codes_of_others_stay_out)
{
   print_sample(SAMPLE_HOSTILE, 9, false, 100);
   assert_null(strchr(text, '\x1b'));
   assert_null(strchr(text, '\x07'));
   assert_contains(text, "[31mred");
}

TEST(real_failover_is_not_called_emulated)
{
   snprintf(results.deployment, sizeof results.deployment, "mongodb://db.example:27017");
   print(false, 80);
   assert_null(strstr(text, "emulated"));
}

TEST(no_phases)
{
   print_sample(SAMPLE_EMPTY, 0, false, 80);
   assert_contains(text, "No phase ran.");
   assert_contains(text, "✗ FAIL  0 phases, 0 checks");
}

static void
add_tried(const char *name, enum drill_verdict verdict, double ms)
{
   struct drill_invocation *one = results_add_invocation(&results);
   one->verdict = verdict;
   one->thaw_to_answer_ms = ms;
   snprintf(one->name, sizeof one->name, "%s", name);
   snprintf(one->outcome, sizeof one->outcome, verdict == DRILL_FAIL ? "timed out" : "answered");
   snprintf(one->reason, sizeof one->reason, "no answer");
}

/* Failed as expected, because another setting helps, and the phase says so. */
TEST(a_setting_that_is_lost_is_no_failure)
{
   snprintf(results_add_phase(&results)->name, 24, "dropped");
   add_tried("URI as given", DRILL_PASS, 7);
   add_tried("both", DRILL_PASS, 8);
   add_tried("URI as given", DRILL_FAIL, 30000);
   add_tried("both", DRILL_PASS, 5000);
   print(false, 80);
   assert_contains(text,
                   "✗ URI as given  failed: timed out after 30.0 s\n✓ both          recovered 5.00 s after the thaw\n");
   assert_null(strstr(text, "Failed invocations"));
   results.phases[0].verdict = DRILL_FAIL;
   print(false, 80);
   assert_contains(text, "Failed invocations\n✗ dropped · URI as given");
}

TEST(many_failures_are_cut)
{
   for (int i = 0; i < 25; i++) {
      struct drill_invocation *one = results_add_invocation(&results);
      one->verdict = DRILL_FAIL;
      one->phase = SIZE_MAX; /* of none */
      snprintf(one->reason, sizeof one->reason, "reason %d.", i);
   }
   print(false, 80);
   assert_contains(text, "reason 19.");
   assert_null(strstr(text, "reason 20."));
   assert_contains(text, "and 5 more, in the JSON file");
}
