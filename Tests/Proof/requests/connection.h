/* One HTTP/1.1 connection that is kept, to a port of this machine, without waiting for anything. */
#ifndef CONNECTION_H
#define CONNECTION_H
#include <stdbool.h>
#include <stddef.h>

struct buffer {
    char *bytes;
    size_t length, room;
};

struct connection {
    void *owner; /* whom epoll names when there is something to do */
    int port, descriptor; /* -1 while there is none */
    struct buffer out, in;
    size_t sent;
};

struct answer {
    int status;
    long version; /* Tacho-Version; 0 where there is none */
    char position[64], tag[80];
    bool closes;
    const char *body;
    size_t length;
    size_t consumed; /* of what came in */
};

void append(struct buffer *buffer, const void *bytes, size_t length);
void appendf(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* What every request says of who asks: TOKEN of the environment. */
const char *token(void);

extern int poller; /* told of a connection once, when it is opened: by edges */

/* Each returns false where the connection broke. */
bool open_connection(struct connection *connection);
bool send_more(struct connection *connection);
bool receive_more(struct connection *connection);
void close_connection(struct connection *connection);
/* Closes one on which the server has ended, as it may where nothing was said for long. */
void close_ended(struct connection *connection);

/* 1 with a whole answer, 0 where more has to come, -1 for what is no HTTP. The body of one that is
 * sent in chunks is joined in place. */
int parse_answer(struct buffer *in, struct answer *answer);
/* Where the body begins; 0 while the head is not whole. */
size_t head_length(const struct buffer *in);
void consume(struct buffer *in, size_t length);

#endif
