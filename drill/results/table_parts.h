/*
 * table_parts: the tables of which the one for a person is made.
 */
#ifndef FAAS_DRILL_TABLE_PARTS_H
#define FAAS_DRILL_TABLE_PARTS_H

#include "pen.h"
#include "results.h"

/* A row for each phase; on a narrow terminal some lines for each. */
void table_phases(struct pen *pen, const struct drill_results *results);

/* Which setting saves the function from dropped connections, when that was tried. */
void table_dropped(struct pen *pen, const struct drill_results *results);

/* Cold starts taken apart, a column for each setting, when that was tried. */
void table_cold_starts(struct pen *pen, const struct drill_results *results);

/* What became of each line of --expect, when there is one. */
void table_expected(struct pen *pen, const struct drill_results *results);

#endif
