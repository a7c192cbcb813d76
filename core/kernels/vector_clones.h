#pragma once

/// @file
/// A function compiled once for each width of vectors; the resolver picks one when the program is
/// loaded.

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define LYCEUM_VECTOR_CLONES                                                                       \
    __attribute__((target_clones("arch=skylake-avx512", "arch=haswell", "default")))
#else
#define LYCEUM_VECTOR_CLONES
#endif
