/* The drill reports what it lacks before it begins, with the remedy. */
#include "capacity.h"
#include "test_main.h"

#include <unistd.h>

#define MIB ((uint64_t)1024 * 1024)

static struct capacity capacity;
static struct drill_error error;

BEFORE_EACH(set_up)
{
   error = (struct drill_error){.message = ""};
   capacity = (struct capacity){.descriptors = 1 << 20,
                                .processes = 10000,
                                .processes_limit = "sysctl kernel.pid_max",
                                .memory_bytes = 4096 * MIB,
                                .memory_limit = "all that this machine has",
                                .ports = 28232,
                                .temporary_bytes = 4096 * MIB,
                                .output_bytes = 4096 * MIB,
                                .temporary = "/tmp",
                                .output = "results"};
}

static void
lacks(const struct demand *demand, const char *words)
{
   if (capacity_suffices(&capacity, demand, &error) || strstr(error.message, words) == NULL) {
      fail_msg("\"%s\"; expected \"%s\"", error.message, words);
   }
}

TEST(enough)
{
   assert_true(capacity_suffices(&capacity, &(struct demand){.functions = 200}, &error));
}

TEST(descriptors)
{
   capacity.descriptors = 256;
   lacks(&(struct demand){.functions = 200}, "200 functions at once need 2848 file descriptors");
   lacks(&(struct demand){.functions = 200}, "the limit is 256: raise it (ulimit -n)");
   capacity.descriptors = 4096;
   lacks(&(struct demand){.functions = 200, .connections = 9}, "need 4448 file descriptors");
   assert_true(capacity_suffices(&capacity, &(struct demand){.functions = 200}, &error));
}

TEST(processes)
{
   capacity.processes = 900;
   lacks(&(struct demand){.functions = 100, .threads = 17},
         "need 2000 processes and threads, but only 900 more can be started (sysctl kernel.pid_max)");
   assert_true(capacity_suffices(&capacity, &(struct demand){.functions = 100}, &error));
}

TEST(memory)
{
   lacks(&(struct demand){.functions = 100, .memory_bytes = 80 * MIB},
         "100 functions at once need 8000 MB of memory, but 4096 MB are available (all that this machine has)");
   assert_true(capacity_suffices(&capacity, &(struct demand){.functions = 50, .memory_bytes = 80 * MIB}, &error));
}

TEST(ports)
{
   capacity.ports = 1000;
   lacks(&(struct demand){.functions = 200, .connections = 7}, "need 1600 local ports, but there are 1000");
}

TEST(disk)
{
   capacity.temporary_bytes = 10 * MIB;
   lacks(&(struct demand){.functions = 1}, "/tmp has 10 MB free, but the drill needs 48 MB there");
   capacity.temporary_bytes = 100 * MIB;
   capacity.output_bytes = 0;
   lacks(&(struct demand){.functions = 1}, "results has 0 MB free");
}

/* One function is simply tried: what it lacks shows by itself. */
TEST(one_function_needs_no_estimate)
{
   capacity.descriptors = 16;
   capacity.processes = 0;
   assert_true(capacity_suffices(&capacity, &(struct demand){.functions = 1}, &error));
}

TEST(this_machine_can_be_read)
{
   capacity_read(&capacity, "/");
   assert_true(capacity.descriptors > 3);
   assert_true(capacity.processes > 0);
   assert_true(capacity.memory_bytes > MIB && capacity.memory_bytes != CAPACITY_UNKNOWN);
   assert_true(capacity.ports > 0 && capacity.ports < 65536);
   assert_true(capacity.temporary_bytes != CAPACITY_UNKNOWN && capacity.output_bytes != CAPACITY_UNKNOWN);
}

TEST(this_process_can_be_measured)
{
   struct demand demand = {.functions = 0};
   demand_measure(&demand, getpid());
   assert_true(demand.threads >= 1);
   assert_true(demand.memory_bytes > 0 && demand.memory_bytes < 4096 * MIB);
}
