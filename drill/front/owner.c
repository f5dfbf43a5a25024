#include "owner.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

/* sock_diag(7) */
struct question {
   struct nlmsghdr header;
   struct inet_diag_req_v2 wanted;
};

int
owner_open(void)
{
   return socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
}

static bool
ask(int descriptor, uint16_t client_port, uint16_t port)
{
   struct question question = {
      .header = {.nlmsg_len = sizeof question, .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST},
      .wanted = {.sdiag_family = AF_INET,
                 .sdiag_protocol = IPPROTO_TCP,
                 .idiag_states = UINT32_MAX,
                 .id = {.idiag_sport = htons(client_port),
                        .idiag_dport = htons(port),
                        .idiag_src = {htonl(INADDR_LOOPBACK)},
                        .idiag_dst = {htonl(INADDR_LOOPBACK)},
                        .idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE}}}};
   return send(descriptor, &question, sizeof question, 0) == (ssize_t)sizeof question;
}

bool
owner_find(int descriptor, uint16_t client_port, uint16_t port, uid_t *owner)
{
   _Alignas(struct nlmsghdr) char answer[1024];
   if (descriptor < 0 || !ask(descriptor, client_port, port)) {
      return false;
   }
   /* The kernel answers before send(2) returns. */
   ssize_t length = recv(descriptor, answer, sizeof answer, MSG_DONTWAIT);
   const struct nlmsghdr *header = (const struct nlmsghdr *)answer;
   if (length < (ssize_t)NLMSG_LENGTH(sizeof(struct inet_diag_msg)) || header->nlmsg_type != SOCK_DIAG_BY_FAMILY) {
      return false;
   }
   struct inet_diag_msg found;
   memcpy(&found, NLMSG_DATA(header), sizeof found);
   *owner = found.idiag_uid;
   return true;
}
