#include "refused.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>

/* Offsets in the headers of IPv4 (RFC 791) and TCP (RFC 9293). For those of TCP, the index register says where that
 * header begins. */
#define FRAGMENT_AT 6
#define PROTOCOL_AT 9
#define DESTINATION_AT 16
#define PORT_AT 2
#define FLAGS_AT 13

/* HEAD: how many instructions come before those that compare ports. NO: the instruction that rejects a packet. */
#define HEAD 11
#define NO (HEAD + SET_ADDRESSES + 1)

/* Accepts the first packet of a connection to an address of 127.0.0.1 where a member is, or was before a move. Members
 * without an address have port 0, which no packet has. The offset of a jump is the number of instructions that it
 * skips. */
static bool
filter(int descriptor, const struct front_set *set)
{
   struct sock_filter program[NO + 1] = {
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, PROTOCOL_AT),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_TCP, 0, NO - 2),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, DESTINATION_AT),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, INADDR_LOOPBACK, 0, NO - 4),
      BPF_STMT(BPF_LD | BPF_H | BPF_ABS, FRAGMENT_AT),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, IP_OFFMASK, NO - 6, 0),
      BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
      BPF_STMT(BPF_LD | BPF_B | BPF_IND, FLAGS_AT),
      BPF_STMT(BPF_ALU | BPF_AND | BPF_K, TH_SYN | TH_ACK),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TH_SYN, 0, NO - 10),
      BPF_STMT(BPF_LD | BPF_H | BPF_IND, PORT_AT),
   };
   for (unsigned i = 0; i < SET_ADDRESSES; i++) {
      uint8_t to_yes = (uint8_t)(SET_ADDRESSES - 1 - i);
      program[HEAD + i] = (struct sock_filter)BPF_JUMP(
         BPF_JMP | BPF_JEQ | BPF_K, set->members[i].port, to_yes, i + 1 < SET_ADDRESSES ? 0 : 1);
   }
   program[NO - 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, UINT32_MAX);
   program[NO] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0);
   const struct sock_fprog whole = {.len = sizeof program / sizeof *program, .filter = program};
   return setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &whole, sizeof whole) == 0;
}

/* Binds to one protocol: such a socket gets incoming packets, and not the same ones again as they go out. */
static bool
begin(int descriptor)
{
   const struct sockaddr_ll address = {
      .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_ifindex = (int)if_nametoindex("lo")};
   return address.sll_ifindex != 0 && bind(descriptor, (const struct sockaddr *)&address, sizeof address) == 0;
}

static void
take(struct front_set *set, const uint8_t *packet, size_t length)
{
   size_t header = length == 0 ? 0 : (size_t)(packet[0] & 0x0f) * 4;
   if (length < header + 4) {
      return;
   }
   uint16_t client_port = (uint16_t)(packet[header] << 8 | packet[header + 1]);
   uint16_t port = (uint16_t)(packet[header + 2] << 8 | packet[header + 3]);
   for (unsigned i = 0; i < SET_ADDRESSES; i++) {
      const struct member *member = &set->members[i];
      if (member->port == port && !member->up && witness_refused(set->witness, member->number, port, client_port)) {
         char label[32];
         snprintf(label, sizeof label, "127.0.0.1:%u", port);
         timeline_moment(set->timeline,
                         TIMELINE_CONNECTION,
                         true,
                         label,
                         "client port %u, refused: the member is down",
                         client_port);
      }
   }
}

void
refused_look(struct front_set *set)
{
   uint8_t packet[128];
   ssize_t length;
   while (set->refused.fd >= 0 && (length = recv(set->refused.fd, packet, sizeof packet, MSG_DONTWAIT)) > 0) {
      take(set, packet, (size_t)length);
   }
}

static void
packets_wait(void *owner, uint32_t events)
{
   (void)events;
   refused_look(owner);
}

void
refused_watch(struct front_set *set)
{
   /* Protocol 0: no packets arrive before the filter is set. */
   int descriptor = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
   set->refused = (struct watch){.epoll_fd = set->epoll_fd, .fd = descriptor, .ready = packets_wait, .owner = set};
   if (descriptor < 0) {
      return;
   }
   if (!filter(descriptor, set) || !begin(descriptor) || watch_set(&set->refused, EPOLLIN) != 0) {
      watch_close(&set->refused);
      return;
   }
   witness_sees_refused(set->witness);
}

void
refused_follow(struct front_set *set)
{
   if (set->refused.fd >= 0 && !filter(set->refused.fd, set)) {
      watch_close(&set->refused);
   }
}
