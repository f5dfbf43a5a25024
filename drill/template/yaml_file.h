/*
 * yaml_file: a YAML or JSON file in memory, as libyaml reads it, and the few looks into it that a template needs.
 */
#ifndef FAAS_DRILL_YAML_FILE_H
#define FAAS_DRILL_YAML_FILE_H

#include "error.h"

#include <stdbool.h>
#include <yaml.h>

/* CloudFormation, "Quotas": the largest template in S3. */
#define YAML_FILE_BYTES_MAX (1024 * 1024)

/* document is the caller's to yaml_document_delete. -1 with error set, which says in which line what is wrong. */
int yaml_file_read(yaml_document_t *document, const char *path, struct drill_error *error);

/* The value of a mapping's key; NULL when node is none or has no such key, or is NULL itself. */
yaml_node_t *yaml_file_value(yaml_document_t *document, yaml_node_t *node, const char *key);

/* A scalar's text; NULL for all else. */
const char *yaml_file_text(const yaml_node_t *node);

#endif
