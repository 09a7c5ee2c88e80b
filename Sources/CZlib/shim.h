#ifndef MAILSTORE_EXPORTER_CZLIB_SHIM_H
#define MAILSTORE_EXPORTER_CZLIB_SHIM_H

#include <zlib.h>

/* deflateInit2 is a macro that passes the header's version and the size of z_stream. Swift cannot expand it. */
static inline int czlib_deflate_init_raw(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
}

/* The same for inflateInit2; 16 more window bits ask for the gzip wrapper, and nothing but it. */
static inline int czlib_inflate_init_gzip(z_stream *stream) {
    return inflateInit2(stream, MAX_WBITS + 16);
}

#endif
