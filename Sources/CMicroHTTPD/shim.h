/* What Swift cannot call of libmicrohttpd: variadic functions and what only they return.
   Also epoll and eventfd, which Swift's Glibc leaves out. */
#ifndef C_MICRO_HTTPD_SHIM_H
#define C_MICRO_HTTPD_SHIM_H

#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <microhttpd.h>

/** Everything a daemon is started with; strings need to live until the start returned. */
struct mhd_shim_start {
    /** A socket that is bound, listening and not blocking; stays the caller's to close. */
    int listen_socket;
    /** Event loop threads, at least 1. */
    unsigned int threads;
    unsigned int connection_limit;
    /** 0: no limit. */
    unsigned int per_address_connection_limit;
    /** Seconds without a byte; 0: for ever. */
    unsigned int idle_timeout;
    /** PEM; both NULL: plain HTTP. */
    const char *certificate;
    const char *private_key;
    /** GnuTLS priority string, used with a certificate only. */
    const char *tls_priorities;
    MHD_AccessHandlerCallback handler;
    MHD_RequestCompletedCallback completed;
    /** Handed to both callbacks. */
    void *context;
};

static inline struct MHD_Daemon *mhd_shim_start(const struct mhd_shim_start *start) {
    struct MHD_OptionItem options[10];
    unsigned int count = 0;
    unsigned int flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_ALLOW_SUSPEND_RESUME;

    flags |= MHD_is_feature_supported(MHD_FEATURE_EPOLL) == MHD_YES ? MHD_USE_EPOLL : MHD_USE_AUTO;
    options[count++] = (struct MHD_OptionItem){MHD_OPTION_LISTEN_SOCKET, start->listen_socket, NULL};
    options[count++] = (struct MHD_OptionItem){MHD_OPTION_CONNECTION_LIMIT, start->connection_limit, NULL};
    options[count++] = (struct MHD_OptionItem){MHD_OPTION_CONNECTION_TIMEOUT, start->idle_timeout, NULL};
    options[count++] = (struct MHD_OptionItem){
        MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)start->completed, start->context};
    if (start->threads > 1) {
        options[count++] = (struct MHD_OptionItem){MHD_OPTION_THREAD_POOL_SIZE, start->threads, NULL};
    }
    if (start->per_address_connection_limit > 0) {
        options[count++] = (struct MHD_OptionItem){
            MHD_OPTION_PER_IP_CONNECTION_LIMIT, start->per_address_connection_limit, NULL};
    }
    if (start->certificate != NULL) {
        flags |= MHD_USE_TLS;
        options[count++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)start->certificate};
        options[count++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)start->private_key};
        options[count++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)start->tls_priorities};
    }
    options[count] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
    return MHD_start_daemon(flags, 0, NULL, NULL, start->handler, start->context,
                            MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

static inline bool mhd_shim_has_tls(void) {
    return MHD_is_feature_supported(MHD_FEATURE_TLS) == MHD_YES;
}

/** The client's address, which lives as long as the connection; NULL when it is not known. */
static inline const struct sockaddr *mhd_shim_client_address(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info == NULL ? NULL : info->client_addr;
}

/** The connection's socket, or -1. */
static inline int mhd_shim_socket(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info == NULL ? -1 : info->connect_fd;
}

#endif
