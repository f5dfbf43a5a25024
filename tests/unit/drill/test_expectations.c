/* Known failures of a driver: how their file is read, and how they change a drill's verdict. */
#include "expectations.h"
#include "judge.h"
#include "phase_kinds.h"
#include "test_main.h"

#include <unistd.h>

#define TODAY "2026-11-29"

static struct drill_results results;
static struct drill_error error;
static char path[64];

BEFORE_EACH(set_up)
{
   results_init(&results);
   error.message[0] = '\0';
   snprintf(path, sizeof path, "/tmp/faas-expect-XXXXXX");
   int file = mkstemp(path);
   assert_true(file >= 0);
   close(file);
}

AFTER_EACH(tear_down)
{
   results_clear(&results);
   unlink(path);
}

static int
read_bytes(const char *bytes, size_t length)
{
   FILE *file = fopen(path, "we");
   assert_non_null(file);
   assert_int_equal(fwrite(bytes, 1, length, file), length);
   assert_int_equal(fclose(file), 0);
   results_clear(&results);
   return expectations_read(&results, path, TODAY, &error);
}

static int
read_text(const char *text)
{
   return read_bytes(text, strlen(text));
}

/* where: ":3: ", or "" for the whole file. */
static void
refused(const char *text, const char *where, const char *why)
{
   assert_int_equal(read_text(text), -1);
   char start[96];
   snprintf(start, sizeof start, "%s%s", path, where);
   assert_contains(error.message, start);
   assert_contains(error.message, why);
}

TEST(lines_are_read)
{
   assert_int_equal(
      read_text("# PyMongo\n"
                "\n"
                "always   heartbeat_interval\tneeds=frozen,outage says=closest  PYTHON-1 polls  too often \r\n"
                "   sometimes outage until=2026-11-29 PYTHON-2 loses one\n"
                "\t# the end"),
      0);
   assert_string_equal(results.expect_file, path);
   assert_int_equal(results.expectation_count, 2);
   const struct drill_expectation *one = &results.expectations[0];
   assert_int_equal(one->line, 3);
   assert_true(one->always);
   assert_string_equal(one->name, "heartbeat_interval");
   assert_string_equal(one->needs, "frozen,outage");
   assert_string_equal(one->says, "closest");
   assert_string_equal(one->until, "");
   assert_string_equal(one->why, "PYTHON-1 polls  too often");
   const struct drill_expectation *other = results_expectation(&results, "outage");
   assert_int_equal(other->line, 4);
   assert_false(other->always);
   assert_string_equal(other->until, "2026-11-29");
   assert_string_equal(other->why, "PYTHON-2 loses one");
   assert_null(results_expectation(&results, "retries"));
   assert_int_equal(read_text(""), 0);
   assert_int_equal(results.expectation_count, 0);
}

static void
accepts(const char *name)
{
   char line[64];
   snprintf(line, sizeof line, "always %s because\n", name);
   assert_int_equal(read_text(line), 0);
}

TEST(every_phase_and_check_has_a_name)
{
   for (size_t i = 0; i < phase_kind_count; i++) {
      accepts(phase_kinds[i]->name);
   }
   for (size_t i = 0; i < judge_rule_count; i++) {
      accepts(judge_rules[i].name);
   }
   accepts("record_matches");
   accepts("connections_steady");
   accepts("no_cpu_while_frozen");
   accepts("protocol_kept");
}

TEST(names_and_reasons_that_are_none)
{
   refused("# one\nalways heartbeats_streamed X-1 why\n", ":2: ", "\"heartbeats_streamed\" is neither");
   for (size_t i = 0; i < phase_kind_count; i++) {
      assert_contains(error.message, phase_kinds[i]->name);
   }
   assert_contains(error.message, phase_burst.name);
   assert_contains(error.message, "protocol_kept");
   refused("always\n", ":1: ", "\"\" is neither");
   refused("never outage why\n", ":1: ", "expected always or sometimes, found \"never\"");
   refused("Outage\n", ":1: ", "found \"Outage\"");
   refused("always outage X-1\n\nsometimes outage until=2027-01-01 X-2\n", ":3: ", "line 1 also names outage");
   refused("always outage\n", ":1: ", "the reason is missing");
   refused("always outage until=2027-01-01   \n", ":1: ", "the reason is missing");
}

TEST(days)
{
   refused("sometimes outage X-1 a race\n", ":1: ", "until=DATE is missing");
   refused("sometimes outage until=2026-11-28 X-1\n", ":1: ", "expired on 2026-11-28: renew or delete line 1 (outage)");
   refused("always outage until=2025-12-31 X-1\n", ":1: ", "expired on 2025-12-31");
   static const char *const none[] = {
      "tomorrow", "2027-02-29", "2027-13-01", "2027-1-01", "27-01-01", "2027-01-01T", "2027/01/01", " ", "+027-01-01"};
   for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
      char line[64];
      snprintf(line, sizeof line, "always outage until=%s X-1\n", none[i]);
      refused(line, ":1: ", "until= takes a date such as until=2027-03-01");
   }
   assert_int_equal(read_text("always outage until=2028-02-29 X-1\n"), 0);
}

TEST(options_that_are_none)
{
   refused("always outage til=2027-01-01 X-1\n", ":1: ", "expected until=, needs= or says=, found \"til=2027-01-01\"");
   refused("always outage says=a says=b X-1\n", ":1: ", "says= is given twice");
   refused("always outage says= X-1\n", ":1: ", "says= takes a word");
   refused("always outage needs=cold X-1\n", ":1: ", "outage is a phase");
   refused("always retries needs=outage,hot X-1\n", ":1: ", "found \"outage,hot\"");
   refused("always retries needs= X-1\n", ":1: ", "needs= takes phases");
   refused("always retries needs=cold, X-1\n", ":1: ", "needs= takes phases");
   assert_int_equal(read_text("always outage X-1: with w=1 it passes\n"), 0);
   assert_string_equal(results.expectations[0].why, "X-1: with w=1 it passes");
}

TEST(too_much)
{
   char *text = malloc(EXPECTATIONS_FILE_MAX + 2);
   assert_non_null(text);
   memset(text, '#', EXPECTATIONS_FILE_MAX + 1);
   text[EXPECTATIONS_FILE_MAX + 1] = '\0';
   refused(text, "", "larger than 64 KB");
   assert_int_equal(read_bytes(text, EXPECTATIONS_FILE_MAX), 0);
   snprintf(text, EXPECTATIONS_FILE_MAX, "always outage %0300d\n", 1);
   refused(text, ":1: ", "the reason is longer than 255 bytes");
   snprintf(text, EXPECTATIONS_FILE_MAX, "always outage says=%064d X-1\n", 1);
   refused(text, ":1: ", "at most 63 bytes");
   snprintf(text,
            EXPECTATIONS_FILE_MAX,
            "always retries needs=outage,outage,outage,outage,outage,outage,outage,outage,outage,outage X\n");
   refused(text, ":1: ", "each phase once");
   free(text);
}

TEST(bytes_that_are_no_text)
{
   refused("always outage caf\xe9\n", ":1: ", "UTF-8");
   refused("\nalways outage \x1b[31m\n", ":2: ", "control character in the line (byte 0x1b)");
   assert_int_equal(read_bytes("a\0b", 3), -1);
   assert_contains(error.message, "not a text file");
   assert_int_equal(expectations_read(&results, "/nowhere/known.txt", TODAY, &error), -1);
   assert_contains(error.message, "--expect: cannot read /nowhere/known.txt: No such file");
   assert_int_equal(expectations_read(&results, "/tmp", TODAY, &error), -1);
   assert_contains(error.message, "Is a directory");
}

TEST(today_is_a_day)
{
   char day[EXPECTATIONS_DAY];
   expectations_today(day);
   assert_int_equal(strlen(day), 10);
   assert_true(strcmp(day, "2020-01-01") > 0 && strcmp(day, "9999-12-31") < 0);
}

static struct drill_phase *
settle_phase(const char *name, enum drill_verdict verdict, const char *reason)
{
   struct drill_phase *phase = results_add_phase(&results);
   snprintf(phase->name, sizeof phase->name, "%s", name);
   snprintf(phase->reason, sizeof phase->reason, "%s", reason);
   phase->verdict = verdict;
   expectations_settle_phase(&results, results.phase_count - 1);
   return phase;
}

/* There is only one check of that name. */
static const struct drill_check *
settle_check(const char *name, enum drill_verdict verdict, const char *detail)
{
   results.check_count = 0;
   struct drill_check *check = results_add_check(&results);
   snprintf(check->name, sizeof check->name, "%s", name);
   snprintf(check->detail, sizeof check->detail, "%s", detail);
   check->verdict = verdict;
   expectations_settle_checks(&results);
   return check;
}

static const struct {
   const char *line;
   const char *name;
   enum drill_verdict verdict;
   const char *text;
   enum drill_verdict settled;
   enum drill_expected outcome;
   const char *told;
} cases[] = {
   {"always outage X-1", "outage", DRILL_FAIL, "5 of 32 failed", DRILL_KNOWN, DRILL_EXPECTED_KNOWN, "5 of 32 failed"},
   {"sometimes retries until=2027-01-01 X", "retries", DRILL_FAIL, "lost", DRILL_KNOWN, DRILL_EXPECTED_KNOWN, "lost"},
   {"sometimes retries until=2027-01-01 X", "retries", DRILL_PASS, "", DRILL_PASS, DRILL_EXPECTED_PASSED, ""},
   {"always outage X-1", "handshake", DRILL_FAIL, "not listed", DRILL_FAIL, DRILL_EXPECTED_UNJUDGED, "not listed"},
   {"always outage says=EPIPE X", "outage", DRILL_FAIL, "1: EPIPE", DRILL_KNOWN, DRILL_EXPECTED_KNOWN, "1: EPIPE"},
   {"always outage says=EPIPE X", "outage", DRILL_FAIL, "slow", DRILL_FAIL, DRILL_EXPECTED_OTHER, "slow"},
   {"always outage X-1", "outage", DRILL_SKIPPED, "no", DRILL_SKIPPED, DRILL_EXPECTED_UNJUDGED, "no"},
   {"always retries X-1 lost",
    "retries",
    DRILL_PASS,
    "all well",
    DRILL_FAIL,
    DRILL_EXPECTED_STALE,
    "stale: retries now passes; delete line 1 of %s (X-1 lost). Found: all well"},
   {"always rtt_connection X-1",
    "rtt_connection",
    DRILL_WARNING,
    "3 connections",
    DRILL_FAIL,
    DRILL_EXPECTED_STALE,
    "stale: rtt_connection now only warns; delete line 1 of %s (X-1). Found: 3 connections"},
};

TEST(a_phase_and_a_check_are_settled_alike)
{
   for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
      char told[512];
      const char *mark = strstr(cases[i].told, "%s");
      int before = mark == NULL ? (int)strlen(cases[i].told) : (int)(mark - cases[i].told);
      const char *after = mark == NULL ? "" : mark + 2;
      snprintf(told, sizeof told, "%.*s%s%s", before, cases[i].told, mark == NULL ? "" : path, after);
      assert_int_equal(read_text(cases[i].line), 0);
      const struct drill_phase *phase = settle_phase(cases[i].name, cases[i].verdict, cases[i].text);
      assert_int_equal(phase->verdict, cases[i].settled);
      assert_string_equal(phase->reason, told);
      assert_int_equal(results.expectations[0].outcome, cases[i].outcome);
      results.expectations[0].outcome = DRILL_EXPECTED_UNJUDGED;
      const struct drill_check *check = settle_check(cases[i].name, cases[i].verdict, cases[i].text);
      assert_int_equal(check->verdict, cases[i].settled);
      assert_string_equal(check->detail, told);
      assert_int_equal(results.expectations[0].outcome, cases[i].outcome);
      assert_int_equal(results.expectations[0].warns, cases[i].verdict == DRILL_WARNING);
   }
}

TEST(what_was_not_run_is_not_judged)
{
   assert_int_equal(read_text("always outage X-1\nalways retries needs=outage,failover X-2\n"), 0);
   settle_phase("outage", DRILL_SKIPPED, "no command");
   settle_phase("failover", DRILL_PASS, "");
   assert_int_equal(results.phases[0].verdict, DRILL_SKIPPED);
   assert_int_equal(settle_check("retries", DRILL_PASS, "")->verdict, DRILL_PASS);
   /* Not excused either: this is another failure. */
   assert_int_equal(settle_check("retries", DRILL_FAIL, "")->verdict, DRILL_FAIL);
   assert_int_equal(results.expectations[0].outcome, DRILL_EXPECTED_UNJUDGED);
   assert_int_equal(results.expectations[1].outcome, DRILL_EXPECTED_UNJUDGED);
   results.phases[0].verdict = DRILL_KNOWN; /* that is, which ran */
   assert_int_equal(settle_check("retries", DRILL_PASS, "")->verdict, DRILL_FAIL);
}

TEST(one_round_that_passes_is_stale)
{
   assert_int_equal(read_text("always outage X-1\n"), 0);
   settle_phase("outage", DRILL_PASS, "");
   settle_phase("outage", DRILL_FAIL, "lost");
   assert_int_equal(results.phases[0].verdict, DRILL_FAIL);
   assert_int_equal(results.phases[1].verdict, DRILL_KNOWN);
   assert_int_equal(results.expectations[0].outcome, DRILL_EXPECTED_STALE);
}
