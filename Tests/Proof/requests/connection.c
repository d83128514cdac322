#define _GNU_SOURCE
#include "connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_BYTES = 65536 };

int poller;

const char *token(void) {
    static const char *text;
    if (!text && !(text = getenv("TOKEN"))) exit(2);
    return text;
}

static void reserve(struct buffer *buffer, size_t more) {
    if (buffer->length + more + 1 <= buffer->room) return;
    buffer->room = 2 * (buffer->length + more + 1);
    buffer->bytes = realloc(buffer->bytes, buffer->room);
    if (!buffer->bytes) abort();
}

void append(struct buffer *buffer, const void *bytes, size_t length) {
    reserve(buffer, length);
    memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
    buffer->bytes[buffer->length] = 0;
}

void appendf(struct buffer *buffer, const char *format, ...) {
    char text[2048];
    va_list values;
    va_start(values, format);
    int length = vsnprintf(text, sizeof text, format, values);
    va_end(values);
    if (length < 0 || (size_t)length >= sizeof text) abort();
    append(buffer, text, (size_t)length);
}

bool open_connection(struct connection *connection) {
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)connection->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    connection->in.length = connection->out.length = connection->sent = 0;
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) abort();
    int one = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0 &&
        errno != EINPROGRESS) {
        close(descriptor);
        return false;
    }
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET,
                                .data.ptr = connection->owner};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event) != 0) abort();
    connection->descriptor = descriptor;
    return true;
}

bool send_more(struct connection *connection) {
    struct buffer *out = &connection->out;
    while (connection->sent < out->length) {
        ssize_t count = send(connection->descriptor, out->bytes + connection->sent,
                             out->length - connection->sent, MSG_NOSIGNAL);
        if (count < 0) return errno == EAGAIN || errno == EINTR || errno == ENOTCONN;
        connection->sent += (size_t)count;
    }
    out->length = connection->sent = 0;
    return true;
}

bool receive_more(struct connection *connection) {
    while (true) {
        reserve(&connection->in, READ_BYTES);
        ssize_t count = recv(connection->descriptor, connection->in.bytes + connection->in.length,
                             READ_BYTES, 0);
        if (count < 0) return errno == EAGAIN || errno == EINTR;
        if (count == 0) return false;
        connection->in.length += (size_t)count;
        connection->in.bytes[connection->in.length] = 0;
    }
}

void close_connection(struct connection *connection) {
    if (connection->descriptor >= 0) close(connection->descriptor);
    connection->descriptor = -1;
}

void close_ended(struct connection *connection) {
    char byte;
    if (connection->descriptor < 0) return;
    if (recv(connection->descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
        close_connection(connection);
}

size_t head_length(const struct buffer *in) {
    const char *end = in->length ? memmem(in->bytes, in->length, "\r\n\r\n", 4) : NULL;
    return end ? (size_t)(end - in->bytes) + 4 : 0;
}

static const char *field(const char *head, const char *name) {
    const char *found = strcasestr(head, name);
    return found ? found + strlen(name) : NULL;
}

static void copy_field(char *to, size_t room, const char *from) {
    size_t length = from ? strcspn(from, "\r") : 0;
    if (length >= room) length = 0;
    memcpy(to, from ? from : "", length);
    to[length] = 0;
}

/* Joins the chunks from `at`; the same as parse_answer otherwise. */
static int join_chunks(struct buffer *in, size_t at, struct answer *answer) {
    size_t read = at, written = at;
    bool is_whole = false;
    /* First whether it is whole, then the joining: what was joined cannot be read again. */
    for (int pass = 0; pass < 2; pass++, read = at) {
        while (true) {
            char *line_end = memmem(in->bytes + read, in->length - read, "\r\n", 2);
            if (!line_end) return is_whole ? -1 : 0;
            size_t size = strtoul(in->bytes + read, NULL, 16);
            size_t start = (size_t)(line_end - in->bytes) + 2;
            if (start + size + 2 > in->length) return 0;
            read = start + size + 2;
            if (size == 0) break;
            if (is_whole) memmove(in->bytes + written, in->bytes + start, size), written += size;
        }
        answer->consumed = read;
        is_whole = true;
    }
    answer->length = written - at;
    return 1;
}

int parse_answer(struct buffer *in, struct answer *answer) {
    size_t start = head_length(in);
    if (start == 0) return 0;
    *answer = (struct answer){0};
    if (sscanf(in->bytes, "HTTP/1.1 %d", &answer->status) != 1) return -1;
    in->bytes[start - 1] = 0;
    const char *head = in->bytes, *version = field(head, "\r\nTacho-Version: "),
               *length = field(head, "\r\nContent-Length: ");
    answer->version = version ? atol(version) : 0;
    copy_field(answer->position, sizeof answer->position, field(head, "\r\nTacho-Position: "));
    copy_field(answer->tag, sizeof answer->tag, field(head, "\r\nETag: "));
    answer->closes = field(head, "\r\nConnection: close") != NULL;
    bool is_chunked = field(head, "\r\nTransfer-Encoding: chunked") != NULL;
    in->bytes[start - 1] = '\n';
    answer->body = in->bytes + start;
    if (answer->status == 304 || answer->status == 204) {
        answer->consumed = start;
        answer->body = "";
        return 1;
    }
    if (is_chunked) return join_chunks(in, start, answer);
    if (!length) return -1;
    answer->length = strtoul(length, NULL, 10);
    answer->consumed = start + answer->length;
    return answer->consumed <= in->length ? 1 : 0;
}

void consume(struct buffer *in, size_t length) {
    in->length -= length;
    memmove(in->bytes, in->bytes + length, in->length);
}
