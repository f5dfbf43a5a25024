#include "scenarios.h"

#include "exports.h"
#include "utf8.h"
#include "words.h"

#include <ctype.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

enum { OPTIONS_MAX = 1000 };

static void
judge_init(struct session *session)
{
   struct record *record = session->record;
   const struct faas_provider *known = &session->loaded.provider;
   faas_provider_init_function init = NULL;
   *(void **)(&init) = dlsym(session->loaded.library, FAAS_PROVIDER_INIT_SYMBOL);
   record->callback = CALL_INIT;
   record_judged(record, RULE_INIT);
   const struct faas_provider *first = init();
   const struct faas_provider *second = init();
   size_t size = known->size < sizeof *known ? known->size : sizeof *known;
   if (first != second || first == NULL || memcmp(first, known, size) != 0) {
      record_violation(record, RULE_INIT, "faas_provider_init returned a different struct on a later call");
   }
   record->callback = CALL_NONE;
}

static void
judge_text(struct record *record, const char *name, const char *text)
{
   const char *fault = words_string_fault(text);
   if (fault != NULL) {
      record_violation(record, RULE_DESCRIPTION, "%s must be one line of UTF-8, found %s", name, fault);
   }
}

static const char *
name_fault(const struct faas_option *options, size_t number)
{
   const char *name = options[number].name;
   if (name[0] == '\0') {
      return "an empty name";
   }
   for (const char *c = name; *c != '\0'; c++) {
      if (!isalnum((unsigned char)*c) && *c != '_') {
         return "another character";
      }
   }
   for (size_t i = 0; i < number; i++) {
      if (strcmp(options[i].name, name) == 0) {
         return "the name twice";
      }
   }
   return NULL;
}

static void
judge_options(struct record *record, const struct faas_option *options)
{
   size_t count = 0;
   for (; options[count].name != NULL && count < OPTIONS_MAX; count++) {
      const char *fault = name_fault(options, count);
      record_judged(record, RULE_OPTIONS);
      if (fault != NULL) {
         record_violation(record,
                          RULE_OPTIONS,
                          "option %.60s: the name must be unique and have only letters, digits and _, found %s",
                          options[count].name,
                          fault);
      }
      fault = words_string_fault(options[count].help);
      if (fault != NULL) {
         record_violation(
            record, RULE_OPTIONS, "option %.60s: the help must be one line, found %s", options[count].name, fault);
      }
   }
   if (count == OPTIONS_MAX) {
      record_violation(
         record, RULE_OPTIONS, "the options do not end with an entry whose name is NULL: there are %zu entries", count);
   }
}

static void
judge_users_options(struct session *session)
{
   for (size_t i = 0; i < session->settings->option_count; i++) {
      const char *name = session->settings->options[i].name;
      if (loader_find_option(&session->loaded.provider, name) == NULL) {
         (void)snprintf(session->record->unusable,
                        sizeof session->record->unusable,
                        "--option %.60s: the provider has no such option (see faas-harness --describe-provider)",
                        name);
      }
   }
}

/* Judges how the provider describes itself. If the user set an option that it does not have, the record becomes
 * unusable. */
static void
judge_description(struct session *session)
{
   struct record *record = session->record;
   const struct faas_provider *provider = &session->loaded.provider;
   judge_init(session);
   record_judged(record, RULE_DESCRIPTION);
   judge_text(record, "name", provider->name);
   judge_text(record, "version", provider->version);
   judge_text(record, "description", provider->description);
   if (provider->max_open_invocations == 0) {
      record_violation(record, RULE_DESCRIPTION, "max_open_invocations must be 1 or more, found 0");
   }
   if (provider->options != NULL) {
      judge_options(record, provider->options);
   }
   judge_users_options(session);
   (void)snprintf(record->title, sizeof record->title, "provider %.80s %.40s", provider->name, provider->version);
   utf8_make_one_line(record->title);
}

void
scenario_load(struct session *session)
{
   char others[256];
   if (exports_find_others(session->loaded.path, FAAS_PROVIDER_INIT_SYMBOL, others, sizeof others)) {
      record_judged(session->record, RULE_EXPORTS);
      if (others[0] != '\0') {
         record_violation(session->record, RULE_EXPORTS, "exports other symbols: %s", others);
      }
   }
   judge_description(session);
}
