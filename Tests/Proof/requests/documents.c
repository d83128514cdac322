#define _GNU_SOURCE
#include "documents.h"

#include <stdlib.h>
#include <string.h>

const char *after(struct text text, const char *words) {
    size_t length = strlen(words);
    const char *found = memmem(text.at, (size_t)(text.end - text.at), words, length);
    return found ? found + length : NULL;
}

long number_after(struct text text, const char *words) {
    const char *found = after(text, words);
    return found ? atol(found) : -1;
}

bool word_after(struct text text, const char *words, char mark, char *to, size_t room) {
    const char *found = after(text, words);
    const char *end = found ? memchr(found, mark, (size_t)(text.end - found)) : NULL;
    if (!end || (size_t)(end - found) >= room) return false;
    memcpy(to, found, (size_t)(end - found));
    to[end - found] = 0;
    return true;
}

bool next_document(struct text *text, struct document *document) {
    const char *id = after(*text, "{\"id\":\"");
    if (!id) return false;
    text->at = id;
    document->id = (struct text){id, memchr(id, '"', (size_t)(text->end - id))};
    if (!document->id.end) return false;
    /* The rules have a version of their own, which comes before the readings. */
    document->hash[0] = 0;
    word_after(*text, "\"hash\":\"", '"', document->hash, sizeof document->hash);
    const char *readings = after(*text, "\"readings\":");
    document->readings = readings ? atol(readings) : -1;
    if (readings) text->at = readings;
    document->version = readings ? number_after(*text, "\"version\":") : -1;
    return true;
}

long values_after(struct text text, const char *words) {
    const char *start = after(text, words);
    const char *end = start ? memchr(start, ']', (size_t)(text.end - start)) : NULL;
    if (!end) return -1;
    long count = end > start;
    for (const char *at = start; at < end; at++) count += *at == ',';
    return count;
}
