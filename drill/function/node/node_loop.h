/*
 * node_loop: node_loop.mjs, the runtime loop for functions in Node.js, embedded in the library.
 */
#ifndef FAAS_DRILL_NODE_LOOP_H
#define FAAS_DRILL_NODE_LOOP_H

#include <stddef.h>

extern const unsigned char node_loop[];
extern const size_t node_loop_length;

#endif
