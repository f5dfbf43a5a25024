/*
 * system_gaps: what the libraries of a package expect of the system around them, and AWS Lambda's Amazon Linux lacks.
 */
#ifndef FAAS_CORE_SYSTEM_GAPS_H
#define FAAS_CORE_SYSTEM_GAPS_H

/* Tell the driver and its OpenSSL of them through environment variables; one that is set already stays as it is.
 * root is "" but in tests. Call before any thread and any library's start-up. */
void system_gaps_fill(const char *root);

#endif
