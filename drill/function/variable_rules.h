/*
 * variable_rules: what Lambda accepts as a function's environment variables (AWS, "Working with Lambda environment
 * variables" and "Lambda quotas"). A function with other variables could not be deployed.
 */
#pragma once

#include "error.h"

#include <stdbool.h>
#include <stddef.h>

/* Names and values of all of a function's own variables together. */
#define VARIABLE_RULES_BYTES_MAX 4096

/* Checks "NAME=VALUE". Returns false with error set, which names the variable and never shows its value. */
bool variable_rules_accept(const char *variable, struct drill_error *error);

/* Checks a name alone, length bytes long, which option ("--env") gave. Returns false with error set. */
bool variable_rules_accept_name(const char *option, const char *name, size_t length, struct drill_error *error);

/* Checks the size of all of them together; each must have been accepted before. Returns false with error set. */
bool variable_rules_fit(const char *const *variables, size_t count, struct drill_error *error);
