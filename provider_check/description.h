/*
 * description: judges what a provider says of itself.
 */
#ifndef FAAS_CHECK_DESCRIPTION_H
#define FAAS_CHECK_DESCRIPTION_H

#include "session.h"

/* RULE_INIT, RULE_DESCRIPTION and RULE_OPTIONS. An option of the user's that the provider does not have makes the
 * record unusable. */
void description_judge(struct session *session);

#endif
