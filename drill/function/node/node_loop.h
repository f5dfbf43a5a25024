/*
 * node_loop: node_loop.mjs, the runtime loop for functions in Node.js, embedded in the library.
 */
#pragma once

#include <stddef.h>

extern const unsigned char node_loop[];
extern const size_t node_loop_length;
