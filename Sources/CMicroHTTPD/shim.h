/* The parts of libmicrohttpd that Swift cannot call: variadic functions and values that only they return.
   Also epoll, eventfd and settings of malloc, which Swift's Glibc leaves out. */
#ifndef C_MICRO_HTTPD_SHIM_H
#define C_MICRO_HTTPD_SHIM_H

#include <malloc.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <microhttpd.h>

/** The arguments for starting an event loop; strings must stay valid until the start has returned. */
struct mhd_shim_start {
    /** Connections that libmicrohttpd itself allows, as a backstop. */
    unsigned int connection_limit;
    /** Seconds without a byte; 0: no limit. */
    unsigned int idle_timeout;
    /** Bytes for one connection: the head of its request and of its reply. */
    size_t connection_memory;
    /** PEM; both NULL: plain HTTP. */
    const char *certificate;
    const char *private_key;
    MHD_AccessHandlerCallback handler;
    MHD_RequestCompletedCallback completed;
    MHD_NotifyConnectionCallback connection_changed;
    /** Called with a request target as it was sent; its result is the first value of the request's slot. */
    void *(*target)(void *context, const char *target, struct MHD_Connection *connection);
    /** Passed to all callbacks. */
    void *context;
};

/** Decodes %XX in place, except in a text with an encoded NUL, at which C would end the text too early. */
static inline size_t mhd_shim_unescape(void *context, struct MHD_Connection *connection, char *text) {
    (void)context;
    (void)connection;
    return strstr(text, "%00") == NULL ? MHD_http_unescape(text) : strlen(text);
}

/** Starts a daemon with one thread, which gets its connections only from MHD_add_connection. */
static inline struct MHD_Daemon *mhd_shim_start(const struct mhd_shim_start *start) {
    struct MHD_OptionItem options[12];
    unsigned int count = 0;
    unsigned int flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET;

    flags |= MHD_is_feature_supported(MHD_FEATURE_EPOLL) == MHD_YES ? MHD_USE_EPOLL : MHD_USE_AUTO;
    options[count++] = (struct MHD_OptionItem){MHD_OPTION_CONNECTION_LIMIT, start->connection_limit, NULL};
    options[count++] = (struct MHD_OptionItem){MHD_OPTION_CONNECTION_TIMEOUT, start->idle_timeout, NULL};
    options[count++] = (struct MHD_OptionItem){
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)start->connection_memory, NULL};
    options[count++] = (struct MHD_OptionItem){
        MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)start->completed, start->context};
    options[count++] = (struct MHD_OptionItem){
        MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)start->connection_changed, start->context};
    options[count++] = (struct MHD_OptionItem){MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)&mhd_shim_unescape, NULL};
    options[count++] = (struct MHD_OptionItem){MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)start->target, start->context};
#if MHD_VERSION >= 0x00097701
    options[count++] = (struct MHD_OptionItem){MHD_OPTION_CLIENT_DISCIPLINE_LVL, 1, NULL};
#endif
    if (start->certificate != NULL) {
        flags |= MHD_USE_TLS;
        options[count++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)start->certificate};
        options[count++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)start->private_key};
    }
    options[count] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
    return MHD_start_daemon(flags, 0, NULL, NULL, start->handler, start->context,
                            MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

/** Whether the library leaves the head of a request in place, and so checks less of it: up to version 0.9.75. */
static inline bool mhd_shim_keeps_head(void) {
    const char *version = MHD_get_version();
    return strncmp(version, "0.9.", 4) == 0 && strcmp(version + 4, "75") <= 0;
}

/** The bytes of the head of the request whose access handler is being called. */
static inline size_t mhd_shim_head_size(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info == NULL ? 0 : info->header_size;
}

static inline bool mhd_shim_has_tls(void) {
    return MHD_is_feature_supported(MHD_FEATURE_TLS) == MHD_YES;
}

/** The client's address, valid as long as the connection; NULL if it is unknown. */
static inline const struct sockaddr *mhd_shim_client_address(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info == NULL ? NULL : info->client_addr;
}

/** The connection's socket, or -1. */
static inline int mhd_shim_socket(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info == NULL ? -1 : info->connect_fd;
}

/** The pointer that was stored for the connection when it was announced as started, or NULL. */
static inline void *mhd_shim_socket_context(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info == NULL ? NULL : info->socket_context;
}

/** The connection's gnutls_session_t, or NULL if it is plain HTTP. */
static inline void *mhd_shim_tls_session(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    return info == NULL ? NULL : info->tls_session;
}

/** A stream socket that does not block and that no other program inherits; -1 and errno if there is none. */
static inline int mhd_shim_stream_socket(int family) {
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* Of Linux, declared only where _GNU_SOURCE is. */
extern int accept4(int, struct sockaddr *, socklen_t *, int);

/** Accepts a connection that does not block and that no other program inherits; -1 and errno if there is none. */
static inline int mhd_shim_accept(int listen_socket, struct sockaddr_storage *address, socklen_t *size) {
    *size = sizeof *address;
    return accept4(listen_socket, (struct sockaddr *)address, size, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

/** Bytes that were sent and that the other side has not acknowledged, or 0 if that is unknown. */
static inline int mhd_shim_bytes_unread(int socket) {
    int bytes = 0;
    return ioctl(socket, SIOCOUTQ, &bytes) == 0 ? bytes : 0;
}

/** Bytes of a TCP connection that the other side has acknowledged; 0 for other sockets. */
static inline uint64_t mhd_shim_bytes_received(int socket) {
    /* The beginning of the kernel's struct tcp_info, which the header of the C library declares without this member. */
    struct {
        unsigned char others[120];
        uint64_t bytes_acked;
    } info = {{0}, 0};
    socklen_t size = sizeof info;
    const int tcp_info = 11; /* TCP_INFO of <netinet/tcp.h> */
    return getsockopt(socket, IPPROTO_TCP, tcp_info, &info, &size) == 0 ? info.bytes_acked : 0;
}

#endif
