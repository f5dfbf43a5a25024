/*
 * sam_variables: the environment variables that a template gives its function. For sam_template.c, which reads the
 * rest.
 */
#pragma once

#include "intrinsics.h"
#include "sam_template.h"
#include "yaml_file.h"

/* The template while it is read, and where the function's parts are in it. */
struct sam_reading {
   struct sam_template *template;
   yaml_document_t document;
   yaml_node_t *resource;
   yaml_node_t *properties;
   yaml_node_t *globals; /* Globals.Function, or NULL */
   struct drill_error *error;
   struct intrinsics_text text;
};

/* Adds the function's own variables and those of Globals to the template. Returns false when one can't be read, with
 * error set, or when out of memory. */
bool sam_variables_read(struct sam_reading *reading);
