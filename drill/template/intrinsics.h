/*
 * intrinsics: resolves a value of a template to text, as far as the template itself allows: Ref and Sub of parameters
 * that have a Default, and of AWS::Region. Only AWS knows what CloudFormation's other functions give.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

/* Longer texts are not resolved: a function's variables have 4 KB together. */
#define INTRINSICS_TEXT_MAX 4096
#define INTRINSICS_WHY_MAX 160

struct intrinsics_text {
   char text[INTRINSICS_TEXT_MAX + 1];
   char why[INTRINSICS_WHY_MAX]; /* why there is no text: "!Ref MongoDbUri has no Default" */
};

/* Returns false with why set when the value is not known here. */
bool intrinsics_resolve(yaml_document_t *document, yaml_node_t *node, struct intrinsics_text *found);
