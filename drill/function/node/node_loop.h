/*
 * node_loop: the loop of a runtime for functions in Node.js, node_loop.mjs, which the library carries.
 */
#ifndef FAAS_DRILL_NODE_LOOP_H
#define FAAS_DRILL_NODE_LOOP_H

#include <stddef.h>

extern const unsigned char node_loop[];
extern const size_t node_loop_length;

#endif
