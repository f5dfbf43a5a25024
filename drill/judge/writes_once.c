/* What the server applied, document by document: nothing twice, and nothing left by a function that deletes its
 * documents. */
#include "judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLLECTIONS_MAX 32

struct tally {
   const char *collection;
   unsigned long inserts; /* documents to insert */
   unsigned long deletes; /* filters */
   unsigned long vain;    /* of those, filters that removed nothing */
   long left;             /* inserted minus deleted */
};

static struct tally *
tally_of(struct tally *tallies, size_t *count, const char *collection)
{
   for (size_t i = 0; i < *count; i++) {
      if (strcmp(tallies[i].collection, collection) == 0) {
         return &tallies[i];
      }
   }
   if (*count == COLLECTIONS_MAX) {
      return NULL;
   }
   tallies[*count].collection = collection;
   return &tallies[(*count)++];
}

static void
add(struct tally *tally, const struct witness_write *write)
{
   /* A retry of a write that the server had already applied; nothing was written again. */
   int n = write->retry || write->n < 0 ? 0 : write->n;
   if (write->is_delete) {
      tally->deletes += write->retry ? 0 : 1;
      tally->vain += !write->retry && write->n == 0 ? 1 : 0;
      tally->left -= n;
   } else {
      tally->inserts += write->retry ? 0 : 1;
      tally->left += n;
   }
}

struct document {
   const struct witness_write *write;
   size_t order;
};

static int
by_document(const void *left, const void *right)
{
   const struct document *a = left, *b = right;
   int order = strcmp(a->write->collection, b->write->collection);
   order = order != 0 ? order : strcmp(a->write->id, b->write->id);
   return order != 0 ? order : a->order < b->order ? -1 : 1;
}

/* Finds an _id whose second insert or delete took effect although nothing in between undid the first. */
static const struct witness_write *
find_twice(const struct judge_case *seen)
{
   const struct witness_write *twice = NULL;
   struct document *sorted = calloc(seen->write_count + 1, sizeof *sorted);
   size_t count = 0;
   for (size_t i = 0; sorted != NULL && i < seen->write_count; i++) {
      const struct witness_write *write = &seen->writes[i];
      if (write->id[0] != '\0' && write->n > 0 && !write->retry) {
         sorted[count++] = (struct document){write, i};
      }
   }
   if (count > 0) {
      qsort(sorted, count, sizeof *sorted, by_document);
   }
   for (size_t i = 1; i < count && twice == NULL; i++) {
      const struct witness_write *a = sorted[i - 1].write, *b = sorted[i].write;
      if (strcmp(a->collection, b->collection) == 0 && strcmp(a->id, b->id) == 0 && a->is_delete == b->is_delete) {
         twice = b;
      }
   }
   free(sorted);
   return twice;
}

/* Counts failed invocations, which may not have reached their deletes. */
static long
count_failed(const struct judge_case *seen)
{
   long failed = 0;
   for (size_t i = 0; i < seen->invocation_count; i++) {
      failed += seen->invocations[i].passed ? 0 : 1 + seen->invocations[i].more_failed;
   }
   return failed;
}

static void
judge_tallies(const struct judge_case *seen, const struct tally *tallies, size_t count, struct finding *finding)
{
   unsigned long inserts = 0, deletes = 0;
   char kept[200] = "";
   for (size_t i = 0; i < count; i++) {
      const struct tally *tally = &tallies[i];
      inserts += tally->inserts;
      deletes += tally->deletes;
      if (tally->left > count_failed(seen) && tally->deletes >= tally->inserts) {
         finding_fail(finding,
                      "%ld document%s left in %s, although the function deletes what it inserts: %lu inserted, and %lu "
                      "of %lu deletes removed nothing",
                      tally->left,
                      plural((unsigned long)tally->left),
                      tally->collection,
                      tally->inserts,
                      tally->vain,
                      tally->deletes);
         return;
      }
      if (tally->left > 0 && tally->deletes < tally->inserts) {
         (void)snprintf(kept, sizeof kept, "; %ld stay in %s", tally->left, tally->collection);
      }
   }
   finding_pass(finding, "%lu inserted and %lu deleted, none twice%s", inserts, deletes, kept);
}

void
rule_writes_once(const struct judge_case *seen, struct finding *finding)
{
   struct tally tallies[COLLECTIONS_MAX] = {{0}};
   size_t count = 0;
   if (!seen->writes_complete) {
      finding_skip(finding, "there were more writes than the record holds");
      return;
   }
   for (size_t i = 0; i < seen->write_count; i++) {
      struct tally *tally = tally_of(tallies, &count, seen->writes[i].collection);
      if (tally != NULL) {
         add(tally, &seen->writes[i]);
      }
   }
   const struct witness_write *twice = find_twice(seen);
   if (seen->write_count == 0) {
      finding_skip(finding, "the function inserted and deleted nothing");
   } else if (twice != NULL) {
      finding_fail(finding,
                   "document %s of %s was %s twice",
                   twice->id,
                   twice->collection,
                   twice->is_delete ? "deleted" : "inserted");
   } else {
      judge_tallies(seen, tallies, count, finding);
   }
}
