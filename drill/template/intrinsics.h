/*
 * intrinsics: the text of a template's value, as far as the template itself tells it: Ref and Sub of parameters that
 * have a Default, and of AWS::Region. What else CloudFormation's functions would give only AWS knows.
 */
#ifndef FAAS_DRILL_INTRINSICS_H
#define FAAS_DRILL_INTRINSICS_H

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

/* What is longer is not told either: a function's variables have 4 KB together. */
#define INTRINSICS_TEXT_MAX 4096
#define INTRINSICS_WHY_MAX 160

struct intrinsics_text {
   char text[INTRINSICS_TEXT_MAX + 1];
   char why[INTRINSICS_WHY_MAX]; /* when there is none: "!Ref MongoDbUri has no Default" */
};

/* False with why set: not known here. */
bool intrinsics_resolve(yaml_document_t *document, yaml_node_t *node, struct intrinsics_text *found);

#endif
