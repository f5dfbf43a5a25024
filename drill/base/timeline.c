#include "timeline.h"

#include "clock.h"
#include "room.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* About 300 MB: a drill of days. */
#define ENTRIES_MAX 1000000

struct timeline {
   pthread_mutex_t lock;
   int64_t origin_us;
   struct timeline_entry *entries;
   size_t count;
};

struct timeline *
timeline_new(void)
{
   struct timeline *timeline = calloc(1, sizeof *timeline);
   if (timeline != NULL) {
      pthread_mutex_init(&timeline->lock, NULL);
      timeline->origin_us = clock_now_us();
   }
   return timeline;
}

void
timeline_destroy(struct timeline *timeline)
{
   if (timeline == NULL) {
      return;
   }
   pthread_mutex_destroy(&timeline->lock);
   free(timeline->entries);
   free(timeline);
}

int64_t
timeline_origin_us(const struct timeline *timeline)
{
   return timeline->origin_us;
}

size_t
timeline_add(struct timeline *timeline, const struct timeline_entry *entry)
{
   if (timeline == NULL) {
      return SIZE_MAX;
   }
   size_t number = SIZE_MAX;
   pthread_mutex_lock(&timeline->lock);
   if (room_for_one(&timeline->entries, timeline->count, sizeof *entry, ENTRIES_MAX)) {
      number = timeline->count++;
      timeline->entries[number] = *entry;
   }
   pthread_mutex_unlock(&timeline->lock);
   return number;
}

static void __attribute__((format(printf, 3, 0)))
fill(struct timeline_entry *entry, const char *label, const char *detail, va_list arguments)
{
   snprintf(entry->label, sizeof entry->label, "%s", label);
   vsnprintf(entry->detail, sizeof entry->detail, detail, arguments);
}

size_t
timeline_begin(
   struct timeline *timeline, enum timeline_kind kind, int instance, const char *label, const char *detail, ...)
{
   struct timeline_entry entry = {.kind = kind, .instance = instance, .start_us = clock_now_us(), .end_us = -1};
   va_list arguments;
   va_start(arguments, detail);
   fill(&entry, label, detail, arguments);
   va_end(arguments);
   return timeline_add(timeline, &entry);
}

void
timeline_moment(
   struct timeline *timeline, enum timeline_kind kind, bool bad, const char *label, const char *detail, ...)
{
   int64_t now_us = clock_now_us();
   struct timeline_entry entry = {.kind = kind, .instance = -1, .start_us = now_us, .end_us = now_us, .bad = bad};
   va_list arguments;
   va_start(arguments, detail);
   fill(&entry, label, detail, arguments);
   va_end(arguments);
   timeline_add(timeline, &entry);
}

void
timeline_end(struct timeline *timeline, size_t number, bool bad, const char *detail)
{
   if (timeline == NULL || number == SIZE_MAX) {
      return;
   }
   pthread_mutex_lock(&timeline->lock);
   struct timeline_entry *entry = number < timeline->count ? &timeline->entries[number] : NULL;
   if (entry != NULL) {
      entry->end_us = clock_now_us();
      entry->bad = bad;
   }
   if (entry != NULL && detail != NULL) {
      snprintf(entry->detail, sizeof entry->detail, "%s", detail);
   }
   pthread_mutex_unlock(&timeline->lock);
}

struct timeline_entry *
timeline_copy(struct timeline *timeline, size_t *count)
{
   pthread_mutex_lock(&timeline->lock);
   size_t size = timeline->count * sizeof *timeline->entries;
   struct timeline_entry *copy = size == 0 ? NULL : malloc(size);
   *count = copy == NULL ? 0 : timeline->count;
   if (copy != NULL) {
      memcpy(copy, timeline->entries, size);
   }
   pthread_mutex_unlock(&timeline->lock);
   return copy;
}
