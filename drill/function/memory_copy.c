#include "memory_copy.h"

#include "descriptors.h"
#include "room.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <unistd.h>

/* Documentation/admin-guide/mm/pagemap.rst */
#define PAGE_PRESENT (UINT64_C(1) << 63)
#define PAGE_SWAPPED (UINT64_C(1) << 62)
#define ENTRIES 8192

/* A function has at most 10 GB. Larger mappings, of terabytes, are a sanitizer's, and would take minutes to search. */
#define MAPPING_MAX (UINT64_C(1) << 37)

/* Consecutive pages of a process. */
struct stretch {
   uint8_t *bytes;
   size_t length;
};

struct memory_copy {
   struct stretch *stretches;
   size_t count;
   size_t length; /* of all stretches */
};

struct reading {
   struct memory_copy *copy;
   size_t most;
   size_t page;
   int memory;                /* /proc/PID/mem */
   int pagemap;               /* /proc/PID/pagemap */
   uint64_t entries[ENTRIES]; /* of the page map, from page entries_from on */
   uint64_t entries_from;
   size_t entry_count;
   bool failed;
};

static int
open_proc(pid_t id, const char *name)
{
   char path[48];
   snprintf(path, sizeof path, "/proc/%d/%s", id, name);
   return open(path, O_RDONLY | O_CLOEXEC);
}

/* Reads the page map in blocks: runtimes reserve gigabytes, and most entries say that no page is there. */
static bool
is_there(struct reading *reading, uint64_t address)
{
   uint64_t number = address / reading->page;
   uint64_t first = number - number % ENTRIES;
   if (reading->entries_from != first || reading->entry_count == 0) {
      ssize_t got =
         pread(reading->pagemap, reading->entries, sizeof reading->entries, (off_t)(first * sizeof *reading->entries));
      reading->entries_from = first;
      reading->entry_count = got <= 0 ? 0 : (size_t)got / sizeof *reading->entries;
   }
   uint64_t at = number - first;
   return at < reading->entry_count && (reading->entries[at] & (PAGE_PRESENT | PAGE_SWAPPED)) != 0;
}

static void
keep(struct reading *reading, uint64_t start, uint64_t end)
{
   struct memory_copy *copy = reading->copy;
   size_t length = (size_t)(end - start);
   bool fits = copy->length + length <= reading->most &&
               room_for_one(&copy->stretches, copy->count, sizeof *copy->stretches, SIZE_MAX);
   uint8_t *bytes = fits ? malloc(length) : NULL;
   if (bytes == NULL) {
      reading->failed = true;
      return;
   }
   ssize_t got = pread(reading->memory, bytes, length, (off_t)start);
   if (got <= 0) {
      free(bytes); /* a guard page or a device, which holds no value of the function */
      return;
   }
   copy->stretches[copy->count++] = (struct stretch){bytes, (size_t)got};
   copy->length += length;
}

static void
read_mapping(struct reading *reading, uint64_t start, uint64_t end)
{
   uint64_t from = 0;
   for (uint64_t at = start; at <= end && !reading->failed; at += reading->page) {
      bool there = at < end && is_there(reading, at);
      if (there && from == 0) {
         from = at;
      } else if (!there && from != 0) {
         keep(reading, from, at);
         from = 0;
      }
   }
}

/* Copies what the process itself has written: its private, writable mappings. */
static void
read_process(struct reading *reading, pid_t id)
{
   char path[48];
   snprintf(path, sizeof path, "/proc/%d/maps", id);
   FILE *maps = fopen(path, "re");
   reading->memory = open_proc(id, "mem");
   reading->pagemap = open_proc(id, "pagemap");
   reading->entry_count = 0;
   reading->failed = maps == NULL || reading->memory < 0 || reading->pagemap < 0;
   char line[512];
   while (!reading->failed && fgets(line, sizeof line, maps) != NULL) {
      uint64_t start, end;
      char rights[5];
      if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s", &start, &end, rights) == 3 && strncmp(rights, "rw", 2) == 0 &&
          rights[3] == 'p' && end - start <= MAPPING_MAX) {
         read_mapping(reading, start, end);
      }
   }
   if (maps != NULL) {
      fclose(maps);
   }
   descriptors_close(reading->memory);
   descriptors_close(reading->pagemap);
}

static struct memory_copy *
copy_all(struct descendants *descendants, size_t most)
{
   struct reading reading = {
      .copy = calloc(1, sizeof *reading.copy), .most = most, .page = (size_t)sysconf(_SC_PAGESIZE)};
   if (reading.copy == NULL || !descendants_live(descendants)) {
      memory_copy_destroy(reading.copy);
      return NULL;
   }
   for (size_t i = 0; i < descendants->count && !reading.failed; i++) {
      read_process(&reading, descendants->ids[i]);
   }
   if (reading.failed || reading.copy->count == 0) {
      memory_copy_destroy(reading.copy);
      return NULL;
   }
   return reading.copy;
}

struct memory_copy *
memory_copy_new(struct descendants *descendants, uid_t user, gid_t group, size_t most)
{
   struct memory_copy *copy = copy_all(descendants, most);
   if (copy != NULL) {
      return copy;
   }
   /* Root without CAP_SYS_PTRACE, as in a container, may not read the memory of other users' processes (ptrace(2),
    * "Ptrace access mode checking": PTRACE_MODE_FSCREDS). These ids belong to the calling thread only. */
   gid_t own_group = (gid_t)setfsgid(group);
   uid_t own_user = (uid_t)setfsuid(user);
   copy = copy_all(descendants, most);
   (void)setfsuid(own_user);
   (void)setfsgid(own_group);
   return copy;
}

void
memory_copy_destroy(struct memory_copy *copy)
{
   if (copy != NULL) {
      for (size_t i = 0; i < copy->count; i++) {
         free(copy->stretches[i].bytes);
      }
      free(copy->stretches);
      free(copy);
   }
}

bool
memory_copy_has(const struct memory_copy *copy, const uint8_t *bytes, size_t length)
{
   for (size_t i = 0; copy != NULL && i < copy->count; i++) {
      if (memmem(copy->stretches[i].bytes, copy->stretches[i].length, bytes, length) != NULL) {
         return true;
      }
   }
   return false;
}
