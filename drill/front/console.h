/*
 * console: the commands of faas-front, one a line, each answered by one line of JSON. Stands on words, front.
 */
#ifndef FAAS_DRILL_CONSOLE_H
#define FAAS_DRILL_CONSOLE_H

#include "front.h"

/* What --help says of them. */
extern const char console_help[];

/* The answer to one line, free() it; NULL when out of memory. *quit is set when it was that. */
char *console_answer(struct front *front, const char *line, bool *quit);

#endif
