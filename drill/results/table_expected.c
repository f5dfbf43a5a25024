#include "table_parts.h"

#include "text.h"

#include <stdio.h>

static const struct {
   enum drill_verdict symbol;
   const char *words;
} outcomes[DRILL_EXPECTED_OUTCOMES] = {
   [DRILL_EXPECTED_UNJUDGED] = {DRILL_SKIPPED, "not judged this time"},
   [DRILL_EXPECTED_PASSED] = {DRILL_PASS, "passed this time"},
   [DRILL_EXPECTED_KNOWN] = {DRILL_KNOWN, "failed as expected"},
   [DRILL_EXPECTED_OTHER] = {DRILL_FAIL, "failed for another reason"},
   [DRILL_EXPECTED_STALE] = {DRILL_FAIL, "stale: now passes, delete the line"},
};

static void
line(struct pen *pen, const struct drill_expectation *expectation, unsigned column)
{
   char text[512];
   snprintf(text,
            sizeof text,
            "line %u, %s%s%s: %s%s%s%s. %s",
            expectation->line,
            expectation->always ? "always" : "sometimes",
            expectation->until[0] == '\0' ? "" : " until ",
            expectation->until,
            expectation->warns ? "stale: now only warns, delete the line" : outcomes[expectation->outcome].words,
            expectation->outcome == DRILL_EXPECTED_OTHER ? ", without \"" : "",
            expectation->outcome == DRILL_EXPECTED_OTHER ? expectation->says : "",
            expectation->outcome == DRILL_EXPECTED_OTHER ? "\"" : "",
            expectation->why);
   pen_item(pen, outcomes[expectation->outcome].symbol, expectation->name, column, PEN_DIM, text);
}

void
table_expected(struct pen *pen, const struct drill_results *results)
{
   char heading[sizeof results->expect_file + 32];
   unsigned column = 0;
   if (results->expectation_count == 0) {
      return;
   }
   for (size_t i = 0; i < results->expectation_count; i++) {
      unsigned width = text_width(results->expectations[i].name) + 4;
      column = width > column ? width : column;
   }
   snprintf(heading, sizeof heading, "Known failures, from %s", results->expect_file);
   pen_heading(pen, heading);
   for (size_t i = 0; i < results->expectation_count; i++) {
      line(pen, &results->expectations[i], column);
   }
}
