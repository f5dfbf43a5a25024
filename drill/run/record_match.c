#include "record_match.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Allowed between the server's and the host's time stamps: both read this machine's clock, but at either end of a
 * connection. */
#define TOLERANCE_US 2000

#define NO_MEMORY "out of memory: could not compare the records"

/* What happened to one document. */
struct fate {
   const char *id;
   int64_t inserted_us;
   int64_t deleted_us;
   unsigned inserts;
   unsigned deletes;
   bool taken; /* matched to an invocation */
};

static int
by_id(const void *left, const void *right)
{
   const struct witness_write *a = left, *b = right;
   int order = strcmp(a->id, b->id);
   return order != 0 ? order : a->at_us < b->at_us ? -1 : a->at_us > b->at_us;
}

static void
apply(struct fate *fate, const struct witness_write *write)
{
   /* A retry that the server has already carried out gets the first try's answer and writes nothing. */
   if (write->n < 1 || (write->retry && (write->is_delete ? fate->deletes : fate->inserts) > 0)) {
      return;
   }
   if (write->is_delete) {
      fate->deletes++;
      fate->deleted_us = write->at_us;
   } else {
      fate->inserts++;
      fate->inserted_us = write->at_us;
   }
}

/* Makes one entry for each document; sorts writes. */
static struct fate *
make_fates(struct witness_write *writes, size_t write_count, size_t *count)
{
   struct fate *fates = calloc(write_count + 1, sizeof *fates);
   *count = 0;
   if (fates == NULL) {
      return NULL;
   }
   if (write_count > 0) {
      qsort(writes, write_count, sizeof *writes, by_id);
   }
   for (size_t i = 0; i < write_count; i++) {
      if (*count == 0 || strcmp(fates[*count - 1].id, writes[i].id) != 0) {
         fates[(*count)++].id = writes[i].id;
      }
      apply(&fates[*count - 1], &writes[i]);
   }
   return fates;
}

/* The invocation that ends first takes the earliest document that fits, so that none takes the last one that fits
 * another. */
static bool
take(struct fate *fates, size_t count, double from_us, double to_us)
{
   struct fate *best = NULL;
   for (size_t i = 0; i < count; i++) {
      struct fate *fate = &fates[i];
      if (!fate->taken && fate->inserts == 1 && fate->deletes == 1 && (double)fate->inserted_us >= from_us &&
          (double)fate->deleted_us <= to_us && (best == NULL || fate->inserted_us < best->inserted_us)) {
         best = fate;
      }
   }
   if (best != NULL) {
      best->taken = true;
   }
   return best != NULL;
}

static int
by_end(const void *left, const void *right)
{
   const struct drill_invocation *a = *(const struct drill_invocation *const *)left;
   const struct drill_invocation *b = *(const struct drill_invocation *const *)right;
   double a_end = a->at_ms + a->duration_ms, b_end = b->at_ms + b->duration_ms;
   return a_end < b_end ? -1 : a_end > b_end;
}

static bool
match_invocations(struct fate *fates,
                  size_t count,
                  const struct drill_results *results,
                  int64_t origin_us,
                  unsigned *matched,
                  struct text_out detail)
{
   bool all = true;
   const struct drill_invocation **sorted = calloc(results->invocation_count + 1, sizeof *sorted);
   if (sorted == NULL) {
      write_text(detail, NO_MEMORY);
      return false;
   }
   for (size_t i = 0; i < results->invocation_count; i++) {
      sorted[i] = &results->invocations[i];
   }
   qsort(sorted, results->invocation_count, sizeof(struct drill_invocation *), by_end);
   for (size_t i = 0; i < results->invocation_count && all; i++) {
      const struct drill_invocation *invocation = sorted[i];
      if (!invocation->insert_ok || !invocation->delete_ok) {
         continue;
      }
      double from_us = (double)origin_us + invocation->at_ms * 1e3 - TOLERANCE_US;
      all = take(fates, count, from_us, from_us + invocation->duration_ms * 1e3 + 2 * TOLERANCE_US);
      *matched += all ? 1 : 0;
      if (!all) {
         write_text(detail,
                    "invocation %s (%s) reports an insert and a delete that the server never received",
                    invocation->request_id,
                    invocation->name);
      }
   }
   free(sorted);
   return all;
}

/* An invocation that did not finish may have written a document that it does not report. */
static unsigned
count_unreported(const struct drill_results *results)
{
   unsigned count = 0;
   for (size_t i = 0; i < results->invocation_count; i++) {
      const struct drill_invocation *invocation = &results->invocations[i];
      count += invocation->insert_ok && invocation->delete_ok ? 0 : 1;
   }
   return count;
}

/* A function whose answers are not reports may write what it likes. */
static bool
reports_its_writes(const struct drill_results *results)
{
   bool some = false;
   for (size_t i = 0; i < results->invocation_count; i++) {
      const struct drill_invocation *invocation = &results->invocations[i];
      if (invocation->error_type[0] == '\0' && !invocation->has_report) {
         return false;
      }
      some = some || invocation->has_report;
   }
   return some;
}

static bool
judge_surplus(const struct fate *fates, size_t count, const struct drill_results *results, struct text_out detail)
{
   unsigned surplus = 0, allowed = count_unreported(results);
   const struct fate *example = NULL;
   for (size_t i = 0; i < count; i++) {
      if (!fates[i].taken && fates[i].inserts > 0) {
         surplus++;
         example = &fates[i];
      }
   }
   if (surplus <= allowed || !reports_its_writes(results)) {
      return true;
   }
   write_text(detail,
              "%u documents were written that no invocation reports, and only %u invocations failed: %s",
              surplus,
              allowed,
              example->id);
   return false;
}

bool
record_match(struct witness_write *writes,
             size_t write_count,
             const struct drill_results *results,
             int64_t origin_us,
             struct text_out detail)
{
   size_t count = 0;
   unsigned matched = 0;
   struct fate *fates = make_fates(writes, write_count, &count);
   if (fates == NULL) {
      write_text(detail, NO_MEMORY);
      return false;
   }
   bool good = match_invocations(fates, count, results, origin_us, &matched, detail) &&
               judge_surplus(fates, count, results, detail);
   if (good) {
      write_text(detail, "%u of %zu documents match an invocation's report", matched, count);
   }
   free(fates);
   return good;
}
