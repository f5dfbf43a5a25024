/* The memory of another process: bytes are found where it has written them, and nowhere else. */
#include "clock.h"
#include "memory_copy.h"
#include "test_main.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

#define BYTES 16
#define PAGES 64
#define RESERVED ((size_t)1 << 34)
#define MOST ((size_t)1 << 30)

static struct descendants family;
static pid_t child;
static uint8_t known[BYTES];
static uint8_t mask[BYTES];

/* Only the child writes the bytes, across a page boundary, in a mapping that is mostly untouched. */
static _Noreturn void
run_child(int tell)
{
   descendants_join(family.mark);
   size_t page = (size_t)sysconf(_SC_PAGESIZE);
   uint8_t *memory = mmap(NULL, RESERVED, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
   uint8_t *at = memory + PAGES * page - BYTES / 2;
   for (size_t i = 0; i < BYTES; i++) {
      at[i] = (uint8_t)(known[i] ^ mask[i]);
   }
   char ready = 1;
   if (memory == MAP_FAILED || write(tell, &ready, 1) != 1) {
      _exit(1);
   }
   for (;;) {
      pause();
   }
}

BEFORE_EACH(set_up)
{
   int tell[2];
   char ready;
   assert_int_equal(getrandom(known, BYTES, 0), BYTES);
   assert_int_equal(getrandom(mask, BYTES, 0), BYTES);
   assert_int_equal(descendants_init(&family), 0);
   assert_int_equal(pipe(tell), 0);
   child = fork();
   if (child == 0) {
      run_child(tell[1]);
   }
   close(tell[1]);
   bool told = read(tell[0], &ready, 1) == 1;
   close(tell[0]);
   assert_true(told && descendants_stop(&family, clock_now_us() + 10000000));
}

AFTER_EACH(tear_down)
{
   kill(child, SIGKILL);
   waitpid(child, NULL, 0);
   descendants_clear(&family);
}

TEST(finds_what_was_written)
{
   struct memory_copy *copy = memory_copy_new(&family, geteuid(), getegid(), MOST);
   assert_non_null(copy);
   uint8_t written[BYTES], other[BYTES];
   for (size_t i = 0; i < BYTES; i++) {
      written[i] = (uint8_t)(known[i] ^ mask[i]);
      other[i] = (uint8_t)(written[i] ^ 0xff);
   }
   bool found = memory_copy_has(copy, written, BYTES);
   bool found_other = memory_copy_has(copy, other, BYTES);
   memory_copy_destroy(copy);
   assert_true(found);
   assert_false(found_other);
}

TEST(no_more_than_asked_for)
{
   assert_null(memory_copy_new(&family, geteuid(), getegid(), 4096));
}

TEST(of_nobody)
{
   struct descendants none;
   assert_int_equal(descendants_init(&none), 0);
   assert_null(memory_copy_new(&none, geteuid(), getegid(), MOST));
   descendants_clear(&none);
   memory_copy_destroy(NULL);
}
