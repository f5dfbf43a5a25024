/* The table: its text, and that no line is wider than allowed. */
#include "sample_results.h"
#include "test_main.h"
#include "text.h"
#include "writers.h"

#include <stdlib.h>
#include <string.h>

static char *
table_of(const struct drill_results *results, bool colour, unsigned columns)
{
   char *text = NULL;
   size_t length = 0;
   FILE *out = open_memstream(&text, &length);
   assert_non_null(out);
   table_print(out, results, colour, columns);
   fclose(out);
   return text;
}

static char *
table_of_sample(enum sample_kind kind, size_t invocations, bool colour, unsigned columns)
{
   struct drill_results results;
   results_init(&results);
   struct timeline *timeline = timeline_new();
   assert_true(sample_fill(&results, timeline, kind, invocations));
   char *text = table_of(&results, colour, columns);
   timeline_destroy(timeline);
   results_clear(&results);
   return text;
}

/* Removes the colours, and counts them. */
static size_t
strip(char *text)
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
widest_line(const char *text)
{
   unsigned widest = 0;
   while (*text != '\0') {
      char line[TEXT_MAX];
      size_t length = strcspn(text, "\n");
      assert_true(length < sizeof line && text[length] == '\n');
      memcpy(line, text, length);
      line[length] = '\0';
      unsigned width = text_width(line);
      widest = width > widest ? width : widest;
      text += length + 1;
   }
   return widest;
}

static void
expect(const char *text, const char *part)
{
   if (strstr(text, part) == NULL) {
      fail_msg("expected \"%s\" in:\n%s", part, text);
   }
}

TEST(no_line_is_wider_than_the_columns)
{
   static const unsigned columns[] = {1, 2, 7, 10, 20, 40, 71, 72, 73, 80, 120, 300};
   for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
      for (enum sample_kind kind = SAMPLE_MIXED; kind <= SAMPLE_KNOWN; kind++) {
         for (size_t invocations = 6; invocations <= 60; invocations += 27) {
            char *text = table_of_sample(kind, invocations, true, columns[i]);
            assert_true(strip(text) > 0);
            assert_true(widest_line(text) <= columns[i]);
            free(text);
         }
      }
   }
}

TEST(last_line_is_the_verdict)
{
   char *text = table_of_sample(SAMPLE_MIXED, 9, false, 80);
   assert_string_equal(strstr(text, "✗ FAIL"),
                       "✗ FAIL  1 of 6 phases and 1 of 5 checks failed, 1 skipped · 6 min 37 s\n");
   free(text);
   text = table_of_sample(SAMPLE_GOOD, 9, false, 80);
   expect(text, "✓ PASS  6 phases, 5 checks · ");
   assert_string_equal(strchr(strstr(text, "✓ PASS"), '\n'), "\n");
   assert_null(strstr(text, "FAIL"));
   assert_null(strstr(text, "✗"));
   free(text);
}

TEST(known_failures_have_their_outcome)
{
   char *text = table_of_sample(SAMPLE_KNOWN, 9, false, 120);
   expect(text, "~ dropped   known");
   expect(text, "~ record_matches       expected 9 inserts");
   expect(text, "Known failures, from known.txt\n");
   expect(text, "~ dropped         line 1, always: failed as expected. DRIVER-1");
   expect(text, "✓ outage          line 3, sometimes until 2027-03-01: passed this time. DRIVER-3");
   expect(text, "– burst           line 4, always: not judged this time. DRIVER-4");
   expect(text, "✗ protocol_kept   line 5, always: stale: now passes, delete the line. DRIVER-5");
   expect(text, "✗ cold            line 6, always: failed for another reason, without \"EPIPE\". DRIVER-6");
   expect(text, "✗ FAIL  0 of 6 phases and 1 of 5 checks failed, 1 line stale, 2 known failures, 1 skipped · ");
   assert_null(strstr(text, "Failed invocations"));
   free(text);
}

TEST(words_say_what_colours_say)
{
   char *plain = table_of_sample(SAMPLE_MIXED, 60, false, 120);
   assert_null(strchr(plain, '\x1b'));
   expect(plain, "✓ cold      pass");
   expect(plain, "✗ dropped   fail");
   expect(plain, "– failover  skipped  the deployment is the user's own");
   expect(plain, "✗ dropped · defaults · Sandbox.Timedout · request 00000000");
   expect(plain, "✗ defaults               failed: timed out after 30.0 s, recovered 0 of 2 times");
   expect(plain, "✓ socketTimeoutMS=5000   recovered 1.31 s after the thaw at the latest, 2 of 2 times");
   expect(plain, "✗ record_matches       expected 9 inserts");
   expect(plain, "– connections_steady   the server's");
   expect(plain, "12 functions at once, 48 connections at the server, 94.2 MB");
   expect(plain, "The failover was emulated");
   expect(plain, "dropped: Set socketTimeoutMS below");
   char *coloured = table_of_sample(SAMPLE_MIXED, 60, true, 120);
   assert_true(strip(coloured) > 0);
   assert_string_equal(coloured, plain);
   free(coloured);
   free(plain);
}

TEST(a_line_whose_check_only_warns_is_stale)
{
   struct drill_results results;
   results_init(&results);
   struct drill_expectation *line = results_add_expectation(&results);
   assert_non_null(line);
   *line = (struct drill_expectation){.line = 2, .always = true, .outcome = DRILL_EXPECTED_STALE, .warns = true};
   snprintf(line->name, sizeof line->name, "retries");
   char *text = table_of(&results, false, 100);
   expect(text, "line 2, always: stale: now only warns, delete the line");
   free(text);
   results_clear(&results);
}

/* People search for them in function.log. */
TEST(request_ids_are_whole)
{
   static const unsigned widths[] = {120, 80, 60, 50, 40};
   for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
      char *text = table_of_sample(SAMPLE_MIXED, 9, false, widths[i]);
      const char *id = strstr(text, "00000000-0000-4000-8000-");
      assert_non_null(id);
      for (; id != NULL; id = strstr(id + 1, "00000000-0000-4000-8000-")) {
         assert_int_equal(strcspn(id, " \n"), 36);
         assert_int_equal(strspn(id, "0123456789-"), 36);
      }
      free(text);
   }
}

TEST(one_is_told_as_one)
{
   struct drill_results results;
   results_init(&results);
   assert_non_null(results_add_phase(&results));
   assert_non_null(results_add_check(&results));
   char *text = table_of(&results, false, 80);
   expect(text, "  1 phase, 1 check");
   assert_null(strstr(text, "1 phases"));
   free(text);
   results.verdict = results.phases[0].verdict = DRILL_FAIL;
   text = table_of(&results, false, 80);
   expect(text, "  1 of 1 phase and 0 of 1 check failed");
   free(text);
   results_clear(&results);
}

TEST(escape_codes_of_others_stay_out)
{
   char *text = table_of_sample(SAMPLE_HOSTILE, 9, false, 100);
   assert_null(strchr(text, '\x1b'));
   assert_null(strchr(text, '\x07'));
   expect(text, "[31mred");
   free(text);
}

TEST(real_failover_is_not_called_emulated)
{
   struct drill_results results;
   results_init(&results);
   snprintf(results.deployment, sizeof results.deployment, "mongodb://db.example:27017");
   char *text = table_of(&results, false, 80);
   assert_null(strstr(text, "emulated"));
   free(text);
   results_clear(&results);
}

TEST(no_phases)
{
   char *text = table_of_sample(SAMPLE_EMPTY, 0, false, 80);
   expect(text, "No phase ran.");
   expect(text, "✗ FAIL  0 phases, 0 checks");
   free(text);
}

static void
add_tried(struct drill_results *results, const char *name, enum drill_verdict verdict, double ms)
{
   struct drill_invocation *one = results_add_invocation(results);
   one->verdict = verdict;
   one->thaw_to_answer_ms = ms;
   snprintf(one->name, sizeof one->name, "%s", name);
   snprintf(one->outcome, sizeof one->outcome, verdict == DRILL_FAIL ? "timed out" : "answered");
   snprintf(one->reason, sizeof one->reason, "no answer");
}

/* Failed as expected, because another setting helps, and the phase says so. */
TEST(a_setting_that_is_lost_is_no_failure)
{
   struct drill_results results;
   results_init(&results);
   snprintf(results_add_phase(&results)->name, 24, "dropped");
   add_tried(&results, "URI as given", DRILL_PASS, 7);
   add_tried(&results, "both", DRILL_PASS, 8);
   add_tried(&results, "URI as given", DRILL_FAIL, 30000);
   add_tried(&results, "both", DRILL_PASS, 5000);
   char *text = table_of(&results, false, 80);
   expect(text, "✗ URI as given  failed: timed out after 30.0 s\n✓ both          recovered 5.00 s after the thaw\n");
   assert_null(strstr(text, "Failed invocations"));
   free(text);
   results.phases[0].verdict = DRILL_FAIL;
   text = table_of(&results, false, 80);
   expect(text, "Failed invocations\n✗ dropped · URI as given");
   free(text);
   results_clear(&results);
}

TEST(many_failures_are_cut)
{
   struct drill_results results;
   results_init(&results);
   for (int i = 0; i < 25; i++) {
      struct drill_invocation *one = results_add_invocation(&results);
      one->verdict = DRILL_FAIL;
      one->phase = SIZE_MAX; /* of none */
      snprintf(one->reason, sizeof one->reason, "reason %d.", i);
   }
   char *text = table_of(&results, false, 80);
   expect(text, "reason 19.");
   assert_null(strstr(text, "reason 20."));
   expect(text, "and 5 more, in the JSON file");
   free(text);
   results_clear(&results);
}
