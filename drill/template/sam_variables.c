#include "sam_variables.h"

#include <stdio.h>
#include <string.h>

static bool
add_variable(struct sam_reading *reading, const char *name, yaml_node_t *value)
{
   struct sam_template *template = reading->template;
   if (!intrinsics_resolve(&reading->document, value, &reading->text)) {
      struct sam_template_unknown *unknown = &template->unknown[template->unknown_count++];
      unknown->name = strdup(name);
      unknown->why = strdup(reading->text.why);
      return unknown->name != NULL && unknown->why != NULL;
   }
   char **variable = &template->variables[template->variable_count];
   if (asprintf(variable, "%s=%s", name, reading->text.text) < 0) {
      *variable = NULL;
      return false;
   }
   template->variable_count++;
   return true;
}

/* The mapping of that name in `from`; NULL if there is none. If the value is not a mapping, NULL with *failed and the
 * error set. */
static yaml_node_t *
mapping(struct sam_reading *reading, yaml_node_t *from, const char *where, const char *name, bool *failed)
{
   yaml_node_t *found = yaml_file_value(&reading->document, from, name);
   if (found == NULL || found->type == YAML_MAPPING_NODE) {
      return found;
   }
   drill_error_set(reading->error,
                   "%s: %s: %s: line %zu must be a mapping, found %s",
                   reading->template->file,
                   where,
                   name,
                   found->start_mark.line + 1,
                   found->type == YAML_SEQUENCE_NODE ? "a list" : "a string or nothing");
   *failed = true;
   return NULL;
}

static yaml_node_t *
variables_of(struct sam_reading *reading, yaml_node_t *from, bool *failed)
{
   const char *where = from == reading->globals ? "Globals: Function" : reading->template->logical_id;
   yaml_node_t *environment = mapping(reading, from, where, "Environment", failed);
   return environment == NULL ? NULL : mapping(reading, environment, where, "Variables", failed);
}

/* Adds the variables. own: the function's own, which replace those of Globals. */
static bool
add_variables(struct sam_reading *reading, yaml_node_t *variables, yaml_node_t *own)
{
   const char *name;
   yaml_node_t *value;
   for (size_t place = 0; yaml_file_next(&reading->document, variables, &place, &name, &value);) {
      if (yaml_file_value(&reading->document, own, name) != NULL) {
         continue;
      }
      size_t count = reading->template->variable_count + reading->template->unknown_count;
      if (count == SAM_TEMPLATE_VARIABLES_MAX) {
         return drill_error_false(reading->error,
                                  "%s: %s: more than %d environment variables",
                                  reading->template->file,
                                  reading->template->logical_id,
                                  SAM_TEMPLATE_VARIABLES_MAX);
      }
      if (!add_variable(reading, name, value)) {
         return false;
      }
   }
   return true;
}

bool
sam_variables_read(struct sam_reading *reading)
{
   bool failed = false;
   yaml_node_t *own = variables_of(reading, reading->properties, &failed);
   yaml_node_t *shared = failed ? NULL : variables_of(reading, reading->globals, &failed);
   return !failed && add_variables(reading, own, NULL) && add_variables(reading, shared, own);
}
