/*
 * rules: what include/faas_harness/provider.h requires of a provider, one entry for each rule, in the order they are
 * printed.
 */
#ifndef FAAS_CHECK_RULES_H
#define FAAS_CHECK_RULES_H

enum rule {
   RULE_LOAD,
   RULE_EXPORTS,
   RULE_INIT,
   RULE_DESCRIPTION,
   RULE_OPTIONS,
   RULE_RETURNS,
   RULE_RESULTS,
   RULE_ERRORS,
   RULE_WORKS,
   RULE_INVOCATION,
   RULE_LIFETIME,
   RULE_AT_ONCE,
   RULE_BOUNDS,
   RULE_STOP,
   RULE_CALLER_GONE,
   RULE_FORMAT_LOG,
   RULE_LOG,
   RULE_HOST,
   RULE_MEMORY,
   RULE_DESCRIPTORS,
   RULE_THREADS,
   RULE_STDOUT,
   RULE_ENVIRONMENT,
   RULE_PROCESS,
   RULE_COUNT
};

struct rule_text {
   const char *name;
   const char *text;
   const char *where;   /* in provider.h */
   const char *skipped; /* why the rule was not judged, unless a scenario gives a better reason */
};

extern const struct rule_text rule_texts[RULE_COUNT];

/* Which function of the provider runs: names the one at fault, also after a crash. */
enum callback {
   CALL_NONE,
   CALL_INIT,
   CALL_OPEN,
   CALL_NEXT,
   CALL_RESPOND,
   CALL_FAIL,
   CALL_INIT_FAILED,
   CALL_CALLER_GONE,
   CALL_CLOSE,
   CALL_FORMAT_LOG,
   CALL_LOAD,
   CALL_UNLOAD,
   CALL_COUNT
};

extern const char *const callback_names[CALL_COUNT];

#endif
