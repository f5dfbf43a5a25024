#include "allocations.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

#if defined(__GLIBC__) && !defined(SANITIZED)
#define SEEN 1
#else
#define SEEN 0
#endif

/* Global, because malloc has no context parameter that could carry these. */
static atomic_uintptr_t watched_begin;
static atomic_uintptr_t watched_end;
static atomic_uint calls;
static atomic_uint failing;

#define SLOTS 65536u /* a power of two */

static struct {
   uintptr_t address; /* 0: free; 1: used before */
   size_t size;
} slots[SLOTS];
static atomic_flag slots_lock = ATOMIC_FLAG_INIT;

static void
lock(void)
{
   while (atomic_flag_test_and_set_explicit(&slots_lock, memory_order_acquire)) {
   }
}

static void
unlock(void)
{
   atomic_flag_clear_explicit(&slots_lock, memory_order_release);
}

#if SEEN

static unsigned slots_used;

/* glibc, "Replacing malloc", and glibc's own names for the original functions. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void __libc_free(void *memory);

static unsigned
hash(uintptr_t address)
{
   return (unsigned)((address >> 4) * 2654435761u) & (SLOTS - 1);
}

static void
insert(const void *memory, size_t size)
{
   uintptr_t address = (uintptr_t)memory;
   lock();
   unsigned at = hash(address);
   /* Beyond this, further blocks are not tracked; so many would be a leak that has long shown. */
   if (slots_used < SLOTS / 2) {
      while (slots[at].address > 1) {
         at = (at + 1) & (SLOTS - 1);
      }
      slots_used += slots[at].address == 0;
      slots[at].address = address;
      slots[at].size = size;
   }
   unlock();
}

static void
forget(const void *memory)
{
   uintptr_t address = (uintptr_t)memory;
   if (address == 0 || atomic_load(&watched_end) == 0) {
      return;
   }
   lock();
   for (unsigned at = hash(address); slots[at].address != 0; at = (at + 1) & (SLOTS - 1)) {
      if (slots[at].address == address) {
         slots[at].address = 1;
         break;
      }
   }
   unlock();
}

static bool
is_watched(const void *caller)
{
   uintptr_t address = (uintptr_t)caller;
   return address >= atomic_load(&watched_begin) && address < atomic_load(&watched_end);
}

/* Counts a call by a watched caller. Returns whether this is the one that must fail. */
static bool
fails(void)
{
   unsigned number = atomic_fetch_add(&calls, 1) + 1;
   if (number != atomic_load(&failing)) {
      return false;
   }
   errno = ENOMEM;
   return true;
}

#define CALLER __builtin_return_address(0)
#define IN_FRONT __attribute__((visibility("default"), noinline))

IN_FRONT void *
malloc(size_t size)
{
   bool watched = is_watched(CALLER);
   void *memory = watched && fails() ? NULL : __libc_malloc(size);
   if (watched && memory != NULL) {
      insert(memory, size);
   }
   return memory;
}

IN_FRONT void *
calloc(size_t count, size_t size)
{
   bool watched = is_watched(CALLER);
   void *memory = watched && fails() ? NULL : __libc_calloc(count, size);
   if (watched && memory != NULL) {
      insert(memory, count * size);
   }
   return memory;
}

IN_FRONT void *
realloc(void *memory, size_t size)
{
   bool watched = is_watched(CALLER);
   if (watched && fails()) {
      return NULL;
   }
   uintptr_t before = (uintptr_t)memory;
   void *larger = __libc_realloc(memory, size);
   if (larger != NULL || size == 0) {
      forget((const void *)before);
   }
   if (watched && larger != NULL) {
      insert(larger, size);
   }
   return larger;
}

IN_FRONT void
free(void *memory)
{
   forget(memory);
   __libc_free(memory);
}

static char *
duplicate(const char *text, size_t length, bool watched)
{
   char *copy = watched && fails() ? NULL : __libc_malloc(length + 1);
   if (copy != NULL) {
      memcpy(copy, text, length);
      copy[length] = '\0';
      if (watched) {
         insert(copy, length + 1);
      }
   }
   return copy;
}

IN_FRONT char *
strdup(const char *text)
{
   return duplicate(text, strlen(text), is_watched(CALLER));
}

IN_FRONT char *
strndup(const char *text, size_t size)
{
   return duplicate(text, strnlen(text, size), is_watched(CALLER));
}

#endif

bool
allocations_are_seen(void)
{
   return SEEN;
}

void
allocations_watch(const void *begin, const void *end)
{
   atomic_store(&watched_begin, (uintptr_t)begin);
   atomic_store(&watched_end, (uintptr_t)end);
}

void
allocations_fail(unsigned number)
{
   atomic_store(&calls, 0);
   atomic_store(&failing, number);
}

unsigned
allocations_count(void)
{
   return atomic_load(&calls);
}

size_t
allocations_live(size_t *bytes)
{
   size_t count = 0;
   *bytes = 0;
   lock();
   for (unsigned i = 0; i < SLOTS; i++) {
      if (slots[i].address > 1) {
         count++;
         *bytes += slots[i].size;
      }
   }
   unlock();
   return count;
}
