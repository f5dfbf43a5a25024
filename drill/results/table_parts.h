/*
 * table_parts: the tables that make up the table for people.
 */
#pragma once

#include "pen.h"
#include "results.h"

/* One row per phase; on a narrow terminal, several lines per phase. */
void table_phases(struct pen *pen, const struct drill_results *results);

/* Which setting helps against dropped connections, if that was tried. */
void table_dropped(struct pen *pen, const struct drill_results *results);

/* Cold starts taken apart, with a column for each setting, if that was tried. */
void table_cold_starts(struct pen *pen, const struct drill_results *results);
