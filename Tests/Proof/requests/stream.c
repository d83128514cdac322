#define _GNU_SOURCE
#include "stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "documents.h"

static const double PATIENCE = 0.2;
static const struct options *settings;

void begin_stream(struct stream *stream, int number, const struct options *options) {
    settings = options;
    stream->number = number;
    stream->connection = (struct connection){
        .owner = stream, .port = options->read_ports[number % options->readers],
        .descriptor = -1};
    open_stream(stream);
}

static void broke(struct stream *stream, const char *what) {
    stream->ends++;
    if (settings->is_forgiving) note_broken();
    else note_failure("stream %d: %s", stream->number, what);
    close_connection(&stream->connection);
    stream->is_open = false;
    stream->version = 0;
    stream->text.length = 0;
    stream->due = now() + PATIENCE;
}

/* Every other one is of all trips. */
void open_stream(struct stream *stream) {
    if (!open_connection(&stream->connection)) {
        broke(stream, "nobody takes connections");
        return;
    }
    struct buffer *out = &stream->connection.out;
    if (stream->number % 2) appendf(out, "GET /v1/trips/%s/live", known_trip(stream->number));
    else appendf(out, "GET /v1/live");
    appendf(out, " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n", token());
    appendf(out, "Accept: text/event-stream\r\n\r\n");
    if (!send_more(&stream->connection)) broke(stream, "the connection broke");
}

static void take_event(struct stream *stream, struct text event) {
    struct document document;
    if (after(event, "event: version\n")) {
        stream->version = number_after(event, "\"version\":");
        if (stream->version < 1) note_failure("stream %d: a version event without one: %.*s",
                                              stream->number, (int)(event.end - event.at), event.at);
        add_version(&stream->versions, stream->version);
    } else if (after(event, "event: trip\n")) {
        stream->trips++;
        if (!next_document(&event, &document))
            note_failure("stream %d: a trip event without one", stream->number);
        else if (stream->version && document.version != stream->version)
            note_failure("stream %d: a trip of version %ld after version %ld", stream->number,
                         document.version, stream->version);
        else stream->version = document.version;
    }
}

static bool take_chunks(struct stream *stream) {
    struct buffer *in = &stream->connection.in;
    while (in->length) {
        char *line_end = memmem(in->bytes, in->length, "\r\n", 2);
        if (!line_end) break;
        size_t start = (size_t)(line_end - in->bytes) + 2, size = strtoul(in->bytes, NULL, 16);
        if (start + size + 2 > in->length) break;
        if (size == 0) return false;
        append(&stream->text, in->bytes + start, size);
        consume(in, start + size + 2);
    }
    char *end;
    while (stream->text.length &&
           (end = memmem(stream->text.bytes, stream->text.length, "\n\n", 2))) {
        take_event(stream, (struct text){stream->text.bytes, end + 1});
        consume(&stream->text, (size_t)(end + 2 - stream->text.bytes));
    }
    return true;
}

void hear_stream(struct stream *stream) {
    struct connection *connection = &stream->connection;
    if (connection->descriptor < 0) return;
    if (connection->out.length && !send_more(connection)) {
        broke(stream, "the connection broke");
        return;
    }
    bool is_connected = receive_more(connection);
    size_t head = stream->is_open ? 0 : head_length(&connection->in);
    if (head) {
        stream->is_open = strncmp(connection->in.bytes, "HTTP/1.1 200", 12) == 0;
        if (!stream->is_open) {
            broke(stream, "it was not opened");
            return;
        }
        consume(&connection->in, head);
    }
    if (stream->is_open && !take_chunks(stream)) broke(stream, "the server ended it");
    else if (!is_connected) broke(stream, "the connection broke");
}

void print_streams(const struct stream *streams, int count) {
    long open = 0, trips = 0, ends = 0;
    for (int index = 0; index < count; index++) {
        open += streams[index].is_open;
        trips += streams[index].trips;
        ends += streams[index].ends;
    }
    printf("\"streams\": {\"count\": %d, \"open\": %ld, \"trips\": %ld, \"ends\": %ld, "
           "\"versions\": [", count, open, trips, ends);
    for (int index = 0; index < count; index++) {
        if (index) printf(", ");
        print_sequence(&streams[index].versions);
    }
    printf("]}");
}
