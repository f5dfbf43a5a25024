/*
 * faas_env.h: makes the process's environment look like one platform's to the driver's handshake, which tells the
 * platform by its variables (MongoDB specification "handshake", client.env).
 */
#ifndef LOCAL_FAAS_ENV_H
#define LOCAL_FAAS_ENV_H

#include <faas_harness/provider.h>

#define FAAS_ENV_DEFAULT "aws.lambda"
#define FAAS_ENV_NAMES "aws.lambda, azure.func, gcp.func, vercel, none"

/* name is one of FAAS_ENV_NAMES. What the user has set of this platform's variables stays; the variables by which the
 * driver would recognise another platform are unset, as two platforms at once are none to it. No other thread may
 * run. FAAS_OK, or FAAS_ERROR with Provider.BadOption or Provider.OutOfMemory. */
enum faas_result faas_env_apply(const char *name, struct faas_error *error);

#endif
