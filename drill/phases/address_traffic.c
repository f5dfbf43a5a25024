#include "address_traffic.h"

static bool
came_to(const struct witness_facts *facts, size_t connection, uint16_t port)
{
   return connection < facts->connection_count && facts->connections[connection].member_port == port;
}

void
address_traffic_add(struct address_traffic *traffic, const struct witness_facts *facts, uint16_t port, int64_t since_us)
{
   for (size_t i = 0; i < facts->connection_count; i++) {
      traffic->connections += facts->connections[i].opened_us >= since_us && came_to(facts, i, port) ? 1 : 0;
   }
   for (size_t i = 0; i < facts->hello_count; i++) {
      const struct witness_hello *one = &facts->hellos[i];
      traffic->hellos += one->start_us >= since_us && came_to(facts, one->connection, port) ? 1 : 0;
   }
   for (size_t i = 0; i < facts->command_count; i++) {
      const struct witness_command *one = &facts->commands[i];
      traffic->commands += one->start_us >= since_us && came_to(facts, one->connection, port) ? 1 : 0;
   }
   for (size_t i = 0; i < facts->refusal_count; i++) {
      const struct witness_refusal *one = &facts->refusals[i];
      traffic->refused += one->at_us >= since_us && one->member_port == port ? 1 : 0;
   }
}
