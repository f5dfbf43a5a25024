#include "yaml_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static FILE *
open_file(const char *path, struct drill_error *error)
{
   struct stat status;
   FILE *file = fopen(path, "re");
   if (file == NULL || fstat(fileno(file), &status) != 0) {
      drill_error_set(error, "%s: cannot read it: %s", path, strerror(errno));
   } else if (!S_ISREG(status.st_mode)) {
      drill_error_set(error, "%s: not a file", path);
   } else if (status.st_size > YAML_FILE_BYTES_MAX) {
      drill_error_set(error,
                      "%s: %lld bytes; CloudFormation takes a template of %d at most",
                      path,
                      (long long)status.st_size,
                      YAML_FILE_BYTES_MAX);
   } else {
      return file;
   }
   if (file != NULL) {
      fclose(file);
   }
   return NULL;
}

int
yaml_file_read(yaml_document_t *document, const char *path, struct drill_error *error)
{
   yaml_parser_t parser;
   FILE *file = open_file(path, error);
   if (file == NULL) {
      return -1;
   }
   int result = -1;
   if (!yaml_parser_initialize(&parser)) {
      drill_error_set(error, "out of memory");
      goto done;
   }
   yaml_parser_set_input_file(&parser, file);
   if (!yaml_parser_load(&parser, document)) {
      drill_error_set(error,
                      "%s:%zu: not YAML: %s",
                      path,
                      parser.problem_mark.line + 1,
                      parser.problem == NULL ? "out of memory" : parser.problem);
   } else if (yaml_document_get_root_node(document) == NULL) {
      yaml_document_delete(document);
      drill_error_set(error, "%s: empty", path);
   } else {
      result = 0;
   }
   yaml_parser_delete(&parser);
done:
   fclose(file);
   return result;
}

yaml_node_t *
yaml_file_value(yaml_document_t *document, yaml_node_t *node, const char *key)
{
   if (node == NULL || node->type != YAML_MAPPING_NODE) {
      return NULL;
   }
   for (yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top; pair++) {
      const char *name = yaml_file_text(yaml_document_get_node(document, pair->key));
      if (name != NULL && strcmp(name, key) == 0) {
         return yaml_document_get_node(document, pair->value);
      }
   }
   return NULL;
}

const char *
yaml_file_text(const yaml_node_t *node)
{
   return node != NULL && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}
