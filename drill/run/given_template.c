#include "options.h"

#include "append.h"
#include "utf8.h"
#include "variable_rules.h"

#include <stdlib.h>
#include <string.h>

/* Returns what follows name in NAME=VALUE, or NULL if variable has another name. */
static const char *
value_of(const char *variable, const char *name, size_t length)
{
   return strncmp(variable, name, length) == 0 && variable[length] == '=' ? variable + length + 1 : NULL;
}

/* True if the drill or the user sets the variable; name is length bytes long. */
static bool
is_given(const struct options *options, const char *name, size_t length)
{
   if (strlen(options->uri_variable) == length && strncmp(options->uri_variable, name, length) == 0) {
      return true;
   }
   for (size_t i = 0; i < options->variable_count; i++) {
      if (value_of(options->variables[i], name, length) != NULL) {
         return true;
      }
   }
   return false;
}

static bool
add_variables(struct options *options, struct drill_error *error)
{
   const struct sam_template *template = &options->template;
   struct drill_error why = {.message = "out of memory"};
   for (size_t i = 0; i < template->variable_count; i++) {
      const char *variable = template->variables[i];
      if (is_given(options, variable, strcspn(variable, "="))) {
         continue;
      }
      if (options->variable_count == OPTIONS_VARIABLES_MAX) {
         return drill_error_false(
            error, "%s: more than %d variables, including those of --env", template->file, OPTIONS_VARIABLES_MAX);
      }
      char *copy = variable_rules_accept(variable, &why) ? strdup(variable) : NULL;
      if (copy == NULL) {
         return drill_error_false(error, "%s: %s: %s", template->file, template->logical_id, why.message);
      }
      options->variables[options->variable_count++] = copy;
   }
   return true;
}

bool
given_template_apply(struct options *options, struct drill_error *error)
{
   char file[PATH_MAX];
   if (!sam_template_find(options->package, file, sizeof file)) {
      if (options->logical_id != NULL) {
         return drill_error_false(
            error, "--logical-id %.100s: there is no template.yaml in %s", options->logical_id, options->package);
      }
      return true;
   }
   if (sam_template_read(&options->template, file, options->logical_id, options->handler != NULL, error) != 0) {
      return false;
   }
   options->package = options->template.code;
   options->handler = options->handler != NULL ? options->handler : options->template.handler;
   options->timeout_ms = options->timeout_ms != 0 ? options->timeout_ms : options->template.timeout_ms;
   options->memory_mb = options->memory_mb != 0 ? options->memory_mb : options->template.memory_mb;
   return add_variables(options, error);
}

static void
append_unknown(struct text_out out, const struct options *options)
{
   const struct sam_template *template = &options->template;
   for (size_t i = 0; i < template->unknown_count; i++) {
      const struct sam_template_unknown *unknown = &template->unknown[i];
      if (!is_given(options, unknown->name, strlen(unknown->name))) {
         bool first = out.text[0] == '\0';
         append_text(out, "%s%s", first ? template->file : "", first ? ": these variables are not set: " : ", ");
         append_text(out, "%s (%s)", unknown->name, unknown->why);
      }
   }
}

void
given_template_tell(const struct options *options, const char *self, FILE *file)
{
   const struct sam_template *template = &options->template;
   char taken[4 * PATH_MAX] = "", unknown[4 * PATH_MAX] = "";
   if (template->code == NULL) {
      return;
   }
   append_text(TEXT_OUT(taken),
               "%s: %s, %s %s, %g s, %u MB, code in %s%s",
               template->file,
               template->logical_id,
               options->handler == NULL ? "its" : "handler",
               options->handler == NULL ? "bootstrap" : options->handler,
               options->timeout_ms / 1000.0,
               options->memory_mb,
               template->code,
               template->built ? "" : ", not built with sam build");
   append_unknown(TEXT_OUT(unknown), options);
   /* One terminal line each, whatever control characters the template holds. */
   utf8_make_one_line(taken);
   utf8_make_one_line(unknown);
   if (!options->quiet) {
      fprintf(file, "%s: %s\n", self, taken);
   }
   if (unknown[0] != '\0') {
      fprintf(file,
              "%s: %s. Set them with --env, and name the one for the database's URI with --uri-variable\n",
              self,
              unknown);
   }
}
