/*
 * scenario_life: the scenarios of an ordinary life: loaded, opened, asked and answered, stopped, closed; and of stdin
 * that has no events.
 */
#ifndef FAAS_CHECK_SCENARIO_LIFE_H
#define FAAS_CHECK_SCENARIO_LIFE_H

#include "session.h"

void scenario_load(struct session *session, unsigned number);
void scenario_open_close(struct session *session, unsigned number);
void scenario_life(struct session *session, unsigned number);
void scenario_stop_first(struct session *session, unsigned number);
void scenario_stop_waiting(struct session *session, unsigned number);
void scenario_junk(struct session *session, unsigned number);

#endif
