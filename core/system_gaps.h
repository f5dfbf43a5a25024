/*
 * system_gaps: fills in what a package's libraries expect of the system and AWS Lambda's Amazon Linux lacks.
 */
#ifndef FAAS_CORE_SYSTEM_GAPS_H
#define FAAS_CORE_SYSTEM_GAPS_H

/* Tells the driver and its OpenSSL through environment variables; variables that are set already stay unchanged. root
 * is "" except in tests. Call it before any thread or library starts. */
void system_gaps_fill(const char *root);

#endif
