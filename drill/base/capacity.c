#include "capacity.h"

#define MIB ((uint64_t)1024 * 1024)

/* The least that a function needs: measured with 60 functions at once that answer and use no database. For each of them
 * the drill has three threads and 11 descriptors. A command under way takes two more: the client's connection, and the
 * front's to the server behind. */
#define DESCRIPTORS_BESIDES 48
#define DESCRIPTORS_OF_FUNCTION 13
#define DESCRIPTORS_OF_CONNECTION 1
#define THREADS_OF_DRILL 3
#define THREADS_OF_FUNCTION 1
#define MEMORY_OF_FUNCTION MIB
/* TEMPORARY_BYTES is for the embedded server's files and the package, OUTPUT_BYTES for drill.json and timeline.html. */
#define TEMPORARY_BYTES (48 * MIB)
#define OUTPUT_BYTES (8 * MIB)
#define OUTPUT_OF_FUNCTION (MIB / 16)

static bool
functions_fit(const struct capacity *capacity, const struct demand *demand, struct drill_error *error)
{
   uint64_t functions = demand->functions;
   uint64_t connections = demand->connections == 0 ? 1 : demand->connections;
   uint64_t descriptors =
      DESCRIPTORS_BESIDES + functions * (DESCRIPTORS_OF_FUNCTION + DESCRIPTORS_OF_CONNECTION * connections);
   uint64_t threads = demand->threads == 0 ? THREADS_OF_FUNCTION : demand->threads;
   uint64_t processes = functions * (THREADS_OF_DRILL + threads);
   uint64_t memory = functions * (demand->memory_bytes == 0 ? MEMORY_OF_FUNCTION : demand->memory_bytes);
   if (descriptors > capacity->descriptors) {
      drill_error_set(error,
                      "%zu functions at once need %llu file descriptors, or more if they open more than %llu "
                      "connection%s; the limit is %llu: raise it (ulimit -n), or lower --instances",
                      demand->functions,
                      (unsigned long long)descriptors,
                      (unsigned long long)connections,
                      connections == 1 ? "" : "s",
                      (unsigned long long)capacity->descriptors);
      return false;
   }
   if (processes > capacity->processes) {
      drill_error_set(error,
                      "%zu functions at once need %llu processes and threads, but only %llu more can be started (%s): "
                      "raise that limit, or lower --instances",
                      demand->functions,
                      (unsigned long long)processes,
                      (unsigned long long)capacity->processes,
                      capacity->processes_limit);
      return false;
   }
   if (memory > capacity->memory_bytes) {
      drill_error_set(
         error,
         "%zu functions at once need %llu MB of memory, but %llu MB are available (%s): free some, or lower "
         "--instances",
         demand->functions,
         (unsigned long long)(memory / MIB),
         (unsigned long long)(capacity->memory_bytes / MIB),
         capacity->memory_limit);
      return false;
   }
   /* Most connections go to one address and port, the primary's, and each of them needs a local port of its own. The
    * Runtime API of each function listens on one more. */
   if (functions * (connections + 1) > capacity->ports) {
      drill_error_set(error,
                      "%zu functions at once need %llu local ports, but there are %llu: widen sysctl "
                      "net.ipv4.ip_local_port_range, or lower --instances",
                      demand->functions,
                      (unsigned long long)(functions * (connections + 1)),
                      (unsigned long long)capacity->ports);
      return false;
   }
   return true;
}

static bool
fits_on_disk(const char *folder, const char *what, uint64_t needed, uint64_t left, struct drill_error *error)
{
   if (needed > left) {
      drill_error_set(error,
                      "%s has %llu MB free, but the drill needs %llu MB there: free some, or %s",
                      folder,
                      (unsigned long long)(left / MIB),
                      (unsigned long long)((needed + MIB - 1) / MIB),
                      what);
   }
   return needed <= left;
}

bool
capacity_suffices(const struct capacity *capacity, const struct demand *demand, struct drill_error *error)
{
   return fits_on_disk(
             capacity->temporary, "set TMPDIR to another folder", TEMPORARY_BYTES, capacity->temporary_bytes, error) &&
          fits_on_disk(capacity->output == NULL ? "" : capacity->output,
                       "choose another folder with --output",
                       OUTPUT_BYTES + OUTPUT_OF_FUNCTION * demand->functions,
                       capacity->output_bytes,
                       error) &&
          (demand->functions <= 1 || functions_fit(capacity, demand, error));
}

int
capacity_expect(const struct demand *demand, const char *output, struct drill_error *error)
{
   struct capacity capacity;
   capacity_read(&capacity, output);
   return capacity_suffices(&capacity, demand, error) ? 0 : -1;
}
