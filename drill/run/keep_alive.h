/*
 * keep_alive: when TCP keep-alive would next probe a connection, as the kernel has it, and what that is worth to a
 * function whose packets vanish.
 */
#ifndef FAAS_DRILL_KEEP_ALIVE_H
#define FAAS_DRILL_KEEP_ALIVE_H

#include <stddef.h>
#include <stdint.h>

/* Seconds until the first probe on any connection to that port of this machine; below 0: none has keep-alive, or it is
 * not known. From /proc/net/tcp (https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html). */
double keep_alive_next_s(uint16_t port);

/* A sentence for a person, "" when probe_s is below 0. probe_s: until the first probe when the function was suspended,
 * which it was for freeze_s; timeout_s: what an invocation may take. */
void keep_alive_advice(char *text, size_t size, double probe_s, double freeze_s, double timeout_s);

#endif
