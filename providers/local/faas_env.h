/*
 * faas_env.h: makes the environment look like one platform's to the driver's handshake, which recognises the platform
 * by its variables (MongoDB specification "handshake", client.env).
 */
#ifndef LOCAL_FAAS_ENV_H
#define LOCAL_FAAS_ENV_H

#include <faas_harness/provider.h>

#define FAAS_ENV_DEFAULT "aws.lambda"
#define FAAS_ENV_NAMES "aws.lambda, azure.func, gcp.func, vercel, none"

/* name is one of FAAS_ENV_NAMES. Variables of this platform that the user has set keep their values; variables that
 * would identify another platform are unset, because the driver takes two platforms at once for none. No other thread
 * may be running. Returns FAAS_OK, or FAAS_ERROR with Provider.BadOption or Provider.OutOfMemory. */
enum faas_result faas_env_apply(const char *name, struct faas_error *error);

#endif
