/*
 * keep_alive: when TCP keep-alive would next probe a connection, as the kernel has it.
 */
#ifndef FAAS_DRILL_KEEP_ALIVE_H
#define FAAS_DRILL_KEEP_ALIVE_H

#include <stdint.h>

/* Seconds until the first probe on any connection to that port of this machine; below 0: none has keep-alive, or it is
 * not known. From /proc/net/tcp (https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html). */
double keep_alive_next_s(uint16_t port);

#endif
