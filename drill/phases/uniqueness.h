/*
 * uniqueness: looks in the snapshot's memory for the ids that a restored function sent, for the judge.
 */
#ifndef FAAS_DRILL_UNIQUENESS_H
#define FAAS_DRILL_UNIQUENESS_H

#include "drill.h"

/* Looks at what the front saw of the drill's own function since since_us, and adds findings to drill->restore. */
void uniqueness_look(struct drill *drill, int64_t since_us);

#endif
