/*
 * log_form: log lines in the form that Lambda expects: tab-separated text, or a JSON object.
 *
 * AWS, "Configuring JSON and plain text log formats": AWS_LAMBDA_LOG_FORMAT is Text or JSON, AWS_LAMBDA_LOG_LEVEL one
 * of TRACE, DEBUG, INFO, WARN, ERROR, FATAL; a JSON line has the members timestamp, level, requestId and message.
 */
#ifndef AWS_LAMBDA_LOG_FORM_H
#define AWS_LAMBDA_LOG_FORM_H

#include "faas_harness/provider.h"

struct log_form {
   bool json;
   enum faas_log_level level; /* lower ones are left out */
   bool silent;               /* FATAL: none of our lines has that level */
};

/* Reads the two variables; NULL or an unknown value means the default, text and INFO. */
struct log_form log_form_of(const char *format, const char *level);

/* Writes the line, without its end, cut to size. Returns its length; 0: leave the line out. request_id may be empty. */
size_t log_form_line(
   const struct log_form *form, const char *request_id, const struct faas_log_record *record, char *line, size_t size);

#endif
