#include "cold_starts.h"

static const struct {
   const char *name;
   const char *key;
} parts[COLD_START_PARTS] = {
   [COLD_START_PROCESS] = {"process", "processMs"},
   [COLD_START_DNS] = {"DNS", "dnsMs"},
   [COLD_START_DISCOVERY] = {"discovery", "discoveryMs"},
   [COLD_START_TCP] = {"TCP", "tcpMs"},
   [COLD_START_TLS] = {"TLS", "tlsMs"},
   [COLD_START_HELLO] = {"hello", "helloMs"},
   [COLD_START_AUTHENTICATION] = {"authentication", "authenticationMs"},
   [COLD_START_OPERATION] = {"first operation", "operationMs"},
   [COLD_START_REST] = {"rest", "restMs"},
};

const char *
cold_start_part_name(enum cold_start_part part)
{
   return parts[part].name;
}

const char *
cold_start_part_key(enum cold_start_part part)
{
   return parts[part].key;
}
