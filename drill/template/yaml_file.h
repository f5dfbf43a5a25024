/*
 * yaml_file: reads a YAML or JSON file by libyaml, and looks up what a template needs in it.
 */
#pragma once

#include "error.h"

#include <stdbool.h>
#include <yaml.h>

/* CloudFormation, "Quotas": the largest template in S3. */
#define YAML_FILE_BYTES_MAX (1024 * 1024)

/* Reads the file, and adds to each mapping the entries that it merges. The mapping's own value wins over merged ones,
 * the first of several merged mappings wins over the others, and the last of a repeated key wins: as in PyYAML, with
 * which sam reads a template. The caller must yaml_document_delete the document. Returns -1 with error set, which says
 * what is wrong in which line; then there is nothing to delete. */
int yaml_file_read(yaml_document_t *document, const char *path, struct drill_error *error);

/* The value of key in a mapping. NULL if node is NULL, not a mapping, or has no such key. */
yaml_node_t *yaml_file_value(yaml_document_t *document, const yaml_node_t *node, const char *key);

/* The next entry of a mapping, each key once; *place is 0 at first. Returns false after the last one, and if node is
 * NULL or not a mapping. */
bool yaml_file_next(
   yaml_document_t *document, const yaml_node_t *node, size_t *place, const char **key, yaml_node_t **value);

/* The text of a scalar; NULL for anything else. */
const char *yaml_file_text(const yaml_node_t *node);
