/*
 * dropped_advice: puts into words which of the settings tried in phase dropped helped, and whether TCP keep-alive does.
 */
#pragma once

#include "append.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum dropped_outcome { DROPPED_LOST, DROPPED_SAVED, DROPPED_NOT_TRIED };

struct dropped_setting {
   const char *uri_options; /* NULL for the URI as given */
   enum dropped_outcome outcome;
   double answer_ms; /* from the thaw to the answer, if the function recovered */
};

/* settings[0] is the URI as given, which has been tried. timeout_ms is the function's time limit. Returns false, with
 * text empty, when no setting helps. */
bool dropped_advice(struct text_out out, const struct dropped_setting *settings, size_t count, unsigned timeout_ms);

/* Seconds until the first keep-alive probe on any connection to that port of this machine; below 0 if no connection has
 * keep-alive, or if unknown. From /proc/net/tcp
 * (https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html). */
double keep_alive_next_s(uint16_t port);

/* Writes a sentence for people, or "" when probe_s is below 0. probe_s: time to the first probe, from when the function
 * was suspended; freeze_s: how long it was suspended; timeout_s: the time limit of an invocation. */
void keep_alive_advice(struct text_out out, double probe_s, double freeze_s, double timeout_s);
