/*
 * scenario_life: the scenarios of an ordinary life: load, open, events and answers, stop, close; and stdin without
 * events.
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
