/* A stream of server-sent events that stays open. */
#ifndef STREAM_H
#define STREAM_H
#include "connection.h"
#include "summary.h"

struct stream {
    int number;
    struct connection connection;
    struct buffer text; /* what came of an event that is not whole */
    bool is_open;
    double due; /* when to open it, while it is not */
    long trips, ends;
    long version; /* that was told last */
    struct sequence versions; /* as told by `event: version` */
};

void begin_stream(struct stream *stream, int number, const struct options *options);
void open_stream(struct stream *stream);
void hear_stream(struct stream *stream);
void print_streams(const struct stream *streams, int count);

#endif
