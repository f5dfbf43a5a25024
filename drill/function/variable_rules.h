/*
 * variable_rules: what Lambda accepts as a function's environment variables (AWS, "Working with Lambda environment
 * variables" and "Lambda quotas"). A function that is given others here could not be deployed.
 */
#ifndef FAAS_DRILL_VARIABLE_RULES_H
#define FAAS_DRILL_VARIABLE_RULES_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>

/* Names and values of all of a function's own variables together. */
#define VARIABLE_RULES_BYTES_MAX 4096

/* "NAME=VALUE". False with error set, which names the variable and never shows its value. */
bool variable_rules_accept(const char *variable, struct drill_error *error);

/* A name alone, of that length, as option ("--env") gave it. False with error set. */
bool variable_rules_accept_name(const char *option, const char *name, size_t length, struct drill_error *error);

/* All of them together, each accepted before. False with error set. */
bool variable_rules_fit(const char *const *variables, size_t count, struct drill_error *error);

#endif
