/*
 * lambda_platform: AWS Lambda, and its Managed Instances: a Runtime API server on a port of its own, the bootstrap and
 * all its descendants, and Lambda's rules for time, memory, init and crashes.
 *
 * Runtime API 2018-06-01 (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html), custom runtimes on
 * provided.al2023 (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html), life cycle
 * (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html).
 */
#pragma once

#include "platform.h"

extern const struct platform platform_lambda;
extern const struct platform platform_managed;
