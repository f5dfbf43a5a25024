/*
 * keep_alive: reads from the kernel when TCP keep-alive would next probe a connection, and says whether that helps a
 * function whose packets are dropped.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Seconds until the first keep-alive probe on any connection to that port of this machine; below 0 if no connection has
 * keep-alive, or if unknown. From /proc/net/tcp
 * (https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html). */
double keep_alive_next_s(uint16_t port);

/* Writes a sentence for people, or "" when probe_s is below 0. probe_s: time to the first probe, from when the function
 * was suspended; freeze_s: how long it was suspended; timeout_s: the time limit of an invocation. */
void keep_alive_advice(char *text, size_t size, double probe_s, double freeze_s, double timeout_s);
