/*
 * sam_template: what a SAM or CloudFormation template says about its function: where its code is, its handler, time
 * limit, memory and environment variables.
 *
 * AWS SAM specification, AWS::Serverless::Function and Globals; CloudFormation, AWS::Lambda::Function. Like sam itself,
 * it prefers what `sam build` left in .aws-sam/build to the sources.
 */
#pragma once

#include "error.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#define SAM_TEMPLATE_VARIABLES_MAX 64

/* A variable whose value the template does not say. */
struct sam_template_unknown {
   char *name;
   char *why;
};

struct sam_template {
   char file[PATH_MAX];                         /* the template's path, for messages */
   char *logical_id;                            /* of the function in the template */
   char *code;                                  /* path of a folder or zip file */
   char *handler;                               /* NULL: an OS-only runtime, or the template names none */
   char *variables[SAM_TEMPLATE_VARIABLES_MAX]; /* NAME=VALUE */
   size_t variable_count;
   struct sam_template_unknown unknown[SAM_TEMPLATE_VARIABLES_MAX];
   size_t unknown_count;
   unsigned timeout_ms; /* Lambda's defaults, 3 s and 128 MB, when the template says nothing */
   unsigned memory_mb;
   bool built; /* the code is from sam build */
};

/* Whether path is a template, or a folder with one. If so, file is the template's path. */
bool sam_template_find(const char *path, char *file, size_t size);

/* logical_id chooses among several functions, or is NULL. With has_handler the caller knows the handler, so any runtime
 * will do. Returns 0; or -1 with error set and nothing to clear. */
int sam_template_read(struct sam_template *template,
                      const char *file,
                      const char *logical_id,
                      bool has_handler,
                      struct drill_error *error);

/* Accepts a zeroed struct, too. */
void sam_template_clear(struct sam_template *template);
