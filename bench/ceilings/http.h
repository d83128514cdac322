// Requests of HTTP/1.1 with bodies of a length that is told.
#ifndef TACHO_HTTP_H
#define TACHO_HTTP_H

#include <strings.h>

#include "wire.h"

enum { MOST_BODY = 8 << 20, MOST_HEAD = 16 << 10 };

struct request {
    struct bytes path, body;
    size_t size;
    bool is_post, is_json, closes;
};

static inline bool is_field(const char *line, const char *name, const char **value) {
    size_t size = strlen(name);
    if (strncasecmp(line, name, size) || line[size] != ':') return false;
    *value = line + size + 1 + strspn(line + size + 1, " \t");
    return true;
}

// The first request in the buffer: 1 where it is whole, 0 where it is not yet, -1 where it is bad.
static inline int take_request(const uint8_t *bytes, size_t count, struct request *request) {
    const char *text = (const char *)bytes, *line, *space;
    const char *end = memmem(text, count, "\r\n\r\n", 4);
    size_t length = 0;
    const char *value;
    if (!end) return count > MOST_HEAD ? -1 : 0;
    *request = (struct request){.is_post = memcmp(text, "POST ", 5) == 0};
    if (!(space = memchr(text, ' ', end - text))) return -1;
    request->path.at = (const uint8_t *)space + 1;
    if (!(space = memchr(space + 1, ' ', end - space - 1))) return -1;
    request->path.end = (const uint8_t *)space;
    const char *last = end + 2;
    for (line = memchr(space, '\n', last - space) + 1; line < last;
         line = memchr(line, '\n', last - line) + 1) {
        if (is_field(line, "content-length", &value)) length = strtoul(value, NULL, 10);
        else if (is_field(line, "content-type", &value))
            request->is_json = strncasecmp(value, "application/json", 16) == 0;
        else if (is_field(line, "connection", &value))
            request->closes = strncasecmp(value, "close", 5) == 0;
        else if (is_field(line, "transfer-encoding", &value)) return -1;
    }
    request->size = end + 4 - text + length;
    if (length > MOST_BODY) return -1;
    request->body.at = (const uint8_t *)end + 4;
    request->body.end = request->body.at + length;
    return count >= request->size;
}

#endif
