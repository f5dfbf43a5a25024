#include "delays.h"

/* Linux's shortest retransmission timeout (TCP_RTO_MIN), which applies on loopback and within a region. It doubles each
 * time (RFC 6298, 5.5). */
#define RETRANSMISSION_US (200 * 1000)
/* After so many losses a packet gets through: at 99 % loss a connection would otherwise hang forever, for which there
 * are other faults. */
#define RETRANSMISSIONS_MAX 6
/* With these seeds 5 % of loss hit three of the first twenty commands, one of them twice, and the third hello of a cold
 * start, so a few invocations show the effect. */
#define COMMANDS_SEED 10
#define OTHERS_SEED 9

void
delays_set(struct delays *delays, const struct front_delays *to)
{
   delays->now = *to;
   delays->random[0] = COMMANDS_SEED;
   delays->random[1] = OTHERS_SEED;
}

bool
delays_are_any(const struct delays *delays)
{
   bool any = delays->now.loss_percent > 0;
   for (unsigned i = 0; i < FRONT_MEMBERS; i++) {
      any = any || delays->now.late_ms[i] > 0;
   }
   return any;
}

/* SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014). */
static uint64_t
next_random(uint64_t *state)
{
   uint64_t mixed = *state += 0x9e3779b97f4a7c15U;
   mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
   mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
   return mixed ^ (mixed >> 31);
}

/* The delay of one packet: until a copy of it gets through. */
static int64_t
late_by_loss_us(struct delays *delays, uint64_t *state, uint64_t *lost)
{
   int64_t late_us = 0;
   int64_t timeout_us = RETRANSMISSION_US;
   for (unsigned i = 0; i < RETRANSMISSIONS_MAX && next_random(state) % 100 < delays->now.loss_percent; i++) {
      late_us += timeout_us;
      timeout_us *= 2;
      (*lost)++;
   }
   return late_us;
}

int64_t
delays_next_us(struct delays *delays, unsigned member, bool is_command, uint64_t *lost)
{
   uint64_t *state = &delays->random[is_command ? 0 : 1];
   int64_t late_us = (int64_t)delays->now.late_ms[member] * 1000;
   if (delays->now.loss_percent > 0) {
      /* There and back. */
      late_us += late_by_loss_us(delays, state, lost);
      late_us += late_by_loss_us(delays, state, lost);
   }
   return late_us;
}
