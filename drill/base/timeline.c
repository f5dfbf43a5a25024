#include "timeline.h"

#include "clock.h"

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
   size_t room;
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

static bool
make_room(struct timeline *timeline)
{
   if (timeline->count < timeline->room) {
      return true;
   }
   size_t room = timeline->room == 0 ? 256 : timeline->room * 2;
   struct timeline_entry *entries =
      timeline->count >= ENTRIES_MAX ? NULL : realloc(timeline->entries, room * sizeof *entries);
   if (entries == NULL) {
      return false;
   }
   timeline->entries = entries;
   timeline->room = room;
   return true;
}

size_t
timeline_add(struct timeline *timeline, const struct timeline_entry *entry)
{
   if (timeline == NULL) {
      return SIZE_MAX;
   }
   size_t number = SIZE_MAX;
   pthread_mutex_lock(&timeline->lock);
   if (make_room(timeline)) {
      number = timeline->count++;
      timeline->entries[number] = *entry;
   }
   pthread_mutex_unlock(&timeline->lock);
   return number;
}

static void
entry_fill(struct timeline_entry *entry, enum timeline_kind kind, int instance, const char *label)
{
   *entry = (struct timeline_entry){.kind = kind, .instance = instance, .start_us = clock_now_us(), .end_us = -1};
   snprintf(entry->label, sizeof entry->label, "%s", label);
}

size_t
timeline_begin(
   struct timeline *timeline, enum timeline_kind kind, int instance, const char *label, const char *detail, ...)
{
   struct timeline_entry entry;
   entry_fill(&entry, kind, instance, label);
   va_list arguments;
   va_start(arguments, detail);
   vsnprintf(entry.detail, sizeof entry.detail, detail, arguments);
   va_end(arguments);
   return timeline_add(timeline, &entry);
}

void
timeline_moment(struct timeline *timeline,
                enum timeline_kind kind,
                int instance,
                bool bad,
                const char *label,
                const char *detail,
                ...)
{
   struct timeline_entry entry;
   entry_fill(&entry, kind, instance, label);
   entry.end_us = entry.start_us;
   entry.bad = bad;
   va_list arguments;
   va_start(arguments, detail);
   vsnprintf(entry.detail, sizeof entry.detail, detail, arguments);
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
timeline_copy(struct timeline *timeline, size_t first, size_t *count)
{
   struct timeline_entry *copy = NULL;
   *count = 0;
   pthread_mutex_lock(&timeline->lock);
   if (first < timeline->count) {
      size_t wanted = timeline->count - first;
      copy = malloc(wanted * sizeof *copy);
      if (copy != NULL) {
         memcpy(copy, timeline->entries + first, wanted * sizeof *copy);
         *count = wanted;
      }
   }
   pthread_mutex_unlock(&timeline->lock);
   return copy;
}
