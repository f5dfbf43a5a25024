/*
 * answer.h: writes answers to stdout, one line each, or indented when stdout is a terminal.
 */
#ifndef LOCAL_ANSWER_H
#define LOCAL_ANSWER_H

#include <faas_harness/provider.h>

#include <stddef.h>

/* Both return once everything is written to descriptor, which stays the caller's. They return FAAS_OK, or FAAS_ERROR
 * with Provider.AnswerNotWritten or Provider.OutOfMemory. */
enum faas_result answer_with_report(int descriptor, const char *report, size_t length, struct faas_error *error);
enum faas_result answer_with_error(int descriptor, const char *type, const char *message, struct faas_error *error);

#endif
