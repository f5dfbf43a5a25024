/*
 * description: judges how a provider describes itself.
 */
#ifndef FAAS_CHECK_DESCRIPTION_H
#define FAAS_CHECK_DESCRIPTION_H

#include "session.h"

/* Judges RULE_INIT, RULE_DESCRIPTION and RULE_OPTIONS. If the user set an option that the provider does not have, the
 * record becomes unusable. */
void description_judge(struct session *session);

#endif
