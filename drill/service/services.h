/*
 * services: the platforms whose functions are servers, or read their events from a pipe.
 */
#pragma once

#include "platform.h"

extern const struct platform platform_cloud_run;
extern const struct platform platform_azure;
extern const struct platform platform_openfaas;
extern const struct platform platform_fn;
extern const struct platform platform_openwhisk;
