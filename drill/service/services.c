#include "services.h"

#include "service_kind.h"

services_find_command
services_command_finder(const struct platform *platform)
{
   return platform->service == NULL ? NULL : platform->service->find_command;
}
