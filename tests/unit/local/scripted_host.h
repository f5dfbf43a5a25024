/* scripted_host.h: a host for a provider under test, without options, with a stop on demand. */
#ifndef SCRIPTED_HOST_H
#define SCRIPTED_HOST_H

#include <faas_harness/provider.h>

#include <stdbool.h>

struct scripted_host {
   struct faas_host host;
   int stop_pipe[2];
};

void scripted_host_init(struct scripted_host *scripted);
void scripted_host_clear(struct scripted_host *scripted);

/* From then on stop_requested is true and stop_descriptor readable. May be called from a forked process. */
void scripted_host_stop(struct scripted_host *scripted);

/* Opens a terminal that changes nothing that is written to it. Returns its end; its program's end goes into *slave. */
int scripted_terminal(int *slave);

#endif
