/* Processes that left their group, session, parents and environment are found, stopped and killed nevertheless. */
#include "clock.h"
#include "descendants.h"
#include "test_main.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LONG_US 30000000
/* The kernel reports a stop just before them. */
#define LAST_INSTRUCTIONS_NS 1000000
#define DAEMON_CPU_S 60
#define FAMILIES 2
#define RELAY_LENGTH 200
#define MEGABYTES 32
#define SHARERS 3

struct family {
   struct descendants descendants;
   pid_t first;
   int told; /* numbers of its later processes */
};

static struct family families[FAMILIES];

static int64_t
soon(void)
{
   return clock_now_us() + LONG_US;
}

static void
tell_own_id(int tell)
{
   pid_t own = getpid();
   if (write(tell, &own, sizeof own) != (ssize_t)sizeof own) {
      _exit(1);
   }
}

static _Noreturn void
stay(void)
{
   for (;;) {
      pause();
   }
}

/* Like daemon(3), and without variables; the parents exit at once. */
static _Noreturn void
run_daemon(int tell)
{
   if (fork() > 0) {
      _exit(0);
   }
   setsid();
   if (fork() > 0) {
      _exit(0);
   }
   tell_own_id(tell);
   /* Ends by itself if the test is killed. */
   setrlimit(RLIMIT_CPU, &(struct rlimit){.rlim_cur = DAEMON_CPU_S, .rlim_max = DAEMON_CPU_S});
   char word_sh[] = "sh";
   char word_c[] = "-c";
   char endless[] = "while :; do :; done";
   char *const arguments[] = {word_sh, word_c, endless, NULL};
   char *const nothing[] = {NULL};
   execve("/bin/sh", arguments, nothing);
   _exit(1);
}

/* Each leaves its session, starts the next one and stays. */
static _Noreturn void
run_relay(int tell)
{
   for (int i = 0; i < RELAY_LENGTH && fork() == 0; i++) {
      setsid();
      tell_own_id(tell);
   }
   stay();
}

/* Four processes that share memory. */
static _Noreturn void
run_shared(int tell)
{
   int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE;
   bool mapped = mmap(NULL, MEGABYTES << 20, PROT_READ | PROT_WRITE, flags, -1, 0) != MAP_FAILED;
   for (int i = 0; i < SHARERS && fork() > 0; i++) {
   }
   if (mapped) {
      tell_own_id(tell);
   }
   stay();
}

static void
start(struct family *family, void (*run)(int))
{
   int ends[2];
   assert_int_equal(pipe(ends), 0);
   assert_int_equal(descendants_init(&family->descendants), 0);
   family->told = ends[0];
   family->first = fork();
   if (family->first == 0) {
      close(ends[0]);
      if (descendants_join(family->descendants.mark) == 0) {
         run(ends[1]);
      }
      _exit(1);
   }
   close(ends[1]);
}

static pid_t
read_told(const struct family *family)
{
   pid_t told = 0;
   assert_int_equal(read(family->told, &told, sizeof told), sizeof told);
   return told;
}

/* There may be nobody to reap an orphan. */
static bool
lives(pid_t id)
{
   char path[40];
   char line[256] = "";
   snprintf(path, sizeof path, "/proc/%d/stat", id);
   FILE *file = fopen(path, "re");
   bool read = file != NULL && fgets(line, sizeof line, file) != NULL;
   if (file != NULL) {
      fclose(file);
   }
   return read && strstr(line, ") Z ") == NULL && strstr(line, ") X ") == NULL;
}

BEFORE_EACH(set_up)
{
   memset(families, 0, sizeof families);
}

/* Also if the case failed: what is left would run forever. */
AFTER_EACH(tear_down)
{
   bool gone = true;
   for (int i = 0; i < FAMILIES && families[i].first > 0; i++) {
      gone = descendants_kill(&families[i].descendants, soon()) && gone;
      waitpid(families[i].first, NULL, 0);
      close(families[i].told);
      descendants_clear(&families[i].descendants);
   }
   assert_true(gone);
}

static void
pause_ms(long milliseconds)
{
   nanosleep(&(struct timespec){.tv_nsec = milliseconds * 1000000}, NULL);
}

static void
await_more_cpu(struct descendants *descendants, int64_t than_ns)
{
   int64_t until_us = soon();
   while (descendants_cpu_ns(descendants) <= than_ns) {
      assert_true(clock_now_us() < until_us);
      pause_ms(5);
   }
}

TEST(daemon_is_stopped_and_killed)
{
   struct family *family = &families[0];
   struct descendants *descendants = &family->descendants;
   start(family, run_daemon);
   pid_t its = read_told(family);
   assert_int_equal(waitpid(family->first, NULL, 0), family->first);
   for (int i = 0; i < 3; i++) {
      await_more_cpu(descendants, descendants_cpu_ns(descendants) + 1000000);
      assert_true(descendants_stop(descendants, soon()));
      assert_int_equal(descendants->count, 1);
      assert_int_equal(descendants->ids[0], its);
      int64_t before_ns = descendants_cpu_ns(descendants);
      pause_ms(100); /* how long it is frozen */
      assert_true(descendants_cpu_ns(descendants) - before_ns < LAST_INSTRUCTIONS_NS);
      descendants_continue(descendants, 0);
   }
   assert_true(lives(its));
   assert_true(descendants_kill(descendants, soon()));
   assert_false(lives(its));
}

TEST(forks_meanwhile_are_found)
{
   struct family *family = &families[0];
   struct descendants *descendants = &family->descendants;
   start(family, run_relay);
   pid_t second = read_told(family);
   assert_true(descendants_stop(descendants, soon()));
   size_t count = descendants->count;
   assert_true(count >= 2 && count <= RELAY_LENGTH + 1);
   pause_ms(50); /* long enough for an overlooked process to go on */
   descendants->last_id = -1;
   assert_true(descendants_stop(descendants, soon()));
   assert_int_equal(descendants->count, count);
   descendants_continue(descendants, 0);
   assert_true(descendants_kill(descendants, soon()));
   assert_false(lives(second));
}

TEST(shared_memory_counts_once)
{
   struct family *family = &families[0];
   struct descendants *descendants = &family->descendants;
   const uint64_t mapped = (uint64_t)MEGABYTES << 20;
   start(family, run_shared);
   for (int i = 0; i <= SHARERS; i++) {
      read_told(family);
   }
   assert_true(descendants_stop(descendants, soon()));
   uint64_t sum = descendants_resident_bytes(descendants, UINT64_MAX);
   assert_int_equal(descendants->count, SHARERS + 1);
   assert_true(sum >= (SHARERS + 1) * mapped);
   assert_true(descendants_resident_bytes(descendants, sum) == sum);
   uint64_t once = descendants_resident_bytes(descendants, sum - 1);
   assert_true(once >= mapped && once < sum - 2 * mapped);
}

TEST(families_are_apart)
{
   pid_t daemons[FAMILIES];
   for (int i = 0; i < FAMILIES; i++) {
      start(&families[i], run_daemon);
      daemons[i] = read_told(&families[i]);
   }
   assert_true(descendants_kill(&families[0].descendants, soon()));
   assert_false(lives(daemons[0]));
   assert_true(lives(daemons[1]));
}
