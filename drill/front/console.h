/*
 * console: the commands of faas-front, one per line. Each is answered with one line of JSON.
 */
#pragma once

#include "front.h"

/* What --help says about the commands. */
extern const char console_help[];

/* Runs one line and returns its answer; free() it. Returns NULL when out of memory. Sets *quit when the command was
 * quit. */
char *console_answer(struct front *front, const char *line, bool *quit);
