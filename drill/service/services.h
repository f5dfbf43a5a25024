/*
 * services: the platforms whose functions are servers, or read their events from a pipe.
 */
#ifndef FAAS_DRILL_SERVICES_H
#define FAAS_DRILL_SERVICES_H

#include "platform.h"

extern const struct platform platform_cloud_run;
extern const struct platform platform_azure;
extern const struct platform platform_openfaas;
extern const struct platform platform_fn;
extern const struct platform platform_openwhisk;

#endif
