#include "connections.h"

#include "connect_failure.h"
#include "first_words.h"
#include "lane.h"
#include "le32.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Four times the usual limit of open files, which is Lambda's, too (AWS, "Lambda quotas": 1,024 file descriptors). */
#define DESCRIPTORS_MAX 4096

/* Sockets that were closed, kept to find out whether any is still open: a leak shows soon, or never. */
#define CLOSED_MAX 256

enum slot_state { SLOT_FREE, SLOT_CONNECTING, SLOT_SPEAKING };

struct slot {
   _Atomic(uint8_t) state;
   atomic_bool unanswered; /* sent something and has received nothing yet */
   _Atomic(uint64_t) turn; /* the lane's turn that used it last; 0: a monitoring connection */
   bool tls;
   enum connection_kind kind;
   uint32_t number;
   ino_t inode;
   struct sockaddr_in6 address; /* the longest address that connect_failure can format */
   socklen_t address_length;
   int error_number; /* of the connect, once it was requested */
};

/* One table for the process, because the watched calls have no parameter that could carry it. The lock guards
 * everything except state, which sends read without it. */
static struct slot slots[DESCRIPTORS_MAX];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct capture *observer;
static int slots_end; /* one more than the highest descriptor ever in the table */
static uint32_t connection_count;
static uint64_t open_count;
static bool in_order; /* the last full scan found no surplus socket, and nothing was opened or closed since */
static ino_t closed_inodes[CLOSED_MAX];
static size_t closed_count;

static struct {
   unsigned char bytes[CONNECTIONS_FIRST_MESSAGE_MAX];
   size_t length;
   bool complete;
   atomic_int descriptor; /* the one collected from; -1 before and after; sends read it without the lock */
} first_message = {.descriptor = -1};

static bool
in_table(int descriptor)
{
   return descriptor >= 0 && descriptor < DESCRIPTORS_MAX;
}

void
connections_observe(struct capture *capture)
{
   (void)pthread_mutex_lock(&lock);
   observer = capture;
   (void)pthread_mutex_unlock(&lock);
}

void
connections_on_no_socket(int type, int error_number)
{
   /* The driver tries address families that the machine lacks and goes on to the next: no failure to report. */
   bool none_left =
      error_number == EMFILE || error_number == ENFILE || error_number == ENOBUFS || error_number == ENOMEM;
   if (none_left && (type & ~(SOCK_CLOEXEC | SOCK_NONBLOCK)) == SOCK_STREAM) {
      connect_failure_note_no_socket(error_number);
   }
}

void
connections_on_connect(int descriptor, int type, const struct sockaddr *address, socklen_t length, int error_number)
{
   /* An address that is missing, too short or unreadable must not be read; the kernel has already refused it. */
   bool readable = address != NULL && length >= sizeof address->sa_family && error_number != EFAULT;
   if (!readable || !in_table(descriptor) || type != SOCK_STREAM) {
      return;
   }
   if (error_number != 0) {
      connect_failure_note(address, length, error_number);
      return;
   }
   (void)pthread_mutex_lock(&lock);
   /* A second connect on the same descriptor asks for the result of the first. */
   if (atomic_load(&slots[descriptor].state) == SLOT_FREE) {
      struct lane *lane = lane_current();
      slots[descriptor].kind = lane == NULL ? CONNECTION_MONITORING : CONNECTION_APPLICATION;
      atomic_store(&slots[descriptor].turn, lane == NULL ? 0 : atomic_load(&lane->turn));
      slots[descriptor].error_number = 0;
      slots_end = descriptor < slots_end ? slots_end : descriptor + 1;
      slots[descriptor].address_length = length <= sizeof slots[descriptor].address ? length : 0;
      memcpy(&slots[descriptor].address, address, slots[descriptor].address_length);
      atomic_store(&slots[descriptor].state, SLOT_CONNECTING);
   }
   (void)pthread_mutex_unlock(&lock);
}

bool
connections_await_connect(int descriptor)
{
   return in_table(descriptor) && atomic_load(&slots[descriptor].state) == SLOT_CONNECTING;
}

void
connections_on_error(int descriptor, int error_number)
{
   if (error_number == 0 || !connections_await_connect(descriptor)) {
      return;
   }
   (void)pthread_mutex_lock(&lock);
   slots[descriptor].error_number = error_number;
   (void)pthread_mutex_unlock(&lock);
}

static size_t
gather(unsigned char *to, size_t capacity, const struct iovec *parts, size_t count, size_t sent)
{
   size_t used = 0;
   for (size_t i = 0; i < count && used < capacity && used < sent; i++) {
      size_t part = parts[i].iov_len;
      if (part > sent - used) {
         part = sent - used;
      }
      if (part > capacity - used) {
         part = capacity - used;
      }
      if (part > 0) {
         memcpy(to + used, parts[i].iov_base, part);
         used += part;
      }
   }
   return used;
}

static void
collect_first_message(int descriptor, const struct iovec *parts, size_t count, size_t sent)
{
   first_message.length += gather(first_message.bytes + first_message.length,
                                  sizeof first_message.bytes - first_message.length,
                                  parts,
                                  count,
                                  sent);
   first_message.complete = first_message.length >= 16 && first_message.length >= le32_read(first_message.bytes);
   bool done = first_message.complete || first_message.length == sizeof first_message.bytes;
   atomic_store(&first_message.descriptor, done ? -1 : descriptor);
}

/* A pool passes a connection from one lane to another, so the last lane to send on it counts. */
static void
note_speaker(struct slot *slot)
{
   struct lane *lane = lane_current();
   if (lane != NULL) {
      atomic_store(&slot->turn, atomic_load(&lane->turn));
   }
}

static ino_t
inode_of(int descriptor)
{
   struct stat status;
   return fstat(descriptor, &status) == 0 ? status.st_ino : 0;
}

static void
first_words(int descriptor, const struct iovec *parts, size_t count, size_t sent)
{
   unsigned char start[16];
   size_t length = gather(start, sizeof start, parts, count, sent);
   bool wire = first_words_are_wire_protocol(start, length);
   struct slot *slot = &slots[descriptor];
   if (!wire && !first_words_are_tls(start, length)) {
      atomic_store(&slot->state, SLOT_FREE);
      return;
   }
   atomic_store(&slot->state, SLOT_SPEAKING);
   atomic_store(&slot->unanswered, true);
   slot->tls = !wire;
   slot->inode = inode_of(descriptor);
   slot->number = ++connection_count;
   open_count++;
   in_order = false;
   if (wire && first_message.length == 0) {
      collect_first_message(descriptor, parts, count, sent);
   }
   if (observer != NULL) {
      capture_connection_created(observer, lane_current_number(), slot->kind, slot->number);
   }
}

void
connections_on_sent(int descriptor, const struct iovec *parts, size_t count, size_t sent)
{
   if (!in_table(descriptor) || sent == 0) {
      return;
   }
   uint8_t state = atomic_load(&slots[descriptor].state);
   if (state == SLOT_SPEAKING) {
      note_speaker(&slots[descriptor]);
   }
   if (state == SLOT_FREE || (state == SLOT_SPEAKING && atomic_load(&first_message.descriptor) != descriptor)) {
      return;
   }
   (void)pthread_mutex_lock(&lock);
   if (atomic_load(&slots[descriptor].state) == SLOT_CONNECTING) {
      first_words(descriptor, parts, count, sent);
   } else if (atomic_load(&first_message.descriptor) == descriptor) {
      collect_first_message(descriptor, parts, count, sent);
   }
   (void)pthread_mutex_unlock(&lock);
}

bool
connections_await_answer(int descriptor)
{
   return in_table(descriptor) && atomic_load(&slots[descriptor].unanswered);
}

void
connections_on_first_answer(int descriptor, const unsigned char *bytes, size_t length)
{
   (void)pthread_mutex_lock(&lock);
   struct slot *slot = &slots[descriptor];
   bool first = atomic_exchange(&slot->unanswered, false);
   const struct sockaddr *address = (const struct sockaddr *)&slot->address;
   char found[FIRST_WORDS_TEXT_MAX];
   if (first && length == 0) {
      connect_failure_note_answer(
         address, slot->address_length, "a server that closes the connection without an answer");
   } else if (first && !(slot->tls && first_words_are_tls_record(bytes)) &&
              first_words_are_foreign(bytes, length, found, sizeof found)) {
      connect_failure_note_answer(address, slot->address_length, found);
   }
   (void)pthread_mutex_unlock(&lock);
}

int
connections_on_close(int descriptor, int (*really_close)(int))
{
   if (!in_table(descriptor) || atomic_load(&slots[descriptor].state) == SLOT_FREE) {
      return really_close(descriptor);
   }
   (void)pthread_mutex_lock(&lock);
   struct slot *slot = &slots[descriptor];
   if (atomic_load(&slot->state) == SLOT_SPEAKING) {
      closed_inodes[closed_count++ % CLOSED_MAX] = slot->inode;
      open_count--;
      in_order = false;
      if (observer != NULL) {
         /* A thread of the driver, which has no lane, may close an application connection. */
         capture_connection_closed(observer, lane_current_number(), slot->kind, slot->number);
      }
   }
   if (atomic_load(&slot->state) == SLOT_CONNECTING) {
      connect_failure_note((const struct sockaddr *)&slot->address, slot->address_length, slot->error_number);
   }
   if (atomic_load(&first_message.descriptor) == descriptor) {
      atomic_store(&first_message.descriptor, -1);
      first_message.length = 0;
   }
   atomic_store(&slot->unanswered, false);
   atomic_store(&slot->state, SLOT_FREE);
   int result = really_close(descriptor);
   (void)pthread_mutex_unlock(&lock);
   return result;
}

void
connections_interrupt(uint64_t turn)
{
   (void)pthread_mutex_lock(&lock);
   for (int i = 0; i < slots_end; i++) {
      bool meant = turn == CONNECTIONS_OF_ALL || atomic_load(&slots[i].turn) == turn;
      if (atomic_load(&slots[i].state) != SLOT_FREE && meant) {
         (void)shutdown(i, SHUT_RDWR);
      }
   }
   (void)pthread_mutex_unlock(&lock);
}

static bool
is_ours(int descriptor, ino_t inode)
{
   if (in_table(descriptor) && atomic_load(&slots[descriptor].state) == SLOT_SPEAKING) {
      return slots[descriptor].inode == inode;
   }
   size_t known = closed_count < CLOSED_MAX ? closed_count : CLOSED_MAX;
   for (size_t i = 0; i < known; i++) {
      if (closed_inodes[i] == inode) {
         return true;
      }
   }
   for (int i = 0; i < slots_end; i++) {
      if (atomic_load(&slots[i].state) == SLOT_SPEAKING && slots[i].inode == inode) {
         return true;
      }
   }
   return false;
}

static uint64_t
count_all_descriptors(void)
{
   DIR *directory = opendir("/proc/self/fd");
   if (directory == NULL) {
      return open_count;
   }
   uint64_t found = 0;
   struct dirent *entry;
   while ((entry = readdir(directory)) != NULL) {
      int descriptor = atoi(entry->d_name);
      struct stat status;
      /* By name, not by number: other threads may close descriptors that are not ours meanwhile. */
      if (entry->d_name[0] != '.' && fstatat(dirfd(directory), entry->d_name, &status, 0) == 0 &&
          S_ISSOCK(status.st_mode) && is_ours(descriptor, status.st_ino)) {
         found++;
      }
   }
   (void)closedir(directory);
   return found;
}

/* Counts the sockets of the table whose descriptors still refer to them. */
static uint64_t
count_known_descriptors(void)
{
   uint64_t found = 0;
   for (int i = 0; i < slots_end; i++) {
      if (atomic_load(&slots[i].state) == SLOT_SPEAKING && inode_of(i) == slots[i].inode) {
         found++;
      }
   }
   return found;
}

/* A surplus socket is one that a close left open. Scanning all of /proc/self/fd takes a dozen system calls, so it is
 * done only after a connection was opened or closed, and again until the counts agree. */
static uint64_t
count_descriptors(void)
{
   if (in_order) {
      return count_known_descriptors();
   }
   uint64_t found = count_all_descriptors();
   in_order = found == open_count;
   return found;
}

struct connections_count
connections_count(void (*look)(void *argument), void *argument)
{
   (void)pthread_mutex_lock(&lock);
   struct connections_count count = {.open = open_count, .descriptors = count_descriptors()};
   if (look != NULL) {
      look(argument);
   }
   (void)pthread_mutex_unlock(&lock);
   return count;
}

size_t
connections_first_message(unsigned char *buffer, size_t capacity)
{
   (void)pthread_mutex_lock(&lock);
   size_t length = first_message.complete ? first_message.length : 0;
   if (length > capacity) {
      length = 0;
   }
   memcpy(buffer, first_message.bytes, length);
   (void)pthread_mutex_unlock(&lock);
   return length;
}
