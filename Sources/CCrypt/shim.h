#ifndef MAILSTORE_EXPORTER_CCRYPT_SHIM_H
#define MAILSTORE_EXPORTER_CCRYPT_SHIM_H

#include <crypt.h>
#include <stdlib.h>
#include <string.h>

enum { CCRYPT_HASH_SIZE = CRYPT_OUTPUT_SIZE };

/* Hashes a phrase as the setting says: 0 and the hash, ended by a NUL, in `hash`; -1 if libxcrypt refuses either.
   The work area of 32 KiB is too large for a Swift value. It holds traces of the phrase, so it is wiped. */
static inline int ccrypt_hash(const char *phrase, const char *setting, char hash[CCRYPT_HASH_SIZE]) {
    struct crypt_data *data = calloc(1, sizeof *data);
    if (data == NULL) return -1;
    const char *output = crypt_r(phrase, setting, data);
    /* libxcrypt tells failure by a text that is no hash. */
    int failed = output == NULL || output[0] == '*' || strlen(output) >= CCRYPT_HASH_SIZE;
    if (!failed) strcpy(hash, output);
    explicit_bzero(data, sizeof *data);
    free(data);
    return failed ? -1 : 0;
}

#endif
