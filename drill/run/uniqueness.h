/*
 * uniqueness: looks for the ids that a restored function sent in the memory of its snapshot, for the judge.
 */
#ifndef FAAS_DRILL_UNIQUENESS_H
#define FAAS_DRILL_UNIQUENESS_H

#include "drill.h"

/* What the front saw since then, of the drill's own function. Adds to the drill's restore. */
void uniqueness_look(struct drill *drill, int64_t since_us);

#endif
