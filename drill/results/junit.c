#include "clock.h"
#include "result_file.h"
#include "text.h"
#include "writers.h"

#include <errno.h>
#include <libxml/xmlwriter.h>
#include <string.h>

/* The form that Evergreen's attach.xunit_results and CI systems read. There is no standard for it: elements, attributes
 * and their order follow Jenkins' schema (jenkinsci/xunit-plugin, junit-10.xsd). */

struct counts {
   unsigned tests;
   unsigned failures;
   unsigned skipped;
   double time_ms;
};

static void
attribute(xmlTextWriterPtr xml, const char *name, const char *value)
{
   char clean[TEXT_MAX];
   xmlTextWriterWriteAttribute(xml, BAD_CAST name, BAD_CAST text_clean(clean, sizeof clean, value, TEXT_XML));
}

static void
attribute_number(xmlTextWriterPtr xml, const char *name, unsigned value)
{
   xmlTextWriterWriteFormatAttribute(xml, BAD_CAST name, "%u", value);
}

/* Seconds; 0 if unknown, because the attribute must be a number. */
static void
attribute_time(xmlTextWriterPtr xml, double ms)
{
   xmlTextWriterWriteFormatAttribute(xml, BAD_CAST "time", "%.3f", ms > 0 ? ms / 1000 : 0);
}

static void
start(xmlTextWriterPtr xml, const char *name)
{
   xmlTextWriterStartElement(xml, BAD_CAST name);
}

static void
end(xmlTextWriterPtr xml)
{
   xmlTextWriterEndElement(xml);
}

static void
put_text(xmlTextWriterPtr xml, const char *text)
{
   char clean[TEXT_MAX];
   xmlTextWriterWriteString(xml, BAD_CAST text_clean(clean, sizeof clean, text, TEXT_XML));
}

static void
put_element(xmlTextWriterPtr xml, const char *name, const char *text)
{
   if (text[0] != '\0') {
      start(xml, name);
      put_text(xml, text);
      end(xml);
   }
}

static void
put_property(xmlTextWriterPtr xml, const char *name, const char *value)
{
   if (value[0] != '\0') {
      start(xml, "property");
      attribute(xml, "name", name);
      attribute(xml, "value", value);
      end(xml);
   }
}

static void
put_properties(xmlTextWriterPtr xml, const struct drill_results *results)
{
   start(xml, "properties");
   put_property(xml, "driver", results->driver);
   put_property(xml, "client", results->client);
   put_property(xml, "deployment", results->deployment);
   put_property(xml, "failover", results->emulated ? "emulated" : "real");
   put_property(xml, "package", results->package);
   put_property(xml, "faas-drill", results->version);
   end(xml);
}

static void
count_in(struct counts *counts, enum drill_verdict verdict, double time_ms)
{
   counts->tests++;
   counts->failures += verdict == DRILL_FAIL;
   counts->skipped += verdict == DRILL_SKIPPED || verdict == DRILL_KNOWN;
   counts->time_ms += time_ms > 0 ? time_ms : 0;
}

static void
start_suite(xmlTextWriterPtr xml, const char *name, int64_t wall_ms, const struct counts *counts)
{
   start(xml, "testsuite");
   attribute(xml, "name", name);
   attribute_number(xml, "tests", counts->tests);
   attribute_number(xml, "failures", counts->failures);
   attribute_number(xml, "errors", 0);
   attribute_number(xml, "skipped", counts->skipped);
   attribute_time(xml, counts->time_ms);
   char text[CLOCK_RFC3339];
   clock_rfc3339(text, wall_ms);
   *strchr(text, '.') = '\0'; /* without milliseconds and zone, as in the schema */
   attribute(xml, "timestamp", text);
}

static void
start_case(xmlTextWriterPtr xml, const char *suite, const char *name, double time_ms)
{
   start(xml, "testcase");
   attribute(xml, "name", name);
   attribute(xml, "classname", suite);
   attribute_time(xml, time_ms);
}

static double
phase_ms(const struct drill_phase *phase)
{
   return phase->start_ms >= 0 && phase->end_ms >= phase->start_ms ? phase->end_ms - phase->start_ms : -1;
}

static void
put_failed_invocations(xmlTextWriterPtr xml, const struct drill_results *results, size_t phase)
{
   for (size_t i = 0; i < results->invocation_count; i++) {
      const struct drill_invocation *one = &results->invocations[i];
      if (one->phase == phase && one->verdict == DRILL_FAIL) {
         char text[TEXT_MAX];
         snprintf(text, sizeof text, "\n%s (request %s): %s", one->name, one->request_id, one->reason);
         put_text(xml, text);
      }
   }
}

static void
put_skipped(xmlTextWriterPtr xml, const char *reason)
{
   start(xml, "skipped");
   attribute(xml, "message", reason);
   end(xml);
}

/* Adds the expectation after a failure that is listed, but with another text. */
static const char *
with_expectation(char *text, size_t size, const struct drill_results *results, const char *name, const char *failure)
{
   const struct drill_expectation *line = results_expectation(results, name);
   if (line == NULL || line->outcome != DRILL_EXPECTED_OTHER || strstr(failure, line->says) != NULL) {
      return failure;
   }
   snprintf(text,
            size,
            "%s. Listed on line %u of %s, but without \"%s\"",
            failure,
            line->line,
            results->expect_file,
            line->says);
   return text;
}

/* Writes what a phase or a check found, if it did not pass. Returns true for a failure, which the caller ends. Reports
 * a known failure as skipped: JUnit has no such result, and a skipped case leaves a task green. */
static bool
start_finding(xmlTextWriterPtr xml,
              const struct drill_results *results,
              const char *type,
              const char *name,
              enum drill_verdict verdict,
              const char *found)
{
   char text[TEXT_MAX];
   const struct drill_expectation *line = verdict == DRILL_KNOWN ? results_expectation(results, name) : NULL;
   if (verdict == DRILL_FAIL) {
      const char *message = with_expectation(text, sizeof text, results, name, found);
      start(xml, "failure");
      attribute(xml, "message", message);
      attribute(xml, "type", strncmp(found, "stale: ", strlen("stale: ")) == 0 ? "stale" : type);
      put_text(xml, message);
      return true;
   }
   if (line != NULL) {
      snprintf(text, sizeof text, "known failure: %s (%s:%u). %s", line->why, results->expect_file, line->line, found);
      put_skipped(xml, text);
   } else if (verdict == DRILL_SKIPPED) {
      put_skipped(xml, found);
   }
   return false;
}

static void
put_phase(xmlTextWriterPtr xml, const char *suite, const struct drill_results *results, size_t index)
{
   const struct drill_phase *phase = &results->phases[index];
   start_case(xml, suite, phase->name, phase_ms(phase));
   if (start_finding(xml, results, "phase", phase->name, phase->verdict, phase->reason)) {
      put_failed_invocations(xml, results, index);
      if (phase->advice[0] != '\0') {
         put_text(xml, "\n");
         put_text(xml, phase->advice);
      }
      end(xml);
   }
   put_element(xml, "system-out", phase->driver_did);
   end(xml);
}

/* The consecutive phases of one round. */
static void
put_round(xmlTextWriterPtr xml, const struct drill_results *results, size_t first, size_t last)
{
   struct counts counts = {0};
   for (size_t i = first; i < last; i++) {
      count_in(&counts, results->phases[i].verdict, phase_ms(&results->phases[i]));
   }
   char name[48];
   snprintf(name, sizeof name, "faas-drill.round-%u", results->phases[first].round);
   if (first == 0 && last == results->phase_count) {
      name[strlen("faas-drill")] = '\0';
   }
   double begin_ms = results->phases[first].start_ms;
   start_suite(xml, name, results->started_wall_ms + (begin_ms > 0 ? (int64_t)begin_ms : 0), &counts);
   put_properties(xml, results);
   for (size_t i = first; i < last; i++) {
      put_phase(xml, name, results, i);
   }
   end(xml);
}

static void
put_check(xmlTextWriterPtr xml, const char *suite, const struct drill_results *results, const struct drill_check *check)
{
   start_case(xml, suite, check->name, 0);
   if (start_finding(xml, results, "check", check->name, check->verdict, check->detail)) {
      end(xml);
   } else if (check->verdict == DRILL_PASS || check->verdict == DRILL_WARNING) {
      put_element(xml, "system-out", check->detail);
   }
   end(xml);
}

static void
put_checks(xmlTextWriterPtr xml, const struct drill_results *results, bool unfinished)
{
   static const char suite[] = "faas-drill.checks";
   struct counts counts = {0};
   for (size_t i = 0; i < results->check_count; i++) {
      count_in(&counts, results->checks[i].verdict, 0);
   }
   if (unfinished) {
      count_in(&counts, DRILL_FAIL, 0);
   }
   if (counts.tests == 0) {
      return;
   }
   start_suite(xml, suite, results->started_wall_ms, &counts);
   put_properties(xml, results);
   for (size_t i = 0; i < results->check_count; i++) {
      put_check(xml, suite, results, &results->checks[i]);
   }
   if (unfinished) {
      static const struct drill_check finished = {.name = "finished",
                                                  .verdict = DRILL_FAIL,
                                                  .detail =
                                                     "The drill was cut short; no phase or check had failed before."};
      put_check(xml, suite, results, &finished);
   }
   end(xml);
}

static void
put_suites(xmlTextWriterPtr xml, const struct drill_results *results)
{
   struct counts counts = {0};
   for (size_t i = 0; i < results->phase_count; i++) {
      count_in(&counts, results->phases[i].verdict, -1);
   }
   for (size_t i = 0; i < results->check_count; i++) {
      count_in(&counts, results->checks[i].verdict, -1);
   }
   /* Otherwise a reader that only counts would take the drill for a success. */
   bool unfinished = results->verdict == DRILL_FAIL && counts.failures == 0;
   if (unfinished) {
      count_in(&counts, DRILL_FAIL, -1);
   }
   start(xml, "testsuites");
   attribute(xml, "name", "faas-drill");
   attribute_number(xml, "tests", counts.tests);
   attribute_number(xml, "failures", counts.failures);
   attribute_number(xml, "errors", 0);
   attribute_time(xml, results->duration_ms);
   for (size_t first = 0; first < results->phase_count;) {
      size_t last = first + 1;
      while (last < results->phase_count && results->phases[last].round == results->phases[first].round) {
         last++;
      }
      put_round(xml, results, first, last);
      first = last;
   }
   put_checks(xml, results, unfinished);
   end(xml);
}

/* Returns NULL when out of memory. */
static xmlBufferPtr
junit_xml(const struct drill_results *results)
{
   xmlBufferPtr buffer = xmlBufferCreate();
   xmlTextWriterPtr xml = buffer == NULL ? NULL : xmlNewTextWriterMemory(buffer, 0);
   if (xml == NULL) {
      xmlBufferFree(buffer);
      return NULL;
   }
   xmlTextWriterSetIndent(xml, 1);
   xmlTextWriterStartDocument(xml, NULL, "UTF-8", NULL);
   put_suites(xml, results);
   int ended = xmlTextWriterEndDocument(xml);
   xmlFreeTextWriter(xml);
   if (ended < 0) {
      xmlBufferFree(buffer);
      return NULL;
   }
   return buffer;
}

int
junit_write(const char *path, const struct drill_results *results, struct drill_error *error)
{
   struct result_file file;
   if (result_file_open(&file, path, error) != 0) {
      return -1;
   }
   xmlBufferPtr buffer = junit_xml(results);
   if (buffer == NULL) {
      result_file_fail(&file, ENOMEM);
   } else {
      result_file_put(&file, (const char *)xmlBufferContent(buffer), (size_t)xmlBufferLength(buffer));
      xmlBufferFree(buffer);
   }
   return result_file_close(&file, error);
}
