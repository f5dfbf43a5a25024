/*
 * scenario_answers: the scenarios that answer one event in an odd way: with empty, large or hostile reports and
 * failures; after a start that failed; with a caller that is gone.
 */
#ifndef FAAS_CHECK_SCENARIO_ANSWERS_H
#define FAAS_CHECK_SCENARIO_ANSWERS_H

#include "session.h"

void scenario_respond_empty(struct session *session, unsigned number);
void scenario_respond_byte(struct session *session, unsigned number);
void scenario_respond_binary(struct session *session, unsigned number);
void scenario_respond_large(struct session *session, unsigned number);
void scenario_fail_bare(struct session *session, unsigned number);
void scenario_fail_long(struct session *session, unsigned number);
void scenario_fail_large(struct session *session, unsigned number);
void scenario_init_failed(struct session *session, unsigned number);
void scenario_caller_gone(struct session *session, unsigned number);

#endif
