// libFuzzer as a library (LLVM's documentation of libFuzzer, "Using libFuzzer as a library"); it has no header of its own.
#pragma once

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));
